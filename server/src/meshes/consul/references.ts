/** Which fields of Consul's config entries and gateways name services, subsets, providers, groups, peers and filters. */

import type { Kind } from '../../model/kind.ts';
import type { Reference, Site, Space } from '../../model/reference.ts';
import { isKnown, textAt } from '../../model/value.ts';
import { byName, kindSaid, sibling, siblingNamespace } from '../kubernetes/common/references.ts';
import { Gateway, GatewayClass, GRPCRoute, HTTPRoute } from '../kubernetes/gateway/kinds.ts';
import { listenerNames } from '../kubernetes/gateway/references.ts';
import { peerSpace, providerSpace, samenessGroupSpace, serviceSpace, subsetSpace } from './declarations.ts';
import {
  ExportedServices,
  GatewayClassConfig,
  GatewayPolicy,
  IngressGateway,
  JWTProvider,
  RouteAuthFilter,
  RouteExtProc,
  RouteRetryFilter,
  RouteTimeoutFilter,
  RouteTLSSDSFilter,
  SamenessGroup,
  ServiceDefaults,
  ServiceIntentions,
  ServiceResolver,
  ServiceRouter,
  ServiceSplitter,
  TerminatingGateway,
} from './kinds.ts';

/** Subsets named beside a service, or of the entry's own service when none is named. */
export const subsets: readonly Reference[] = [
  subsetAt(ServiceSplitter, 'spec.splits[*].serviceSubset'),
  subsetAt(ServiceRouter, 'spec.routes[*].destination.serviceSubset'),
  subsetAt(ServiceResolver, 'spec.redirect.serviceSubset'),
  subsetAt(ServiceResolver, 'spec.failover.*.serviceSubset'),
  subsetAt(ServiceResolver, 'spec.failover.*.targets[*].serviceSubset'),
  subsetAt(ServiceResolver, 'spec.defaultSubset'),
];

export const services: readonly Reference[] = [
  serviceAt(ServiceSplitter, 'metadata.name'),
  serviceAt(ServiceSplitter, 'spec.splits[*].service'),
  serviceAt(ServiceRouter, 'metadata.name'),
  serviceAt(ServiceRouter, 'spec.routes[*].destination.service'),
  serviceAt(ServiceResolver, 'metadata.name'),
  serviceAt(ServiceResolver, 'spec.redirect.service'),
  serviceAt(ServiceResolver, 'spec.failover.*.service'),
  serviceAt(ServiceResolver, 'spec.failover.*.targets[*].service'),
  serviceAt(ServiceIntentions, 'spec.destination.name'),
  serviceAt(ServiceIntentions, 'spec.sources[*].name'),
  serviceAt(ServiceDefaults, 'spec.upstreamConfig.overrides[*].name'),
  serviceAt(ExportedServices, 'spec.services[*].name'),
  serviceAt(IngressGateway, 'spec.listeners[*].services[*].name'),
  serviceAt(TerminatingGateway, 'spec.services[*].name'),
];

const providers: readonly Reference[] = [
  entryAt(ServiceIntentions, 'spec.jwt.providers[*].name', JWTProvider.name, providerSpace),
  entryAt(ServiceIntentions, 'spec.sources[*].permissions[*].jwt.providers[*].name', JWTProvider.name, providerSpace),
  entryAt(RouteAuthFilter, 'spec.jwt.providers[*].name', JWTProvider.name, providerSpace),
  entryAt(GatewayPolicy, 'spec.default.jwt.providers[*].name', JWTProvider.name, providerSpace),
  entryAt(GatewayPolicy, 'spec.override.jwt.providers[*].name', JWTProvider.name, providerSpace),
];

/** Fields in which a caller or a target is a group of clusters, or one other cluster. */
const elsewhere: readonly { readonly from: Kind; readonly path: string }[] = [
  { from: ServiceIntentions, path: 'spec.sources[*]' },
  { from: ServiceResolver, path: 'spec.redirect' },
  { from: ServiceResolver, path: 'spec.failover.*' },
  { from: ServiceResolver, path: 'spec.failover.*.targets[*]' },
  { from: ExportedServices, path: 'spec.services[*].consumers[*]' },
  { from: SamenessGroup, path: 'spec.members[*]' },
];

/** Filters of routes that are kinds of Consul's. */
const filters = [RouteAuthFilter, RouteExtProc, RouteRetryFilter, RouteTimeoutFilter, RouteTLSSDSFilter];

const gateways: readonly Reference[] = [
  byName({
    from: GatewayClass,
    path: 'spec.parametersRef.name',
    noun: 'GatewayClassConfig',
    to: (site) => kindSaid(site, [GatewayClassConfig]),
  }),
  byName({
    from: GatewayPolicy,
    path: 'spec.targetRef.name',
    noun: 'Gateway',
    to: (site) => kindSaid(site, [Gateway]),
    namespace: siblingNamespace,
  }),
  listenerNames(GatewayPolicy, 'spec.targetRef.sectionName'),
  ...[HTTPRoute, GRPCRoute]
    .flatMap((from) => ['spec.rules[*]', 'spec.rules[*].backendRefs[*]'].map((it) => ({ from, path: it })))
    .map(({ from, path }) =>
      byName({
        from,
        path: `${path}.filters[*].extensionRef.name`,
        noun: 'filter',
        to: (site) => kindSaid(site, filters),
      }),
    ),
];

export const references: readonly Reference[] = [
  ...services,
  ...subsets,
  ...providers,
  ...elsewhere.flatMap(({ from, path }) => [
    entryAt(from, `${path}.samenessGroup`, SamenessGroup.name, samenessGroupSpace),
    entryAt(from, `${path}.peer`, 'peer', peerSpace),
  ]),
  ...gateways,
];

/** An entry by its name alone. */
function entryAt(from: Kind, path: string, noun: string, space: Space): Reference {
  return { from, path, noun, spaces: () => [space], keys: (text) => [text], write: (key) => key };
}

function serviceAt(from: Kind, path: string): Reference {
  return {
    from,
    path,
    noun: 'service',
    spaces: () => [serviceSpace],
    keys: (text, site) => (text === '*' || isElsewhere(site) ? [] : [text]),
    write: (key) => key,
  };
}

/** Whether what is named beside stands in another cluster, a peer of which nothing is known here. */
function isElsewhere(site: Site): boolean {
  return sibling(site, 'peer') !== undefined;
}

function subsetAt(from: Kind, path: string): Reference {
  /** Undefined where a template names the service. */
  const serviceOf = ({ resource, path }: Site) => {
    const place = [...path.slice(0, -1), 'service'];
    if (!isKnown(resource.value, place, resource.part.masked.hiddenLines)) return undefined;
    return textAt(resource.value, place) ?? resource.name;
  };
  return subsetOf(from, path, serviceOf);
}

/** A field that names a subset of the service that `serviceOf` tells; undefined where nothing tells it. */
export function subsetOf(from: Kind, path: string, serviceOf: (site: Site) => string | undefined): Reference {
  return {
    from,
    path,
    noun: 'subset',
    spaces: () => [subsetSpace],
    keys(text, site) {
      const service = serviceOf(site);
      return service === undefined ? [] : [`${service}|${text}`];
    },
    write(key, site) {
      const [service, name] = key.split('|');
      return service === serviceOf(site) ? name : undefined;
    },
  };
}
