/**
 * The Gateway API's kinds as Consul 2.0 has them once more in its own group, for clusters where the originals belong to
 * somebody else, such as OpenShift from 4.19 on. Known by name only. Source: the CRDs of consul-k8s, charts/consul/templates.
 */

import { type Kind, lookupKind } from '../../model/kind.ts';

function copy(name: string, scope?: 'cluster'): Kind {
  return { ...lookupKind('consul.hashicorp.com', name, ['v1', 'v1beta1', 'v1alpha2'], scope), isCopy: true };
}

export const GatewayClass = copy('GatewayClass', 'cluster');
export const CustomGatewayClass = copy('CustomGatewayClass', 'cluster');
export const CustomGatewayPolicy = copy('CustomGatewayPolicy');
export const Gateway = copy('Gateway');
export const HTTPRoute = copy('HTTPRoute');
export const GRPCRoute = copy('GRPCRoute');
export const TCPRoute = copy('TCPRoute');
export const TLSRoute = copy('TLSRoute');
export const UDPRoute = copy('UDPRoute');
export const ReferenceGrant = copy('ReferenceGrant');
