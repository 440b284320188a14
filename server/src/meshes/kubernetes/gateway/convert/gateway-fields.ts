/** Which fields of a Gateway say which idea, for the meshes whose gateways are those of the Gateway API. */

import type { Idea, PlaceRow } from '../../../ideas.ts';
import { Gateway, HTTPRoute } from '../kinds.ts';

const listener = 'spec.listeners[*]';

const byIdea: readonly (readonly [Idea, ...string[]])[] = [
  ['gateway.carrier', 'spec.gatewayClassName'],
  ['gateway.port', `${listener}.port`, `${listener}.name`],
  ['gateway.protocol', `${listener}.protocol`],
  ['gateway.host', `${listener}.hostname`],
  ['gateway.tls', `${listener}.tls.mode`, `${listener}.tls.certificateRefs.**`],
];

/** The Gateway itself, and what a route says about the gateways that it is bound to. */
export const gatewayFields: readonly PlaceRow[] = [
  ...byIdea.flatMap(([idea, ...paths]) => paths.map((path) => ({ kind: Gateway, path, idea }))),
  { kind: HTTPRoute, path: 'spec.parentRefs', idea: 'route.gateway' },
  { kind: HTTPRoute, path: 'spec.rules[*].filters[*].requestRedirect.scheme', idea: 'gateway.https-redirect' },
];
