/**
 * Routes to Services as HTTPRoutes. The source takes the first rule that matches, Linkerd the most specific one, so
 * guards keep the order; what they cannot keep is reported.
 */

import type { Asked, Origin, Route, RouteRule, RouteTarget, ServiceName } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import type { GatewayMatch } from '../../kubernetes/gateway/convert/matches.ts';
import { type Atom, guardOrder, mayTie, overlap, type Precedence } from '../../kubernetes/gateway/convert/order.ts';
import { HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { type Draft, shortName } from './draft.ts';
import { defaultSubsetOf, isHttp, openPort } from './services.ts';
import { writeConnections } from './write-connections.ts';
import { concerns, type MatchDraft, originsOf, writeMatches } from '../../kubernetes/gateway/convert/write-matches.ts';
import { draftRule, loseRule, loseRuleForMissing, placeOf, type RuleDraft, ruleOrigins } from './write-rules.ts';
import { settleTarget } from './write-targets.ts';

/** Writes all routes for traffic inside the mesh. */
export function writeRoutes(draft: Draft): void {
  for (const route of draft.ir.routes) {
    if (!route.isMesh) continue;
    for (const target of route.targets) writeTarget(route, target, draft);
  }
  writeDefaultSubsets(draft);
}

function writeTarget(route: Route, target: Asked<RouteTarget>, draft: Draft): void {
  if (target.value.type === 'host') {
    // Hosts that a gateway serves have their place there.
    if (route.gateways.length > 0) return;
    const reason = `${target.value.host} is not a Service of the cluster, and inside the mesh a route stands on a Service.`;
    draft.ledger.lost(target, 'host-not-service', reason);
    if (route.targets.length === 1) draft.ledger.lost(route.rules.flatMap(ruleOrigins), 'host-not-service', reason);
    return;
  }
  const { service } = target.value;
  const base = route.targets.length === 1 ? route.name : service.name;
  const isForConnections = route.protocol === 'tcp' || route.protocol === 'tls';
  const ports = isForConnections ? [] : portsOf(route, target.value, draft);
  for (const namespace of homesOf(route, service, draft)) {
    if (isForConnections) {
      const spot = { target: { value: target.value, from: target.from }, namespace, name: base };
      if (!writeConnections(route, spot, draft)) loseTarget(target, draft);
    }
    for (const port of ports) {
      const name = ports.length > 1 && port !== undefined ? `${base}-${port}` : base;
      writeOn(route, target, { service, port, namespace, name }, draft);
    }
  }
}

/**
 * The namespaces in which a route stands: beside the Service it counts for all clients, in another namespace for the
 * clients of that namespace.
 */
function homesOf({ visibility }: Route, service: ServiceName, draft: Draft): readonly string[] {
  if (!visibility) return [service.namespace];
  const place = placeText('HTTPRoute', service.namespace, service.name, 'metadata.namespace');
  if (!visibility.value.includes(service.namespace)) {
    draft.ledger.exact(visibility, place, 'A route in the namespace of clients counts for them alone.');
    return visibility.value;
  }
  const reason = 'A route beside its Service counts for the clients of all namespaces.';
  draft.ledger.changed(visibility, place, 'scope-widened', reason);
  return [service.namespace];
}

interface Spot {
  readonly service: ServiceName;
  readonly port: number | undefined;
  readonly namespace: string;
  readonly name: string;
}

/** The ports that need a route each; undefined stands for all ports at once. */
function portsOf(
  route: Route,
  { service, port }: Extract<RouteTarget, { type: 'service' }>,
  draft: Draft,
): readonly (number | undefined)[] {
  const named = new Set(route.rules.flatMap((it) => it.matches.flatMap((match) => match.port?.value ?? [])));
  const known = draft.service(service)?.ports ?? [];
  const first = known[0];
  if (port !== undefined) return [port];
  if (named.size === 0 && known.length === 1) return [first?.port];
  const backends = route.rules.flatMap((it) => it.parts.backends?.value ?? []);
  if (named.size === 0 && (known.length === 0 || backends.every((it) => it.port !== undefined))) return [undefined];
  const isForAll = route.rules.some((it) => it.matches.length === 0 || it.matches.some((match) => !match.port));
  const wanted = isForAll ? known.filter(isHttp).map((it) => it.port) : [];
  return [...new Set([...wanted, ...named])].sort((a, b) => a - b);
}

function writeOn(
  route: Route,
  target: Asked<RouteTarget>,
  { service, port, namespace, name }: Spot,
  draft: Draft,
): void {
  const where = { gateway: undefined, port, service };
  const rules = withDefault(route, service).flatMap((source) => {
    const matches = writeMatches(source, where, draft);
    if (matches.length > 0) return [draftRule(source, where, matches, draft)];
    return source.matches.some((it) => concerns(it, where)) ? skipped(source, draft) : [];
  });
  const written = writeHttpRoutes(rules, 'linkerd', draft, {
    namespace,
    name,
    from: [...target.from, ...route.rules.flatMap(ruleOrigins)],
    head: {
      parentRefs: [
        {
          group: '',
          kind: 'Service',
          name: service.name,
          namespace: service.namespace,
          ...(port === undefined ? {} : { port }),
        },
      ],
    },
  });
  const facts = draft.service(service);
  if (facts && written.length > 0) openPort(draft, facts, port);
  const [first] = written;
  if (first === undefined) {
    loseTarget(target, draft);
    return;
  }
  const places = written.map((it) => placeText('HTTPRoute', namespace, it, 'spec.parentRefs[0]')).join(', ');
  const beside = 'The route stands beside the Service, where it counts for all clients.';
  settleTarget(target, places, namespace === route.namespace ? '' : beside, draft);
}

function loseTarget(target: Asked<RouteTarget>, { ledger }: Draft): void {
  ledger.lost(target, 'no-equivalent', 'No rule of it could be written.', 'availability');
}

/** A rule of which no match could be written: its leaves are lost with the reason of its matches. */
function skipped(source: RouteRule, draft: Draft): readonly RuleDraft[] {
  const parts = Object.values(source.parts).flatMap((it) => it.from);
  draft.ledger.lost(
    [...(source.name?.from ?? []), ...parts],
    'no-equivalent',
    'None of the matches of this rule can be said, so the rule is left out.',
  );
  return [];
}

/** The rules, and a last one for the rest where the source sends unmatched requests to the service. */
function withDefault(route: Route, service: ServiceName): readonly RouteRule[] {
  const last = route.rules.at(-1);
  const isComplete = last !== undefined && last.matches.length === 0;
  if (route.unmatched === 'not-found' || isComplete) return route.rules;
  return [...route.rules, { matches: [], parts: { backends: { value: [{ service, from: [] }], from: [] } } }];
}

/** A service with a version for requests that name none, and no route that could name it. */
function writeDefaultSubsets(draft: Draft): void {
  const routed = new Set(
    draft.ir.routes.flatMap((it) =>
      it.isMesh
        ? it.targets.flatMap(({ value }) =>
            value.type === 'service' ? [`${value.service.namespace}/${value.service.name}`] : [],
          )
        : [],
    ),
  );
  for (const { service } of draft.ir.destinations) {
    const id = `${service.value.namespace}/${service.value.name}`;
    const subset = defaultSubsetOf(draft, service.value);
    if (!subset || routed.has(id)) continue;
    routed.add(id);
    const route: Route = {
      ...service.value,
      targets: [{ value: { type: 'service', service: service.value }, from: [] }],
      gateways: [],
      isMesh: true,
      protocol: 'http',
      order: 'document',
      unmatched: 'not-found',
      rules: [
        {
          matches: [],
          parts: { backends: { value: [{ service: service.value, from: subset.from }], from: subset.from } },
        },
      ],
    };
    for (const target of route.targets) writeTarget(route, target, draft);
  }
}

// ---- HTTPRoutes ----------------------------------------------------------------------------------------------------

interface RouteHead {
  readonly namespace: string;
  readonly name: string;
  readonly from: readonly Origin[];
  /** What stands before the rules: parents, host names. */
  readonly head: Readonly<Record<string, unknown>>;
}

/** The Gateway API's own limits. */
const limits = { rules: 16, matches: 64, all: 128 } as const;

/** Writes rules as one HTTPRoute, or as several where retries differ or there are too many; gives their names. */
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
  return chunks.map((chunk) => writeHttpRoute(chunk, draft, head));
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
      `${placeText('HTTPRoute', head.namespace, head.name, 'spec.rules')} has matches more than the source: they keep an ` +
        'earlier rule ahead of a later one that is more specific.',
    );
  for (const [earlier, later] of guarded.inverted) {
    for (const atom of [earlier, later])
      draft.ledger.changed(
        atomOrigins(atom),
        placeText('HTTPRoute', head.namespace, head.name, 'spec.rules'),
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
          const { retries, idleTimeout } = rule.source.parts;
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
    for (let at = 0; at < matches.length; at += limits.matches) {
      const part = { rule, matches: matches.slice(at, at + limits.matches) };
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

function writeHttpRoute(
  placed: readonly Placed[],
  draft: Draft,
  { namespace, name: wanted, head, from }: RouteHead,
): string {
  const name = draft.nameFor(HTTPRoute, namespace, shortName(wanted), head);
  const rules = placed.map(({ rule, matches }) => ({
    ...(matches.every(isEmpty) ? {} : { matches: matches.map(written) }),
    ...(rule.filters.length === 0 ? {} : { filters: rule.filters }),
    ...(rule.timeout === undefined ? {} : { timeouts: { request: rule.timeout } }),
    ...(rule.backends.length === 0 ? {} : { backendRefs: rule.backends }),
  }));
  const annotations = placed[0]?.rule.annotations ?? {};
  draft.create(HTTPRoute, namespace, name, { annotations, spec: { ...head, rules }, from });
  for (const [at, { rule, matches }] of placed.entries()) {
    const place = placeOf('HTTPRoute', namespace, name, at);
    for (const settle of rule.settle) settle(place);
    settleMatches(rule.matches, matches, place.rule, draft);
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
  place: string,
  draft: Draft,
): void {
  const kept = new Set(drafts.filter((it) => matches.includes(it.match)).map((it) => it.asked));
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
