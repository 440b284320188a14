/**
 * Routes in plain Gateway API: on a Service for traffic inside a mesh, on a Gateway for what comes in. Rules rank by how
 * specific they are, so guards keep the order of a source in which the first counts; what they cannot keep is reported.
 */

import type { Asked, Origin, Route, RouteRule, RouteTarget, ServiceName } from '../../../../model/ir.ts';
import type { Kind } from '../../../../model/kind.ts';
import { placeText } from '../../../../model/report.ts';
import type { GatewayMatch } from '../convert/matches.ts';
import { type Atom, guardOrder, mayTie, overlap } from '../convert/order.ts';
import { replacesPrefix } from '../convert/routes.ts';
import {
  type Binding,
  bindingsOf,
  hostnameOf,
  hostnamesOf,
  mostHostnames,
  type Sections,
} from '../convert/sections.ts';
import { concerns, originsOf, writeMatches } from '../convert/write-matches.ts';
import { HTTPRoute, TCPRoute, TLSRoute } from '../kinds.ts';
import type { Draft } from './draft.ts';
import { ruleNames } from './rule-names.ts';
import { draftRule, originsOfRule, type RuleDraft, type Spot } from './write-rules.ts';

/** Writes all routes, at their gateways and inside the mesh. */
export function writeRoutes(sections: Sections, draft: Draft): void {
  for (const route of draft.ir.routes) {
    if (route.gateways.length > 0) writeAtGateways(route, sections, draft);
    if (route.isMesh) for (const target of route.targets) writeOnService(route, target, draft);
  }
}

// ---- At gateways ---------------------------------------------------------------------------------------------------

function writeAtGateways(route: Route, sections: Sections, draft: Draft): void {
  const { ledger } = draft;
  const { bound, unbound } = bindingsOf(route, sections, draft.clusterDomain);
  for (const it of unbound)
    ledger.lost(it, 'shadowed', 'No listener of this gateway takes its requests, in the source either.', 'none');
  const written = bound.filter((it) => writeBinding(route, it, draft));
  if (written.length > 0 || route.isMesh) return;
  const hosts = route.targets.flatMap((it) => it.from);
  if (bound.length > 0) ledger.lost(hosts, 'no-equivalent', 'No rule of it could be written.', 'availability');
  else
    ledger.lost(
      [...hosts, ...route.rules.flatMap(originsOfRule)],
      'shadowed',
      'None of its gateways takes its requests, in the source either.',
      'none',
    );
}

function writeBinding(route: Route, { parentRefs, gateways, rules }: Binding, draft: Draft): boolean {
  const { ledger } = draft;
  const hostnames = hostnamesOf(route.targets, draft.clusterDomain).slice(0, mostHostnames);
  const head: Head = {
    kind: kindOf(route),
    namespace: route.namespace,
    name: route.isMesh ? `${route.name}-gateway` : route.name,
    parentRefs,
    hostnames: route.protocol === 'tcp' ? [] : hostnames,
    from: [...gateways, ...route.targets].flatMap((it) => it.from),
  };
  const place = writeRules(rules, { kind: head.kind, home: route.namespace }, head, draft);
  for (const it of gateways) {
    if (place === undefined) ledger.lost(it, 'no-equivalent', 'No rule of it could be written.', 'availability');
    else ledger.exact(it, `${place} spec.parentRefs`);
  }
  // Inside the mesh the hosts have fates of their own.
  if (place === undefined || route.isMesh) return place !== undefined;
  for (const it of route.targets) {
    if (head.hostnames.length === 0)
      ledger.exact(it, place, 'Without host names a route takes all those of its listener.');
    else if (head.hostnames.includes(hostnameOf(it.value, draft.clusterDomain)))
      ledger.exact(it, `${place} spec.hostnames`);
    else
      ledger.lost(
        it,
        'order-limit',
        'A route holds 16 host names; split the source in two for the others.',
        'availability',
      );
  }
  return true;
}

function kindOf({ protocol }: Route): Kind {
  return protocol === 'tls' ? TLSRoute : protocol === 'tcp' ? TCPRoute : HTTPRoute;
}

// ---- On Services ---------------------------------------------------------------------------------------------------

function writeOnService(route: Route, target: Asked<RouteTarget>, draft: Draft): void {
  const { ledger } = draft;
  if (target.value.type === 'host') {
    const reason = `${target.value.host} is not a Service of the cluster, and inside a mesh a route stands on a Service.`;
    ledger.lost(target, 'host-not-service', reason);
    if (route.targets.length === 1 && route.gateways.length === 0)
      ledger.lost(route.rules.flatMap(originsOfRule), 'host-not-service', reason);
    return;
  }
  const { service } = target.value;
  const ports = portsOf(route, target.value, draft);
  const base = route.targets.length === 1 ? route.name : service.name;
  const places: string[] = [];
  for (const home of homesOf(route, service, draft)) {
    for (const port of ports) {
      const where = { gateway: undefined, port };
      const rules = withRest(route, service).flatMap((rule): RouteRule[] => {
        if (rule.matches.length === 0) return [rule];
        const matches = rule.matches
          .filter((it) => concerns(it, where))
          .map(({ port: asked, ...match }) => ({ ...match, from: [...match.from, ...(asked?.from ?? [])] }));
        return matches.length === 0 ? [] : [{ ...rule, matches }];
      });
      const head: Head = {
        kind: kindOf(route),
        namespace: home,
        name: ports.length > 1 && port !== undefined ? `${base}-${port}` : base,
        parentRefs: [
          {
            group: '',
            kind: 'Service',
            name: service.name,
            ...(service.namespace === home ? {} : { namespace: service.namespace }),
            ...(port === undefined ? {} : { port }),
          },
        ],
        hostnames: [],
        from: target.from,
      };
      const place = writeRules(rules, { kind: head.kind, home, service, port }, head, draft);
      if (place !== undefined) places.push(`${place} spec.parentRefs[0]`);
    }
  }
  if (places.length === 0) ledger.lost(target, 'no-equivalent', 'No rule of it could be written.', 'availability');
  else ledger.exact(target, places.join(', '));
}

/** Beside the Service a route counts for all clients, in another namespace for the clients of that one. */
function homesOf({ visibility }: Route, service: ServiceName, { ledger }: Draft): readonly string[] {
  if (!visibility) return [service.namespace];
  const place = placeText(HTTPRoute.name, service.namespace, service.name, 'metadata.namespace');
  if (!visibility.value.includes(service.namespace)) {
    ledger.exact(visibility, place, 'A route in the namespace of clients counts for them alone.');
    return visibility.value;
  }
  ledger.changed(
    visibility,
    place,
    'scope-widened',
    'A route beside its Service counts for the clients of all namespaces.',
  );
  return [service.namespace];
}

/** The ports that need a route each; undefined stands for all ports at once. */
function portsOf(
  route: Route,
  { service, port }: Extract<RouteTarget, { type: 'service' }>,
  draft: Draft,
): readonly (number | undefined)[] {
  if (port !== undefined) return [port];
  const named = new Set(route.rules.flatMap((it) => it.matches.flatMap((match) => match.port?.value ?? [])));
  const known = draft.service(service)?.ports.map((it) => it.port) ?? [];
  const [only, ...others] = known;
  if (named.size === 0 && (others.length === 0 || everyPort(route))) return [others.length === 0 ? only : undefined];
  const isForAll = route.rules.some((it) => it.matches.length === 0 || it.matches.some((match) => !match.port));
  return [...new Set([...(isForAll ? known : []), ...named])].sort((a, b) => a - b);
}

/** Whether all backends name their port, so that a route on all ports of its Service can be written. */
function everyPort({ rules }: Route): boolean {
  return rules.every((it) => (it.parts.backends?.value ?? []).every((backend) => backend.port !== undefined));
}

/** The rules, and a last one for the rest where the source sends unmatched requests to the service. */
function withRest(route: Route, service: ServiceName): readonly RouteRule[] {
  const isComplete = route.rules.at(-1)?.matches.length === 0;
  if (route.unmatched === 'not-found' || isComplete) return route.rules;
  return [...route.rules, { matches: [], parts: { backends: { value: [{ service, from: [] }], from: [] } } }];
}

// ---- Rules ---------------------------------------------------------------------------------------------------------

interface Head {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly parentRefs: readonly Readonly<Record<string, unknown>>[];
  readonly hostnames: readonly string[];
  readonly from: readonly Origin[];
}

/** A rule of HTTP with the matches that are written for it. */
interface Placed {
  readonly rule: RuleDraft;
  readonly matches: readonly GatewayMatch[];
}

/** The API's own limits. */
const limits = { rules: 16, matches: 64, all: 128 } as const;

/** Writes rules as one route, or as several where there are too many; gives the place of the first, undefined for none. */
function writeRules(rules: readonly RouteRule[], spot: Spot, head: Head, draft: Draft): string | undefined {
  const { ledger } = draft;
  const isHttp = head.kind === HTTPRoute;
  const drafted = rules.flatMap((source): RuleDraft[] => {
    const matches = isHttp ? writeMatches(source, { gateway: undefined, port: undefined }, draft) : [];
    if (!isHttp || matches.length > 0) return [draftRule(source, spot, matches, draft)];
    const reason = 'None of the matches of this rule can be said, so the rule is left out.';
    ledger.lost(originsOfRule(source), 'no-equivalent', reason, 'availability');
    return [];
  });
  const missing = drafted.find((it) => it.missing)?.missing;
  if (missing) {
    for (const { source } of drafted) draft.loseForMissing(originsOfRule(source), missing);
    return undefined;
  }
  for (const { refusal, source } of drafted)
    if (refusal) ledger.lost(originsOfRule(source), refusal.code, refusal.reason, refusal.risk);
  const kept = drafted.filter((it) => !it.refusal);
  const ordered = isHttp ? inOrder(kept, head, draft) : [];
  const places = isHttp
    ? chunksOf(ordered).map((it) => writeHttp(it, ordered, head, draft))
    : kept.map((it) => writeConnection(it, head, draft));
  return places[0];
}

/** Puts rules in an order in which the first that the source asks wins here too. */
function inOrder(rules: readonly RuleDraft[], head: Head, { ledger }: Draft): readonly Placed[] {
  const atoms = rules.flatMap((rule) => rule.matches.map(({ match }): Atom<RuleDraft> => ({ match, rule })));
  const guarded = guardOrder(atoms, rules, 'spec');
  const place = placeText(head.kind.name, head.namespace, head.name, 'spec.rules');
  if (guarded.guards.length > 0)
    ledger.note(
      'generated',
      `${place} has matches more than the source: they keep an earlier rule ahead of a later one that is more specific.`,
    );
  for (const { match, rule } of guarded.inverted.flat()) {
    const own = rule.matches.find((it) => it.match === match)?.asked;
    const reason = 'Two rules overlap and the more specific one wins here, though the source asks the other one first.';
    ledger.changed(own ? originsOf(own) : originsOfRule(rule.source), place, 'order-inverted', reason);
  }
  return rules.flatMap((rule) => {
    const matches = guarded.atoms.filter((it) => it.rule === rule).map((it) => it.match);
    if (matches.length > 0) return [{ rule, matches }];
    ledger.lost(originsOfRule(rule.source), 'shadowed', shadowed, 'none');
    return [];
  });
}

const shadowed = 'An earlier rule takes all of these requests, in the source too.';

function chunksOf(placed: readonly Placed[]): readonly (readonly Placed[])[] {
  const chunks: Placed[][] = [];
  for (const { rule, matches } of placed) {
    const most = replacesPrefix(rule.filters) ? 1 : limits.matches;
    for (let at = 0; at < matches.length; at += most) {
      const part = { rule, matches: matches.slice(at, at + most) };
      const last = chunks.at(-1);
      const count = (last ?? []).reduce((sum, it) => sum + it.matches.length, 0);
      if (!last || last.length >= limits.rules || count + part.matches.length > limits.all) chunks.push([part]);
      else last.push(part);
    }
  }
  return chunks;
}

/** Writes one HTTPRoute, of several that may hold matches of the same rules, and gives its place. */
function writeHttp(placed: readonly Placed[], all: readonly Placed[], head: Head, draft: Draft): string {
  const { name, spec } = started(head, draft);
  const names = ruleNames(placed.map(({ rule }) => rule.source.name?.value));
  const rules = placed.map(({ rule, matches }, at) => ({
    ...(names[at] === undefined ? {} : { name: names[at] }),
    ...(matches.every((it) => Object.keys(it).length === 0) ? {} : { matches: matches.map(writtenMatch) }),
    ...(rule.filters.length === 0 ? {} : { filters: rule.filters }),
    ...(Object.keys(rule.timeouts).length === 0 ? {} : { timeouts: rule.timeouts }),
    ...(rule.backends.length === 0 ? {} : { backendRefs: rule.backends }),
  }));
  const origins = placed.flatMap(({ rule }) => originsOfRule(rule.source));
  draft.create(head.kind, head.namespace, name, { ...spec, rules }, [...head.from, ...origins]);
  for (const [at, { rule, matches }] of placed.entries()) {
    const place = placeText(head.kind.name, head.namespace, name, `spec.rules[${at}]`);
    settleName(rule, names[at], place, draft);
    for (const settle of rule.settle) settle(place);
    const written = new Set(all.filter((it) => it.rule === rule).flatMap((it) => it.matches));
    const asked = new Set(rule.matches.filter((it) => written.has(it.match)).map((it) => it.asked));
    for (const one of rule.matches) {
      const position = matches.indexOf(one.match);
      if (position !== -1) one.settle(`${place}.matches[${position}]`);
      else if (one.asked && !asked.has(one.asked))
        draft.ledger.lost(originsOf(one.asked), 'shadowed', shadowed, 'none');
    }
  }
  reportTies(placed, draft);
  return placeText(head.kind.name, head.namespace, name, '');
}

function settleName(
  { source: { name } }: RuleDraft,
  written: string | undefined,
  place: string,
  { ledger }: Draft,
): void {
  if (!name) return;
  const reason = 'Names of rules are made of small letters, digits, hyphens and dots here, and stand once in a route.';
  if (written === name.value) ledger.exact(name, `${place}.name`);
  else if (written === undefined) ledger.lost(name, 'metrics-only', reason, 'none');
  else ledger.changed(name, `${place}.name`, 'metrics-only', reason, 'none');
}

/** A match as it stands in a manifest, keys in the usual order. */
function writtenMatch({ path, headers, queryParams, method }: GatewayMatch): Readonly<Record<string, unknown>> {
  if (!path && !headers && !queryParams && method === undefined) return { path: { type: 'PathPrefix', value: '/' } };
  return {
    ...(path ? { path } : {}),
    ...(headers ? { headers } : {}),
    ...(queryParams ? { queryParams } : {}),
    ...(method === undefined ? {} : { method }),
  };
}

/** Regular expressions rank as each implementation likes. */
function reportTies(placed: readonly Placed[], { ledger }: Draft): void {
  for (const [at, { rule, matches }] of placed.entries()) {
    const rivals = placed.slice(at + 1).flatMap((it) => it.matches);
    const isRegex = (it: GatewayMatch) => it.path?.type === 'RegularExpression';
    const tied = matches.some((one) =>
      rivals.some((other) => isRegex(one) !== isRegex(other) && overlap(one, other) && mayTie(one, other, 'spec')),
    );
    if (tied)
      ledger.note(
        'assumed',
        `Rule ${at + 1} of a route matches by a regular expression (${originText(rule)}); where it stands among other rules is up to the implementation.`,
        'behaviour',
      );
  }
}

function originText({ source }: RuleDraft): string {
  const [first] = originsOfRule(source);
  return first ? `${first.resource.kind} ${first.resource.name}` : 'the rest';
}

/** Writes a TLSRoute or TCPRoute and gives its place. A TLSRoute has to have names: what takes all of them is a TCPRoute. */
function writeConnection(rule: RuleDraft, wanted: Head, draft: Draft): string {
  const own = wanted.kind === TLSRoute ? rule.source.matches.flatMap((it) => it.sni?.value ?? []) : [];
  const hostnames = own.length > 0 ? [...new Set(own)] : wanted.hostnames;
  const head = { ...wanted, hostnames, kind: hostnames.length > 0 ? wanted.kind : TCPRoute };
  const { name, spec } = started(head, draft);
  const [ruleName] = ruleNames([rule.source.name?.value]);
  const rules = [{ ...(ruleName === undefined ? {} : { name: ruleName }), backendRefs: rule.backends }];
  draft.create(head.kind, head.namespace, name, { ...spec, rules }, [...head.from, ...originsOfRule(rule.source)]);
  const place = placeText(head.kind.name, head.namespace, name, '');
  settleName(rule, ruleName, `${place} spec.rules[0]`, draft);
  for (const settle of rule.settle) settle(`${place} spec.rules[0]`);
  for (const match of rule.source.matches)
    draft.ledger.exact(originsOf(match), `${place} ${own.length > 0 ? 'spec.hostnames' : 'spec.parentRefs'}`);
  return place;
}

function started(head: Head, draft: Draft) {
  const spec = {
    parentRefs: head.parentRefs,
    ...(head.hostnames.length === 0 ? {} : { hostnames: head.hostnames }),
  };
  return { spec, name: draft.nameFor(head.kind, head.namespace, head.name, spec) };
}
