/** What Linkerd's manifests, and the Gateway API routes and SMI splits that it serves, ask for. */

import type { ConvertOptions } from '../../../model/convert-options.ts';
import type { Environment } from '../../../model/environment.ts';
import { type Destination, emptyIr, type Ir } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { readTrafficTargets } from '../../kubernetes/smi/convert/read-access.ts';
import { readGroups } from '../../kubernetes/smi/convert/read-groups.ts';
import { readOutlier } from './annotations.ts';
import { readAccess } from './read-access.ts';
import { readClientDefaults } from './read-client-defaults.ts';
import { readConnections } from './read-connections.ts';
import { readDefaultDeny } from './read-default-deny.ts';
import { readEgress } from './read-egress.ts';
import { readLegacyRoutes } from './read-legacy.ts';
import { readLimits } from './read-limits.ts';
import { readExternalWorkloads, readMirrors } from './read-outside.ts';
import { readMutualTls } from './read-mutual-tls.ts';
import { mistakenFilters } from './mistaken-filters.ts';
import { readOpaquePorts } from './read-opaque-ports.ts';
import { readProxies } from './read-proxies.ts';
import { readServiceRoutes } from './read-routes.ts';
import { unaskedOfLinkerd } from './unasked.ts';

/**
 * Reads what some resources ask for. What counts together with them (other routes on a Service, all policies on a
 * Server) is read from the environment too, since half of it would mean something else.
 */
export function readLinkerd(resources: readonly Resource[], environment: Environment, options?: ConvertOptions): Ir {
  const { routes, peculiar } = readServiceRoutes(resources, environment, options?.gatewayPrecedence);
  const legacy = readLegacyRoutes(resources, environment);
  const connections = readConnections(resources, environment);
  const access = readAccess(resources, environment);
  const closed = readDefaultDeny(resources, environment);
  const mutualTls = readMutualTls(resources, environment);
  const limits = readLimits(resources, environment);
  const targets = readTrafficTargets(resources, environment);
  const opaque = readOpaquePorts(resources, environment);
  const { peculiar: ofProxies, ...proxies } = readProxies(resources, environment);
  const egress = readEgress(resources, environment);
  const outside = readExternalWorkloads(resources, environment);
  return {
    ...emptyIr,
    unasked: { ways: unaskedOfLinkerd, notes: [] },
    ...proxies,
    routes: [...routes, ...legacy.routes, ...connections.routes, ...egress.routes],
    destinations: [
      ...resources.filter((it) => isOfKind(it, Service)).flatMap((it) => readDestination(it, environment)),
      ...legacy.destinations,
      ...opaque.destinations,
    ],
    clientDefaults: readClientDefaults(resources, environment),
    externals: egress.externals,
    egress: egress.egress,
    outsideServices: outside.outsideServices,
    outsideWorkloads: outside.outsideWorkloads,
    exports: readMirrors(resources, environment),
    rateLimits: limits.rateLimits,
    mutualTls: mutualTls.mutualTls,
    access: [...access.access, ...closed.access, ...targets.access],
    peculiar: [
      ...peculiar,
      ...legacy.peculiar,
      ...connections.peculiar,
      ...access.peculiar,
      ...closed.peculiar,
      ...mutualTls.peculiar,
      ...limits.peculiar,
      ...targets.peculiar,
      ...readGroups(resources, environment),
      ...egress.peculiar,
      ...outside.peculiar,
      ...ofProxies,
      ...opaque.peculiar,
    ],
    notes: [...(targets.notes ?? []), ...mistakenFilters(resources)],
  };
}

function readDestination(service: Resource, environment: Environment): readonly Destination[] {
  const outlier = readOutlier(service);
  if (!outlier) return [];
  const name = { name: service.name, namespace: environment.namespaceOf(service) };
  return [{ ...name, service: { value: name, from: [] }, subsets: [], parts: { outlier } }];
}
