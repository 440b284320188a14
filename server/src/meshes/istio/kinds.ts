/** Istio's kinds. Source: the CRDs of Istio 1.31. */

import type { Kind } from '../../model/kind.ts';

export const VirtualService: Kind = {
  group: 'networking.istio.io',
  name: 'VirtualService',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  schema: 'istio/virtualservice',
  subject: ['hosts', 'gateways'],
};
export const DestinationRule: Kind = {
  group: 'networking.istio.io',
  name: 'DestinationRule',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  schema: 'istio/destinationrule',
  subject: ['host'],
};
export const Gateway: Kind = {
  group: 'networking.istio.io',
  name: 'Gateway',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  schema: 'istio/gateway',
  subject: ['selector'],
};
export const ServiceEntry: Kind = {
  group: 'networking.istio.io',
  name: 'ServiceEntry',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  schema: 'istio/serviceentry',
  subject: ['hosts'],
};
export const Sidecar: Kind = {
  group: 'networking.istio.io',
  name: 'Sidecar',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  schema: 'istio/sidecar',
  subject: ['workloadSelector'],
};
export const PeerAuthentication: Kind = {
  group: 'security.istio.io',
  name: 'PeerAuthentication',
  versions: ['v1', 'v1beta1'],
  schema: 'istio/peerauthentication',
  subject: ['selector'],
};
export const AuthorizationPolicy: Kind = {
  group: 'security.istio.io',
  name: 'AuthorizationPolicy',
  versions: ['v1', 'v1beta1'],
  schema: 'istio/authorizationpolicy',
  subject: ['selector', 'action'],
};
export const RequestAuthentication: Kind = {
  group: 'security.istio.io',
  name: 'RequestAuthentication',
  versions: ['v1', 'v1beta1'],
  schema: 'istio/requestauthentication',
};
export const EnvoyFilter: Kind = {
  group: 'networking.istio.io',
  name: 'EnvoyFilter',
  versions: ['v1alpha3'],
  schema: 'istio/envoyfilter',
};
export const ProxyConfig: Kind = {
  group: 'networking.istio.io',
  name: 'ProxyConfig',
  versions: ['v1beta1'],
  schema: 'istio/proxyconfig',
};
export const Telemetry: Kind = {
  group: 'telemetry.istio.io',
  name: 'Telemetry',
  versions: ['v1', 'v1alpha1'],
  schema: 'istio/telemetry',
};
export const TrafficExtension: Kind = {
  group: 'extensions.istio.io',
  name: 'TrafficExtension',
  versions: ['v1alpha1'],
  schema: 'istio/trafficextension',
};
export const WasmPlugin: Kind = {
  group: 'extensions.istio.io',
  name: 'WasmPlugin',
  versions: ['v1alpha1'],
  schema: 'istio/wasmplugin',
};
export const WorkloadEntry: Kind = {
  group: 'networking.istio.io',
  name: 'WorkloadEntry',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  schema: 'istio/workloadentry',
  subject: ['address'],
};
export const WorkloadGroup: Kind = {
  group: 'networking.istio.io',
  name: 'WorkloadGroup',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  schema: 'istio/workloadgroup',
};
export const IstioOperator: Kind = {
  group: 'install.istio.io',
  name: 'IstioOperator',
  versions: ['v1alpha1'],
  schema: 'istio/istiooperator',
  isFile: true,
  values: ['spec', 'meshConfig'],
};
