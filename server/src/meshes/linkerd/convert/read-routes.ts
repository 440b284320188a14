/**
 * What routes on Services ask for: HTTPRoutes and GRPCRoutes of the Gateway API, Linkerd's own HTTPRoute,
 * and annotations of Services. All routes on one Service count together, so they are read together.
 */

import type { ConvertOptions } from '../../../model/convert-options.ts';
import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Origin,
  Peculiar,
  Route,
  RouteMatch,
  RouteParts,
  RouteRule,
  RouteTarget,
  ServiceName,
  TextMatch,
} from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { isRecord, listAt, valueAt } from '../../../model/value.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { type GatewayMatch, prefixOf } from '../../kubernetes/gateway/convert/matches.ts';
import { type Atom, inFirstMatchOrder, type Precedence } from '../../kubernetes/gateway/convert/order.ts';
import { type Parent, readParents, type ReadRule, readRules } from '../../kubernetes/gateway/convert/routes.ts';
import { Gateway, GRPCRoute } from '../../kubernetes/gateway/kinds.ts';
import { overruled, overruledAnnotations, profileOf } from './profiles.ts';
import { isHttp } from './services.ts';
import { type Attached, attachedTo, hiddenRoute, isServiceParent, routeKinds } from './attached-routes.ts';
import {
  peculiarAnnotations,
  readIdleTimeout,
  readOneUnit,
  readRetries,
  readTimeout,
  shapesRequests,
} from './annotations.ts';

export interface ReadRoutes {
  readonly routes: readonly Route[];
  readonly peculiar: readonly Peculiar[];
}

/**
 * Reads the routes among some resources, each with what else holds for its Service. The order of their rules is what
 * implements them goes by: Linkerd itself for Services, by the specification whoever stands at a Gateway, unless `ranking`
 * says that one of the two holds for all.
 */
export function readServiceRoutes(
  resources: readonly Resource[],
  environment: Environment,
  ranking: ConvertOptions['gatewayPrecedence'] = 'auto',
): ReadRoutes {
  const routes: Route[] = [];
  const peculiar: Peculiar[] = [];
  const services = new Map<string, ServiceName>();
  const note = (service: ServiceName) => services.set(`${service.namespace}/${service.name}`, service);

  for (const resource of resources) {
    if (isRoute(resource)) {
      const home = environment.namespaceOf(resource);
      const parents = readParents(resource, home);
      const profiles = parents.map((it) => (isServiceParent(it) ? profileOf(it, home, environment) : undefined));
      for (const [at, parent] of parents.entries()) if (isServiceParent(parent) && !profiles[at]) note(parent);
      const [profile] = profiles;
      if (profile && profiles.every((it) => it !== undefined)) {
        peculiar.push(overruled(resource, profile));
        continue;
      }
      if (parents.some(isGatewayParent))
        routes.push(gatewayRoute(resource, parents.filter(isGatewayParent), environment, ranking));
      peculiar.push(
        ...hiddenRoute(resource, environment),
        ...peculiarAnnotations(resource),
        ...overruledTimeouts(resource),
        ...ignoredTimeouts(resource),
      );
    } else if (isOfKind(resource, Service)) {
      peculiar.push(...peculiarAnnotations(resource));
      const name = { name: resource.name, namespace: environment.namespaceOf(resource) };
      const profile = profileOf(name, name.namespace, environment);
      if (profile) peculiar.push(overruledAnnotations(resource, profile));
      else if (shapesRequests(resource)) note(name);
    }
  }
  for (const service of services.values()) routes.push(...routesOf(service, new Set(resources), environment, ranking));
  return { routes, peculiar };
}

function isRoute(resource: Resource): boolean {
  return routeKinds.some((it) => isOfKind(resource, it));
}

function isGatewayParent(parent: Parent): boolean {
  return parent.kind === Gateway.name && parent.group === Gateway.group;
}

/**
 * The routes of one Service: one for all clients, from the routes that stand beside it, and one for the clients of each
 * other namespace that has routes of its own, which count together with those beside the Service. Only those are given
 * of which a resource is chosen.
 */
function routesOf(
  service: ServiceName,
  chosen: ReadonlySet<Resource>,
  environment: Environment,
  ranking: ConvertOptions['gatewayPrecedence'],
): readonly Route[] {
  const attached = attachedTo(service, environment);
  const owner = environment.index.find(Service, service.namespace, service.name);
  const homes = new Set(attached.map((it) => environment.namespaceOf(it.resource)));
  const beside = attached.filter((it) => environment.namespaceOf(it.resource) === service.namespace);
  const routes: Route[] = [];
  const isChosen = beside.some((it) => chosen.has(it.resource)) || (owner !== undefined && chosen.has(owner));
  if (isChosen && beside.length > 0)
    routes.push(routeOf(service, service.namespace, beside, owner, environment, ranking));
  else if (isChosen && owner && shapesRequests(owner)) {
    const parts = withAnnotations({ backends: { value: [{ service, from: [] }], from: [] } }, [owner], false);
    routes.push(routeTo(service, service, [], [{ matches: [], parts }], 'default-backend'));
  }
  for (const home of homes) {
    if (home === service.namespace) continue;
    const own = attached.filter((it) => environment.namespaceOf(it.resource) === home);
    const route = routeOf(service, home, [...beside, ...own], owner, environment, ranking);
    const here = new Set(own.map((it) => it.resource));
    if (![...here].some((it) => chosen.has(it))) continue;
    routes.push({ ...onlyFrom(route, here), visibility: { value: [home], from: [] } });
  }
  return routes;
}

/** The same route, in which other resources are facts: their leaves have their fate elsewhere. */
function onlyFrom(route: Route, resources: ReadonlySet<Resource>): Route {
  const isOrigin = (it: unknown): it is Origin => isRecord(it) && 'resource' in it && Array.isArray(it['path']);
  const kept = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter((it) => !isOrigin(it) || resources.has(it.resource)).map(kept);
    if (!isRecord(value) || isOrigin(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, kept(it)]));
  };
  return kept(route) as Route;
}

/** One route for all ports of a Service, or, when ports differ, one whose matches name the port. */
function routeOf(
  service: ServiceName,
  namespace: string,
  attached: readonly Attached[],
  owner: Resource | undefined,
  environment: Environment,
  ranking: ConvertOptions['gatewayPrecedence'],
): Route {
  const ports = new Set(attached.map((it) => it.parent.port));
  const others = ports.has(undefined) ? [] : otherPorts(service, ports, environment);
  const isOnePort = ports.size === 1 && others.length === 0;
  const atoms = attached.flatMap(({ resource, parent }): Atom<Built>[] =>
    // A backend that names no namespace is one of the Service's, also where the route stands elsewhere.
    readRules(resource, service.namespace, service, isOnePort ? undefined : parent.port).flatMap((rule) => {
      const owners = owner ? [resource, owner] : [resource];
      const built: Built = {
        rule,
        parts: withAnnotations(rule.parts, owners, isOfKind(resource, GRPCRoute)),
        asked: new Map(),
      };
      const hosts = hostnamesOf(resource);
      return rule.matches.flatMap(({ match, asked }) =>
        (hosts.length === 0 ? [undefined] : hosts).map((host) => {
          const copy = { ...match };
          const port = !isOnePort && parent.port !== undefined ? { port: asking(parent.port, parent.from) } : {};
          built.asked.set(copy, { ...asked, ...port, ...(host ? { authority: host } : {}) });
          return { match: copy, rule: built };
        }),
      );
    }),
  );
  const [first] = attached;
  const names = new Set(attached.map((it) => it.resource.name));
  const name = { name: names.size === 1 && first ? first.resource.name : service.name, namespace };
  const target: Asked<RouteTarget> = {
    value: targetOf(service, isOnePort ? first?.parent.port : undefined),
    from: attached.map((it) => it.parent.from),
  };
  const isForCalls = attached.length > 0 && attached.every((it) => isOfKind(it.resource, GRPCRoute));
  const rules = [
    ...rulesFrom(byHost(atoms, isForCalls ? 'grpc' : ranking === 'spec' ? 'spec' : 'linkerd')),
    ...others.map((port) => passing(service, port)),
  ];
  const route = routeTo(name, service, [target], rules, 'not-found');
  return isForCalls ? { ...route, protocol: 'grpc' } : route;
}

/** Ports of the Service without any route: requests to them go on as if there were none. */
function otherPorts(
  { namespace, name }: ServiceName,
  routed: ReadonlySet<number | undefined>,
  environment: Environment,
): readonly number[] {
  const known = serviceFacts(environment, namespace, name)?.ports ?? [];
  return known.filter((it) => isHttp(it) && !routed.has(it.port)).map((it) => it.port);
}

function passing(service: ServiceName, port: number): RouteRule {
  const match: RouteMatch = { from: [], headers: [], query: [], port: { value: port, from: [] } };
  return { matches: [match], parts: { backends: { value: [{ service, port, from: [] }], from: [] } } };
}

/** The host counts before all else: exact names, then longer suffixes, then routes that name no host. */
function byHost(atoms: readonly Atom<Built>[], precedence: Precedence): readonly Atom<Built>[] {
  const rankOf = ({ match, rule }: Atom<Built>) => {
    const host = rule.asked.get(match)?.authority?.value;
    if (!host || !('value' in host)) return 0;
    return host.type === 'exact' ? Number.MAX_SAFE_INTEGER : host.value.length;
  };
  const ranks = [...new Set(atoms.map(rankOf))].sort((a, b) => b - a);
  return ranks.flatMap((rank) =>
    inFirstMatchOrder(
      atoms.filter((it) => rankOf(it) === rank),
      precedence,
    ),
  );
}

interface Built {
  readonly rule: ReadRule;
  readonly parts: RouteParts;
  /** The representation of each match; copies that the order needs are found by their origin. */
  readonly asked: Map<GatewayMatch, RouteMatch>;
}

function asking<T>(value: T, from: Origin): Asked<T> {
  return { value, from: [from] };
}

function targetOf(service: ServiceName, port: number | undefined): RouteTarget {
  return { type: 'service', service, ...(port === undefined ? {} : { port }) };
}

function routeTo(
  name: ServiceName,
  service: ServiceName,
  targets: readonly Asked<RouteTarget>[],
  rules: readonly RouteRule[],
  unmatched: Route['unmatched'],
): Route {
  return {
    name: name.name,
    namespace: name.namespace,
    targets: targets.length > 0 ? targets : [{ value: targetOf(service, undefined), from: [] }],
    gateways: [],
    isMesh: true,
    protocol: 'http',
    order: 'document',
    unmatched,
    rules,
  };
}

/** Rules in the order in which their matches count; neighbours that belong together become one rule again. */
function rulesFrom(atoms: readonly Atom<Built>[]): readonly RouteRule[] {
  const rules: { built: Built; matches: RouteMatch[]; takesAll: boolean }[] = [];
  for (const { match, rule } of atoms) {
    const asked = rule.asked.get(match) ?? copyFor(match, rule);
    const isEverything = asked.from.length === 0 && !asked.authority && !asked.port;
    const last = rules.at(-1);
    const current = last?.built === rule && !last.takesAll ? last : { built: rule, matches: [], takesAll: false };
    if (current !== last) rules.push(current);
    if (isEverything) current.takesAll = true;
    else current.matches.push(asked);
  }
  return rules.map(({ built, matches, takesAll }) => ({
    ...(built.rule.name ? { name: built.rule.name } : {}),
    matches: takesAll ? [] : matches,
    parts: built.parts,
  }));
}

/** An exact copy of a prefix that outranks an equally long path; it comes from the leaves of the prefix. */
function copyFor(match: GatewayMatch, { asked }: Built): RouteMatch {
  const known = [...asked].find(([it]) => isCopyOf(match, it))?.[1];
  const from = known?.path?.from ?? [];
  return {
    ...(known ?? { headers: [], query: [] }),
    from: known?.from ?? [],
    path: { value: { type: 'exact', value: match.path?.value ?? '/' }, from },
  };
}

function isCopyOf(copy: GatewayMatch, match: GatewayMatch): boolean {
  const rest = (it: GatewayMatch) => JSON.stringify({ ...it, path: undefined });
  return rest(copy) === rest(match) && (prefixOf(match.path) || '/') === copy.path?.value;
}

/** Annotations of the route, else of the Service; retries and timeouts are inherited apart from each other. */
function withAnnotations(parts: RouteParts, owners: readonly Resource[], isGrpc: boolean): RouteParts {
  const retries = readRetries(owners, isGrpc);
  const { timeout: written, ...rest } = parts;
  const timeout = readTimeout(owners) ?? (written?.from.every(isOneUnit) ? written : undefined);
  const idleTimeout = readIdleTimeout(owners);
  return {
    ...rest,
    ...(timeout ? { timeout } : {}),
    ...(idleTimeout ? { idleTimeout } : {}),
    ...(retries ? { retries } : {}),
  };
}

/** Whether a duration is one that Linkerd reads. */
function isOneUnit({ resource, path }: Origin): boolean {
  return readOneUnit(valueAt(resource.value, path)) !== undefined;
}

/** Host names of a route on a Service: Linkerd compares them with the authority of the request. */
function hostnamesOf(resource: Resource): readonly Asked<TextMatch>[] {
  return listAt(resource.value, ['spec', 'hostnames']).flatMap((it, at): Asked<TextMatch>[] => {
    if (typeof it !== 'string') return [];
    const from = [{ resource, path: ['spec', 'hostnames', at] }];
    return it.startsWith('*.')
      ? [{ value: { type: 'suffix', value: it.slice(1) }, from }]
      : [{ value: { type: 'exact', value: it }, from }];
  });
}

function* overruledTimeouts(resource: Resource): Generator<Peculiar> {
  if (!readTimeout([resource])) return;
  for (const [at, rule] of listAt(resource.value, ['spec', 'rules']).entries()) {
    if (valueAt(rule, ['timeouts', 'request']) === undefined) continue;
    yield {
      from: [{ resource, path: ['spec', 'rules', at, 'timeouts', 'request'] }],
      code: 'timeout-overridden',
      reason: 'The annotation timeout.linkerd.io/request overrules it, so it is the one that is carried over.',
      risk: 'none',
    };
  }
}

function* ignoredTimeouts(resource: Resource): Generator<Peculiar> {
  for (const [at, rule] of listAt(resource.value, ['spec', 'rules']).entries()) {
    const request = valueAt(rule, ['timeouts', 'request']);
    if (request !== undefined && readOneUnit(request) === undefined)
      yield {
        from: [{ resource, path: ['spec', 'rules', at, 'timeouts', 'request'] }],
        code: 'unused-in-source',
        reason: 'Linkerd takes a duration of one number and one unit, and passes this one over without notice.',
        risk: 'none',
      };
    if (valueAt(rule, ['timeouts', 'backendRequest']) === undefined) continue;
    yield {
      from: [{ resource, path: ['spec', 'rules', at, 'timeouts', 'backendRequest'] }],
      code: 'unused-in-source',
      reason: 'Linkerd ignores it, so leaving it out keeps the behaviour.',
      risk: 'none',
    };
  }
}

/** A route at a gateway, whose rules rank as the Gateway API says unless `ranking` says that Linkerd's order holds. */
function gatewayRoute(
  resource: Resource,
  parents: readonly Parent[],
  environment: Environment,
  ranking: ConvertOptions['gatewayPrecedence'],
): Route {
  const namespace = environment.namespaceOf(resource);
  const atoms = readRules(resource, namespace, undefined).flatMap((rule): Atom<Built>[] => {
    const built: Built = { rule, parts: rule.parts, asked: new Map() };
    return rule.matches.map(({ match, asked }) => {
      const copy = { ...match };
      built.asked.set(copy, asked);
      return { match: copy, rule: built };
    });
  });
  const hosts = listAt(resource.value, ['spec', 'hostnames']);
  const gateways = new Map<string, Origin[]>();
  for (const it of parents) {
    const key = `${it.namespace}/${it.name}`;
    gateways.set(key, [...(gateways.get(key) ?? []), it.from]);
  }
  return {
    name: resource.name,
    namespace,
    targets: hosts.flatMap((it, at): Asked<RouteTarget>[] =>
      typeof it === 'string'
        ? [{ value: { type: 'host', host: it }, from: [{ resource, path: ['spec', 'hostnames', at] }] }]
        : [],
    ),
    gateways: [...gateways].map(([value, from]) => ({ value, from })),
    isMesh: false,
    protocol: 'http',
    order: 'document',
    unmatched: 'not-found',
    rules: rulesFrom(inFirstMatchOrder(atoms, ranking === 'linkerd' ? 'linkerd' : 'spec')),
  };
}
