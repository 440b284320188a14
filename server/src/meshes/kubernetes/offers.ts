/** What the workspace has for selectors, ports and weights of Kubernetes' own kinds, of the Gateway API and of SMI. */

import type { Environment } from '../../model/environment.ts';
import type { Kind } from '../../model/kind.ts';
import type { Offer } from '../../model/offer.ts';
import type { Site } from '../../model/reference.ts';
import { Service } from './common/kinds.ts';
import { everyNamespace, labelOffers, namespaceOffer, portOffer, serviceBeside, shareOffer } from './common/offers.ts';
import { sibling } from './common/references.ts';
import type { ServiceFacts } from './common/workloads.ts';
import {
  Gateway,
  GRPCRoute,
  HTTPRoute,
  ListenerSet,
  ReferenceGrant,
  TCPRoute,
  TLSRoute,
  UDPRoute,
} from './gateway/kinds.ts';
import { TrafficSplit } from './smi/kinds.ts';

export const offers: readonly Offer[] = [
  ...labelOffers(Service, 'spec.selector'),
  ...[HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, UDPRoute].flatMap(routeOffers),
  ...[Gateway, ListenerSet].flatMap((it) =>
    labelOffers(it, 'spec.listeners[*].allowedRoutes.namespaces.selector.matchLabels', everyNamespace),
  ),
  ...labelOffers(Gateway, 'spec.allowedListeners.namespaces.selector.matchLabels', everyNamespace),
  namespaceOffer(ReferenceGrant, 'spec.from[*].namespace'),
  shareOffer(TrafficSplit, 'spec.backends[*].weight'),
];

/** Weights are proportions here; shares of 100 are what people write. */
function routeOffers(kind: Kind): readonly Offer[] {
  const ports = [
    'spec.parentRefs[*].port',
    'spec.rules[*].backendRefs[*].port',
    'spec.rules[*].filters[*].requestMirror.backendRef.port',
  ];
  return [
    ...ports.map((it) => portOffer(kind, it, it.includes('parentRefs') ? parentService : serviceBeside)),
    shareOffer(kind, 'spec.rules[*].backendRefs[*].weight'),
    ...['spec.parentRefs[*]', 'spec.rules[*].backendRefs[*]', 'spec.rules[*].filters[*].requestMirror.backendRef'].map(
      (it) => namespaceOffer(kind, `${it}.namespace`),
    ),
  ];
}

/** A parent without a kind is a Gateway, whose listeners have ports of their own. */
function parentService(site: Site, environment: Environment): ServiceFacts | undefined {
  return sibling(site, 'kind') === Service.name ? serviceBeside(site, environment) : undefined;
}
