/** Matches of Gateway API routes as plain data, and how they become matches of the representation and back. */

import type { Asked, Origin, PathMatch, RouteMatch, TextMatch } from '../../../../model/ir.ts';
import { isRecord, listAt, textAt } from '../../../../model/value.ts';

export interface GatewayPath {
  readonly type: 'Exact' | 'PathPrefix' | 'RegularExpression';
  readonly value: string;
}

export interface GatewayText {
  readonly type: 'Exact' | 'RegularExpression';
  readonly name: string;
  readonly value: string;
}

/** A match as it stands in `rules[].matches[]`; what is absent matches everything. */
export interface GatewayMatch {
  readonly path?: GatewayPath;
  readonly headers?: readonly GatewayText[];
  readonly queryParams?: readonly GatewayText[];
  readonly method?: string;
}

/** Methods that the Gateway API can match. */
export const standardMethods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
] as const;

/** A prefix without the slashes at its end, which count for nothing; empty for one that matches every path. */
export function prefixOf(path: GatewayPath | undefined): string {
  return path?.type === 'PathPrefix' ? path.value.replace(/\/+$/, '') : '';
}

/** Whether a match says nothing of the path. */
export function takesEveryPath(path: GatewayPath | undefined): boolean {
  return path === undefined || (path.type === 'PathPrefix' && prefixOf(path) === '');
}

// ---- Reading -------------------------------------------------------------------------------------------------------

/** Reads a match of an HTTPRoute. Fields that are not there, or of the wrong type, are left out. */
export function readMatch(value: unknown): GatewayMatch {
  const path = textAt(value, ['path', 'value']) ?? (isRecord(value) && isRecord(value['path']) ? '/' : undefined);
  const method = textAt(value, ['method']);
  const headers = readTexts(listAt(value, ['headers']));
  const queryParams = readTexts(listAt(value, ['queryParams']));
  return {
    ...(path === undefined ? {} : { path: { type: pathType(textAt(value, ['path', 'type'])), value: path } }),
    ...(headers.length === 0 ? {} : { headers }),
    ...(queryParams.length === 0 ? {} : { queryParams }),
    ...(method === undefined ? {} : { method }),
  };
}

/** Reads a match of a GRPCRoute, whose methods are paths underneath. */
export function readGrpcMatch(value: unknown): GatewayMatch {
  const service = textAt(value, ['method', 'service']);
  const method = textAt(value, ['method', 'method']);
  const isRegex = textAt(value, ['method', 'type']) === 'RegularExpression';
  const headers = readTexts(listAt(value, ['headers']));
  const path = grpcPath(service, method, isRegex);
  return { ...(path ? { path } : {}), ...(headers.length === 0 ? {} : { headers }) };
}

function grpcPath(service: string | undefined, method: string | undefined, isRegex: boolean): GatewayPath | undefined {
  if (service === undefined && method === undefined) return undefined;
  if (service !== undefined && !isRegex)
    return method === undefined
      ? { type: 'PathPrefix', value: `/${service}` }
      : { type: 'Exact', value: `/${service}/${method}` };
  const name = isRegex ? method : method === undefined ? undefined : quoteMeta(method);
  return { type: 'RegularExpression', value: `/${service ?? '[^/]+'}/${name ?? '[^/]+'}` };
}

function pathType(type: string | undefined): GatewayPath['type'] {
  return type === 'Exact' || type === 'RegularExpression' ? type : 'PathPrefix';
}

function readTexts(values: readonly unknown[]): readonly GatewayText[] {
  return values.flatMap((it) => {
    const name = textAt(it, ['name']);
    const value = textAt(it, ['value']);
    if (name === undefined || value === undefined) return [];
    return [{ type: textAt(it, ['type']) === 'RegularExpression' ? 'RegularExpression' : 'Exact', name, value }];
  });
}

/**
 * A match in the words of the representation. `origins` says where each part of it comes from; `dialect` is that of the
 * proxy which reads the regular expressions.
 */
export function toRouteMatch(
  match: GatewayMatch,
  origins: { readonly whole: Origin; readonly at: (...path: (string | number)[]) => Origin },
  isGrpc = false,
): RouteMatch {
  const pathFrom = origins.at(isGrpc ? 'method' : 'path');
  return {
    from: [origins.whole],
    ...(match.path === undefined ? {} : { path: asked(isGrpc ? callPath(match.path) : irPath(match.path), pathFrom) }),
    ...(match.method === undefined ? {} : { methods: asked([match.method], origins.at('method')) }),
    headers: (match.headers ?? []).map((it, at) => asked(irText(it, true), origins.at('headers', at))),
    query: (match.queryParams ?? []).map((it, at) => asked(irText(it, false), origins.at('queryParams', at))),
  };
}

function asked<T>(value: T, from: Origin): Asked<T> {
  return { value, from: [from] };
}

/** The path of a call always goes on behind its service, so that a service is what begins with it and a slash. */
function callPath(path: GatewayPath): PathMatch {
  return path.type === 'PathPrefix' ? { type: 'prefix', value: `${prefixOf(path)}/` } : irPath(path);
}

function irPath(path: GatewayPath): PathMatch {
  if (path.type === 'Exact') return { type: 'exact', value: path.value };
  if (path.type === 'RegularExpression') return { type: 'regex', value: path.value };
  const prefix = prefixOf(path);
  return prefix === '' ? { type: 'prefix', value: '/' } : { type: 'segments', value: prefix };
}

function irText({ type, name, value }: GatewayText, isHeader: boolean): { name: string; match: TextMatch } {
  return {
    name: isHeader ? name.toLowerCase() : name,
    match:
      type === 'Exact'
        ? { type: 'exact', value }
        : value === '.*'
          ? { type: 'present' }
          : { type: 'regex', value, dialect: 'rust' },
  };
}

// ---- Writing -------------------------------------------------------------------------------------------------------

/** What a condition became: itself, nothing because it always holds, or a reason why it cannot be said. */
export type Written<T> =
  | { readonly value: T | undefined; readonly code?: string; readonly reason?: string }
  | { readonly value?: never; readonly lost: true; readonly code: string; readonly reason: string };

/** A path in Gateway API words, with how it differs; paths that its validation refuses are lost. */
export function writePath(path: PathMatch): Written<GatewayPath> {
  if (path.type === 'regex') {
    const regex = writeRegex(path.value, path.ignoreCase === true);
    if (regex === undefined) return badRegex;
    return regex.length > 1024 ? tooLong : { value: { type: 'RegularExpression', value: regex } };
  }
  if (path.type !== 'exact' && (path.value === '/' || path.value === '')) return { value: undefined };
  if (!isValidPath(path.value))
    return {
      lost: true,
      code: 'invalid-path',
      reason: `A route cannot match the path "${path.value}": the Gateway API wants absolute paths in plain form.`,
    };
  if (path.ignoreCase) {
    const tail = path.type === 'prefix' ? '.*' : path.type === 'segments' ? '(?:/.*)?' : '';
    return {
      value: { type: 'RegularExpression', value: `(?i)${quoteMeta(path.value)}${tail}` },
      reason: 'Ignoring case takes a regular expression here.',
    };
  }
  if (path.type === 'exact') return { value: { type: 'Exact', value: path.value } };
  const value = path.value.replace(/\/+$/, '');
  if (path.type === 'segments') return { value: { type: 'PathPrefix', value } };
  const reason = path.value.endsWith('/')
    ? `A prefix counts whole path segments here: ${value} without the slash matches too.`
    : `A prefix counts whole path segments here: ${value}x is no longer matched, ${value} and ${value}/x are.`;
  return { value: { type: 'PathPrefix', value }, code: 'prefix-segment', reason };
}

/**
 * A match as it stands in a GRPCRoute: a path is a service and a method. Undefined when it asks for more than a call has.
 * A method of any service is none either, since a route ranks it below every service.
 */
export function grpcMatch({
  path,
  headers,
  queryParams,
  method,
}: GatewayMatch): Readonly<Record<string, unknown>> | undefined {
  if (queryParams || (method !== undefined && method !== 'POST')) return undefined;
  const call = takesEveryPath(path) ? {} : callOf(path);
  if (!call) return undefined;
  return { ...(Object.keys(call).length > 0 ? { method: call } : {}), ...(headers ? { headers } : {}) };
}

function callOf(path: GatewayPath | undefined): { readonly service: string; readonly method?: string } | undefined {
  const name = '[A-Za-z_][A-Za-z_0-9.]*';
  if (path?.type === 'PathPrefix') {
    const service = new RegExp(`^/(${name})$`).exec(prefixOf(path))?.[1];
    return service === undefined ? undefined : { service };
  }
  const [, service, method] = new RegExp(`^/(${name})/([A-Za-z_][A-Za-z_0-9]*)$`).exec(path?.value ?? '') ?? [];
  return path?.type !== 'Exact' || service === undefined || method === undefined ? undefined : { service, method };
}

/** A condition on a header or query parameter in Gateway API words. */
export function writeText(name: string, match: TextMatch): Written<GatewayText> {
  if (match.negate)
    return {
      lost: true,
      code: 'negated-match',
      reason: `A route cannot match requests that lack something, here "${name}".`,
    };
  if (match.type === 'exact' && !match.ignoreCase && match.value !== '')
    return { value: { type: 'Exact', name, value: match.value } };
  const regex = textRegex(match);
  return regex === undefined ? badRegex : { value: { type: 'RegularExpression', name, value: regex } };
}

function textRegex(match: TextMatch): string | undefined {
  if (match.type === 'present') return '.*';
  if (match.type === 'regex') return writeRegex(match.value, match.ignoreCase === true);
  const literal = quoteMeta(match.value);
  const flag = match.ignoreCase ? '(?i)' : '';
  switch (match.type) {
    case 'exact':
      return literal === '' ? '^$' : `${flag}${literal}`;
    case 'prefix':
      return `${flag}${literal}.*`;
    case 'suffix':
      return `${flag}.*${literal}`;
    case 'contains':
      return `${flag}.*${literal}.*`;
  }
}

const tooLong = {
  lost: true,
  code: 'invalid-path',
  reason: 'The pattern of a path may have 1,024 characters.',
} as const;

const badRegex = {
  lost: true,
  code: 'regex-dialect',
  reason: 'The regular expression uses constructs that the proxy of the target does not know.',
} as const;

/**
 * A regular expression that RE2 and the Rust engine read alike; undefined for constructs that only one knows. The Rust
 * proxy takes the leftmost alternative and then checks that all was matched, so alternatives need anchors of their own.
 */
function writeRegex(value: string, ignoreCase: boolean): string | undefined {
  if (/\\[CQE]/.test(value) || value === '') return undefined;
  const bare = value.replace(/^\^/, '').replace(/(^|[^\\])\$$/, '$1');
  const needsAnchors = /\||[*+?}]\?/.test(bare);
  return `${ignoreCase ? '(?i)' : ''}${needsAnchors ? `^(?:${bare})$` : bare}`;
}

/** The text as a regular expression that matches it; the three engines agree on these escapes. */
export function quoteMeta(text: string): string {
  return text.replace(/[.+*?()|[\]{}^$\\]/g, '\\$&');
}

/** What the validation rules of the Gateway API's CRDs say of exact paths and prefixes. */
export function isValidPath(path: string): boolean {
  return (
    path.startsWith('/') &&
    path.length <= 1024 &&
    !/\/\/|\/\.\/|\/\.\.\/|%2f|#|\/\.\.?$/i.test(path) &&
    /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/.test(path)
  );
}
