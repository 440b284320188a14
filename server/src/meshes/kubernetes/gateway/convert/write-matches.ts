/** Conditions of a rule as matches of an HTTPRoute, with what becomes of each leaf. */

import type { Asked, Origin, RouteMatch, RouteRule } from '../../../../model/ir.ts';
import type { Ledger } from '../../../../model/report.ts';
import { type GatewayMatch, type GatewayText, standardMethods, writePath, writeText, type Written } from './matches.ts';

/** Whoever keeps the account of a conversion. */
export interface Accountant {
  readonly ledger: Ledger;
}

/** A match to write. Several may come from one of the source, as one does for each method. */
export interface MatchDraft {
  readonly match: GatewayMatch;
  /** What it comes from; undefined for one that takes everything because nothing was said. */
  readonly asked: RouteMatch | undefined;
  /** Says what became of its leaves, once its place is known. */
  readonly settle: (place: string) => void;
}

/** Where a rule is written, which decides which of its matches count. */
export interface Where {
  /** The gateway; undefined for traffic inside the mesh. */
  readonly gateway: string | undefined;
  /** The port of the Service; undefined for all of them. */
  readonly port: number | undefined;
  /** What the rule is about, where it is not requests. */
  readonly carries?: 'tls' | 'tcp';
}

/** The matches of a rule. Those that cannot be said are left out, and lost; empty when none is left. */
export function writeMatches(rule: RouteRule, where: Where, draft: Accountant): readonly MatchDraft[] {
  if (rule.matches.length === 0) return [{ match: {}, asked: undefined, settle: () => {} }];
  const folded = foldSegments(rule.matches.filter((it) => concerns(it, where)));
  return folded.flatMap((it) => writeMatch(it, draft));
}

/** Whether a match counts for a place: a match may be limited to some gateways or to a port. */
export function concerns(match: RouteMatch, { gateway, port }: Where): boolean {
  const gateways = match.clients?.value.gateways;
  if (gateways && gateways.length > 0 && !gateways.includes(gateway ?? 'mesh')) return false;
  return port === undefined || match.port === undefined || match.port.value === port;
}

/** An exact path and the same as a prefix with a slash are one prefix of whole segments. */
function foldSegments(matches: readonly RouteMatch[]): readonly RouteMatch[] {
  const dropped = new Set<RouteMatch>();
  const folded = matches.map((exact) => {
    if (exact.path?.value.type !== 'exact' || exact.path.value.ignoreCase) return exact;
    const prefix = matches.find(
      (it) =>
        it.path?.value.type === 'prefix' &&
        !it.path.value.ignoreCase &&
        it.path.value.value === `${exact.path?.value.value}/` &&
        restOf(it) === restOf(exact),
    );
    if (!prefix?.path) return exact;
    dropped.add(prefix);
    const path = {
      value: { type: 'segments' as const, value: exact.path.value.value },
      from: [...exact.path.from, ...prefix.path.from],
    };
    return { ...exact, path, from: [...exact.from, ...prefix.from] };
  });
  return folded.filter((it) => !dropped.has(it));
}

/** All but the path, as text to compare. */
function restOf({ methods, headers, query, authority, scheme, port, sni, clients }: RouteMatch): string {
  const values = [methods, authority, scheme, port, sni, clients].map((it) => it?.value);
  return JSON.stringify([values, headers.map((it) => it.value), query.map((it) => it.value)]);
}

function writeMatch(asked: RouteMatch, draft: Accountant): readonly MatchDraft[] {
  const refusal = refuse(asked);
  const path = asked.path && writePath(asked.path.value);
  const headers = asked.headers.map((it) => ({ it, written: writeText(it.value.name, it.value.match) }));
  const query = asked.query.map((it) => ({ it, written: writeText(it.value.name, it.value.match) }));
  const lost = [
    ...(refusal ? [refusal] : []),
    ...(path && 'lost' in path ? [path] : []),
    ...[...headers, ...query].flatMap(({ written }) => ('lost' in written ? [written] : [])),
  ][0];
  const methods = asked.methods?.value ?? [undefined];
  const known = methods.filter((it) => it === undefined || (standardMethods as readonly string[]).includes(it));
  if (lost || known.length === 0) {
    const { code, reason } = lost ?? { code: 'method-regex', reason: 'A route knows the nine standard methods only.' };
    draft.ledger.lost(originsOf(asked), code, `${reason} Requests that only this match names go on to later rules.`);
    return [];
  }

  const match: GatewayMatch = {
    ...(path?.value ? { path: path.value } : {}),
    ...texts(
      'headers',
      headers.map((one) => one.written),
    ),
    ...texts(
      'queryParams',
      query.map((one) => one.written),
    ),
  };
  const settle = (place: string) => {
    const { ledger } = draft;
    ledger.exact(
      originsOf(asked).filter((it) => !isPathOf(it, asked)),
      place,
    );
    if (asked.path) settleOne(asked.path, path, `${place}.path`, draft);
    if (asked.methods && known.length < methods.length)
      ledger.changed(asked.methods, place, 'method-regex', 'A route knows the nine standard methods only.');
    for (const { it, written } of headers) settleOne(it, written, `${place}.headers`, draft);
    for (const { it, written } of query) settleOne(it, written, `${place}.queryParams`, draft);
    if (asked.scheme) ledger.exact(asked.scheme, place, 'Inside a mesh the scheme is always http.');
  };
  return known.map((method) => ({ match: method === undefined ? match : { ...match, method }, asked, settle }));
}

function settleOne(
  asked: Asked<unknown>,
  written: Written<unknown> | undefined,
  place: string,
  draft: Accountant,
): void {
  if (!written || 'lost' in written) return;
  if (written.code === undefined) draft.ledger.exact(asked, place, written.reason);
  else draft.ledger.changed(asked, place, written.code, written.reason ?? '');
}

function texts(
  name: 'headers' | 'queryParams',
  written: readonly Written<GatewayText>[],
): { readonly headers?: readonly GatewayText[]; readonly queryParams?: readonly GatewayText[] } {
  const values = written.flatMap((it) => (it.value ? [it.value] : []));
  if (values.length === 0) return {};
  return name === 'headers' ? { headers: values } : { queryParams: values };
}

/** Why a match that is for some clients cannot be written, if so. */
export function clientRefusal({ clients }: RouteMatch): { code: string; reason: string } | undefined {
  if (!clients || (!clients.value.labels && clients.value.namespace === undefined)) return undefined;
  return {
    code: 'client-scope',
    reason: 'A route cannot be limited to some clients, and must not count for all of them.',
  };
}

/** Conditions that no route has. Without them the rule would take requests that it must not. */
function refuse(match: RouteMatch): { code: string; reason: string } | undefined {
  const { authority, scheme, sni } = match;
  const ofClients = clientRefusal(match);
  if (ofClients) return ofClients;
  if (authority)
    return {
      code: 'authority-match',
      reason: 'On a Service a route cannot depend on the authority, which clients spell in several ways.',
    };
  if (scheme && !(scheme.value.type === 'exact' && scheme.value.value === 'http' && !scheme.value.negate))
    return { code: 'no-equivalent', reason: 'A route cannot depend on the scheme.' };
  if (sni) return { code: 'sni-route', reason: 'An HTTPRoute cannot depend on the server name of TLS.' };
  return undefined;
}

function isPathOf(origin: Origin, asked: RouteMatch): boolean {
  return asked.path?.from.includes(origin) ?? false;
}

/** Every place that a match comes from. */
export function originsOf(match: RouteMatch): readonly Origin[] {
  const parts = [match.path, match.methods, match.authority, match.scheme, match.port, match.sni, match.clients];
  return [...match.from, ...[...parts, ...match.headers, ...match.query].flatMap((it) => it?.from ?? [])];
}
