/** Kinds that Linkerd reads, or once read, and that others have taken the place of. */

import { HTTPRouteGroup, TCPRoute, TrafficSplit, TrafficTarget, UDPRoute } from '../kubernetes/smi/kinds.ts';
import type { Superseded } from '../mesh.ts';
import { writeServiceProfiles } from './convert/write-service-profile.ts';
import { writeServerAuthorizations } from './convert/write-server-authorization.ts';
import { ServerAuthorization, ServiceProfile } from './kinds.ts';

export const superseded: readonly Superseded[] = [
  {
    kind: ServiceProfile,
    becomes: 'HTTPRoute',
    why: 'A ServiceProfile is the older way to route; an HTTPRoute does the same, and Linkerd ignores it while the profile is there.',
    write: writeServiceProfiles,
  },
  {
    kind: ServerAuthorization,
    becomes: 'AuthorizationPolicy',
    why: 'A ServerAuthorization is the older way to let clients in; an AuthorizationPolicy does the same, for routes and namespaces as well.',
    write: writeServerAuthorizations,
  },
  { kind: TrafficSplit, becomes: 'HTTPRoute' },
  { kind: TrafficTarget, becomes: 'AuthorizationPolicy' },
  { kind: HTTPRouteGroup },
  { kind: TCPRoute },
  { kind: UDPRoute },
];
