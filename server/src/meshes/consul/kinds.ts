/** Consul's kinds. Source: the CRDs of consul-k8s 2.0. */

import type { Kind } from '../../model/kind.ts';

export const ServiceDefaults: Kind = {
  group: 'consul.hashicorp.com',
  name: 'ServiceDefaults',
  versions: ['v1alpha1'],
  schema: 'consul/servicedefaults',
};
export const ServiceResolver: Kind = {
  group: 'consul.hashicorp.com',
  name: 'ServiceResolver',
  versions: ['v1alpha1'],
  schema: 'consul/serviceresolver',
};
export const ServiceSplitter: Kind = {
  group: 'consul.hashicorp.com',
  name: 'ServiceSplitter',
  versions: ['v1alpha1'],
  schema: 'consul/servicesplitter',
};
export const ServiceRouter: Kind = {
  group: 'consul.hashicorp.com',
  name: 'ServiceRouter',
  versions: ['v1alpha1'],
  schema: 'consul/servicerouter',
};
export const ServiceIntentions: Kind = {
  group: 'consul.hashicorp.com',
  name: 'ServiceIntentions',
  versions: ['v1alpha1'],
  schema: 'consul/serviceintentions',
};
export const ProxyDefaults: Kind = {
  group: 'consul.hashicorp.com',
  name: 'ProxyDefaults',
  versions: ['v1alpha1'],
  schema: 'consul/proxydefaults',
};
export const Mesh: Kind = {
  group: 'consul.hashicorp.com',
  name: 'Mesh',
  versions: ['v1alpha1'],
  schema: 'consul/mesh',
};
export const ControlPlaneRequestLimit: Kind = {
  group: 'consul.hashicorp.com',
  name: 'ControlPlaneRequestLimit',
  versions: ['v1alpha1'],
  schema: 'consul/controlplanerequestlimit',
};
export const ExportedServices: Kind = {
  group: 'consul.hashicorp.com',
  name: 'ExportedServices',
  versions: ['v1alpha1'],
  schema: 'consul/exportedservices',
};
export const GatewayClassConfig: Kind = {
  group: 'consul.hashicorp.com',
  name: 'GatewayClassConfig',
  versions: ['v1alpha1'],
  schema: 'consul/gatewayclassconfig',
  scope: 'cluster',
};
export const GatewayPolicy: Kind = {
  group: 'consul.hashicorp.com',
  name: 'GatewayPolicy',
  versions: ['v1alpha1'],
  schema: 'consul/gatewaypolicy',
};
export const IngressGateway: Kind = {
  group: 'consul.hashicorp.com',
  name: 'IngressGateway',
  versions: ['v1alpha1'],
  schema: 'consul/ingressgateway',
};
export const JWTProvider: Kind = {
  group: 'consul.hashicorp.com',
  name: 'JWTProvider',
  versions: ['v1alpha1'],
  schema: 'consul/jwtprovider',
};
export const MeshService: Kind = {
  group: 'consul.hashicorp.com',
  name: 'MeshService',
  versions: ['v1alpha1'],
  schema: 'consul/meshservice',
};
export const PeeringAcceptor: Kind = {
  group: 'consul.hashicorp.com',
  name: 'PeeringAcceptor',
  versions: ['v1alpha1'],
  schema: 'consul/peeringacceptor',
};
export const PeeringDialer: Kind = {
  group: 'consul.hashicorp.com',
  name: 'PeeringDialer',
  versions: ['v1alpha1'],
  schema: 'consul/peeringdialer',
};
export const RateLimit: Kind = {
  group: 'consul.hashicorp.com',
  name: 'RateLimit',
  versions: ['v1alpha1'],
  schema: 'consul/ratelimit',
  scope: 'cluster',
};
export const Registration: Kind = {
  group: 'consul.hashicorp.com',
  name: 'Registration',
  versions: ['v1alpha1'],
  schema: 'consul/registration',
  scope: 'cluster',
};
export const RouteAuthFilter: Kind = {
  group: 'consul.hashicorp.com',
  name: 'RouteAuthFilter',
  versions: ['v1alpha1'],
  schema: 'consul/routeauthfilter',
};
export const RouteExtProc: Kind = {
  group: 'consul.hashicorp.com',
  name: 'RouteExtProc',
  versions: ['v1alpha1'],
  schema: 'consul/routeextproc',
};
export const RouteRetryFilter: Kind = {
  group: 'consul.hashicorp.com',
  name: 'RouteRetryFilter',
  versions: ['v1alpha1'],
  schema: 'consul/routeretryfilter',
};
export const RouteTLSSDSFilter: Kind = {
  group: 'consul.hashicorp.com',
  name: 'RouteTLSSDSFilter',
  versions: ['v1alpha1'],
  schema: 'consul/routetlssdsfilter',
};
export const RouteTimeoutFilter: Kind = {
  group: 'consul.hashicorp.com',
  name: 'RouteTimeoutFilter',
  versions: ['v1alpha1'],
  schema: 'consul/routetimeoutfilter',
};
export const SamenessGroup: Kind = {
  group: 'consul.hashicorp.com',
  name: 'SamenessGroup',
  versions: ['v1alpha1'],
  schema: 'consul/samenessgroup',
};
export const TerminatingGateway: Kind = {
  group: 'consul.hashicorp.com',
  name: 'TerminatingGateway',
  versions: ['v1alpha1'],
  schema: 'consul/terminatinggateway',
};
export const TrafficPermissions: Kind = {
  group: 'auth.consul.hashicorp.com',
  name: 'TrafficPermissions',
  versions: ['v2beta1'],
  schema: 'consul/trafficpermissions',
  removed: 'Consul removed its v2 resource API again; ServiceIntentions takes its place.',
};
