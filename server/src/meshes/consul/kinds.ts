/** Consul's kinds. Sources: the CRDs of consul-k8s 2.0. */

import type { Kind } from '../../model/kind.ts';

const group = 'consul.hashicorp.com';
const versions = ['v1alpha1'];

export const ServiceDefaults: Kind = { group, name: 'ServiceDefaults', versions, schema: 'consul/servicedefaults' };
export const ServiceResolver: Kind = { group, name: 'ServiceResolver', versions, schema: 'consul/serviceresolver' };
export const ServiceSplitter: Kind = { group, name: 'ServiceSplitter', versions, schema: 'consul/servicesplitter' };
export const ServiceRouter: Kind = { group, name: 'ServiceRouter', versions, schema: 'consul/servicerouter' };
export const ServiceIntentions: Kind = {
  group,
  name: 'ServiceIntentions',
  versions,
  schema: 'consul/serviceintentions',
};
export const ProxyDefaults: Kind = { group, name: 'ProxyDefaults', versions, schema: 'consul/proxydefaults' };
export const Mesh: Kind = { group, name: 'Mesh', versions, schema: 'consul/mesh' };

export const kinds: readonly Kind[] = [
  ServiceDefaults,
  ServiceResolver,
  ServiceSplitter,
  ServiceRouter,
  ServiceIntentions,
  ProxyDefaults,
  Mesh,
];
