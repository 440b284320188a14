/**
 * Linkerd's annotations for retries, timeouts and circuit breaking, which stand on routes and Services.
 * Source: linkerd2 policy-controller/k8s/index/src/outbound/index.rs.
 */

import type { Asked, Origin, Outlier, Peculiar, Retries } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { textRecordAt } from '../../../model/value.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { readDuration } from '../../kubernetes/gateway/convert/routes.ts';
import { GRPCRoute } from '../../kubernetes/gateway/kinds.ts';

export const retryHttp = 'retry.linkerd.io/http';
export const retryGrpc = 'retry.linkerd.io/grpc';
export const retryLimit = 'retry.linkerd.io/limit';
export const retryTimeout = 'retry.linkerd.io/timeout';
export const timeoutRequest = 'timeout.linkerd.io/request';
export const timeoutResponse = 'timeout.linkerd.io/response';
export const timeoutIdle = 'timeout.linkerd.io/idle';
export const accrual = 'balancer.linkerd.io/failure-accrual';
export const maxFailures = `${accrual}-consecutive-max-failures`;
export const minPenalty = `${accrual}-consecutive-min-penalty`;
export const maxPenalty = `${accrual}-consecutive-max-penalty`;
/** On pods: how long their proxy waits for a connection to anything. */
export const connectTimeout = 'config.linkerd.io/proxy-outbound-connect-timeout';
export const inboundPolicy = 'config.linkerd.io/default-inbound-policy';

const retryKeys = [retryHttp, retryGrpc, retryLimit, retryTimeout] as const;
const timeoutKeys = [timeoutRequest, timeoutResponse, timeoutIdle] as const;

/** A duration as annotations have it: one integer, of as many digits as it takes, and one unit. */
export function annotationDuration(millis: number): string {
  const whole = Math.max(1, Math.ceil(millis));
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}

/** Milliseconds of a duration of one integer and one unit: Linkerd takes no other, neither `1m30s` nor `1.5s`. */
export function readOneUnit(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d+(?:ms|[smhd])$/.test(value) ? readDuration(value) : undefined;
}

/** The place of an annotation of a resource. */
export function annotationOf(resource: Resource, key: string): Origin {
  return { resource, path: ['metadata', 'annotations', key] };
}

function annotationsOf(resource: Resource): Readonly<Record<string, string>> {
  return textRecordAt(resource.value, ['metadata', 'annotations']);
}

/**
 * The retries that a route has: its own annotations, or, when it has none at all, those of its Service. Undefined when
 * nothing says which responses to retry, since then nothing is retried. Routes of gRPC know states of gRPC alone, the
 * others know status codes alone.
 */
export function readRetries(owners: readonly Resource[], isGrpc: boolean): Asked<Retries> | undefined {
  const owner = owners.find((it) => hasAny(it, retryKeys));
  if (!owner) return undefined;
  const annotations = annotationsOf(owner);
  const places = (...keys: string[]) => keys.filter((it) => it in annotations).map((it) => annotationOf(owner, it));
  const key = isGrpc ? retryGrpc : retryHttp;
  const conditions = isGrpc ? grpcStates(annotations[key]) : statusCodes(annotations[key]);
  if (!conditions) return undefined;
  const limit = Number(annotations[retryLimit]);
  const perTryTimeout = readOneUnit(annotations[retryTimeout]);
  return {
    value: {
      // A limit of 0 counts as none given, and then it is 1.
      attempts: Number.isInteger(limit) && limit > 0 ? limit : 1,
      ...(perTryTimeout === undefined ? {} : { perTryTimeout }),
      ...conditions,
      origins: {
        attempts: places(retryLimit),
        perTryTimeout: places(retryTimeout),
        conditions: places(key),
      },
    },
    from: places(key, retryLimit, retryTimeout),
  };
}

type Conditions = Pick<Retries, 'on' | 'codes' | 'codeRanges'>;

function statusCodes(text: string | undefined): Conditions | undefined {
  const on: string[] = [];
  const codes: number[] = [];
  const codeRanges: (readonly [number, number])[] = [];
  for (const token of text?.split(',') ?? []) {
    const range = /^(\d{3})-(\d{3})$/.exec(token);
    if (range) codeRanges.push([Number(range[1]), Number(range[2])]);
    else if (/^\d{3}$/.test(token)) codes.push(Number(token));
    else if (token === '5xx' || token === 'gateway-error') on.push(token);
  }
  return on.length + codes.length + codeRanges.length === 0 ? undefined : { on, codes, codeRanges };
}

function grpcStates(text: string | undefined): Conditions | undefined {
  const on = (text?.split(',') ?? []).filter((it) => grpcConditions.has(it)).map((it) => `grpc:${it}`);
  return on.length === 0 ? undefined : { on, codes: [], codeRanges: [] };
}

/** gRPC states that can be retried, in Linkerd as in Envoy. */
export const grpcConditions: ReadonlySet<string> = new Set([
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

/** The timeout of requests by annotation, which overrules the one that stands in a rule. */
export function readTimeout(owners: readonly Resource[]): Asked<number> | undefined {
  return readTimeoutOf(owners, timeoutRequest);
}

/** For how long a stream may be silent, by annotation. */
export function readIdleTimeout(owners: readonly Resource[]): Asked<number> | undefined {
  return readTimeoutOf(owners, timeoutIdle);
}

/** One of the timeouts of a route, or of its Service when the route names none at all. */
function readTimeoutOf(owners: readonly Resource[], key: (typeof timeoutKeys)[number]): Asked<number> | undefined {
  const owner = owners.find((it) => hasAny(it, timeoutKeys));
  const value = owner && readOneUnit(annotationsOf(owner)[key]);
  return owner && value !== undefined ? { value, from: [annotationOf(owner, key)] } : undefined;
}

function hasAny(resource: Resource, keys: readonly string[]): boolean {
  const annotations = annotationsOf(resource);
  return keys.some((it) => it in annotations);
}

/** Whether a Service carries annotations that shape requests to it. */
export function shapesRequests(service: Resource): boolean {
  return hasAny(service, [...retryKeys, ...timeoutKeys]);
}

/** When endpoints of a Service are taken out; undefined when it does not say. Defaults that count are filled in. */
export function readOutlier(service: Resource): Asked<Outlier> | undefined {
  const annotations = annotationsOf(service);
  const mode = annotations[accrual];
  if (mode !== 'consecutive' && mode !== 'unified') return undefined;
  const at = (...keys: string[]) => keys.filter((it) => it in annotations).map((it) => annotationOf(service, it));
  if (isVoid(annotations)) return undefined;
  const failures = Number(annotations[maxFailures]);
  return {
    value: {
      consecutive5xx: {
        value: maxFailures in annotations && Number.isInteger(failures) ? failures : 7,
        from: at(accrual, maxFailures),
      },
      baseEjection: { value: readOneUnit(annotations[minPenalty]) ?? penalties.shortest, from: at(minPenalty) },
      maxEjection: { value: readOneUnit(annotations[maxPenalty]) ?? penalties.longest, from: at(maxPenalty) },
      // Linkerd may take all endpoints out.
      maxEjectionPercent: { value: 100, from: [] },
    },
    from: at(accrual, maxFailures, minPenalty, maxPenalty),
  };
}

/** Shortest and longest time that an endpoint is out unless told otherwise, in milliseconds. */
const penalties = { shortest: 1000, longest: 60_000 } as const;

/** Whether Linkerd ignores a breaker as a whole: its shortest time is above its longest, or one is no duration. */
function isVoid(annotations: Readonly<Record<string, string>>): boolean {
  const [least, most] = [minPenalty, maxPenalty].map((it) => annotations[it]);
  const [shortest, longest] = [readOneUnit(least), readOneUnit(most)];
  if ((least !== undefined && shortest === undefined) || (most !== undefined && longest === undefined)) return true;
  return (shortest ?? penalties.shortest) > (longest ?? penalties.longest);
}

/** Annotations that are understood and that no other mesh has, or that Linkerd itself passes over. */
export function* peculiarAnnotations(resource: Resource): Generator<Peculiar> {
  const annotations = annotationsOf(resource);
  if (accrual in annotations && isVoid(annotations))
    yield {
      from: [accrual, maxFailures, minPenalty, maxPenalty]
        .filter((it) => it in annotations)
        .map((it) => annotationOf(resource, it)),
      code: 'unused-in-source',
      reason: `Linkerd ignores this breaker: its shortest time has to be a duration of one unit and at most its longest, which is ${annotations[maxPenalty] ?? '1m'}.`,
      risk: 'none',
    };
  yield* unusedRetries(resource, annotations);
  for (const key of [retryTimeout, timeoutRequest, timeoutIdle]) {
    if (annotations[key] === undefined || readOneUnit(annotations[key]) !== undefined) continue;
    yield {
      from: [annotationOf(resource, key)],
      code: 'unused-in-source',
      reason: 'Linkerd takes a duration of one number and one unit, and does not read this one.',
      risk: 'none',
    };
  }
  for (const key of Object.keys(annotations)) {
    const found = peculiar.find(([pattern]) => pattern.test(key));
    if (!found) continue;
    const [, code, reason] = found;
    yield { from: [annotationOf(resource, key)], code, reason, risk: 'behaviour' };
  }
}

/** Why conditions for retries do not count on a route of the other protocol. */
export const unreadRetries = {
  grpcRoute: 'Linkerd does not read it on a GRPCRoute: calls are retried by their gRPC state.',
  httpRoute: 'Linkerd does not read it on an HTTPRoute: requests are retried by their status code.',
} as const;

/** What says how to retry where nothing is retried: without conditions, or with those of the other protocol. */
function* unusedRetries(resource: Resource, annotations: Readonly<Record<string, string>>): Generator<Peculiar> {
  const isService = isOfKind(resource, Service);
  const isGrpc = isOfKind(resource, GRPCRoute);
  const other = isGrpc ? retryHttp : retryGrpc;
  const unused = (key: string, reason: string): Peculiar => ({
    from: [annotationOf(resource, key)],
    code: 'unused-in-source',
    reason,
    risk: 'none',
  });
  if (!isService && other in annotations)
    yield unused(other, isGrpc ? unreadRetries.grpcRoute : unreadRetries.httpRoute);
  const own = isService ? [retryHttp, retryGrpc] : [isGrpc ? retryGrpc : retryHttp];
  if (own.some((it) => it in annotations)) return;
  for (const key of [retryLimit, retryTimeout])
    if (key in annotations)
      yield unused(key, 'Linkerd retries nothing here: no annotation beside it says which answers to retry.');
}

const peculiar: readonly (readonly [RegExp, string, string])[] = [
  [
    /^timeout\.linkerd\.io\/response$/,
    'response-timeout',
    'Only Linkerd limits how long a backend may take to answer apart from the whole exchange.',
  ],
  [
    /^balancer\.linkerd\.io\/failure-accrual-consecutive-jitter-ratio$/,
    'no-equivalent',
    'Only Linkerd spreads the moments at which endpoints are tried again.',
  ],
  [
    /^balancer\.alpha\.linkerd\.io\//,
    'no-equivalent',
    'Only Linkerd weighs endpoints down by their success rate or by their Retry-After.',
  ],
];
