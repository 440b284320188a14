/** Gateway API's kinds, which Istio, Linkerd and Consul all speak. Source: the CRDs of Gateway API 1.6. */

import type { Kind } from '../../../model/kind.ts';

export const HTTPRoute: Kind = {
  group: 'gateway.networking.k8s.io',
  name: 'HTTPRoute',
  versions: ['v1', 'v1beta1'],
  former: ['v1alpha2'],
  schema: 'kubernetes/httproute',
  subject: ['parentRefs'],
};
export const GRPCRoute: Kind = {
  group: 'gateway.networking.k8s.io',
  name: 'GRPCRoute',
  versions: ['v1', 'v1alpha2'],
  schema: 'kubernetes/grpcroute',
};
export const Gateway: Kind = {
  group: 'gateway.networking.k8s.io',
  name: 'Gateway',
  versions: ['v1', 'v1beta1'],
  former: ['v1alpha2'],
  schema: 'kubernetes/gateway',
  subject: ['gatewayClassName'],
};
export const GatewayClass: Kind = {
  group: 'gateway.networking.k8s.io',
  name: 'GatewayClass',
  versions: ['v1', 'v1beta1'],
  former: ['v1alpha2'],
  schema: 'kubernetes/gatewayclass',
  scope: 'cluster',
};
export const ReferenceGrant: Kind = {
  group: 'gateway.networking.k8s.io',
  name: 'ReferenceGrant',
  versions: ['v1', 'v1beta1'],
  former: ['v1alpha2'],
  schema: 'kubernetes/referencegrant',
};
export const BackendTLSPolicy: Kind = {
  group: 'gateway.networking.k8s.io',
  name: 'BackendTLSPolicy',
  versions: ['v1', 'v1alpha3'],
  former: ['v1alpha2'],
  schema: 'kubernetes/backendtlspolicy',
};
export const ListenerSet: Kind = {
  group: 'gateway.networking.k8s.io',
  name: 'ListenerSet',
  versions: ['v1'],
  schema: 'kubernetes/listenerset',
};
export const TCPRoute: Kind = {
  group: 'gateway.networking.k8s.io',
  name: 'TCPRoute',
  versions: ['v1', 'v1alpha2'],
  schema: 'kubernetes/tcproute',
  subject: ['parentRefs'],
};
export const TLSRoute: Kind = {
  group: 'gateway.networking.k8s.io',
  name: 'TLSRoute',
  versions: ['v1', 'v1alpha3', 'v1alpha2'],
  schema: 'kubernetes/tlsroute',
  subject: ['parentRefs'],
};
export const UDPRoute: Kind = {
  group: 'gateway.networking.k8s.io',
  name: 'UDPRoute',
  versions: ['v1', 'v1alpha2'],
  schema: 'kubernetes/udproute',
};
export const XBackend: Kind = {
  group: 'gateway.networking.x-k8s.io',
  name: 'XBackend',
  versions: ['v1alpha1'],
  schema: 'kubernetes/xbackend',
};
export const XBackendTrafficPolicy: Kind = {
  group: 'gateway.networking.x-k8s.io',
  name: 'XBackendTrafficPolicy',
  versions: ['v1alpha1'],
  schema: 'kubernetes/xbackendtrafficpolicy',
};
export const XMesh: Kind = {
  group: 'gateway.networking.x-k8s.io',
  name: 'XMesh',
  versions: ['v1alpha1'],
  schema: 'kubernetes/xmesh',
  scope: 'cluster',
};
