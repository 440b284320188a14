/** Matches of routes in Istio's words: one match may take two, and one that cannot be said is left out as a whole. */

import type { Asked, RouteMatch, TextMatch } from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { type Fields, withoutUndefined } from './drafts.ts';
import { quoteRegex, type StringMatch, writeStringMatch } from './texts.ts';

/** What a rule's matches become; undefined entries of `place` are counted by the caller. */
export interface MatchContext {
  readonly ledger: Ledger;
  /** Namespace of the VirtualService, in which gateways are named short. */
  readonly namespace: string;
  /** The place of the match with this number. */
  place(position: number): string;
}

/**
 * Writes matches as HTTPMatchRequests, `port` into each when the route is about one port of its services. Undefined when
 * none of several could be written, so that the rule must not be either.
 */
export function writeHttpMatches(
  matches: readonly RouteMatch[],
  port: number | undefined,
  context: MatchContext,
): readonly Fields[] | undefined {
  if (matches.length === 0) return port === undefined ? [] : [{ port }];
  const written: Fields[] = [];
  for (const match of matches) {
    if (port !== undefined && match.port && match.port.value !== port) {
      context.ledger.lost(match.from, 'shadowed', 'The route is about another port, so this never matches.', 'none');
      continue;
    }
    const place = context.place(written.length);
    const rest = writeRest(match, port, context, place);
    if (!rest) continue;
    context.ledger.exact(match.from, place);
    const paths = writePath(match);
    written.push(...(paths.length === 0 ? [rest] : paths.map((it) => ({ ...it, ...rest }))));
    if (match.path) context.ledger.exact(match.path, `${place}.uri`, pathReason(match));
  }
  return written.length > 0 ? written : undefined;
}

/** Istio compares characters: whole segments of a path are the path itself and everything below it. */
function writePath({ path }: RouteMatch): Fields[] {
  if (!path) return [];
  const { type, value, ignoreCase } = path.value;
  const ignore = ignoreCase ? { ignoreUriCase: true } : {};
  switch (type) {
    case 'exact':
      return [{ uri: { exact: value }, ...ignore }];
    case 'prefix':
      return [{ uri: { prefix: value }, ...ignore }];
    case 'regex':
      return [{ uri: { regex: ignoreCase ? `(?i)${value}` : value } }];
    case 'segments': {
      const bare = value.replace(/\/+$/, '');
      if (bare === '') return [{ uri: { prefix: '/' } }];
      return [
        { uri: { exact: bare }, ...ignore },
        { uri: { prefix: `${bare}/` }, ...ignore },
      ];
    }
  }
}

function pathReason({ path }: RouteMatch): string {
  return path?.value.type === 'segments' && path.value.value.replace(/\/+$/, '') !== ''
    ? 'Istio prefixes compare characters, so the path and everything below it are two matches.'
    : '';
}

function writeRest(
  match: RouteMatch,
  port: number | undefined,
  context: MatchContext,
  place: string,
): Fields | undefined {
  const { ledger } = context;
  const headers: Record<string, StringMatch> = {};
  const withoutHeaders: Record<string, StringMatch> = {};
  for (const asked of match.headers) {
    const { name, match: text } = asked.value;
    const into = text.negate ? withoutHeaders : headers;
    const key = name.toLowerCase();
    const known = into[key];
    // "Present" beside a value says nothing more; two values on one header are more than the map can hold.
    if (known && Object.keys(known).length > 0 && text.type !== 'present') {
      ledger.lost(match.from, 'no-equivalent', `A match holds one condition on the header "${name}", not two.`);
      return undefined;
    }
    if (!known || text.type !== 'present') into[key] = writeStringMatch(text);
    const [field, index] = [text.negate ? 'withoutHeaders' : 'headers', JSON.stringify(key)];
    ledger.exact(asked, /^[a-z_$][\w$-]*$/.test(key) ? `${place}.${field}.${key}` : `${place}.${field}[${index}]`);
  }
  const queryParams: Record<string, StringMatch> = {};
  for (const asked of match.query) {
    const { name, match: text } = asked.value;
    if (text.negate || queryParams[name]) {
      ledger.lost(
        match.from,
        'negated-match',
        `Istio cannot ask that the query parameter "${name}" is absent or different.`,
      );
      return undefined;
    }
    queryParams[name] = writeStringMatch(text);
    ledger.exact(asked, `${place}.queryParams.${name}`);
  }
  const method = writeMethods(match.methods);
  if (match.methods) ledger.exact(match.methods, `${place}.method`);
  if (match.authority) {
    if (match.authority.value.negate) {
      ledger.lost(match.from, 'negated-match', 'Istio cannot ask that the authority is a different one.');
      return undefined;
    }
    ledger.changed(
      match.authority,
      `${place}.authority`,
      'authority-match',
      'Clients name a service in several ways, with or without namespace and port; each way has to be matched by itself.',
    );
  }
  if (match.scheme) ledger.exact(match.scheme, `${place}.scheme`);
  const ownPort = match.port?.value ?? port;
  if (match.port) ledger.exact(match.port, `${place}.port`);
  return withoutUndefined({
    method,
    headers: nonEmpty(headers),
    withoutHeaders: nonEmpty(withoutHeaders),
    queryParams: nonEmpty(queryParams),
    authority: match.authority && writeAuthority(match.authority.value),
    scheme: match.scheme && writeStringMatch(match.scheme.value),
    port: ownPort,
    ...writeClients(match, context, place),
  });
}

/** A name without a port also stands for the same name with one. */
function writeAuthority(match: TextMatch): StringMatch {
  if (match.type === 'exact' && !match.value.includes(':')) return { regex: `${quoteRegex(match.value)}(:[0-9]+)?` };
  return writeStringMatch(match);
}

function writeMethods(methods: Asked<readonly string[]> | undefined): StringMatch | undefined {
  const [only, ...more] = methods?.value ?? [];
  if (only === undefined) return undefined;
  return more.length === 0 ? { exact: only } : { regex: [only, ...more].join('|') };
}

/** Restrictions to some clients or gateways, which matches of all protocols have. */
export function writeClients({ clients }: RouteMatch, { ledger, namespace }: MatchContext, place: string): Fields {
  if (!clients) return {};
  const { labels, namespace: home, gateways } = clients.value;
  ledger.exact(clients, place);
  return withoutUndefined({
    sourceLabels: labels,
    sourceNamespace: home,
    gateways: gateways?.map((it) => gatewayName(it, namespace)),
  });
}

/** `namespace/name`, or the name alone in the namespace itself. */
export function gatewayName(gateway: string, namespace: string): string {
  return gateway.startsWith(`${namespace}/`) ? gateway.slice(namespace.length + 1) : gateway;
}

function nonEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length > 0 ? value : undefined;
}
