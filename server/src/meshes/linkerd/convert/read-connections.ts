/**
 * What TCPRoutes and TLSRoutes on Services ask for. A port takes the routes of one kind alone: where there are routes of
 * requests, those of connections do not count, and TLSRoutes take the place of TCPRoutes.
 * Source: linkerd2 policy-controller/grpc/src/outbound.rs.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Backend, Peculiar, Route, RouteMatch } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { listAt } from '../../../model/value.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { type Parent, readBackends, readParents } from '../../kubernetes/gateway/convert/routes.ts';
import { GRPCRoute, HTTPRoute, TCPRoute, TLSRoute } from '../../kubernetes/gateway/kinds.ts';
import { PolicyHTTPRoute } from '../kinds.ts';
import { linkerdProtocol } from './services.ts';

export interface ReadConnections {
  readonly routes: readonly Route[];
  readonly peculiar: readonly Peculiar[];
}

/** Reads the routes of connections among some resources; those of other kinds are passed over. */
export function readConnections(resources: readonly Resource[], environment: Environment): ReadConnections {
  const routes: Route[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of resources) {
    if (!isOfKind(resource, TCPRoute) && !isOfKind(resource, TLSRoute)) continue;
    for (const parent of readParents(resource, environment.namespaceOf(resource))) {
      if (parent.kind !== 'Service' || parent.group !== '') continue;
      const rival = rivalOf(resource, parent, environment);
      if (rival) peculiar.push(hiddenBy(rival, resource));
      else routes.push(routeOf(resource, parent, environment));
    }
  }
  return { routes: routes.sort((a, b) => rankOf(b) - rankOf(a)), peculiar };
}

/** An exact name comes before a wildcard, a longer one before a shorter, and what takes all names last. */
function rankOf({ rules }: Route): number {
  const names = rules[0]?.matches.flatMap((it) => it.sni?.value ?? []) ?? [];
  return Math.min(...(names.length > 0 ? names : ['*']).map((it) => (it.startsWith('*') ? 0 : 1000) + it.length));
}

function routeOf(resource: Resource, parent: Parent, environment: Environment): Route {
  const namespace = environment.namespaceOf(resource);
  const protocol = resource.kind === TLSRoute.name ? 'tls' : 'tcp';
  const service = { name: parent.name, namespace: parent.namespace };
  const rules = listAt(resource.value, ['spec', 'rules']).slice(0, 1);
  const match = matchOf(resource);
  return {
    name: resource.name,
    namespace,
    targets: [
      {
        value: { type: 'service', service, ...(parent.port === undefined ? {} : { port: parent.port }) },
        from: [parent.from],
      },
    ],
    gateways: [],
    isMesh: true,
    // A route away from its Service counts for the clients that are with it.
    ...(namespace === service.namespace ? {} : { visibility: { value: [namespace], from: [] } }),
    protocol,
    order: 'document',
    unmatched: 'not-found',
    rules: rules.map((rule, at) => {
      // A backend that names no namespace is one of the Service's, also where the route stands elsewhere.
      const read = readBackends(resource, ['spec', 'rules', at], rule, service.namespace);
      const backends: readonly Backend[] = read.length > 0 ? read : [{ service, from: [] }];
      return {
        matches: match ? [match] : [],
        parts: { backends: { value: backends, from: backends.flatMap((it) => it.from) } },
      };
    }),
  };
}

/** The names of TLS that a route takes; undefined for all. */
function matchOf(resource: Resource): RouteMatch | undefined {
  const names = listAt(resource.value, ['spec', 'hostnames']).filter((it) => typeof it === 'string');
  if (names.length === 0) return undefined;
  const from = [{ resource, path: ['spec', 'hostnames'] }];
  return { from: [], headers: [], query: [], sni: { value: names, from } };
}

/** A route that counts in the stead of one of connections, on the same port. */
function rivalOf(resource: Resource, parent: Parent, environment: Environment): Resource | undefined {
  if (isOfKind(resource, TCPRoute) && isOpaque(parent, environment)) return undefined;
  const stronger = [GRPCRoute, HTTPRoute, PolicyHTTPRoute, ...(isOfKind(resource, TCPRoute) ? [TLSRoute] : [])];
  return stronger
    .flatMap((kind) => environment.index.all(kind))
    .find((it) =>
      readParents(it, environment.namespaceOf(it)).some(
        (other) =>
          other.kind === 'Service' &&
          other.group === '' &&
          other.name === parent.name &&
          other.namespace === parent.namespace &&
          (other.port === undefined || parent.port === undefined || other.port === parent.port),
      ),
    );
}

/** Whether Linkerd looks into no connection to the port, so that TCPRoutes alone count there. */
function isOpaque(parent: Parent, environment: Environment): boolean {
  const ports = serviceFacts(environment, parent.namespace, parent.name)?.ports ?? [];
  const { appProtocol } = ports.find((it) => it.port === parent.port) ?? {};
  return appProtocol !== undefined && ['linkerd.io/opaque', 'linkerd.io/tcp'].includes(linkerdProtocol(appProtocol));
}

function hiddenBy(rival: Resource, resource: Resource): Peculiar {
  return {
    from: [{ resource, path: ['spec'] }],
    code: 'unused-in-source',
    reason: `Linkerd does not look at it, since ${rival.kind} "${rival.name}" is on the same port.`,
    risk: 'none',
  };
}
