/**
 * Routes on Services, as the Gateway API itself says them (GAMMA), whatever mesh carries them: rules rank by how specific
 * they are, and a route away from its Service counts for the clients of its own namespace.
 * Source: gateway-api geps/gep-1324, gep-1294; site-src/mesh.
 */

import type { Environment } from '../../../../model/environment.ts';
import type {
  Asked,
  Route,
  RouteMatch,
  RouteParts,
  RouteRule,
  RouteTarget,
  ServiceName,
} from '../../../../model/ir.ts';
import { isOfKind } from '../../../../model/kind.ts';
import type { Resource } from '../../../../model/manifest.ts';
import { listAt } from '../../../../model/value.ts';
import type { GatewayMatch } from '../convert/matches.ts';
import { type Atom, inFirstMatchOrder } from '../convert/order.ts';
import { type Parent, readParents, readRules } from '../convert/routes.ts';
import { GRPCRoute, TCPRoute, TLSRoute } from '../kinds.ts';
import { routePartsOf } from './read-parts.ts';

/** Whether a route names a Service as its parent. */
export function isServiceParent(parent: Parent): boolean {
  return parent.kind === 'Service' && parent.group === '';
}

/** The routes that a resource is on its Services; none for one without a Service among its parents. */
export function readMeshRoutes(resource: Resource, environment: Environment): readonly Route[] {
  const home = environment.namespaceOf(resource);
  const byService = new Map<string, Parent[]>();
  for (const parent of readParents(resource, home).filter(isServiceParent)) {
    const id = `${parent.namespace}/${parent.name}`;
    byService.set(id, [...(byService.get(id) ?? []), parent]);
  }
  return [...byService.values()].flatMap((parents): Route[] => {
    const [first] = parents;
    if (!first) return [];
    const service = { name: first.name, namespace: first.namespace };
    const [port, ...ports] = [...new Set(parents.map((it) => it.port))];
    const onePort = ports.length === 0 ? port : undefined;
    const rules = rulesOf(resource, home, service, onePort);
    const target: Asked<RouteTarget> = {
      value: { type: 'service', service, ...(onePort === undefined ? {} : { port: onePort }) },
      from: parents.map((it) => it.from),
    };
    return [
      {
        name: resource.name,
        namespace: home,
        targets: [target],
        gateways: [],
        isMesh: true,
        ...(home === service.namespace ? {} : { visibility: { value: [home], from: [] } }),
        protocol: protocolOf(resource),
        order: 'document',
        unmatched: 'not-found',
        rules: ports.length === 0 ? rules : rules.map((it) => onPorts(it, parents)),
      },
    ];
  });
}

function protocolOf(resource: Resource): Route['protocol'] {
  if (isOfKind(resource, GRPCRoute)) return 'grpc';
  return isOfKind(resource, TLSRoute) ? 'tls' : isOfKind(resource, TCPRoute) ? 'tcp' : 'http';
}

interface Built {
  readonly parts: RouteParts;
  readonly name: Asked<string> | undefined;
  readonly asked: Map<GatewayMatch, RouteMatch>;
}

function rulesOf(
  resource: Resource,
  home: string,
  service: ServiceName,
  port: number | undefined,
): readonly RouteRule[] {
  const read = readRules(resource, home, undefined);
  if (isOfKind(resource, TLSRoute) || isOfKind(resource, TCPRoute)) {
    const sni = namesOf(resource);
    return read.map(({ name, parts }, at) => ({
      ...(name ? { name } : {}),
      matches: sni ? [{ from: [], headers: [], query: [], sni }] : [],
      parts: withBackends(routePartsOf(resource, at, parts), service, port),
    }));
  }
  const atoms = read.flatMap((rule, at): Atom<Built>[] => {
    const parts = withBackends(routePartsOf(resource, at, rule.parts), service, port);
    const built: Built = { parts, name: rule.name, asked: new Map() };
    return rule.matches.map(({ match, asked }) => {
      const copy = { ...match };
      built.asked.set(copy, asked);
      return { match: copy, rule: built };
    });
  });
  const rules: { readonly built: Built; readonly matches: RouteMatch[]; isForAll: boolean }[] = [];
  for (const { match, rule } of inFirstMatchOrder(atoms, 'spec')) {
    const last = rules.at(-1);
    const current = last?.built === rule && !last.isForAll ? last : { built: rule, matches: [], isForAll: false };
    if (current !== last) rules.push(current);
    const asked = rule.asked.get(match);
    if (!asked || Object.keys(match).length === 0) current.isForAll = true;
    else current.matches.push(asked);
  }
  return rules.map(({ built, matches, isForAll }) => ({
    ...(built.name ? { name: built.name } : {}),
    matches: isForAll ? [] : matches,
    parts: built.parts,
  }));
}

/** Names of the server that TLS asks for. On a Service, host names of an HTTPRoute count for nothing. */
function namesOf(resource: Resource): Asked<readonly string[]> | undefined {
  const names = listAt(resource.value, ['spec', 'hostnames']).filter((it) => typeof it === 'string');
  if (!isOfKind(resource, TLSRoute) || names.length === 0) return undefined;
  return { value: names, from: [{ resource, path: ['spec', 'hostnames'] }] };
}

/** A rule without backends that does not answer itself fails; the Service gets nothing unless it is named. */
function withBackends(parts: RouteParts, service: ServiceName, port: number | undefined): RouteParts {
  if (parts.backends || parts.redirect) return parts;
  const backend = { service, ...(port === undefined ? {} : { port }), weight: 0, from: [] };
  return { ...parts, backends: { value: [backend], from: [] } };
}

/** A rule that counts on some ports: each of its matches asks for one of them. */
function onPorts(rule: RouteRule, parents: readonly Parent[]): RouteRule {
  if (parents.some((it) => it.port === undefined)) return rule;
  const matches: readonly RouteMatch[] =
    rule.matches.length > 0 ? rule.matches : [{ from: [], headers: [], query: [] }];
  return {
    ...rule,
    matches: matches.flatMap((match) =>
      parents.flatMap(({ port, from }) =>
        port === undefined ? [] : [{ ...match, port: { value: port, from: [from] } }],
      ),
    ),
  };
}
