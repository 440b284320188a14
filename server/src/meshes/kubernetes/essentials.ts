/** What kinds of the Gateway API and of SMI have at the least. */

import { decide, type Essentials } from '../../model/essentials.ts';
import type { Kind } from '../../model/kind.ts';
import { Gateway, GRPCRoute, HTTPRoute, ReferenceGrant, TCPRoute, TLSRoute, UDPRoute } from './gateway/kinds.ts';
import { TrafficSplit } from './smi/kinds.ts';

const service = decide('service');
const backend = { rules: [{ backendRefs: [{ name: service, port: decide('port') }] }] };

export const essentials: readonly Essentials[] = [
  ...[HTTPRoute, GRPCRoute, TCPRoute, UDPRoute].map((kind) => routeOf(kind)),
  ...[HTTPRoute, GRPCRoute].map(meshRouteOf),
  routeOf(TLSRoute, { hostnames: [decide('hostname', 'shop.example.com')] }),
  {
    kind: Gateway,
    value: {
      metadata: { name: decide('name', 'public') },
      spec: {
        gatewayClassName: decide('class'),
        listeners: [{ name: 'http', port: decide('port', 80), protocol: decide('protocol', 'HTTP') }],
      },
    },
  },
  {
    kind: ReferenceGrant,
    value: {
      metadata: { name: decide('name', 'allow-routes') },
      spec: {
        from: [
          { group: 'gateway.networking.k8s.io', kind: decide('kind', 'HTTPRoute'), namespace: decide('namespace') },
        ],
        to: [{ group: '', kind: 'Service' }],
      },
    },
  },
  {
    kind: TrafficSplit,
    value: { metadata: { name: service }, spec: { service, backends: [{ service: decide('backend'), weight: 100 }] } },
  },
];

/** Attached to a Gateway. */
function routeOf(kind: Kind, above: Readonly<Record<string, unknown>> = {}): Essentials {
  return {
    kind,
    value: { metadata: { name: service }, spec: { parentRefs: [{ name: decide('gateway') }], ...above, ...backend } },
  };
}

/** Attached to a Service: the routes of a mesh, for requests between its pods. */
function meshRouteOf(kind: Kind): Essentials {
  const parent = { group: '', kind: 'Service', name: service, port: decide('port') };
  return {
    kind,
    form: 'for a Service',
    value: { metadata: { name: service }, spec: { parentRefs: [parent], ...backend } },
  };
}
