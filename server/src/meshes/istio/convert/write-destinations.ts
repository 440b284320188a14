/** Destinations as DestinationRules: one for a service, and one more for each client that has settings of its own. */

import type {
  Asked,
  Destination,
  DestinationParts,
  Ir,
  Limits,
  LoadBalancer,
  Origin,
  Outlier,
  Subset,
} from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { type DestinationWriters, writeParts } from '../../mesh.ts';
import { DestinationRule } from '../kinds.ts';
import { type Draft, type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import { writeDuration } from './durations.ts';
import { defaultSubsetPlace, isRouted } from './write-routes.ts';

export function writeDestinations(drafts: Drafts): void {
  const groups = new Map<string, Destination[]>();
  for (const it of drafts.ir.destinations) {
    const key = groupKey(it);
    groups.set(key, [...(groups.get(key) ?? []), it]);
  }
  for (const it of drafts.ir.destinations) {
    for (const copy of copiesForBackends(it, drafts.ir)) {
      if (groups.has(groupKey(copy))) continue;
      groups.set(groupKey(copy), [copy]);
      const [name, origin] = [copy.service.value.name, it.service.value.name];
      drafts.ledger.note(
        'generated',
        `DestinationRule "${name}" repeats the settings of "${origin}", whose routes send requests there: Istio keeps them with the service that gets the requests, not with the one that is called.`,
      );
    }
  }
  for (const group of groups.values()) writeGroup(group, drafts);
}

function groupKey({ service, client }: Destination): string {
  return JSON.stringify([service.value.namespace, service.value.name, client?.value ?? null]);
}

/**
 * Settings of a service for the other services that its routes send requests to. A connect timeout is among them only
 * where a client asks for it: that of a service is its own, in the source as in Istio.
 */
function copiesForBackends(destination: Destination, { routes }: Ir): readonly Destination[] {
  const { service, client, subset, parts } = destination;
  const { outlier, limits, connectTimeout } = parts;
  const copied = {
    ...(outlier && { outlier }),
    ...(limits && { limits }),
    ...(client && connectTimeout && { connectTimeout }),
  };
  if (subset !== undefined || Object.keys(copied).length === 0) return [];
  const own = routes.filter((it) => it.isMesh && isRouted([it], service.value));
  const backends = own.flatMap((it) => it.rules.flatMap((rule) => rule.parts.backends?.value ?? []));
  return backends
    .filter((it) => it.host === undefined)
    .filter((it) => it.service.name !== service.value.name || it.service.namespace !== service.value.namespace)
    .map((it) => ({
      name: it.service.name,
      namespace: it.service.namespace,
      service: { value: it.service, from: [] },
      ...(client ? { client: { value: client.value, from: [] } } : {}),
      subsets: [],
      parts: copied,
    }));
}

function writeGroup(destinations: readonly Destination[], drafts: Drafts): void {
  const { ledger } = drafts;
  const [first] = destinations;
  if (!first) return;
  const { client } = first;
  const labels = client && drafts.service(client.value)?.selector;
  if (client && (!labels || Object.keys(labels).length === 0)) {
    const { name, namespace } = client.value;
    const fact = `Service "${name}" of namespace "${namespace}" with its selector`;
    const reason = `The settings hold for "${name}" alone, and the labels of its pods are not known.`;
    for (const it of destinations)
      for (const asked of [it.service, it.client, ...it.subsets, ...Object.values(it.parts)])
        if (asked) drafts.missing(asked, fact, reason);
    return;
  }
  const service = first.service.value;
  const draft = client
    ? drafts.draft(DestinationRule, client.value.namespace, `${service.name}-${client.value.name}`)
    : drafts.draft(DestinationRule, first.namespace, first.name);
  draft.spec['host'] = drafts.host(service, draft.namespace);
  if (client) {
    draft.spec['exportTo'] = ['.'];
    draft.spec['workloadSelector'] = { matchLabels: labels };
    for (const it of destinations) if (it.client) ledger.exact(it.client, draft.place('spec', 'workloadSelector'));
  }

  const policy: Fields = {};
  const subsets: Fields[] = [];
  for (const it of destinations) {
    for (const subset of it.subsets) writeSubset(subset, subsets, draft, ledger);
    if (it.subset === undefined) writePolicy(it, policy, ['trafficPolicy'], draft, drafts);
  }
  for (const it of destinations) {
    if (it.subset === undefined) continue;
    const at = subsets.findIndex((subset) => subset['name'] === it.subset);
    const own: Fields = {};
    writePolicy(it, own, ['subsets', Math.max(at, 0), 'trafficPolicy'], draft, drafts);
    const subset = subsets[at];
    if (subset && Object.keys(own).length > 0) subset['trafficPolicy'] = inOrder(own);
  }
  if (Object.keys(policy).length > 0) draft.spec['trafficPolicy'] = inOrder(policy);
  if (subsets.length > 0) draft.spec['subsets'] = subsets;

  const isEmpty = !('trafficPolicy' in draft.spec) && subsets.length === 0;
  for (const it of destinations) {
    if (isEmpty) ledger.exact(it.service, '', 'Nothing is left that a DestinationRule would have to say.');
    else ledger.exact(it.service, draft.place('spec', 'host'));
  }
  if (!isEmpty) drafts.add(draft, destinations.flatMap(originsOf));
}

function originsOf({ service, subsets, parts }: Destination): readonly Origin[] {
  return [service, ...subsets, ...Object.values(parts)].flatMap((it: Asked<unknown> | undefined) => it?.from ?? []);
}

function writeSubset(asked: Asked<Subset>, into: Fields[], draft: Draft, ledger: Ledger): void {
  const { name, labels } = asked.value;
  if (!labels) {
    const reason = `What makes the version "${name}" is more than equal labels of pods, which is all that Istio compares.`;
    ledger.lost(asked, 'filter-not-label-equality', reason, 'availability');
    return;
  }
  const known = into.findIndex((it) => it['name'] === name);
  if (known === -1) into.push({ name, ...(Object.keys(labels).length > 0 ? { labels } : {}) });
  ledger.exact(asked, draft.place('spec', 'subsets', known === -1 ? into.length - 1 : known));
}

// ---- Traffic policy ------------------------------------------------------------------------------------------------

const policyOrder = ['loadBalancer', 'connectionPool', 'outlierDetection', 'tls'];

function inOrder(policy: Fields): Fields {
  return Object.fromEntries(policyOrder.filter((it) => it in policy).map((it) => [it, policy[it]]));
}

interface PolicyTarget {
  readonly policy: Fields;
  readonly destination: Destination;
  place(...path: (string | number)[]): string;
}

function writePolicy(
  destination: Destination,
  policy: Fields,
  path: readonly (string | number)[],
  draft: Draft,
  drafts: Drafts,
): void {
  const place = (...more: (string | number)[]) => draft.place('spec', ...path, ...more);
  writeParts<DestinationParts, PolicyTarget>(
    destination.parts,
    writers(drafts),
    { policy, destination, place },
    drafts.ledger,
  );
}

function writers(drafts: Drafts): DestinationWriters<PolicyTarget> {
  const { ledger } = drafts;
  return {
    protocol: (asked, { destination }) => writeProtocol(asked, destination, drafts),
    loadBalancer: (asked, { policy, place }) => {
      const written = writeLoadBalancer(asked.value);
      policy['loadBalancer'] = written;
      const extra = (asked.value.hash?.length ?? 0) > 1;
      if (extra)
        ledger.changed(asked, place('loadBalancer'), 'hash-chain', 'Istio hashes by one key; the first is kept.');
      else if (asked.value.policy === 'ewma')
        ledger.changed(
          asked,
          place('loadBalancer'),
          'ewma-only',
          'Istio counts open requests instead of measuring how fast an endpoint answers.',
        );
      else ledger.exact(asked, place('loadBalancer'));
    },
    outlier: (asked, { policy, place }) => {
      policy['outlierDetection'] = writeOutlier(asked, place, drafts);
    },
    limits: (asked, { policy, place }) => {
      const { maxConnections, maxPending, maxRequests, maxRequestsPerConnection, maxRetries } = asked.value;
      addToPool(policy, 'tcp', { maxConnections: maxConnections?.value });
      addToPool(policy, 'http', {
        http1MaxPendingRequests: maxPending?.value,
        http2MaxRequests: maxRequests?.value,
        maxRequestsPerConnection: maxRequestsPerConnection?.value,
        maxRetries: maxRetries?.value,
      });
      for (const [name, field] of Object.entries(limitFields)) {
        const limit = asked.value[name as keyof Limits];
        if (limit) ledger.exact(limit, place('connectionPool', ...field));
      }
    },
    connectTimeout: (asked, { policy, place }) => {
      addToPool(policy, 'tcp', { connectTimeout: writeDuration(asked.value) });
      ledger.exact(asked, place('connectionPool', 'tcp', 'connectTimeout'));
    },
    requestTimeout: (asked, { destination }) => {
      const isWritten = !destination.client && !isRouted(drafts.ir.routes, destination.service.value);
      if (!isWritten)
        ledger.lost(
          asked,
          'unused-in-source',
          'The routes of the service say how long a request may take; this comes into play without them only.',
          'none',
        );
    },
    clientTls: (asked, { policy, place }) => {
      const { mode, sni } = asked.value;
      policy['tls'] = { mode: clientModes[mode], ...(sni === undefined ? {} : { sni }) };
      ledger.exact(asked, place('tls'));
    },
    defaultSubset: (asked, { destination }) =>
      ledger.exact(asked, defaultSubsetPlace(destination, drafts), 'Routes name the version.'),
    failover: {
      code: 'no-service-failover',
      lost: 'Istio does not fall back to another service, only to other places of the same one.',
      risk: 'availability',
    },
  };
}

const clientModes = { disable: 'DISABLE', simple: 'SIMPLE', mutual: 'MUTUAL', mesh: 'ISTIO_MUTUAL' } as const;

const limitFields: { readonly [Name in keyof Limits]-?: readonly [string, string] } = {
  maxConnections: ['tcp', 'maxConnections'],
  maxPending: ['http', 'http1MaxPendingRequests'],
  maxRequests: ['http', 'http2MaxRequests'],
  maxRequestsPerConnection: ['http', 'maxRequestsPerConnection'],
  maxRetries: ['http', 'maxRetries'],
};

function addToPool(policy: Fields, part: 'tcp' | 'http', fields: Fields): void {
  const written = withoutUndefined(fields);
  if (Object.keys(written).length === 0) return;
  const pool = (policy['connectionPool'] ?? {}) as { readonly tcp?: Fields; readonly http?: Fields };
  const tcp = part === 'tcp' ? { ...pool.tcp, ...written } : pool.tcp;
  const http = part === 'http' ? { ...pool.http, ...written } : pool.http;
  policy['connectionPool'] = { ...(tcp ? { tcp } : {}), ...(http ? { http } : {}) };
}

function writeLoadBalancer({ policy, hash }: LoadBalancer): Fields {
  const simple = {
    'least-request': 'LEAST_REQUEST',
    ewma: 'LEAST_REQUEST',
    'round-robin': 'ROUND_ROBIN',
    random: 'RANDOM',
    passthrough: 'PASSTHROUGH',
  } as const;
  if (policy !== 'ring-hash' && policy !== 'maglev') return { simple: simple[policy] };
  const [key] = hash ?? [];
  const ring = policy === 'maglev' ? { maglev: {} } : {};
  switch (key?.by) {
    case undefined:
      return { simple: 'LEAST_REQUEST' };
    case 'header':
      return { consistentHash: { httpHeaderName: key.name, ...ring } };
    case 'query':
      return { consistentHash: { httpQueryParameterName: key.name, ...ring } };
    case 'source-ip':
      return { consistentHash: { useSourceIp: true, ...ring } };
    case 'cookie': {
      const ttl = key.ttl === undefined ? {} : { ttl: key.ttl === 0 ? '0s' : writeDuration(key.ttl) };
      return { consistentHash: { httpCookie: { name: key.name, ...ttl }, ...ring } };
    }
  }
}

function writeOutlier(asked: Asked<Outlier>, place: PolicyTarget['place'], { ledger, ir }: Drafts): Fields {
  const outlier = asked.value;
  const at = (field: string) => place('outlierDetection', field);
  const isOff = outlier.enforcePercent?.value === 0;
  const exact = (part: Asked<unknown> | undefined, field: string) => {
    if (part) ledger.exact(part, at(field));
  };
  if (ir.proxy === 'linkerd') {
    const counts =
      'Istio counts answers with 5xx and failed connections in a row; failing gRPC answers no longer count.';
    const penalty =
      'Istio ejects for this time, times the number of ejections so far, and then trusts the endpoint at once.';
    if (outlier.consecutive5xx)
      ledger.changed(outlier.consecutive5xx, at('consecutive5xxErrors'), 'breaker-algorithm', counts);
    if (outlier.baseEjection)
      ledger.changed(outlier.baseEjection, at('baseEjectionTime'), 'breaker-algorithm', penalty);
  }
  exact(outlier.consecutive5xx, 'consecutive5xxErrors');
  exact(outlier.consecutiveGateway, 'consecutiveGatewayErrors');
  exact(outlier.interval, 'interval');
  exact(outlier.baseEjection, 'baseEjectionTime');
  exact(outlier.maxEjectionPercent, 'maxEjectionPercent');
  exact(outlier.minHealthPercent, 'minHealthPercent');
  exact(outlier.consecutiveLocal, 'consecutiveLocalOriginFailures');
  exact(outlier.splitLocal, 'splitExternalLocalOriginErrors');
  if (outlier.maxEjection)
    ledger.lost(
      outlier.maxEjection,
      'breaker-algorithm',
      'Istio ejects for a multiple of the base time, five minutes at most.',
    );
  if (outlier.enforcePercent) {
    const { value } = outlier.enforcePercent;
    if (value === 0)
      ledger.exact(outlier.enforcePercent, at('consecutive5xxErrors'), 'A count of 0 switches ejection off.');
    else if (value === 100)
      ledger.exact(outlier.enforcePercent, at('consecutive5xxErrors'), 'Istio carries out every ejection.');
    else ledger.lost(outlier.enforcePercent, 'no-equivalent', 'Istio carries out every ejection.');
  }
  ledger.exact(asked, place('outlierDetection'));
  return withoutUndefined({
    consecutive5xxErrors: isOff ? 0 : outlier.consecutive5xx?.value,
    consecutiveGatewayErrors: outlier.consecutiveGateway?.value,
    interval: outlier.interval && writeDuration(outlier.interval.value),
    baseEjectionTime: outlier.baseEjection && writeDuration(outlier.baseEjection.value),
    maxEjectionPercent: outlier.maxEjectionPercent?.value,
    minHealthPercent: outlier.minHealthPercent?.value,
    splitExternalLocalOriginErrors: outlier.splitLocal?.value,
    consecutiveLocalOriginFailures: outlier.consecutiveLocal?.value,
  });
}

// ---- Protocol ------------------------------------------------------------------------------------------------------

/** Names of ports begin with their protocol, which is how Istio knows it where `appProtocol` says nothing. */
const nameProtocol = /^(http|http2|grpc|grpc-web|tcp|tls|https|mongo|mysql|redis|udp)(?:-|$)/;

/** Istio reads the protocol from the Service: its appProtocol, else the name of its port, else the first bytes. */
function writeProtocol(asked: Asked<string>, { service }: Destination, drafts: Drafts): void {
  const { ledger } = drafts;
  const facts = drafts.service(service.value);
  const { name, namespace } = service.value;
  if (!facts) {
    if (asked.value === 'http' || asked.value === 'http2')
      ledger.exact(asked, '', 'Istio finds out by itself that a connection carries HTTP.');
    else
      drafts.missing(
        asked,
        `Service "${name}" of namespace "${namespace}"`,
        'Istio reads the protocol from the Service, which is not known.',
      );
    return;
  }
  for (const [at, port] of facts.ports.entries()) {
    const known = port.appProtocol ?? nameProtocol.exec(port.name ?? '')?.[1];
    if (known === undefined && asked.value !== 'http')
      drafts.change(facts.resource, ['spec', 'ports', at, 'appProtocol'], asked.value);
  }
  ledger.exact(asked, `Service/${namespace}/${name} spec.ports`, 'Istio reads the protocol from the Service.');
}
