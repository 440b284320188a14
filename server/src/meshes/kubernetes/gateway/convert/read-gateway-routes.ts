/** What routes at Gateways ask for: HTTPRoute, GRPCRoute, TLSRoute and TCPRoute, as their listeners let them in. */

import { askedTexts } from '../../../../model/asked.ts';
import type { Environment } from '../../../../model/environment.ts';
import type {
  Asked,
  GatewayIntent,
  Listener,
  Origin,
  Route,
  RouteMatch,
  RouteParts,
  RouteRule,
  RouteTarget,
} from '../../../../model/ir.ts';
import { isOfKind } from '../../../../model/kind.ts';
import type { Resource } from '../../../../model/manifest.ts';
import { GRPCRoute, TCPRoute, TLSRoute } from '../kinds.ts';
import { type GatewayMatch, prefixOf } from './matches.ts';
import { type Atom, inFirstMatchOrder, type Precedence } from './order.ts';
import { isGatewayParent } from './read-gateways.ts';
import { type Parent, readParents, readRules } from './routes.ts';
import { intersection } from './sections.ts';

export interface GatewayRouteReading {
  /** How the gateway ranks rules. */
  readonly precedence: Precedence;
  /** The gateways that are known, by `namespace/name`. */
  readonly gateways: ReadonlyMap<string, GatewayIntent>;
  /** What the mesh makes of the parts of a rule: filters of its own, for one. */
  readonly partsOf?: (parts: RouteParts, rule: number) => RouteParts;
  /** What the mesh makes of a match: a prefix that compares characters, for one. */
  readonly matchOf?: (match: RouteMatch) => RouteMatch;
}

/**
 * The routes that a resource is at its Gateways: one for all of them, or several where their listeners have other ports or
 * names. None for a resource without a Gateway among its parents.
 */
export function readGatewayRoutes(
  resource: Resource,
  environment: Environment,
  reading: GatewayRouteReading,
): readonly Route[] {
  const namespace = environment.namespaceOf(resource);
  const parents = readParents(resource, namespace).filter(isGatewayParent);
  const names = askedTexts(resource, ['spec', 'hostnames']);
  const groups = new Map<string, { readonly places: Place[]; readonly hosts: readonly Asked<string>[] }>();
  for (const parent of parents) {
    const place = placeOf(parent, protocolOf(resource), reading.gateways);
    const hosts = hostsAt(place, names);
    const id = JSON.stringify([hosts.map((it) => it.value).sort(), place.ports && [keyOf(parent), place.isWhole]]);
    const group = groups.get(id) ?? { places: [], hosts };
    groups.set(id, group);
    group.places.push(place);
  }
  const rules = rulesOf(resource, namespace, reading);
  return [...groups.values()].map(({ places, hosts }): Route => {
    const gateways = new Map<string, Origin[]>();
    for (const { parent } of places) gateways.set(keyOf(parent), [...(gateways.get(keyOf(parent)) ?? []), parent.from]);
    return {
      name: resource.name,
      namespace,
      targets: hosts.map(({ value, from }): Asked<RouteTarget> => ({ value: { type: 'host', host: value }, from })),
      gateways: [...gateways].map(([value, from]) => ({ value, from })),
      isMesh: false,
      protocol: protocolOf(resource),
      order: 'document',
      unmatched: 'not-found',
      rules: rules.map((it) => onPorts(it, portsOf(places))),
    };
  });
}

function keyOf({ namespace, name }: Parent): string {
  return `${namespace}/${name}`;
}

function protocolOf(resource: Resource): Route['protocol'] {
  if (isOfKind(resource, GRPCRoute)) return 'grpc';
  return isOfKind(resource, TLSRoute) ? 'tls' : isOfKind(resource, TCPRoute) ? 'tcp' : 'http';
}

// ---- Listeners -----------------------------------------------------------------------------------------------------

/** A parent, and the listeners that it means. */
interface Place {
  readonly parent: Parent;
  /** Undefined where nobody knows the gateway. */
  readonly listeners: readonly Listener[] | undefined;
  /** Whether these are all listeners that may carry such a route. */
  readonly isWhole: boolean;
  /** The ports, where there are others of the gateway that the route is not for. */
  readonly ports: readonly number[] | undefined;
}

const carriers: Readonly<Record<Route['protocol'], readonly Listener['protocol']['value'][]>> = {
  http: ['HTTP', 'HTTPS', 'HTTP2', 'GRPC'],
  grpc: ['HTTP', 'HTTPS', 'HTTP2', 'GRPC'],
  tls: ['TLS'],
  tcp: ['TCP', 'TLS'],
};

function placeOf(parent: Parent, protocol: Route['protocol'], gateways: GatewayRouteReading['gateways']): Place {
  const gateway = gateways.get(keyOf(parent));
  if (!gateway)
    return {
      parent,
      listeners: undefined,
      isWhole: true,
      ports: parent.port === undefined ? undefined : [parent.port],
    };
  const able = gateway.listeners.filter((it) => carriers[protocol].includes(it.protocol.value));
  const listeners = able.filter(
    (it) =>
      (parent.sectionName === undefined || it.name === parent.sectionName) &&
      (parent.port === undefined || it.port.value === parent.port),
  );
  const ports = [...new Set(listeners.map((it) => it.port.value))];
  // A port that only redirects is nobody's; of the others, all or some.
  const others = gateway.listeners.some((it) => !ports.includes(it.port.value) && it.httpsRedirect?.value !== true);
  return {
    parent,
    listeners,
    isWhole: listeners.length === able.length,
    ports:
      others && (parent.sectionName !== undefined || parent.port !== undefined || protocol === 'tcp')
        ? ports
        : undefined,
  };
}

/** The names that a route takes there: its own as far as the listeners let them in; none for all of the listeners'. */
function hostsAt({ listeners, isWhole, parent }: Place, names: readonly Asked<string>[]): readonly Asked<string>[] {
  const open = [...new Set((listeners ?? []).flatMap((it) => it.hosts.map(({ value }) => value.host)))];
  if (names.length === 0) {
    if (isWhole || open.includes('*') || open.length === 0) return [];
    return open.map((value) => ({ value, from: [parent.from] }));
  }
  if (open.length === 0 || open.includes('*')) return names;
  const found = new Map<string, Asked<string>>();
  for (const name of names) {
    const common = open.flatMap((it) => intersection(name.value, it) ?? []);
    // A name that no listener has gets no requests, here or there.
    for (const value of common.length === 0 ? [name.value] : common)
      found.set(value, { value, from: [...(found.get(value)?.from ?? []), ...name.from] });
  }
  return [...found.values()];
}

interface Port {
  readonly port: number;
  readonly from: Origin;
}

function portsOf(places: readonly Place[]): readonly Port[] {
  const found = new Map<number, Port>();
  for (const { ports, parent } of places) for (const port of ports ?? []) found.set(port, { port, from: parent.from });
  return [...found.values()];
}

/** A rule that counts on some ports: each of its matches asks for one of them. */
function onPorts(rule: RouteRule, ports: readonly Port[]): RouteRule {
  if (ports.length === 0) return rule;
  const matches: readonly RouteMatch[] =
    rule.matches.length > 0 ? rule.matches : [{ from: [], headers: [], query: [] }];
  return {
    ...rule,
    matches: matches.flatMap((match) =>
      ports.map(({ port, from }) => ({ ...match, port: { value: port, from: [from] } })),
    ),
  };
}

// ---- Rules ---------------------------------------------------------------------------------------------------------

interface Built {
  readonly parts: RouteParts;
  readonly name: Asked<string> | undefined;
  readonly asked: Map<GatewayMatch, RouteMatch>;
}

function rulesOf(
  resource: Resource,
  namespace: string,
  { precedence, partsOf, matchOf }: GatewayRouteReading,
): readonly RouteRule[] {
  const atoms = readRules(resource, namespace, undefined).flatMap((rule, at): Atom<Built>[] => {
    const built: Built = {
      parts: partsOf ? partsOf(rule.parts, at) : rule.parts,
      name: rule.name,
      asked: new Map(),
    };
    return rule.matches.map(({ match, asked }) => {
      const copy = { ...match };
      built.asked.set(copy, matchOf ? matchOf(asked) : asked);
      return { match: copy, rule: built };
    });
  });
  const rules: { readonly built: Built; readonly matches: RouteMatch[]; isForAll: boolean }[] = [];
  for (const { match, rule } of inFirstMatchOrder(atoms, precedence)) {
    const asked = rule.asked.get(match) ?? copyFor(match, rule);
    const last = rules.at(-1);
    const current = last?.built === rule && !last.isForAll ? last : { built: rule, matches: [], isForAll: false };
    if (current !== last) rules.push(current);
    if (Object.keys(match).length === 0) current.isForAll = true;
    else current.matches.push(asked);
  }
  return rules.map(({ built, matches, isForAll }) => ({
    ...(built.name ? { name: built.name } : {}),
    matches: isForAll ? [] : matches,
    parts: built.parts,
  }));
}

/** An exact copy of a prefix that outranks an equally long path; it comes from the leaves of the prefix. */
function copyFor(match: GatewayMatch, { asked }: Built): RouteMatch {
  const rest = (it: GatewayMatch) => JSON.stringify({ ...it, path: undefined });
  const known = [...asked].find(
    ([it]) => rest(it) === rest(match) && (prefixOf(it.path) || '/') === match.path?.value,
  )?.[1];
  return {
    ...(known ?? { from: [], headers: [], query: [] }),
    path: { value: { type: 'exact', value: match.path?.value ?? '/' }, from: known?.path?.from ?? [] },
  };
}
