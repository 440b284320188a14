/**
 * Rules as HTTPRoutes and GRPCRoutes. Guards keep the order of rules that the source asks one after the other; what
 * cannot be kept is reported.
 */

import type { Origin } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import { placeText } from '../../../model/report.ts';
import { type GatewayMatch, grpcMatch } from '../../kubernetes/gateway/convert/matches.ts';
import { type Atom, guardOrder, mayTie, overlap, type Precedence } from '../../kubernetes/gateway/convert/order.ts';
import { replacesPrefix } from '../../kubernetes/gateway/convert/routes.ts';
import { type MatchDraft, originsOf } from '../../kubernetes/gateway/convert/write-matches.ts';
import { GRPCRoute, HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { shortName } from '../../kubernetes/common/convert/short-name.ts';
import type { Draft } from './draft.ts';
import { loseRule, loseRuleForMissing, placeOf, type RuleDraft, ruleOrigins } from './write-rules.ts';

export interface RouteHead {
  /** HTTPRoute when left out. */
  readonly kind?: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly from: readonly Origin[];
  /** What stands before the rules: parents, host names. */
  readonly head: Readonly<Record<string, unknown>>;
}

function kindOf({ kind }: RouteHead): Kind {
  return kind ?? HTTPRoute;
}

/** The Gateway API's own limits. */
const limits = { rules: 16, matches: 64, all: 128 } as const;

/** Writes rules as one route, or as several where retries differ or there are too many; gives their names. */
export function writeHttpRoutes(
  rules: readonly RuleDraft[],
  precedence: Precedence,
  draft: Draft,
  head: RouteHead,
): readonly string[] {
  const missing = rules.find((it) => it.missing)?.missing;
  if (missing !== undefined) {
    for (const rule of rules) loseRuleForMissing(rule, draft, missing);
    return [];
  }
  for (const rule of rules) if (rule.refusal) loseRule(rule, draft, rule.refusal);
  const kept = rules.filter((it) => !it.refusal);
  const ordered = keepOrder(kept, precedence, draft, head);
  separateRetries(ordered, precedence, draft);
  const chunks = chunksOf(ordered);
  reportChunkTies(chunks, precedence, draft);
  return chunks.map((chunk) => writeHttpRoute(chunk, ordered, draft, head));
}

/** A rule with the matches that are written for it. */
interface Placed {
  readonly rule: RuleDraft;
  readonly matches: readonly GatewayMatch[];
}

function keepOrder(
  rules: readonly RuleDraft[],
  precedence: Precedence,
  draft: Draft,
  head: RouteHead,
): readonly Placed[] {
  const atoms = rules.flatMap((rule) => rule.matches.map(({ match }): Atom<RuleDraft> => ({ match, rule })));
  const guarded = guardOrder(atoms, rules, precedence);
  if (guarded.guards.length > 0)
    draft.ledger.note(
      'generated',
      `${placeText(kindOf(head).name, head.namespace, head.name, 'spec.rules')} has matches more than the source: they keep an ` +
        'earlier rule ahead of a later one that is more specific.',
    );
  for (const [earlier, later] of guarded.inverted) {
    for (const atom of [earlier, later])
      draft.ledger.changed(
        atomOrigins(atom),
        placeText(kindOf(head).name, head.namespace, head.name, 'spec.rules'),
        'order-inverted',
        'Two rules overlap and the more specific one wins here, though the source asks the other one first.',
      );
  }
  return rules.flatMap((rule) => {
    const own = guarded.atoms.filter((it) => it.rule === rule).map((it) => it.match);
    if (own.length > 0) return [{ rule, matches: own }];
    loseRule(rule, draft, {
      code: 'shadowed',
      reason: 'An earlier rule takes all of these requests, in the source too.',
      risk: 'none',
    });
    return [];
  });
}

/** Where an atom comes from; a rule that takes everything has no leaf for it, so its backends speak. */
function atomOrigins({ match, rule }: Atom<RuleDraft>): readonly Origin[] {
  const own = rule.matches.find((it) => it.match === match)?.asked;
  return own ? originsOf(own) : ruleOrigins(rule.source);
}

/**
 * Annotations hold for a whole route, so rules that retry differently stand on different routes. Between routes a tie is
 * decided by age, which nobody controls: rules that may tie then share a route, and none of them retries.
 */
function separateRetries(placed: readonly Placed[], precedence: Precedence, draft: Draft): void {
  const isTied = (a: Placed, b: Placed) =>
    a.matches.some((one) => b.matches.some((other) => overlap(one, other) && mayTie(one, other, precedence)));
  for (let changed = true; changed; ) {
    changed = false;
    for (const a of placed) {
      for (const b of placed) {
        if (keyOf(a) === keyOf(b) || !isTied(a, b)) continue;
        for (const { rule } of [a, b]) {
          if (Object.keys(rule.annotations).length === 0) continue;
          rule.annotations = {};
          const { retries, idleTimeout, timeout } = rule.source.parts;
          if (timeout && rule.where.kind === GRPCRoute)
            draft.ledger.lost(
              timeout,
              'route-scope',
              'It holds for a whole route, and a rule with another timeout cannot be told apart from this one on another route.',
              'availability',
            );
          if (idleTimeout)
            draft.ledger.lost(
              idleTimeout,
              'route-scope',
              'It holds for a whole route, and a rule without it cannot be told apart from this one on another route.',
            );
          if (retries)
            draft.ledger.lost(
              retries,
              'route-scope',
              'Retries hold for a whole route, and a rule that retries differently cannot be told apart from this one on another route.',
              'availability',
            );
          changed = true;
        }
      }
    }
  }
}

function keyOf({ rule }: Placed): string {
  return JSON.stringify(rule.annotations);
}

function chunksOf(placed: readonly Placed[]): readonly (readonly Placed[])[] {
  const groups = new Map<string, Placed[][]>();
  for (const { rule, matches } of placed) {
    const most = replacesPrefix(rule.filters) ? 1 : limits.matches;
    for (let at = 0; at < matches.length; at += most) {
      const part = { rule, matches: matches.slice(at, at + most) };
      const chunks = groups.get(keyOf(part)) ?? [[]];
      groups.set(keyOf(part), chunks);
      const last = chunks.at(-1) ?? [];
      const count = last.reduce((sum, it) => sum + it.matches.length, 0);
      const isFull = last.length >= limits.rules || count + part.matches.length > limits.all;
      if (isFull) chunks.push([part]);
      else last.push(part);
    }
  }
  return [...groups.values()].flat().filter((it) => it.length > 0);
}

function reportChunkTies(chunks: readonly (readonly Placed[])[], precedence: Precedence, draft: Draft): void {
  for (const [at, chunk] of chunks.entries()) {
    for (const other of chunks.slice(at + 1)) {
      for (const a of chunk) {
        for (const b of other) {
          if (a.rule === b.rule) continue;
          if (!a.matches.some((one) => b.matches.some((two) => overlap(one, two) && mayTie(one, two, precedence))))
            continue;
          const reason =
            'A route holds 16 rules; between routes that match equally well the older one wins, whatever was meant.';
          for (const { rule } of [a, b]) draft.ledger.changed(ruleOrigins(rule.source), '', 'order-limit', reason);
        }
      }
    }
  }
}

/** Writes one route, of several that may hold matches of the same rules, and gives its name. */
function writeHttpRoute(placed: readonly Placed[], all: readonly Placed[], draft: Draft, route: RouteHead): string {
  const { namespace, name: wanted, head, from } = route;
  const kind = kindOf(route);
  const name = draft.nameFor(kind, namespace, shortName(wanted), head);
  const rules = placed.map(({ rule, matches }) => ({
    ...(matches.every(isEmpty)
      ? {}
      : { matches: matches.map((it) => (kind === GRPCRoute ? grpcMatch(it) : written(it))) }),
    ...(rule.filters.length === 0 ? {} : { filters: rule.filters }),
    ...(rule.timeout === undefined ? {} : { timeouts: { request: rule.timeout } }),
    ...(rule.backends.length === 0 ? {} : { backendRefs: rule.backends }),
  }));
  const annotations = placed[0]?.rule.annotations ?? {};
  draft.create(kind, namespace, name, { annotations, spec: { ...head, rules }, from });
  for (const [at, { rule, matches }] of placed.entries()) {
    const place = placeOf(kind.name, namespace, name, at);
    for (const settle of rule.settle) settle(place);
    const everywhere = all.filter((it) => it.rule === rule).flatMap((it) => it.matches);
    settleMatches(rule.matches, matches, everywhere, place.rule, draft);
  }
  return name;
}

function isEmpty(match: GatewayMatch): boolean {
  return Object.keys(match).length === 0;
}

/** A match as it stands in a manifest, keys in the usual order. */
function written({ path, headers, queryParams, method }: GatewayMatch): Readonly<Record<string, unknown>> {
  if (!path && !headers && !queryParams && method === undefined) return { path: { type: 'PathPrefix', value: '/' } };
  return {
    ...(path ? { path } : {}),
    ...(headers ? { headers } : {}),
    ...(queryParams ? { queryParams } : {}),
    ...(method === undefined ? {} : { method }),
  };
}

function settleMatches(
  drafts: readonly MatchDraft[],
  matches: readonly GatewayMatch[],
  everywhere: readonly GatewayMatch[],
  place: string,
  draft: Draft,
): void {
  const kept = new Set(drafts.filter((it) => everywhere.includes(it.match)).map((it) => it.asked));
  for (const one of drafts) {
    const at = matches.indexOf(one.match);
    if (at !== -1) one.settle(`${place}.matches[${at}]`);
    else if (one.asked && !kept.has(one.asked))
      draft.ledger.lost(
        originsOf(one.asked),
        'shadowed',
        'An earlier rule takes all of these requests, in the source too.',
        'none',
      );
  }
}
