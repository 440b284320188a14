/** Routes in the kinds that Linkerd read before the Gateway API: ServiceProfiles and SMI's TrafficSplits. */

import type { Environment } from '../../../model/environment.ts';
import type { Destination, Ir, Peculiar, Route } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { readTrafficSplit } from '../../kubernetes/smi/convert/read.ts';
import { TrafficSplit } from '../../kubernetes/smi/kinds.ts';
import { ServiceProfile } from '../kinds.ts';
import { readBudget, readProfilePorts, readServiceProfile } from './read-service-profile.ts';

/** Reads the older kinds among some resources; each is a route of its own. */
export function readLegacyRoutes(
  resources: readonly Resource[],
  environment: Environment,
): Pick<Ir, 'routes' | 'destinations' | 'peculiar'> {
  const routes: Route[] = [];
  const destinations: Destination[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of resources) {
    const isProfile = isOfKind(resource, ServiceProfile);
    if (!isProfile && !isOfKind(resource, TrafficSplit)) continue;
    const read = isProfile ? readServiceProfile(resource, environment) : readTrafficSplit(resource, environment);
    const budget = isProfile ? readBudget(resource, environment) : undefined;
    if (budget) destinations.push(budget);
    const ports = isProfile ? readProfilePorts(resource, environment) : undefined;
    if (ports && 'parts' in ports) destinations.push(ports);
    else if (ports) peculiar.push(ports);
    if (!read) continue;
    routes.push(...(read.route.rules.length > 0 ? [read.route] : []));
    peculiar.push(...read.peculiar);
  }
  return { routes, destinations, peculiar };
}
