/** Destinations as DestinationRules: one for a service, and one more for each client that has settings of its own. */

import type { Asked, Destination, DestinationParts, Ir, Origin, ServiceName, Subset } from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { DestinationRule } from '../kinds.ts';
import type { Draft, Drafts, Fields } from './drafts.ts';
import { inOrder, writePolicy } from './write-traffic-policy.ts';
import { isRouted } from './write-routes.ts';
import { podsOfGateway } from './write-gateways.ts';

/** Writes all destinations. Of the rules for a service, Istio takes one alone, so what counts together stands together. */
export function writeDestinations(drafts: Drafts): void {
  const groups = new Map<string, Destination[]>();
  const all = drafts.options.mergeClientPolicies ? mergedClients(drafts.ir) : drafts.ir.destinations;
  for (const it of all) groups.set(groupKey(it), [...(groups.get(groupKey(it)) ?? []), it]);
  for (const it of all) {
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
  for (const it of clientDefaults(all, drafts)) {
    const key = groupKey(it);
    if (!groups.has(key)) groups.set(key, [it]);
  }
  for (const group of groups.values()) writeGroup([...inherited(group, all), ...group], drafts);
}

function groupKey({ service, client, visibility }: Destination): string {
  const { namespace, name } = service.value;
  return JSON.stringify([namespace, name, client?.value ?? null, visibility?.value ?? null]);
}

function isSame(a: ServiceName, b: ServiceName): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}

/**
 * Settings of a service for the other services that its routes send requests to. A connect timeout is among them only
 * where a client asks for it: that of a service is its own, in the source as in Istio.
 */
function copiesForBackends(destination: Destination, { routes }: Ir): readonly Destination[] {
  const { service, client, subset, port, parts } = destination;
  const { outlier, limits, connectTimeout } = parts;
  const copied = {
    ...(outlier && { outlier }),
    ...(limits && { limits }),
    ...(client && connectTimeout && { connectTimeout }),
  };
  if (subset !== undefined || port !== undefined || Object.keys(copied).length === 0) return [];
  const own = routes.filter((it) => it.isMesh && isRouted([it], service.value));
  const backends = own.flatMap((it) => it.rules.flatMap((rule) => rule.parts.backends?.value ?? []));
  return backends
    .filter((it) => it.host === undefined && !isSame(it.service, service.value))
    .map((it) => ({
      name: it.service.name,
      namespace: it.service.namespace,
      service: { value: it.service, from: [] },
      ...(client ? { client: { value: client.value, from: [] } } : {}),
      subsets: [],
      parts: copied,
    }));
}

/**
 * Settings that every client with settings of its own agrees on, as those of the service: no client is left out then.
 */
function mergedClients({ destinations }: Ir): readonly Destination[] {
  const partsText = ({ parts }: Destination) => JSON.stringify(parts, (key, value) => (key === 'from' ? 0 : value));
  const agreed = new Set(
    destinations.filter((it) => {
      if (!it.client) return false;
      const others = destinations.filter((other) => other.client && isSame(other.service.value, it.service.value));
      return others.every((other) => partsText(other) === partsText(it));
    }),
  );
  return destinations.map((it) => {
    if (!agreed.has(it)) return it;
    const { client, ...rest } = it;
    const { name, namespace } = it.service.value;
    return {
      ...rest,
      name,
      namespace,
      service: { ...it.service, from: [...it.service.from, ...(client?.from ?? [])] },
    };
  });
}

/** What the rule of one client repeats of the service: Istio does not put the two together. */
function inherited([first]: readonly Destination[], all: readonly Destination[]): readonly Destination[] {
  const client = first?.client;
  if (!client) return [];
  const general = all.filter((it) => !it.client && isSame(it.service.value, first.service.value));
  return general.flatMap((it) => {
    const parts = ownParts(it.parts);
    if (Object.keys(parts).length === 0 && it.subsets.length === 0) return [];
    return [{ ...it, client: { value: client.value, from: [] }, parts }];
  });
}

/** What a DestinationRule says by itself, without what routes and Services say. */
function ownParts(parts: DestinationParts): DestinationParts {
  const { protocol: _, requestTimeout: _timeout, defaultSubset: _subset, failover: _failover, ...own } = parts;
  return own;
}

/**
 * What a client asks of all services, for those that have a rule of their own: it takes the place of the rule for all
 * services as a whole.
 */
function clientDefaults(all: readonly Destination[], { ir, ledger }: Drafts): readonly Destination[] {
  return ir.clientDefaults.flatMap(({ value: { client, limits, outlier, connectTimeout } }) => {
    const general = all.filter((it) => !it.client && it.subset === undefined && it.port === undefined);
    return general
      .filter((it) => Object.keys(ownParts(it.parts)).length > 0 || it.subsets.length > 0)
      .map((it): Destination => {
        const { name, namespace } = it.service.value;
        ledger.note(
          'generated',
          `DestinationRule "${name}-${client.value.name}" puts the settings of "${name}" and those of its client "${client.value.name}" together: of several rules Istio takes one.`,
        );
        return {
          name,
          namespace,
          service: { value: it.service.value, from: [] },
          client: { value: client.value, from: [] },
          subsets: [],
          parts: { ...(limits && { limits }), ...(outlier && { outlier }), ...(connectTimeout && { connectTimeout }) },
        };
      });
  });
}

function writeGroup(destinations: readonly Destination[], drafts: Drafts): void {
  const { ledger } = drafts;
  const [first] = destinations;
  if (!first) return;
  const { client } = first;
  const gateway = client && podsOfGateway(client.value, drafts);
  const labels = gateway?.labels ?? (client && drafts.service(client.value)?.selector);
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
    ? drafts.draft(
        DestinationRule,
        gateway?.namespace ?? client.value.namespace,
        `${service.name}-${client.value.name}`,
      )
    : drafts.draft(DestinationRule, first.namespace, first.name);
  draft.spec['host'] = drafts.host(service, draft.namespace);
  if (client) {
    draft.spec['exportTo'] = ['.'];
    draft.spec['workloadSelector'] = { matchLabels: labels };
    for (const it of destinations) if (it.client) ledger.exact(it.client, draft.place('spec', 'workloadSelector'));
  }
  const { visibility } = first;
  if (visibility && !client) {
    draft.spec['exportTo'] = visibility.value.map((it) => (it === draft.namespace ? '.' : it));
    for (const it of destinations) if (it.visibility) ledger.exact(it.visibility, draft.place('spec', 'exportTo'));
  }
  const { policy, subsets } = writePolicies(destinations, draft, drafts);
  if (Object.keys(policy).length > 0) draft.spec['trafficPolicy'] = inOrder(policy);
  if (subsets.length > 0) draft.spec['subsets'] = subsets;

  const isEmpty = !('trafficPolicy' in draft.spec) && subsets.length === 0;
  for (const it of destinations) {
    if (isEmpty) ledger.exact(it.service, '', 'Nothing is left that a DestinationRule would have to say.');
    else ledger.exact(it.service, draft.place('spec', 'host'));
  }
  if (!isEmpty) drafts.add(draft, destinations.flatMap(originsOf));
}

/** The policy of the whole service with those of its ports, and its subsets with theirs. */
function writePolicies(destinations: readonly Destination[], draft: Draft, drafts: Drafts) {
  const policy: Fields = {};
  const subsets: Fields[] = [];
  const ports: Fields[] = [];
  const place = (...path: (string | number)[]) => draft.place('spec', ...path);
  for (const it of destinations) {
    for (const subset of it.subsets) writeSubset(subset, subsets, draft, drafts.ledger);
    if (it.subset === undefined && !it.port)
      writePolicy(it, policy, (...path) => place('trafficPolicy', ...path), drafts);
  }
  for (const it of destinations) {
    const own: Fields = {};
    if (it.port) {
      const at = ports.length;
      const here = (...path: (string | number)[]) => place('trafficPolicy', 'portLevelSettings', at, ...path);
      writePolicy(it, own, here, drafts);
      ports.push({ port: { number: it.port.value }, ...inOrder(own) });
      drafts.ledger.exact(it.port, here('port', 'number'));
    } else if (it.subset !== undefined) {
      const at = subsets.findIndex((subset) => subset['name'] === it.subset);
      writePolicy(it, own, (...path) => place('subsets', Math.max(at, 0), 'trafficPolicy', ...path), drafts);
      const subset = subsets[at];
      if (subset && Object.keys(own).length > 0) subset['trafficPolicy'] = inOrder(own);
    }
  }
  if (ports.length > 0) policy['portLevelSettings'] = ports;
  return { policy, subsets };
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
