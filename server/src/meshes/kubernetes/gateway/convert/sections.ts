/**
 * Routes at gateways by the listeners that they are for. A match on a port, and one for some gateways only, are a choice of
 * parents in the Gateway API.
 */

import type { Asked, Route, RouteMatch, RouteRule, RouteTarget } from '../../../../model/ir.ts';
import { Gateway } from '../kinds.ts';
import type { Section } from './write-gateways.ts';

/** Gateways by `namespace/name` with their listeners; those that nobody knows are missing. */
export type Sections = ReadonlyMap<string, readonly Section[]>;

/** A part of a route that is bound to the same listeners. */
export interface Binding {
  readonly parentRefs: readonly Readonly<Record<string, unknown>>[];
  /** The gateways that these parents are. */
  readonly gateways: readonly Asked<string>[];
  /** Its rules; no match of them asks for a port or a gateway. */
  readonly rules: readonly RouteRule[];
}

export interface Bindings {
  readonly bound: readonly Binding[];
  /** Gateways of which no listener takes any of its requests. */
  readonly unbound: readonly Asked<string>[];
}

/** What a route is bound to: its gateways, or their listeners for the ports that its matches ask for. */
export function bindingsOf(route: Route, sections: Sections, clusterDomain: string): Bindings {
  const hosts = hostnamesOf(route.targets, clusterDomain);
  const groups = new Map<
    string,
    { parentRefs: Readonly<Record<string, unknown>>[]; gateways: Asked<string>[]; rules: readonly RouteRule[] }
  >();
  const unbound: Asked<string>[] = [];
  for (const gateway of route.gateways) {
    const known = sections.get(gateway.value);
    const able = known?.filter((it) => carriers[route.protocol].includes(it.protocol));
    const serving = able?.filter(
      (it) => !it.isRedirect && (hosts.length === 0 || hosts.some((host) => intersection(host, it.host) !== undefined)),
    );
    let isBound = false;
    for (const port of portsOf(route.rules, serving)) {
      const rules = rulesFor(route.rules, gateway.value, port);
      if (rules.length === 0) continue;
      const refs = parentRefs(gateway.value, route.namespace, port, serving, able);
      if (refs.length === 0) continue;
      isBound = true;
      const id = shapeOf(rules);
      const group = groups.get(id) ?? { parentRefs: [], gateways: [], rules };
      if (group.rules !== rules) group.rules = group.rules.map((it, at) => joined(it, rules[at] ?? it));
      groups.set(id, group);
      group.parentRefs.push(...refs);
      if (!group.gateways.includes(gateway)) group.gateways.push(gateway);
    }
    if (!isBound) unbound.push(gateway);
  }
  return {
    bound: [...groups.values()].map((it) => ({ ...it, parentRefs: asWhole(it.parentRefs, sections, route) })),
    unbound,
  };
}

const carriers: Readonly<Record<Route['protocol'], readonly Section['protocol'][]>> = {
  http: ['HTTP', 'HTTPS'],
  grpc: ['HTTP', 'HTTPS'],
  tls: ['TLS'],
  tcp: ['TCP', 'TLS'],
};

/** The ports that need an answer of their own; undefined stands for all of them. */
function portsOf(
  rules: readonly RouteRule[],
  serving: readonly Section[] | undefined,
): readonly (number | undefined)[] {
  const named = new Set(rules.flatMap((it) => it.matches.flatMap((match) => match.port?.value ?? [])));
  if (named.size === 0) return [undefined];
  const isForOthers = rules.some((it) => it.matches.length === 0 || it.matches.some((match) => !match.port));
  const open = isForOthers ? (serving ?? []).map((it) => it.port) : [];
  return [...new Set([...open, ...named])].sort((a, b) => a - b);
}

/**
 * The gateway, or those of its listeners that are wanted. A listener that only redirects to HTTPS is none of them, so that
 * nobody is served without TLS.
 */
function parentRefs(
  gateway: string,
  home: string,
  port: number | undefined,
  serving: readonly Section[] | undefined,
  able: readonly Section[] | undefined,
): readonly Readonly<Record<string, unknown>>[] {
  const [namespace = home, name = gateway] = gateway.split('/');
  const base = { group: Gateway.group, kind: Gateway.name, name, ...(namespace === home ? {} : { namespace }) };
  if (!serving || !able) return [port === undefined ? base : { ...base, port }];
  const wanted = serving.filter((it) => port === undefined || it.port === port);
  if (wanted.length === able.length) return wanted.length === 0 ? [] : [base];
  return wanted.map((it) => ({ ...base, sectionName: it.name }));
}

/** All listeners of a gateway, one by one, are the gateway. */
function asWhole(
  refs: readonly Readonly<Record<string, unknown>>[],
  sections: Sections,
  route: Route,
): readonly Readonly<Record<string, unknown>>[] {
  const whole = [...sections].flatMap(([id, all]) => {
    const [namespace, name] = id.split('/');
    const own = refs.filter((it) => it['name'] === name && (it['namespace'] ?? route.namespace) === namespace);
    const names = new Set(own.flatMap((it) => (typeof it['sectionName'] === 'string' ? [it['sectionName']] : [])));
    const able = all.filter((it) => carriers[route.protocol].includes(it.protocol));
    const isAll = able.length > 1 && able.every((it) => names.has(it.name));
    return isAll ? own : [];
  });
  const seen = new Set<string>();
  return refs
    .map((it) => {
      if (!whole.includes(it)) return it;
      const { sectionName: _, ...base } = it;
      return base;
    })
    .filter((it) => {
      const id = JSON.stringify(it);
      const isNew = !seen.has(id);
      seen.add(id);
      return isNew;
    });
}

// ---- Rules ---------------------------------------------------------------------------------------------------------

/** The rules that count at one port of a gateway, without asking for either. */
function rulesFor(rules: readonly RouteRule[], gateway: string, port: number | undefined): readonly RouteRule[] {
  return rules.flatMap((rule): RouteRule[] => {
    if (rule.matches.length === 0) return [rule];
    const matches = rule.matches.filter(
      (it) => isAt(it, gateway) && (!it.port || port === undefined || it.port.value === port),
    );
    return matches.length === 0 ? [] : [{ ...rule, matches: matches.map(unbound) }];
  });
}

function isAt({ clients }: RouteMatch, gateway: string): boolean {
  const gateways = clients?.value.gateways;
  return !gateways || gateways.length === 0 || gateways.includes(gateway);
}

/** A match without its port and gateways, which its parents say. */
function unbound({ port, clients, ...match }: RouteMatch): RouteMatch {
  const { gateways, ...others } = clients?.value ?? {};
  const isLeft = Object.keys(others).length > 0;
  return {
    ...match,
    from: [...match.from, ...(port?.from ?? []), ...(gateways && clients ? clients.from : [])],
    ...(clients && isLeft ? { clients: { value: others, from: clients.from } } : {}),
  };
}

/** What rules say, whoever asks for it. */
function shapeOf(rules: readonly RouteRule[]): string {
  return JSON.stringify(rules, (key, value: unknown) => (key === 'from' || key === 'origins' ? undefined : value));
}

/** Two rules that say the same, asked for by both. */
function joined(a: RouteRule, b: RouteRule): RouteRule {
  return { ...a, matches: a.matches.map((it, at) => joinedMatch(it, b.matches[at] ?? it)) };
}

function joinedMatch(a: RouteMatch, b: RouteMatch): RouteMatch {
  const both = <T>(one: Asked<T>, other: Asked<T> | undefined): Asked<T> => ({
    value: one.value,
    from: [...new Set([...one.from, ...(other?.from ?? [])])],
  });
  return {
    ...a,
    from: [...new Set([...a.from, ...b.from])],
    headers: a.headers.map((it, at) => both(it, b.headers[at])),
    query: a.query.map((it, at) => both(it, b.query[at])),
    ...(a.path ? { path: both(a.path, b.path) } : {}),
    ...(a.methods ? { methods: both(a.methods, b.methods) } : {}),
    ...(a.authority ? { authority: both(a.authority, b.authority) } : {}),
    ...(a.sni ? { sni: both(a.sni, b.sni) } : {}),
  };
}

// ---- Host names ----------------------------------------------------------------------------------------------------

/** The names that two patterns have in common, as a pattern: `*.example.com` and `shop.example.com`; undefined for none. */
export function intersection(a: string, b: string): string | undefined {
  if (a === '*' || a === b) return b;
  if (b === '*') return a;
  if (a.startsWith('*.') && b.endsWith(a.slice(1))) return b;
  if (b.startsWith('*.') && a.endsWith(b.slice(1))) return a;
  return undefined;
}

/** How many host names a route may have, by its CRD. */
export const mostHostnames = 16;

/** Host names of a route at a gateway, each once; none where it takes all those of its listener. */
export function hostnamesOf(targets: readonly Asked<RouteTarget>[], clusterDomain: string): readonly string[] {
  const hosts = [...new Set(targets.map(({ value }) => hostnameOf(value, clusterDomain)))];
  return hosts.includes('*') ? [] : hosts;
}

/** The name by which a target is called. */
export function hostnameOf(target: RouteTarget, clusterDomain: string): string {
  if (target.type === 'host') return target.host;
  return `${target.service.name}.${target.service.namespace}.svc.${clusterDomain}`;
}
