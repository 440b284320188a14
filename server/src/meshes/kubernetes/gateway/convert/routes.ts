/** Routes of the Gateway API: what their rules ask for, and rules in their words. Each mesh says what it makes of them. */

import type {
  Asked,
  Backend,
  HeaderChange,
  Labels,
  Origin,
  Redirect,
  Rewrite,
  RouteMatch,
  RouteParts,
  ServiceName,
} from '../../../../model/ir.ts';
import type { Resource } from '../../../../model/manifest.ts';
import type { Path } from '../../../../model/text.ts';
import { listAt, numberAt, recordAt, textAt, valueAt } from '../../../../model/value.ts';
import { type GatewayMatch, readGrpcMatch, readMatch, toRouteMatch } from './matches.ts';

// ---- Reading -------------------------------------------------------------------------------------------------------

/** A parent as a route names it, with the defaults filled in. */
export interface Parent {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly port: number | undefined;
  readonly sectionName: string | undefined;
  readonly from: Origin;
}

/** The parents of a route that lives in a namespace. `core` is another name of the core group. */
export function readParents(resource: Resource, namespace: string): readonly Parent[] {
  return listAt(resource.value, ['spec', 'parentRefs']).flatMap((it, at) => {
    const name = textAt(it, ['name']);
    if (name === undefined) return [];
    const kind = textAt(it, ['kind']) ?? 'Gateway';
    const group = textAt(it, ['group']) ?? (kind === 'Service' ? '' : 'gateway.networking.k8s.io');
    return [
      {
        group: group === 'core' ? '' : group,
        kind,
        name,
        namespace: textAt(it, ['namespace']) ?? namespace,
        port: numberAt(it, ['port']),
        sectionName: textAt(it, ['sectionName']),
        from: { resource, path: ['spec', 'parentRefs', at] },
      },
    ];
  });
}

/** A match in both languages: the Gateway API's to rank it, the representation's to carry it. */
export interface ReadMatch {
  readonly match: GatewayMatch;
  readonly asked: RouteMatch;
}

export interface ReadRule {
  readonly name: Asked<string> | undefined;
  /** Any of them; at least one, which is empty when the rule takes everything. */
  readonly matches: readonly ReadMatch[];
  readonly parts: RouteParts;
}

/**
 * The rules of an HTTPRoute or GRPCRoute, in the order of the document. `parent` gets what names no backend, at `port` where
 * the rules hold for one of several.
 */
export function readRules(
  resource: Resource,
  namespace: string,
  parent: ServiceName | undefined,
  port?: number,
): readonly ReadRule[] {
  return listAt(resource.value, ['spec', 'rules']).map((rule, at) => {
    const path: Path = ['spec', 'rules', at];
    const name = textAt(rule, ['name']);
    return {
      name: name === undefined ? undefined : { value: name, from: [{ resource, path: [...path, 'name'] }] },
      matches: readMatches(resource, path, rule),
      parts: readParts(resource, path, rule, namespace, parent, port),
    };
  });
}

const everything: ReadMatch = { match: {}, asked: { from: [], headers: [], query: [] } };

function readMatches(resource: Resource, path: Path, rule: unknown): readonly ReadMatch[] {
  const isGrpc = resource.kind === 'GRPCRoute';
  const matches = listAt(rule, ['matches']).map((it, at) => {
    const place: Path = [...path, 'matches', at];
    const match = isGrpc ? readGrpcMatch(it) : readMatch(it);
    const origins = {
      whole: { resource, path: place },
      at: (...steps: (string | number)[]) => ({ resource, path: [...place, ...steps] }),
    };
    return { match, asked: toRouteMatch(match, origins, isGrpc) };
  });
  return matches.length === 0 ? [everything] : matches;
}

function readParts(
  resource: Resource,
  path: Path,
  rule: unknown,
  namespace: string,
  parent: ServiceName | undefined,
  port: number | undefined,
): RouteParts {
  const filters = readFilters(resource, [...path, 'filters'], listAt(rule, ['filters']), namespace);
  const timeout = readDuration(valueAt(rule, ['timeouts', 'request']));
  const backends = readBackends(resource, path, rule, namespace);
  const answersItself = filters.redirect !== undefined;
  return {
    ...(backends.length > 0
      ? { backends: { value: backends, from: backends.flatMap((it) => it.from) } }
      : answersItself || !parent
        ? {}
        : { backends: { value: [{ service: parent, ...(port === undefined ? {} : { port }), from: [] }], from: [] } }),
    ...filters,
    ...(timeout === undefined
      ? {}
      : { timeout: { value: timeout, from: [{ resource, path: [...path, 'timeouts', 'request'] }] } }),
  };
}

/** The backends of a rule; those that are no Services are left out. */
export function readBackends(resource: Resource, path: Path, rule: unknown, namespace: string): readonly Backend[] {
  const list = listAt(rule, ['backendRefs']);
  return list.flatMap((it, at) => {
    const place: Path = [...path, 'backendRefs', at];
    const backend = readBackend(resource, place, it, namespace);
    if (!backend) return [];
    const { requestHeaders, responseHeaders } = readFilters(
      resource,
      [...place, 'filters'],
      listAt(it, ['filters']),
      namespace,
    );
    return [
      {
        ...backend,
        // A weight that nobody wrote is 1; alone it says nothing.
        ...(backend.weight === undefined && list.length > 1 ? { weight: 1 } : {}),
        ...(requestHeaders ? { requestHeaders: requestHeaders.value } : {}),
        ...(responseHeaders ? { responseHeaders: responseHeaders.value } : {}),
      },
    ];
  });
}

function readBackend(resource: Resource, place: Path, value: unknown, namespace: string): Backend | undefined {
  const name = textAt(value, ['name']);
  if (name === undefined || (textAt(value, ['kind']) ?? 'Service') !== 'Service') return undefined;
  const port = numberAt(value, ['port']);
  const weight = numberAt(value, ['weight']);
  return {
    service: { name, namespace: textAt(value, ['namespace']) ?? namespace },
    ...(port === undefined ? {} : { port }),
    ...(weight === undefined ? {} : { weight }),
    from: [{ resource, path: place }],
  };
}

type FilterParts = Pick<RouteParts, 'requestHeaders' | 'responseHeaders' | 'redirect' | 'rewrite' | 'mirrors'>;

function readFilters(resource: Resource, path: Path, filters: readonly unknown[], namespace: string): FilterParts {
  const parts: { -readonly [Name in keyof FilterParts]: FilterParts[Name] } = {};
  for (const [at, filter] of filters.entries()) {
    const from: Origin[] = [{ resource, path: [...path, at] }];
    switch (textAt(filter, ['type'])) {
      case 'RequestHeaderModifier':
        parts.requestHeaders = { value: readHeaders(filter, 'requestHeaderModifier'), from };
        break;
      case 'ResponseHeaderModifier':
        parts.responseHeaders = { value: readHeaders(filter, 'responseHeaderModifier'), from };
        break;
      case 'RequestRedirect':
        parts.redirect = { value: readRedirect(recordAt(filter, ['requestRedirect'])), from };
        break;
      case 'URLRewrite':
        parts.rewrite = { value: readRewrite(recordAt(filter, ['urlRewrite'])), from };
        break;
      case 'RequestMirror': {
        const backend = readBackend(
          resource,
          [...path, at],
          valueAt(filter, ['requestMirror', 'backendRef']),
          namespace,
        );
        if (!backend) break;
        const mirror = { backend, percent: readPercent(recordAt(filter, ['requestMirror'])) };
        parts.mirrors = {
          value: [...(parts.mirrors?.value ?? []), mirror],
          from: [...(parts.mirrors?.from ?? []), ...from],
        };
        break;
      }
    }
  }
  return parts;
}

function readPercent(mirror: unknown): number {
  const numerator = numberAt(mirror, ['fraction', 'numerator']);
  if (numerator !== undefined) return (100 * numerator) / (numberAt(mirror, ['fraction', 'denominator']) ?? 100);
  return numberAt(mirror, ['percent']) ?? 100;
}

function readHeaders(filter: unknown, name: string): HeaderChange {
  const pairs = (what: string): Labels => {
    const found: Record<string, string> = {};
    for (const it of listAt(filter, [name, what])) {
      const key = textAt(it, ['name']);
      const value = textAt(it, ['value']);
      if (key === undefined || value === undefined) continue;
      found[key] = what === 'add' && found[key] !== undefined ? `${found[key]},${value}` : value;
    }
    return found;
  };
  const remove = listAt(filter, [name, 'remove']).filter((it) => typeof it === 'string');
  return { set: pairs('set'), add: pairs('add'), remove };
}

function readRedirect(value: unknown): Redirect {
  const [scheme, host, port] = [textAt(value, ['scheme']), textAt(value, ['hostname']), numberAt(value, ['port'])];
  const path = readPathChange(value);
  return {
    status: numberAt(value, ['statusCode']) ?? 302,
    ...(scheme === undefined ? {} : { scheme }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(path === undefined ? {} : { path }),
  };
}

function readRewrite(value: unknown): Rewrite {
  const host = textAt(value, ['hostname']);
  const path = readPathChange(value);
  return { ...(host === undefined ? {} : { host }), ...(path === undefined ? {} : { path }) };
}

function readPathChange(value: unknown): { readonly type: 'full' | 'prefix'; readonly value: string } | undefined {
  const full = textAt(value, ['path', 'replaceFullPath']);
  if (full !== undefined) return { type: 'full', value: full };
  const prefix = textAt(value, ['path', 'replacePrefixMatch']);
  return prefix === undefined ? undefined : { type: 'prefix', value: prefix };
}

// ---- Durations -----------------------------------------------------------------------------------------------------

const unitMillis: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `1s`, `250ms` or `1h30m`; undefined when the text is no duration. */
export function readDuration(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^(?:\d+(?:ms|[smhd]))+$/.test(value)) return undefined;
  let total = 0;
  for (const [, count, unit] of value.matchAll(/(\d+)(ms|[smhd])/g))
    total += Number(count) * (unitMillis[unit ?? ''] ?? 0);
  return total;
}

/**
 * A duration as one integer and one unit, which Linkerd insists on and all readers of the Gateway API take. Fractions of
 * a millisecond, and digits beyond the five that the Gateway API allows, round up.
 */
export function writeDuration(millis: number): string {
  const whole = Math.max(1, Math.ceil(millis));
  for (const unit of ['s', 'ms', 'm', 'h']) {
    const size = unitMillis[unit] ?? 1;
    if (whole % size === 0 && whole / size <= 99_999) return `${whole / size}${unit}`;
  }
  for (const unit of ['s', 'm']) {
    const count = Math.ceil(whole / (unitMillis[unit] ?? 1));
    if (count <= 99_999) return `${count}${unit}`;
  }
  return `${Math.min(Math.ceil(whole / 3_600_000), 99_999)}h`;
}

// ---- Writing -------------------------------------------------------------------------------------------------------

/** A filter as it stands in `filters[]`. */
export type GatewayFilter = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A header change as a filter; undefined when it changes nothing. */
export function headerFilter(
  type: 'RequestHeaderModifier' | 'ResponseHeaderModifier',
  { set, add, remove }: HeaderChange,
): GatewayFilter | undefined {
  const pairs = (of: Labels) => Object.entries(of).map(([name, value]) => ({ name, value }));
  const change = {
    ...(Object.keys(set).length === 0 ? {} : { set: pairs(set) }),
    ...(Object.keys(add).length === 0 ? {} : { add: pairs(add) }),
    ...(remove.length === 0 ? {} : { remove: [...remove] }),
  };
  if (Object.keys(change).length === 0) return undefined;
  return type === 'RequestHeaderModifier'
    ? { type, requestHeaderModifier: change }
    : { type, responseHeaderModifier: change };
}

/** A redirect as a filter. The code is always written, since the default differs between meshes. */
export function redirectFilter({ status, scheme, host, port, path }: Redirect): GatewayFilter {
  return {
    type: 'RequestRedirect',
    requestRedirect: {
      ...(scheme === undefined ? {} : { scheme }),
      ...(host === undefined ? {} : { hostname: host }),
      ...(path === undefined ? {} : { path: pathChange(path) }),
      ...(port === undefined ? {} : { port }),
      statusCode: status,
    },
  };
}

/** A rewrite as a filter; undefined for a regular expression, which the Gateway API does not have. */
export function rewriteFilter({ host, path }: Rewrite): GatewayFilter | undefined {
  if (path?.type === 'regex') return undefined;
  return {
    type: 'URLRewrite',
    urlRewrite: {
      ...(host === undefined ? {} : { hostname: host }),
      ...(path === undefined ? {} : { path: pathChange({ type: path.type, value: path.value }) }),
    },
  };
}

/** Whether filters replace a prefix, which the API takes only in a rule of one match, and that by a prefix. */
export function replacesPrefix(filters: readonly GatewayFilter[]): boolean {
  return filters.some(
    (it) =>
      textAt(it, ['urlRewrite', 'path', 'type']) === 'ReplacePrefixMatch' ||
      textAt(it, ['requestRedirect', 'path', 'type']) === 'ReplacePrefixMatch',
  );
}

function pathChange({ type, value }: { readonly type: 'full' | 'prefix'; readonly value: string }) {
  return type === 'full'
    ? { type: 'ReplaceFullPath', replaceFullPath: value }
    : { type: 'ReplacePrefixMatch', replacePrefixMatch: value };
}

/**
 * Relative weights as integers up to a million: percents where they come out even, else the smallest whole numbers in
 * the same relation. `isRounded` tells that the relation had to change.
 */
export function wholeWeights(weights: readonly number[]): {
  readonly weights: readonly number[];
  readonly isRounded: boolean;
} {
  const decimals = Math.max(0, ...weights.map((it) => (String(it).split('.')[1] ?? '').length));
  const whole = weights.map((it) => Math.round(it * 10 ** decimals));
  const sum = whole.reduce((a, b) => a + b, 0);
  if (sum === 0) return { weights: whole.map(() => 0), isRounded: false };
  const percents = whole.map((it) => (it * 100) / sum);
  if (percents.every(Number.isInteger)) return { weights: percents, isRounded: false };
  const divisor = whole.reduce(greatestDivisor, 0);
  const reduced = whole.map((it) => it / divisor);
  const largest = Math.max(...reduced);
  if (largest <= 1_000_000) return { weights: reduced, isRounded: false };
  return { weights: reduced.map((it) => Math.round((it * 1_000_000) / largest)), isRounded: true };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
