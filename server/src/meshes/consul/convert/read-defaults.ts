/** ServiceDefaults: what a service says of itself, and what it asks as a client of other services. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, ClientDefaults, Destination, InboundLimit, Limits, Outlier, Peculiar } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord, listAt, recordAt, textAt, valueAt } from '../../../model/value.ts';
import { ServiceDefaults, ServiceResolver, ServiceRouter, ServiceSplitter } from '../kinds.ts';
import { isRegistered } from './read-outside.ts';
import { durationAt, type Entries, numberOf, serviceOfEntry, timeoutAt } from './read-routes.ts';
import { serviceNamed } from './services.ts';

/** What a service says of itself: its protocol. */
export function ownDefaults(resource: Resource, environment: Environment): readonly Destination[] {
  const protocol = textAt(resource.value, ['spec', 'protocol']);
  const isOutside =
    valueAt(resource.value, ['spec', 'destination']) !== undefined || isRegistered(resource.name, environment);
  if (protocol === undefined || isOutside) return [];
  const service = serviceOfEntry(environment, resource);
  return [
    {
      name: resource.name,
      namespace: service.namespace,
      service: { value: service, from: [] },
      subsets: [],
      parts: { protocol: { value: protocol.toLowerCase(), from: [{ resource, path: ['spec', 'protocol'] }] } },
    },
  ];
}

/** What Envoy waits for a response where nobody says anything, in milliseconds. */
const usualTimeout = 15_000;

/**
 * How long the proxy of a service gives its application. Where that is less than clients wait and no route says how long
 * these wait, it is the timeout of the service; else it is told as what other meshes do not have.
 */
export function serverTimeouts(entries: Entries): {
  readonly destinations: readonly Destination[];
  readonly peculiar: readonly Peculiar[];
} {
  const destinations: Destination[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of entries.selected(ServiceDefaults)) {
    const requestTimeout = numberOf(resource, ['spec', 'localRequestTimeoutMs']);
    if (!requestTimeout) continue;
    const isLong = requestTimeout.value >= usualTimeout;
    if (isLong || isRouted(entries, resource.name)) {
      const reason = isLong
        ? 'Only Consul limits requests at the service, too; clients wait 15 s unless their route says otherwise, and what it says is kept.'
        : 'Only Consul limits requests at the service, too; the routes of its clients say how long these wait.';
      const risk = isLong ? 'none' : 'behaviour';
      peculiar.push({ from: requestTimeout.from, code: 'no-equivalent', reason, risk });
      continue;
    }
    const service = serviceOfEntry(entries.environment, resource);
    destinations.push({
      name: resource.name,
      namespace: service.namespace,
      service: { value: service, from: [] },
      subsets: [],
      parts: { requestTimeout },
    });
  }
  return { destinations, peculiar };
}

function isRouted(entries: Entries, name: string): boolean {
  if (entries.find(ServiceRouter, name) || entries.find(ServiceSplitter, name)) return true;
  const resolver = recordAt(entries.find(ServiceResolver, name)?.value, ['spec']);
  return ['redirect', 'defaultSubset', 'requestTimeout'].some((it) => it in resolver);
}

const upstreams: Path = ['spec', 'upstreamConfig'];

/** What one client asks of its upstreams by name. A block that an override lacks comes whole from the defaults. */
export function readOverrides(resource: Resource, environment: Environment): readonly Destination[] {
  const client = serviceOfEntry(environment, resource);
  const general: Path = [...upstreams, 'defaults'];
  return listAt(resource.value, [...upstreams, 'overrides']).flatMap((override, at): readonly Destination[] => {
    const name = textAt(override, ['name']);
    if (name === undefined || textAt(override, ['peer'])) return [];
    const path: Path = [...upstreams, 'overrides', at];
    const placeOf = (key: string) => (valueAt(override, [key]) === undefined ? general : path);
    const limits = readLimits(resource, [...placeOf('limits'), 'limits']);
    const outlier = readOutlier(resource, [...placeOf('passiveHealthCheck'), 'passiveHealthCheck']);
    const connectTimeout = givenNumber(resource, [...placeOf('connectTimeoutMs'), 'connectTimeoutMs']);
    return [
      {
        name: `${resource.name}-${name}`,
        namespace: client.namespace,
        service: {
          value: serviceNamed(environment, name, environment.namespaceOf(resource)),
          from: [{ resource, path: [...path, 'name'] }],
        },
        client: { value: client, from: [] },
        subsets: [],
        parts: {
          ...(limits && { limits }),
          ...(outlier && { outlier }),
          ...(connectTimeout && { connectTimeout }),
        },
      },
    ];
  });
}

function readLimits(resource: Resource, path: Path): Asked<Limits> | undefined {
  if (!isRecord(valueAt(resource.value, path))) return undefined;
  const maxConnections = numberOf(resource, [...path, 'maxConnections']);
  const maxPending = numberOf(resource, [...path, 'maxPendingRequests']);
  const maxRequests = numberOf(resource, [...path, 'maxConcurrentRequests']);
  return whole({
    ...(maxConnections && { maxConnections }),
    ...(maxPending && { maxPending }),
    ...(maxRequests && { maxRequests }),
  });
}

/** A number that counts: zero is none given. Source: hashicorp/consul agent/xds/config and agent/structs. */
function givenNumber(resource: Resource, path: Path): Asked<number> | undefined {
  const asked = numberOf(resource, path);
  return asked?.value === 0 ? undefined : asked;
}

/** Zeros in what a client asks of its upstreams that Consul takes for nothing given. */
export function emptyDefaults(entries: Entries): readonly Peculiar[] {
  return entries.selected(ServiceDefaults).flatMap((resource) => {
    const overrides = listAt(resource.value, [...upstreams, 'overrides']).map(
      (_, at): Path => [...upstreams, 'overrides', at],
    );
    return [[...upstreams, 'defaults'], ...overrides].flatMap((path): readonly Peculiar[] => {
      const health: Path = [...path, 'passiveHealthCheck'];
      const isOff = numberOf(resource, [...health, 'enforcingConsecutive5xx'])?.value === 0;
      const zeros = [
        numberOf(resource, [...path, 'connectTimeoutMs']),
        durationAt(resource, [...health, 'interval']),
        isOff ? undefined : numberOf(resource, [...health, 'maxFailures']),
      ].filter((it) => it?.value === 0);
      return zeros.map((it) => ({
        from: it?.from ?? [],
        code: 'unused-in-source',
        reason: 'Consul takes zero for nothing given, and keeps to what it does unasked.',
        risk: 'none',
      }));
    });
  });
}

function readOutlier(resource: Resource, path: Path): Asked<Outlier> | undefined {
  if (!isRecord(valueAt(resource.value, path))) return undefined;
  const failures = numberOf(resource, [...path, 'maxFailures']);
  const enforce = numberOf(resource, [...path, 'enforcingConsecutive5xx']);
  const interval = timeoutAt(resource, [...path, 'interval']);
  const baseEjection = durationAt(resource, [...path, 'baseEjectionTime']);
  const maxEjectionPercent = numberOf(resource, [...path, 'maxEjectionPercent']);
  // Consul's way to switch the counter off, and the way that everyone understands.
  const isOff = enforce?.value === 0;
  const isAlways = enforce?.value === 100 && failures !== undefined && failures.value > 0;
  const consecutive5xx = isOff
    ? { value: 0, from: [...(failures?.from ?? []), ...enforce.from] }
    : isAlways
      ? { value: failures.value, from: [...failures.from, ...enforce.from] }
      : failures?.value === 0
        ? undefined
        : failures;
  return whole({
    ...(consecutive5xx && { consecutive5xx }),
    ...(interval && { interval }),
    ...(baseEjection && { baseEjection }),
    ...(maxEjectionPercent && { maxEjectionPercent }),
    ...(enforce && !isOff && !isAlways && { enforcePercent: enforce }),
  });
}

function whole<T extends { readonly [Name in keyof T]?: Asked<unknown> }>(value: T): Asked<T> {
  const from = Object.values<Asked<unknown> | undefined>(value).flatMap((it) => it?.from ?? []);
  return { value, from };
}

/** What a client asks of all its upstreams that it says nothing else of. */
export function readClientDefaults(resource: Resource, environment: Environment): readonly Asked<ClientDefaults>[] {
  const path: Path = [...upstreams, 'defaults'];
  const limits = readLimits(resource, [...path, 'limits']);
  const outlier = readOutlier(resource, [...path, 'passiveHealthCheck']);
  const connectTimeout = givenNumber(resource, [...path, 'connectTimeoutMs']);
  const asked = [limits, outlier, connectTimeout].flatMap((it) => it?.from ?? []);
  if (asked.length === 0) return [];
  const value = {
    name: resource.name,
    client: { value: serviceOfEntry(environment, resource), from: [] },
    ...(limits && { limits }),
    ...(outlier && { outlier }),
    ...(connectTimeout && { connectTimeout }),
  };
  return [{ value, from: asked }];
}

/** How many connections an instance of a service takes; 0 is as many as there are. */
export function readInboundLimit(resource: Resource, environment: Environment): readonly Asked<InboundLimit>[] {
  const maxConnections = numberOf(resource, ['spec', 'maxInboundConnections']);
  if (!maxConnections) return [];
  const service = { value: serviceOfEntry(environment, resource), from: [] };
  return [{ value: { service, maxConnections }, from: maxConnections.from }];
}
