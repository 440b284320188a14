/** Gateway API's kinds, which Istio, Linkerd and Consul all speak. Sources: the CRDs of Gateway API 1.6. */

import type { Kind } from '../../../model/kind.ts';
import { lookupKind } from '../../../model/kind.ts';

const group = 'gateway.networking.k8s.io';

export const HTTPRoute: Kind = {
  group,
  name: 'HTTPRoute',
  versions: ['v1', 'v1beta1'],
  schema: 'kubernetes/httproute',
};
export const GRPCRoute: Kind = lookupKind(group, 'GRPCRoute', ['v1']);
export const Gateway: Kind = lookupKind(group, 'Gateway', ['v1', 'v1beta1']);
export const GatewayClass: Kind = lookupKind(group, 'GatewayClass', ['v1', 'v1beta1'], 'cluster');
export const ReferenceGrant: Kind = lookupKind(group, 'ReferenceGrant', ['v1', 'v1beta1']);

export const kinds: readonly Kind[] = [HTTPRoute, GRPCRoute, Gateway, GatewayClass, ReferenceGrant];
