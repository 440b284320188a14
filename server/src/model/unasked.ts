/** What a mesh does with requests of which nobody says anything, and how a result is told to do what its source did. */

import type { ConvertOptions } from './convert-options.ts';
import type { Destination, Ir, Limits, Outlier, Retries, Route, ServiceName } from './ir.ts';
import type { Ledger } from './report.ts';

export interface Unasked {
  /** Milliseconds that a request may take, -1 for any time. */
  readonly timeout: number;
  readonly retries: Retries;
  readonly outlier: Outlier;
  readonly limits: Limits;
  /** Set when instances that do not connect are passed over, so that nobody has to retry for them. */
  readonly passesOver?: true;
}

const nobody: readonly never[] = [];

/** A number that no leaf asks for. */
export function unasked(value: number) {
  return { value, from: nobody };
}

/** Retrying nothing. */
export const noRetries: Retries = { attempts: 0, on: [], codes: [], codeRanges: [], origins: {} };

/** Taking no instance out. */
export const noEjection: Outlier = { consecutive5xx: unasked(0) };

/** The most that a field of 32 bits with a sign takes: limits that nobody would meet. */
export const noLimits: Limits = {
  maxConnections: unasked(2_147_483_647),
  maxPending: unasked(2_147_483_647),
  maxRequests: unasked(2_147_483_647),
};

/**
 * The representation as a mesh is to write it: what the source does unasked is told in notes, or, when that is asked for,
 * spelled out wherever the target would do something else. Such values come from no leaf, so reports do not speak of them.
 */
export function withUnasked(ir: Ir, target: Unasked, ledger: Ledger, { implicitDefaults }: ConvertOptions): Ir {
  if (!ir.unasked) return ir;
  if (implicitDefaults === 'materialize') return spelledOut(ir, ir.unasked.ways, target);
  for (const it of ir.unasked.notes) ledger.note('implicit', it, 'availability');
  return ir;
}

function spelledOut(ir: Ir, source: Unasked, target: Unasked): Ir {
  const routes = ir.routes.map((route) => (route.isMesh ? withRules(route, source, target) : route));
  const isSame = (a: Outlier | Limits, b: Outlier | Limits) => JSON.stringify(a) === JSON.stringify(b);
  const outlier = isSame(source.outlier, target.outlier) ? undefined : { value: source.outlier, from: nobody };
  const limits = isSame(source.limits, target.limits) ? undefined : { value: source.limits, from: nobody };
  if (!outlier && !limits) return { ...ir, routes };
  const general = (it: Destination) => !it.client && !it.visibility && it.subset === undefined && !it.port;
  const keyOf = ({ namespace, name }: ServiceName) => `${namespace}/${name}`;
  const known = new Set(ir.destinations.filter(general).map((it) => keyOf(it.service.value)));
  const missing = new Map(
    [...routes.flatMap(servicesOf), ...ir.destinations.map((it) => it.service.value)]
      .filter((it) => !known.has(keyOf(it)))
      .map((it) => [keyOf(it), it] as const),
  );
  const added = [...missing.values()].map(
    (service): Destination => ({ ...service, service: { value: service, from: nobody }, subsets: [], parts: {} }),
  );
  const first = new Set<string>();
  const destinations = [...ir.destinations, ...added].map((it): Destination => {
    const key = keyOf(it.service.value);
    if (!general(it) || first.has(key)) return it;
    first.add(key);
    const own = [...ir.destinations].filter((other) => general(other) && keyOf(other.service.value) === key);
    const isSaid = (part: 'outlier' | 'limits') => own.some((other) => other.parts[part]);
    const parts = {
      ...it.parts,
      ...(outlier && !isSaid('outlier') ? { outlier } : {}),
      ...(limits && !isSaid('limits') ? { limits } : {}),
    };
    return { ...it, parts };
  });
  return { ...ir, routes, destinations };
}

function withRules(route: Route, source: Unasked, target: Unasked): Route {
  if (route.protocol === 'tcp' || route.protocol === 'tls') return route;
  const waits = source.timeout === target.timeout ? undefined : { value: source.timeout, from: nobody };
  // Where instances that do not connect are passed over, only states of gRPC are left to retry on.
  const isMet = source.retries.attempts === target.retries.attempts || (target.passesOver && route.protocol !== 'grpc');
  const retries = isMet ? undefined : { value: source.retries, from: nobody };
  const rules = route.rules.map((rule) => {
    const { parts } = rule;
    if (!parts.backends) return rule;
    return {
      ...rule,
      parts: {
        ...parts,
        ...(waits && !parts.timeout ? { timeout: waits } : {}),
        ...(retries && !parts.retries ? { retries } : {}),
      },
    };
  });
  return { ...route, rules };
}

function servicesOf({ isMesh, targets, rules }: Route): readonly ServiceName[] {
  if (!isMesh) return [];
  const backends = rules.flatMap(({ parts }) => parts.backends?.value ?? []);
  return [
    ...targets.flatMap(({ value }) => (value.type === 'service' ? [value.service] : [])),
    ...backends.flatMap((it) => (it.host === undefined ? [it.service] : [])),
  ];
}
