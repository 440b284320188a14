/** Writes all routes, service by service: a chain of requests becomes a router, one of connections a redirect. */

import type { Asked, Ir, RouteTarget, ServiceName } from '../../../model/ir.ts';
import { chainOf, type Group, loseRoute, plainReferences } from './chain.ts';
import type { Drafts } from './drafts.ts';
import { writeRedirect } from './redirects.ts';
import { writeRouter } from './router.ts';
import { namesakes } from './services.ts';

/** Writes all routes; those about the same service together, since they make one router. */
export function writeRoutes(ir: Ir, drafts: Drafts): void {
  const groups = new Map<string, Group>();
  for (const route of ir.routes) {
    if (!route.isMesh) continue;
    if (route.visibility)
      drafts.ledger.lost(route.visibility, 'scope-widened', 'Config entries hold for every client of a service.');
    const isOnlyOutside = route.targets.every((it) => it.value.type === 'host');
    // Hosts that a gateway serves have their place there.
    if (isOnlyOutside && route.gateways.length > 0) continue;
    if (isOnlyOutside)
      loseRoute(route, drafts, {
        code: 'host-not-service',
        reason: 'Its hosts are no Services of the cluster, and config entries are about services only.',
      });
    for (const target of route.targets) {
      const service = serviceOf(target, drafts);
      if (!service) continue;
      const id = `${service.namespace}/${service.name}`;
      const group = groups.get(id) ?? { service, routes: [] };
      groups.set(id, group);
      group.routes.push({ route, target });
    }
  }
  const chains = [...groups.values()].map((it) => chainOf(forAllClients(it, drafts), ir, drafts));
  const plain = new Map<string, number>();
  for (const chain of chains) for (const name of plainReferences(chain)) plain.set(name, (plain.get(name) ?? 0) + 1);
  for (const chain of chains) {
    if (chain.isHttp) writeRouter(chain, (plain.get(chain.named.name) ?? 0) === 0);
    else writeRedirect(chain);
  }
}

/**
 * The routes of a service that every client may follow. Those for some clients alone would take the place of the others
 * for all clients, so where there are others these stay, and of routes for different clients the first ones do.
 */
function forAllClients({ service, routes }: Group, drafts: Drafts): Group {
  const clientsOf = ({ route }: Group['routes'][number]) => route.visibility?.value.join(', ');
  const kept = routes.some((it) => clientsOf(it) === undefined) ? undefined : routes[0] && clientsOf(routes[0]);
  for (const it of routes) {
    if (clientsOf(it) === kept) continue;
    const others = kept === undefined ? 'all clients' : `the clients in ${kept}`;
    loseRoute(it.route, drafts, {
      code: 'client-scope',
      reason: `Consul routes the requests of all clients to "${service.name}" alike, and the route for ${others} is kept, not this one for those in ${clientsOf(it) ?? ''}.`,
    });
  }
  return { service, routes: routes.filter((it) => clientsOf(it) === kept) };
}

/** The Service of a target, when Consul can have a chain for it; else its loss is reported. */
function serviceOf(target: Asked<RouteTarget>, drafts: Drafts): ServiceName | undefined {
  const { ledger, environment } = drafts;
  if (target.value.type === 'host') {
    ledger.lost(
      target,
      'host-not-service',
      `"${target.value.host}" is no Service of the cluster, and config entries are about services only.`,
      'availability',
    );
    return undefined;
  }
  const { service } = target.value;
  const others = namesakes(environment, service);
  if (others.length === 0) return service;
  ledger.lost(
    target,
    'name-collision',
    `Consul knows services by name alone, and there is a Service "${service.name}" in ${others.join(', ')} too.`,
    'availability',
  );
  return undefined;
}
