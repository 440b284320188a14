/** What plain Gateway API asks for: Gateways, routes on Gateways and on Services, and TLS to backends. */

import type { Environment } from '../../../../model/environment.ts';
import { type Destination, emptyIr, type Ir, type Peculiar, type Route } from '../../../../model/ir.ts';
import { isOfKind } from '../../../../model/kind.ts';
import type { Resource } from '../../../../model/manifest.ts';
import { listAt, textAt } from '../../../../model/value.ts';
import { readGatewayRoutes } from '../convert/read-gateway-routes.ts';
import { readGateways } from '../convert/read-gateways.ts';
import { BackendTLSPolicy, GRPCRoute, HTTPRoute, TCPRoute, TLSRoute } from '../kinds.ts';
import { isServiceParent, readMeshRoutes } from './read-mesh-routes.ts';
import { routePartsOf } from './read-parts.ts';
import { readParents } from '../convert/routes.ts';

const routeKinds = [HTTPRoute, GRPCRoute, TLSRoute, TCPRoute] as const;

/** Reads resources of the Gateway API whatever serves them; others are passed over. */
export function readGatewayApi(resources: readonly Resource[], environment: Environment): Ir {
  const { gateways, redirects } = readGateways(resources, environment);
  const known = new Map(gateways.map((it) => [`${it.namespace}/${it.name}`, it] as const));
  const routes: Route[] = [];
  const destinations: Destination[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of resources) {
    if (isOfKind(resource, BackendTLSPolicy)) destinations.push(...readBackendTls(resource, environment));
    if (redirects.has(resource) || !routeKinds.some((it) => isOfKind(resource, it))) continue;
    routes.push(
      ...readGatewayRoutes(resource, environment, {
        precedence: 'spec',
        gateways: known,
        partsOf: (parts, rule) => routePartsOf(resource, rule, parts),
      }),
      ...readMeshRoutes(resource, environment),
    );
    peculiar.push(...ignoredNames(resource, environment));
  }
  return { ...emptyIr, gateways, routes, destinations, peculiar };
}

/** Host names of a route that stands on Services alone: the Service is the host, and names are not looked at. */
function* ignoredNames(resource: Resource, environment: Environment): Generator<Peculiar> {
  const isHttp = isOfKind(resource, HTTPRoute) || isOfKind(resource, GRPCRoute);
  const parents = readParents(resource, environment.namespaceOf(resource));
  if (!isHttp || parents.length === 0 || !parents.every(isServiceParent)) return;
  if (listAt(resource.value, ['spec', 'hostnames']).length === 0) return;
  yield {
    from: [{ resource, path: ['spec', 'hostnames'] }],
    code: 'authority-match',
    reason: 'A route on a Service counts whatever name it is called by, so its host names are left out.',
    risk: 'behaviour',
  };
}

/** TLS to the Services that a policy names, checked against the authorities of the system. */
function readBackendTls(resource: Resource, environment: Environment): readonly Destination[] {
  const namespace = environment.namespaceOf(resource);
  const hostname = textAt(resource.value, ['spec', 'validation', 'hostname']);
  return listAt(resource.value, ['spec', 'targetRefs']).flatMap((it, at): Destination[] => {
    const name = textAt(it, ['name']);
    if (name === undefined || textAt(it, ['kind']) !== 'Service' || hostname === undefined) return [];
    const isSystem = textAt(resource.value, ['spec', 'validation', 'wellKnownCACertificates']) === 'System';
    const origins = [
      ['spec', 'validation', 'hostname'],
      ...(isSystem ? [['spec', 'validation', 'wellKnownCACertificates']] : []),
    ].map((path) => ({ resource, path }));
    return [
      {
        name: resource.name,
        namespace,
        service: { value: { name, namespace }, from: [{ resource, path: ['spec', 'targetRefs', at] }] },
        subsets: [],
        parts: { clientTls: { value: { mode: 'simple', sni: hostname }, from: origins } },
      },
    ];
  });
}
