/**
 * Writes how clients talk to a service: what belongs to the service into its ServiceResolver, what Consul leaves to each
 * client (limits, passive health checks) into the ServiceDefaults of every known client.
 */

import type { Asked, Destination, Ir, Labels, Limits, Outlier, ServiceName, Subset } from '../../../model/ir.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { serviceFacts, workloadsOfService, selects } from '../../kubernetes/common/workloads.ts';
import { type DestinationWriters, writeParts } from '../../mesh.ts';
import { ServiceDefaults, ServiceIntentions, ServiceResolver } from '../kinds.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { durationText } from './durations.ts';
import { filterOfLabels, metaKey, subsetName } from './filters.ts';
import {
  annotation,
  consulName,
  httpHint,
  knownServices,
  namesakes,
  serviceNamed,
  servicesOfAccount,
} from './services.ts';

/** Writes all destinations: subsets first, since routes and policies refer to them. */
export function writeDestinations(ir: Ir, drafts: Drafts): void {
  for (const destination of ir.destinations) {
    const service = destination.service.value;
    const named = { name: consulName(drafts.environment, service), namespace: service.namespace };
    const others = namesakes(drafts.environment, service);
    if (others.length > 0) {
      loseDestination(destination, drafts, others);
      continue;
    }
    for (const subset of destination.subsets) writeSubset(subset, destination, named, drafts);
    writePolicy(destination, named, ir, drafts);
  }
}

function loseDestination(
  { service, client, subsets, parts }: Destination,
  { ledger }: Drafts,
  others: readonly string[],
) {
  const reason = `Consul knows services by name alone, and there is a Service "${service.value.name}" in ${others.join(', ')} too.`;
  const asked: (Asked<unknown> | undefined)[] = [service, client, ...subsets, ...Object.values({ ...parts })];
  for (const it of asked) if (it) ledger.lost(it, 'name-collision', reason, 'availability');
}

// ---- Subsets -------------------------------------------------------------------------------------------------------

function writeSubset(asked: Asked<Subset>, { service }: Destination, named: Named, drafts: Drafts): void {
  const { ledger } = drafts;
  const { name, labels, filter } = asked.value;
  const id = subsetName(name);
  const place = drafts.place(ServiceResolver, named, `spec.subsets.${id}`);
  const text = labels ? filterOfLabels(labels) : filter;
  if (text === undefined) {
    ledger.lost(
      asked,
      'filter-not-label-equality',
      'Consul knows subsets by equal labels only where it cannot read the filter.',
    );
    return;
  }
  const spec = drafts.spec(ServiceResolver, named);
  spec['subsets'] = { ...(spec['subsets'] as Spec | undefined), [id]: text === '' ? {} : { filter: text } };
  ledger.exact(asked, place, id === name ? '' : `Names of subsets are lower-case, so it is "${id}".`);
  if (labels) annotatePods(labels, service.value, id, drafts);
}

/** Consul does not copy labels of pods: what a filter compares has to be said in annotations of the pods. */
function annotatePods(labels: Labels, service: ServiceName, subset: string, drafts: Drafts): void {
  const { environment, ledger } = drafts;
  const facts = serviceFacts(environment, service.namespace, service.name);
  const pods = facts ? workloadsOfService(environment, facts).filter((it) => selects(labels, it.labels)) : [];
  const keys = Object.entries(labels).map(([label, value]) => ({ key: `${annotation.meta}${metaKey(label)}`, value }));
  let isChanged = false;
  for (const workload of pods)
    for (const { key, value } of keys) isChanged = drafts.annotate(workload, key, value) || isChanged;
  if (pods.length === 0 && keys.length > 0)
    ledger.note(
      'manual',
      `Give the pods of subset "${subset}" of "${service.name}" the annotation ${keys.map((it) => `${it.key}: ${it.value}`).join(', ')}; until then it is empty. Their workload is not in the workspace.`,
      'availability',
    );
  else if (isChanged)
    ledger.note(
      'manual',
      `Roll out the changed pod annotations of "${service.name}" before its routes: Consul reads no pod labels, so a subset is empty until its pods carry them.`,
      'availability',
    );
}

// ---- Policies ------------------------------------------------------------------------------------------------------

function writePolicy(destination: Destination, named: Named, ir: Ir, drafts: Drafts): void {
  const { ledger } = drafts;
  const { service, client, parts, subset } = destination;
  const place = drafts.place(
    client ? ServiceDefaults : ServiceResolver,
    client ? nameOf(client.value, drafts) : named,
    '',
  );
  ledger.exact(service, `${place} metadata.name`);
  if (client) ledger.exact(client, place);
  if (subset !== undefined) {
    for (const asked of Object.values<Asked<unknown> | undefined>({ ...parts }))
      if (asked)
        ledger.lost(
          asked,
          'subset-policy',
          `Consul has one policy for all of "${named.name}"; that of the subset "${subset}" is not carried over.`,
        );
    return;
  }
  writeParts(parts, writersFor(destination, ir, drafts), named, ledger);
}

function nameOf(service: ServiceName, { environment }: Drafts): Named {
  return { name: consulName(environment, service), namespace: service.namespace };
}

function writersFor(destination: Destination, ir: Ir, drafts: Drafts): DestinationWriters<Named> {
  const { ledger } = drafts;
  return {
    protocol: (asked, named) => {
      const known = protocols[asked.value];
      const place = drafts.place(ServiceDefaults, named, 'spec.protocol');
      if (known === undefined) {
        ledger.lost(asked, 'protocol-sniffing', `Consul has no protocol "${asked.value}"; the service stays tcp.`);
        return;
      }
      drafts.spec(ServiceDefaults, named)['protocol'] = known;
      if (known === asked.value) ledger.exact(asked, place);
      else ledger.exact(asked, place, `Consul calls it ${known}.`);
    },
    loadBalancer: (asked, named) => {
      const { policy, hash } = asked.value;
      const known = policies[policy];
      if (known === undefined) {
        ledger.lost(asked, 'no-equivalent', `Consul cannot balance by ${policy}.`);
        return;
      }
      if (hash) drafts.needHttp(named);
      drafts.spec(ServiceResolver, named)['loadBalancer'] = {
        policy: known,
        ...(hash && {
          hashPolicies: hash.map((it) =>
            it.by === 'source-ip'
              ? { sourceIP: true }
              : {
                  field: it.by === 'query' ? 'query_parameter' : it.by,
                  fieldValue: it.name,
                  ...(it.by === 'cookie' &&
                    it.ttl !== undefined && {
                      cookieConfig: it.ttl === 0 ? { session: true } : { ttl: durationText(it.ttl) },
                    }),
                },
          ),
        }),
      };
      ledger.exact(asked, drafts.place(ServiceResolver, named, 'spec.loadBalancer'));
    },
    connectTimeout: (asked, named) => {
      if (!destination.client) {
        drafts.spec(ServiceResolver, named)['connectTimeout'] = durationText(asked.value);
        ledger.exact(asked, drafts.place(ServiceResolver, named, 'spec.connectTimeout'));
        return;
      }
      const { spec, place } = drafts.override(nameOf(destination.client.value, drafts), named.name);
      spec['connectTimeoutMs'] = asked.value;
      ledger.exact(asked, `${place}.connectTimeoutMs`);
    },
    limits: (asked, named) => writeLimits(asked, named, clientsOf(destination, ir, drafts), drafts),
    outlier: (asked, named) =>
      writeOutlier(asked, named, clientsOf(destination, ir, drafts), ir.proxy === 'linkerd', drafts),
    defaultSubset: (asked, named) => {
      drafts.spec(ServiceResolver, named)['defaultSubset'] = subsetName(asked.value);
      ledger.exact(asked, drafts.place(ServiceResolver, named, 'spec.defaultSubset'));
    },
    failover: (asked, named) => {
      drafts.spec(ServiceResolver, named)['failover'] = {
        '*': {
          targets: asked.value.targets.map((it) => ({
            service: consulName(drafts.environment, it.service),
            ...(it.subset !== undefined && { serviceSubset: subsetName(it.subset) }),
          })),
        },
      };
      ledger.exact(asked, drafts.place(ServiceResolver, named, 'spec.failover'));
    },
    clientTls: (asked, named) => {
      if (asked.value.mode === 'mesh')
        ledger.exact(asked, drafts.place(ServiceResolver, named, ''), 'Consul always uses mutual TLS inside the mesh.');
      else if (asked.value.mode === 'disable')
        ledger.lost(asked, 'mtls-disable', 'Consul always uses mutual TLS inside the mesh.', 'availability');
      else
        ledger.lost(
          asked,
          'tls-origination',
          'In Consul a terminating gateway opens TLS to services outside the mesh; it is not set up here.',
          'security',
        );
    },
    requestTimeout: {
      code: 'scope',
      lost: 'Consul has a timeout for the requests of all clients of a service only.',
    },
  };
}

const protocols: Readonly<Record<string, string>> = {
  http: 'http',
  http2: 'http2',
  grpc: 'grpc',
  'grpc-web': 'http',
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  tcp: 'tcp',
  tls: 'tcp',
  https: 'tcp',
  opaque: 'tcp',
  mongo: 'tcp',
  mysql: 'tcp',
  redis: 'tcp',
};

const policies: Readonly<Record<string, string>> = {
  'least-request': 'least_request',
  'round-robin': 'round_robin',
  random: 'random',
  'ring-hash': 'ring_hash',
  maglev: 'maglev',
};

// ---- Clients -------------------------------------------------------------------------------------------------------

/** The clients for which a policy holds: the one it names, else those that may call the service, else all services. */
function clientsOf(destination: Destination, ir: Ir, drafts: Drafts): readonly Named[] {
  const clients = findClients(destination, ir, drafts);
  // Waiting requests and 5xx exist only where Consul knows that HTTP is spoken.
  for (const it of clients.length > 0 ? [...clients, nameOf(destination.service.value, drafts)] : []) {
    const service = serviceNamed(drafts.environment, it.name, it.namespace);
    const protocol = httpHint(drafts.environment, service);
    if (protocol !== undefined) drafts.needHttp(it, protocol);
  }
  return clients;
}

function findClients({ service, client }: Destination, ir: Ir, drafts: Drafts): readonly Named[] {
  if (client) return [nameOf(client.value, drafts)];
  const { environment, ledger } = drafts;
  const target = service.value;
  const own = consulName(environment, target);
  const allowed = allowedClients(target, own, ir, drafts).filter((it) => it.name !== own);
  if (allowed.length > 0) return allowed;
  const all = knownServices(environment)
    .map((it) => nameOf(it, drafts))
    .filter((it) => it.name !== own);
  const unique = [...new Map(all.map((it) => [it.name, it])).values()];
  if (unique.length > 0)
    ledger.note(
      'assumed',
      `The clients of "${own}" are ${unique.map((it) => it.name).join(', ')}: in Consul limits and passive health checks belong to each client.`,
    );
  return unique;
}

/** Clients by name that policies of the source or intentions of the workspace let call a service. */
function allowedClients(target: ServiceName, own: string, ir: Ir, { environment }: Drafts): readonly Named[] {
  const found = new Map<string, Named>();
  const add = (name: string, namespace: string) => {
    const service = serviceNamed(environment, name, namespace);
    found.set(name, { name, namespace: service.namespace });
  };
  const facts = serviceFacts(environment, target.namespace, target.name);
  for (const access of ir.access) {
    const scope = access.target.value;
    const isAbout =
      scope.namespace === target.namespace &&
      (scope.service
        ? scope.service.name === target.name
        : facts !== undefined && selects(scope.labels, facts.selector));
    if (!isAbout || access.effect.value !== 'allow') continue;
    for (const { value } of access.rules.flatMap((it) => it.clients)) {
      if (value.type === 'service') add(consulName(environment, value.service), value.service.namespace);
      if (value.type === 'account')
        for (const name of servicesOfAccount(environment, value.namespace, value.name)) add(name, value.namespace);
    }
  }
  for (const intention of environment.index.all(ServiceIntentions)) {
    if (textAt(intention.value, ['spec', 'destination', 'name']) !== own) continue;
    for (const source of listAt(intention.value, ['spec', 'sources'])) {
      const name = textAt(source, ['name']);
      if (name !== undefined && name !== '*') add(name, environment.namespaceOf(intention));
    }
  }
  return [...found.values()];
}

function loseClientSide(asked: Asked<unknown>, named: Named, { ledger }: Drafts, field: string): void {
  ledger.lost(
    asked,
    'client-unknown',
    `In Consul each client says this in its ServiceDefaults (upstreamConfig.overrides, name: ${named.name}, ${field}), and no client of "${named.name}" is known.`,
    'availability',
  );
}

const limitFields = {
  maxConnections: 'maxConnections',
  maxPending: 'maxPendingRequests',
  maxRequests: 'maxConcurrentRequests',
} as const;

function writeLimits(asked: Asked<Limits>, named: Named, clients: readonly Named[], drafts: Drafts): void {
  const { ledger } = drafts;
  const { value } = asked;
  for (const name of ['maxRequestsPerConnection', 'maxRetries'] as const) {
    const lost = value[name];
    if (lost) ledger.lost(lost, 'no-equivalent', 'Consul has no such limit.', 'availability');
  }
  for (const [name, field] of Object.entries(limitFields) as [keyof typeof limitFields, string][]) {
    const limit = value[name];
    if (!limit) continue;
    if (clients.length === 0) loseClientSide(limit, named, drafts, `limits.${field}: ${limit.value}`);
    const places = clients.map((client) => {
      const { spec, place } = drafts.override(client, named.name);
      spec['limits'] = { ...(spec['limits'] as Spec | undefined), [field]: limit.value };
      return `${place}.limits.${field}`;
    });
    if (places.length > 0) ledger.exact(limit, places.join(', '), 'In Consul each client says it for itself.');
  }
  if (
    clients.length > 0 &&
    (['maxConnections', 'maxPending', 'maxRequests'] as const).some((it) => value[it] === undefined)
  )
    ledger.note(
      'implicit',
      `Consul allows each client 1024 connections, waiting requests and concurrent requests to "${named.name}" where nothing else is said.`,
      'availability',
    );
}

function writeOutlier(
  asked: Asked<Outlier>,
  named: Named,
  clients: readonly Named[],
  isLinkerd: boolean,
  drafts: Drafts,
): void {
  const { ledger } = drafts;
  const { value } = asked;
  const {
    consecutive5xx,
    consecutiveGateway,
    interval,
    baseEjection,
    maxEjection,
    maxEjectionPercent,
    enforcePercent,
  } = value;
  const refused: readonly (readonly [Asked<unknown> | undefined, string, string])[] = [
    [value.consecutiveLocal, 'no-equivalent', 'Consul counts local errors with all others.'],
    [value.splitLocal, 'no-equivalent', 'Consul counts local errors with all others.'],
    [value.minHealthPercent, 'no-equivalent', 'Consul ejects whatever share of the endpoints is healthy.'],
    [maxEjection, 'no-equivalent', 'In Consul an ejection lasts the base time, multiplied by how often it happened.'],
  ];
  for (const [lost, code, reason] of refused) if (lost) ledger.lost(lost, code, reason, 'availability');

  // An ejection that grows up to a maximum is a back-off with probes, which Envoy's counters only come near to.
  const isBackoff = isLinkerd || maxEjection !== undefined;
  const isByGateway = consecutive5xx?.value === 0 && consecutiveGateway !== undefined;
  const fields: [string, Asked<unknown> | undefined, unknown][] = [
    ['interval', interval, interval && durationText(interval.value)],
    [
      'maxFailures',
      isByGateway ? consecutiveGateway : consecutive5xx,
      isByGateway ? consecutiveGateway.value : consecutive5xx?.value || undefined,
    ],
    ['enforcingConsecutive5xx', enforcePercent, enforcePercent?.value],
    ['maxEjectionPercent', maxEjectionPercent, maxEjectionPercent?.value],
    ['baseEjectionTime', baseEjection, baseEjection && durationText(baseEjection.value)],
  ];
  if (consecutiveGateway && !isByGateway)
    ledger.lost(consecutiveGateway, 'gateway-errors', 'Consul has one counter for all 5xx.', 'availability');

  const isOff = consecutive5xx?.value === 0 && !isByGateway;
  for (const [field, part, text] of fields) {
    if (!part) continue;
    if (clients.length === 0) loseClientSide(part, named, drafts, `passiveHealthCheck.${field}: ${String(text ?? 0)}`);
  }
  const places = clients.map((client) => {
    const { spec, place } = drafts.override(client, named.name);
    const check: Spec = { ...(spec['passiveHealthCheck'] as Spec | undefined) };
    spec['passiveHealthCheck'] = check;
    for (const [field, , text] of fields) if (text !== undefined) check[field] = text;
    if (isOff) check['enforcingConsecutive5xx'] = 0;
    // A breaker without a bound may take every endpoint out; Consul stops at a tenth unless told otherwise.
    if (isBackoff && !maxEjectionPercent) check['maxEjectionPercent'] = 100;
    return place;
  });
  if (places.length === 0) return;
  const placesOf = (field: string) => places.map((it) => `${it}.passiveHealthCheck.${field}`).join(', ');
  for (const [field, part] of fields) {
    if (!part || (isOff && part === consecutive5xx)) continue;
    const target = placesOf(field);
    if (field === 'maxFailures' && isByGateway)
      ledger.changed(
        part,
        target,
        'gateway-errors',
        'Consul counts all 5xx, not only those of a gateway.',
        'availability',
      );
    else if (isBackoff && (field === 'maxFailures' || field === 'baseEjectionTime'))
      ledger.changed(
        part,
        target,
        'breaker-algorithm',
        'Consul ejects for the base time, multiplied by how often it happened, and sends no probe before the endpoint returns.',
        'availability',
      );
    else ledger.exact(part, target, 'In Consul each client says it for itself.');
  }
  if (consecutive5xx && (isOff || isByGateway))
    ledger.exact(
      consecutive5xx,
      placesOf(isOff ? 'enforcingConsecutive5xx' : 'maxFailures'),
      isOff ? 'Consul switches the counter off so.' : '',
    );
}
