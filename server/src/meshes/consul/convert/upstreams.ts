/**
 * What Consul leaves to each client of a service: limits and passive health checks, in the ServiceDefaults of every known
 * client.
 */

import type { Asked, Destination, Ir, Limits, Outlier, ServiceName } from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { selects, serviceFacts } from '../../kubernetes/common/workloads.ts';
import { ServiceIntentions } from '../kinds.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { durationText } from './durations.ts';
import { consulName, httpHint, knownServices, nameOf, serviceNamed, servicesOfAccount } from './services.ts';

/** The clients for which a policy holds: the one it names, else those that may call the service, else all services. */
export function clientsOf(destination: Destination, ir: Ir, drafts: Drafts): readonly Named[] {
  const clients = findClients(destination, ir, drafts);
  // Waiting requests and 5xx exist only where Consul knows that HTTP is spoken.
  for (const it of clients.length > 0 ? [...clients, nameOf(destination.service.value, drafts)] : []) {
    const service = serviceNamed(drafts.environment, it.name, it.namespace);
    const protocol = httpHint(drafts.environment, service);
    if (protocol !== undefined) drafts.needHttp(it, protocol);
  }
  return clients;
}

/** The most services that may be taken for clients of another one where nothing says who calls it. */
const mostAssumed = 50;

/** The clients for which a policy holds, without what they need to have it. */
export function findClients({ service, client, visibility }: Destination, ir: Ir, drafts: Drafts): readonly Named[] {
  if (client) return [nameOf(client.value, drafts)];
  const { environment, ledger } = drafts;
  const target = service.value;
  const own = consulName(environment, target);
  const follows = (it: Named) => visibility === undefined || visibility.value.includes(it.namespace);
  const allowed = allowedClients(target, own, ir, drafts).filter((it) => it.name !== own && follows(it));
  if (allowed.length > 0) return allowed;
  const all = namedServices(drafts).filter((it) => it.name !== own && follows(it));
  const unique = [...new Map(all.map((it) => [it.name, it])).values()];
  if (unique.length > mostAssumed) {
    ledger.note(
      'missing',
      `Nothing says which of ${unique.length} services call "${own}", and in Consul each client has to be told: name its clients in a policy or in intentions, then convert again.`,
      'availability',
    );
    return [];
  }
  if (unique.length > 0)
    ledger.note(
      'assumed',
      `The clients of "${own}" are ${unique.map((it) => it.name).join(', ')}: in Consul limits and passive health checks belong to each client.`,
    );
  return unique;
}

/** Every service of the workspace by Consul's name; a conversion asks for them once for each destination. */
function namedServices(drafts: Drafts): readonly Named[] {
  const known = servicesByDrafts.get(drafts) ?? knownServices(drafts.environment).map((it) => nameOf(it, drafts));
  servicesByDrafts.set(drafts, known);
  return known;
}

const servicesByDrafts = new WeakMap<Drafts, readonly Named[]>();

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

/** Limits as they stand in a block of upstreams, which is at some places; accounts for all leaves. */
export function limitsOf(limits: Limits, places: readonly string[], { ledger }: Drafts): Spec {
  const written: Spec = {};
  for (const name of ['maxRequestsPerConnection', 'maxRetries'] as const) {
    const lost = limits[name];
    if (lost) ledger.lost(lost, 'no-equivalent', 'Consul has no such limit.', 'availability');
  }
  for (const [name, field] of Object.entries(limitFields) as [keyof typeof limitFields, string][]) {
    const limit = limits[name];
    if (!limit) continue;
    written[field] = limit.value;
    ledger.exact(limit, places.map((it) => `${it}.limits.${field}`).join(', '), eachClient);
  }
  return written;
}

const eachClient = 'In Consul each client says it for itself.';

/** Writes limits into the block of a service in the ServiceDefaults of each client. */
export function writeLimits(asked: Asked<Limits>, named: Named, clients: readonly Named[], drafts: Drafts): void {
  if (clients.length === 0) {
    for (const [name, limit] of Object.entries(asked.value))
      if (limit)
        loseClientSide(
          limit,
          named,
          drafts,
          `limits.${limitFields[name as keyof typeof limitFields] ?? name}: ${limit.value}`,
        );
    return;
  }
  const blocks = clients.map((it) => drafts.override(it, named.name));
  const limits = limitsOf(
    asked.value,
    blocks.map((it) => it.place),
    drafts,
  );
  if (Object.keys(limits).length > 0)
    for (const { spec } of blocks) spec['limits'] = { ...(spec['limits'] as Spec | undefined), ...limits };
  if (Object.values(limitFields).some((it) => !(it in limits)))
    drafts.ledger.note(
      'implicit',
      `Consul allows each client 1024 connections, waiting requests and concurrent requests to "${named.name}" where nothing else is said.`,
      'availability',
    );
}

/** Writes passive health checks into the block of a service in the ServiceDefaults of each client. */
export function writeOutlier(
  asked: Asked<Outlier>,
  named: Named,
  clients: readonly Named[],
  isLinkerd: boolean,
  drafts: Drafts,
): void {
  if (clients.length === 0) {
    for (const { field, part, value } of checkFields(asked.value))
      loseClientSide(part, named, drafts, `passiveHealthCheck.${field}: ${String(value ?? 0)}`);
    return;
  }
  const blocks = clients.map((it) => drafts.override(it, named.name));
  const check = passiveHealthCheckOf(
    asked.value,
    blocks.map((it) => it.place),
    isLinkerd,
    drafts,
  );
  for (const { spec } of blocks)
    spec['passiveHealthCheck'] = { ...(spec['passiveHealthCheck'] as Spec | undefined), ...check };
}

/** A count of gateway errors stands in for one of all 5xx that is switched off. */
function isByGateway({ consecutive5xx, consecutiveGateway }: Outlier): boolean {
  return consecutive5xx?.value === 0 && (consecutiveGateway?.value ?? 0) > 0;
}

/** Fields of a passive health check, the part that asks for each, and its value where it is written. */
function checkFields(
  outlier: Outlier,
): readonly { readonly field: string; readonly part: Asked<unknown>; readonly value: unknown }[] {
  const { consecutive5xx, consecutiveGateway, interval, baseEjection, maxEjectionPercent, enforcePercent } = outlier;
  const failures = isByGateway(outlier) ? consecutiveGateway : consecutive5xx;
  const fields: [string, Asked<number> | undefined, (value: number) => unknown][] = [
    ['interval', interval, durationText],
    ['maxFailures', failures, (it) => it || undefined],
    ['enforcingConsecutive5xx', enforcePercent, (it) => it],
    ['maxEjectionPercent', maxEjectionPercent, (it) => it],
    ['baseEjectionTime', baseEjection, durationText],
  ];
  return fields.flatMap(([field, part, text]) => (part ? [{ field, part, value: text(part.value) }] : []));
}

/** A passive health check as it stands in a block of upstreams, which is at some places; accounts for all leaves. */
export function passiveHealthCheckOf(
  outlier: Outlier,
  places: readonly string[],
  isLinkerd: boolean,
  { ledger }: Drafts,
): Spec {
  const { consecutive5xx, consecutiveGateway, maxEjection, maxEjectionPercent } = outlier;
  loseOthers(outlier, ledger);
  // An ejection that grows up to a maximum is a back-off with probes, which Envoy's counters only come near to.
  const isBackoff = isLinkerd || maxEjection !== undefined;
  const byGateway = isByGateway(outlier);
  const isOff = consecutive5xx?.value === 0 && !byGateway;
  const fields = checkFields(outlier);
  const check: Spec = {};
  for (const { field, value } of fields) if (value !== undefined) check[field] = value;
  if (isOff) check['enforcingConsecutive5xx'] = 0;
  // A breaker without a bound may take every endpoint out; Consul stops at a tenth unless told otherwise.
  if (isBackoff && !isOff && !maxEjectionPercent) check['maxEjectionPercent'] = 100;

  const placesOf = (field: string) => places.map((it) => `${it}.passiveHealthCheck.${field}`).join(', ');
  for (const { field, part } of fields) {
    if (isOff && part === consecutive5xx) continue;
    const target = placesOf(field);
    if (field === 'maxFailures' && byGateway)
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
    else ledger.exact(part, target, eachClient);
  }
  if (consecutive5xx && isOff)
    ledger.exact(consecutive5xx, placesOf('enforcingConsecutive5xx'), 'Consul switches the counter off so.');
  else if (consecutive5xx && byGateway) ledger.exact(consecutive5xx, placesOf('maxFailures'));
  if (consecutiveGateway && !byGateway) {
    if (consecutiveGateway.value === 0)
      ledger.exact(consecutiveGateway, places.join(', '), 'Consul has no count of gateway errors.');
    else ledger.lost(consecutiveGateway, 'gateway-errors', 'Consul has one counter for all 5xx.', 'availability');
  }
  return check;
}

function loseOthers({ consecutiveLocal, splitLocal, minHealthPercent, maxEjection }: Outlier, ledger: Ledger): void {
  const refused: readonly (readonly [Asked<unknown> | undefined, string])[] = [
    [consecutiveLocal, 'Consul counts local errors with all others.'],
    [splitLocal, 'Consul counts local errors with all others.'],
    [minHealthPercent, 'Consul ejects whatever share of the endpoints is healthy.'],
    [maxEjection, 'In Consul an ejection lasts the base time, multiplied by how often it happened.'],
  ];
  for (const [part, reason] of refused) if (part) ledger.lost(part, 'no-equivalent', reason, 'availability');
}
