/** Traffic policies: how clients balance, wait, limit and eject, wherever a DestinationRule says it. */

import type {
  Asked,
  DestinationParts,
  HashKey,
  Limits,
  LoadBalancer,
  Origin,
  Outlier,
  RetryBudget,
} from '../../../model/ir.ts';
import { readDuration } from './durations.ts';
import { originsOf, type Place } from './place.ts';

/** What a traffic policy asks for; nothing for what it leaves out. */
export function readPolicy(policy: Place): DestinationParts {
  const parts: { -readonly [Name in keyof DestinationParts]: DestinationParts[Name] } = {};
  const loadBalancer = readLoadBalancer(policy.at('loadBalancer'));
  if (loadBalancer) parts.loadBalancer = loadBalancer;
  const locality = policy.at('loadBalancer', 'localityLbSetting', 'enabled');
  const outlier = policy.at('outlierDetection');
  // Istio prefers no place where it does not know which instances are healthy.
  const isNear = locality.boolean === true && outlier.exists;
  if (locality.boolean !== undefined) parts.locality = locality.asked(isNear ? 'near' : 'any');
  if (outlier.exists) parts.outlier = outlier.asked(readOutlier(outlier));
  const limits = readLimits(policy.at('connectionPool'));
  if (limits) parts.limits = limits;
  const budget = readRetryBudget(policy.at('retryBudget'));
  if (budget) parts.retryBudget = budget;
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
    const key = readHash(hash);
    const ring = numberOf(hash.at('ringHash', 'minimumRingSize')) ?? numberOf(hash.at('minimumRingSize'));
    const table = numberOf(hash.at('maglev', 'tableSize'));
    return {
      value: {
        policy: hash.at('maglev').exists ? 'maglev' : 'ring-hash',
        ...(key ? { hash: [key] } : {}),
        ...(ring ? { minimumRing: ring } : {}),
        ...(table ? { tableSize: table } : {}),
      },
      from: originsOf(...sizeless(hash)),
    };
  }
  const policy = policies[simple.text ?? ''];
  return policy && { value: { policy }, from: originsOf(simple) };
}

/** `maglev: {}` and `ringHash: {}` say which ring it is; sizes of rings are leaves of their own. */
function sizeless(hash: Place): readonly Place[] {
  return [hash.at('maglev'), hash.at('ringHash')].filter((it) => it.exists && it.entries.length === 0);
}

function readHash(hash: Place): Asked<HashKey> | undefined {
  const [header, query, source] = [
    hash.at('httpHeaderName'),
    hash.at('httpQueryParameterName'),
    hash.at('useSourceIp'),
  ];
  if (header.text !== undefined) return header.asked({ by: 'header', name: header.text });
  if (query.text !== undefined) return query.asked({ by: 'query', name: query.text });
  if (source.boolean) return source.asked({ by: 'source-ip' });
  const cookie = hash.at('httpCookie');
  const [name, path, lifetime] = [cookie.at('name'), cookie.at('path'), cookie.at('ttl')];
  if (name.text === undefined) return undefined;
  const ttl = readDuration(lifetime.text);
  return {
    value: {
      by: 'cookie',
      name: name.text,
      ...(ttl === undefined ? {} : { ttl }),
      ...(path.text === undefined ? {} : { path: path.text }),
    },
    from: originsOf(name, path, lifetime),
  };
}

function readRetryBudget(place: Place): Asked<RetryBudget> | undefined {
  if (!place.exists) return undefined;
  const [percent, least, interval] = ['percent', 'minRetryConcurrency', 'budgetInterval'].map((it) => place.at(it));
  const window = readDuration(interval?.text);
  const budget = defined<RetryBudget>({
    percent: percent && numberOf(percent),
    minConcurrency: least && numberOf(least),
    window: window === undefined ? undefined : interval?.asked(window),
  });
  return place.asked(budget);
}

function numberOf(place: Place): Asked<number> | undefined {
  return place.number === undefined ? undefined : place.asked(place.number);
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

/** The highest limit that a field holds. */
const unlimited = 2_147_483_647;

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
  // Zero is no limit. Source: istio/istio pilot/pkg/networking/core/cluster_traffic_policy.go.
  const limits: Limits = Object.fromEntries(written.map(([name, it]) => [name, it.asked(it.number || unlimited)]));
  return { value: limits, from: originsOf(...written.map(([, it]) => it)) };
}

/** An object without the fields that are undefined. */
function defined<T extends object>(fields: { readonly [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, it]) => it !== undefined)) as T;
}
