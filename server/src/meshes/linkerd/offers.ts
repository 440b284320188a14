/** What the workspace has for Linkerd's selectors, ports and weights. */

import type { Environment } from '../../model/environment.ts';
import type { Offer, Suggestion } from '../../model/offer.ts';
import type { Site } from '../../model/reference.ts';
import { textRecordAt } from '../../model/value.ts';
import {
  containerPorts,
  expressionOffers,
  labelOffers,
  namespaceOffer,
  portOffer,
  serviceBeside,
  shareOffer,
} from '../kubernetes/common/offers.ts';
import { AuthorizationPolicy, MeshTLSAuthentication, PolicyHTTPRoute, Server } from './kinds.ts';

export const offers: readonly Offer[] = [
  ...labelOffers(Server, 'spec.podSelector.matchLabels'),
  ...expressionOffers(Server, 'spec.podSelector.matchExpressions'),
  { from: Server, path: 'spec.port', side: 'value', suggest: portsOfPods },
  ...['spec.parentRefs[*].port', 'spec.rules[*].backendRefs[*].port'].map((it) =>
    portOffer(PolicyHTTPRoute, it, serviceBeside),
  ),
  ...['spec.parentRefs[*]', 'spec.rules[*].backendRefs[*]'].map((it) =>
    namespaceOffer(PolicyHTTPRoute, `${it}.namespace`),
  ),
  namespaceOffer(AuthorizationPolicy, 'spec.requiredAuthenticationRefs[*].namespace'),
  namespaceOffer(MeshTLSAuthentication, 'spec.identityRefs[*].namespace'),
  shareOffer(PolicyHTTPRoute, 'spec.rules[*].backendRefs[*].weight'),
];

/** Ports of the containers that the Server selects; a Server never names a port of a Service. */
function portsOfPods(site: Site, environment: Environment): readonly Suggestion[] {
  const labels = textRecordAt(site.resource.value, ['spec', 'podSelector', 'matchLabels']);
  return containerPorts(environment, site.namespace, labels);
}
