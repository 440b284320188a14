/** DestinationRules: how clients talk to a service, as a whole and by subset. */

import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Destination,
  DestinationParts,
  Limits,
  LoadBalancer,
  Origin,
  Outlier,
  Peculiar,
  ServiceName,
  Subset,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { servicesOfPods } from '../../kubernetes/common/workloads.ts';
import { serviceOfHost } from '../hosts.ts';
import { readDuration } from './durations.ts';
import { originsOf, Place } from './place.ts';

export interface ReadDestinations {
  readonly destinations: readonly Destination[];
  readonly peculiar: readonly Peculiar[];
}

/** What a DestinationRule asks for; nothing but losses when its host is no Service, or when only some clients follow it. */
export function readDestinationRule(resource: Resource, environment: Environment): ReadDestinations {
  const namespace = environment.namespaceOf(resource);
  const spec = Place.of(resource).at('spec');
  const host = spec.at('host');
  const service = serviceOfHost(host.text ?? '', namespace, environment.settings.clusterDomain);
  if (!service) return { destinations: [], peculiar: lostHost(spec) };
  const client = readClient(spec, namespace, environment);
  if (client === 'unknown') {
    const reason =
      'The rule holds only for clients with certain labels, and no single Service stands in front of them in this workspace.';
    return { destinations: [], peculiar: [{ from: [spec.origin], code: 'client-scope', reason, risk: 'behaviour' }] };
  }
  const exportTo = spec.at('exportTo').items;
  const isForAll = exportTo.some((it) => it.text === '*');
  const base: Destination = {
    name: resource.name,
    namespace,
    service: { value: service, from: [...originsOf(host), ...(isForAll ? originsOf(...exportTo) : [])] },
    ...(client ? { client } : {}),
    subsets: spec.at('subsets').items.flatMap(readSubset),
    parts: readPolicy(spec.at('trafficPolicy')),
  };
  const bySubset = spec.at('subsets').items.flatMap((it): Destination[] => {
    const [subset, policy] = [it.at('name').text, it.at('trafficPolicy')];
    if (subset === undefined || !policy.exists) return [];
    return [{ ...base, service: { value: service, from: [] }, subset, subsets: [], parts: readPolicy(policy) }];
  });
  return { destinations: [base, ...bySubset], peculiar: [] };
}

/** The subsets of a rule as facts for the routes that name them. */
export function readSubset(place: Place): Asked<Subset>[] {
  const [name, labels] = [place.at('name'), place.at('labels')];
  if (name.text === undefined) return [];
  return [{ value: { name: name.text, labels: labels.textRecord }, from: originsOf(name, labels) }];
}

function lostHost(spec: Place): Peculiar[] {
  const host = spec.at('host').text ?? '';
  const lost: Peculiar[] = [
    {
      from: [spec.origin],
      code: host.includes('*') ? 'wildcard-destination' : 'host-not-service',
      reason: host.includes('*')
        ? `"${host}" stands for many services; write a rule for each of them first.`
        : `"${host}" is no Service of the cluster.`,
      risk: 'behaviour',
    },
  ];
  const tls = spec.at('trafficPolicy', 'tls');
  const mode = tls.at('mode').text;
  if (mode === 'SIMPLE' || mode === 'MUTUAL') {
    lost.push({
      from: [tls.origin],
      code: 'tls-origination',
      reason: `The proxy opened TLS to "${host}"; without it the request leaves as the application sends it, in plaintext.`,
      risk: 'security',
    });
  }
  return lost;
}

/** The Service whose pods a `workloadSelector` means; undefined for all clients. */
function readClient(
  spec: Place,
  namespace: string,
  environment: Environment,
): Asked<ServiceName> | 'unknown' | undefined {
  const labels = spec.at('workloadSelector', 'matchLabels');
  const selector = labels.textRecord;
  if (Object.keys(selector).length === 0) return undefined;
  const [found, ...more] = servicesOfPods(environment, namespace, selector);
  if (!found || more.length > 0) return 'unknown';
  return { value: { name: found.name, namespace: found.namespace }, from: originsOf(spec.at('workloadSelector')) };
}

function readPolicy(policy: Place): DestinationParts {
  const parts: { -readonly [Name in keyof DestinationParts]: DestinationParts[Name] } = {};
  const loadBalancer = readLoadBalancer(policy.at('loadBalancer'));
  if (loadBalancer) parts.loadBalancer = loadBalancer;
  const outlier = policy.at('outlierDetection');
  if (outlier.exists) parts.outlier = outlier.asked(readOutlier(outlier));
  const limits = readLimits(policy.at('connectionPool'));
  if (limits) parts.limits = limits;
  const connect = policy.at('connectionPool', 'tcp', 'connectTimeout');
  const millis = readDuration(connect.text);
  if (millis !== undefined) parts.connectTimeout = connect.asked(millis);
  const mode = policy.at('tls', 'mode').text;
  const sni = policy.at('tls', 'sni');
  const clientMode = mode === undefined ? undefined : clientModes[mode];
  if (clientMode)
    parts.clientTls = {
      value: { mode: clientMode, ...(sni.text === undefined ? {} : { sni: sni.text }) },
      from: originsOf(policy.at('tls')),
    };
  return parts;
}

const clientModes: Readonly<Record<string, 'disable' | 'simple' | 'mutual' | 'mesh'>> = {
  DISABLE: 'disable',
  SIMPLE: 'simple',
  MUTUAL: 'mutual',
  ISTIO_MUTUAL: 'mesh',
};

const policies: Readonly<Record<string, LoadBalancer['policy']>> = {
  UNSPECIFIED: 'least-request',
  LEAST_CONN: 'least-request',
  LEAST_REQUEST: 'least-request',
  ROUND_ROBIN: 'round-robin',
  RANDOM: 'random',
  PASSTHROUGH: 'passthrough',
};

function readLoadBalancer(place: Place): Asked<LoadBalancer> | undefined {
  const [simple, hash] = [place.at('simple'), place.at('consistentHash')];
  if (hash.exists) {
    const keys = readHash(hash);
    const policy = hash.at('maglev').exists ? ('maglev' as const) : ('ring-hash' as const);
    const known = ['httpHeaderName', 'httpQueryParameterName', 'useSourceIp'].map((it) => hash.at(it));
    const cookie = ['name', 'ttl'].map((it) => hash.at('httpCookie', it));
    return { value: { policy, hash: keys }, from: originsOf(...known, ...cookie, ...sizeless(hash)) };
  }
  const policy = policies[simple.text ?? ''];
  return policy && { value: { policy }, from: originsOf(simple) };
}

/** `maglev: {}` and `ringHash: {}` say which ring it is; sizes of rings are leaves of their own. */
function sizeless(hash: Place): readonly Place[] {
  return [hash.at('maglev'), hash.at('ringHash')].filter((it) => it.exists && it.entries.length === 0);
}

function readHash(hash: Place): NonNullable<LoadBalancer['hash']> {
  const [header, query] = [hash.at('httpHeaderName').text, hash.at('httpQueryParameterName').text];
  if (header !== undefined) return [{ by: 'header', name: header }];
  if (query !== undefined) return [{ by: 'query', name: query }];
  if (hash.at('useSourceIp').boolean) return [{ by: 'source-ip' }];
  const cookie = hash.at('httpCookie', 'name').text;
  if (cookie === undefined) return [];
  const ttl = readDuration(hash.at('httpCookie', 'ttl').text);
  return [{ by: 'cookie', name: cookie, ...(ttl === undefined ? {} : { ttl }) }];
}

/** What Istio does when a block of outlier detection leaves them out; other meshes have other defaults. */
const outlierDefaults = { consecutive5xx: 5, baseEjection: 30_000 };

function readOutlier(place: Place): Outlier {
  const number = (...names: readonly string[]): Asked<number> | undefined => {
    const written = names.map((it) => place.at(it)).filter((it) => it.number !== undefined);
    const [first] = written;
    return first && { value: first.number ?? 0, from: originsOf(...written) };
  };
  const duration = (name: string): Asked<number> | undefined => {
    const millis = readDuration(place.at(name).text);
    return millis === undefined ? undefined : place.at(name).asked(millis);
  };
  const split = place.at('splitExternalLocalOriginErrors');
  const nobody: readonly Origin[] = [];
  return defined<Outlier>({
    consecutive5xx: number('consecutive5xxErrors', 'consecutiveErrors') ?? {
      value: outlierDefaults.consecutive5xx,
      from: nobody,
    },
    consecutiveGateway: number('consecutiveGatewayErrors'),
    interval: duration('interval'),
    baseEjection: duration('baseEjectionTime') ?? { value: outlierDefaults.baseEjection, from: nobody },
    maxEjectionPercent: number('maxEjectionPercent'),
    minHealthPercent: number('minHealthPercent'),
    consecutiveLocal: number('consecutiveLocalOriginFailures'),
    splitLocal: split.boolean === undefined ? undefined : split.asked(split.boolean),
  });
}

function readLimits(pool: Place): Asked<Limits> | undefined {
  const places = {
    maxConnections: pool.at('tcp', 'maxConnections'),
    maxPending: pool.at('http', 'http1MaxPendingRequests'),
    maxRequests: pool.at('http', 'http2MaxRequests'),
    maxRequestsPerConnection: pool.at('http', 'maxRequestsPerConnection'),
    maxRetries: pool.at('http', 'maxRetries'),
  };
  const written = Object.entries(places).filter(([, it]) => it.number !== undefined);
  if (written.length === 0) return undefined;
  const limits: Limits = Object.fromEntries(written.map(([name, it]) => [name, it.asked(it.number ?? 0)]));
  return { value: limits, from: originsOf(...written.map(([, it]) => it)) };
}

/** An object without the fields that are undefined. */
function defined<T extends object>(fields: { readonly [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, it]) => it !== undefined)) as T;
}
