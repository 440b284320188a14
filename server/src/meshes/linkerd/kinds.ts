/** Linkerd's kinds. Source: the CRDs of Linkerd edge-26.8. */

import type { Kind } from '../../model/kind.ts';

export const Server: Kind = {
  group: 'policy.linkerd.io',
  name: 'Server',
  versions: ['v1beta3', 'v1beta2', 'v1beta1', 'v1alpha1'],
  schema: 'linkerd/server',
  subject: ['podSelector', 'port'],
};
export const AuthorizationPolicy: Kind = {
  group: 'policy.linkerd.io',
  name: 'AuthorizationPolicy',
  versions: ['v1alpha1'],
  schema: 'linkerd/authorizationpolicy',
  subject: ['targetRef'],
};
export const MeshTLSAuthentication: Kind = {
  group: 'policy.linkerd.io',
  name: 'MeshTLSAuthentication',
  versions: ['v1alpha1'],
  schema: 'linkerd/meshtlsauthentication',
  subject: ['identities', 'identityRefs'],
};
export const NetworkAuthentication: Kind = {
  group: 'policy.linkerd.io',
  name: 'NetworkAuthentication',
  versions: ['v1alpha1'],
  schema: 'linkerd/networkauthentication',
  subject: ['networks'],
};
export const PolicyHTTPRoute: Kind = {
  group: 'policy.linkerd.io',
  name: 'HTTPRoute',
  versions: ['v1beta3', 'v1beta2', 'v1beta1', 'v1alpha1'],
  schema: 'linkerd/httproute',
  subject: ['parentRefs'],
};
export const EgressNetwork: Kind = {
  group: 'policy.linkerd.io',
  name: 'EgressNetwork',
  versions: ['v1alpha1'],
  schema: 'linkerd/egressnetwork',
  subject: ['networks'],
};
export const ExternalWorkload: Kind = {
  group: 'workload.linkerd.io',
  name: 'ExternalWorkload',
  versions: ['v1beta1', 'v1alpha1'],
  schema: 'linkerd/externalworkload',
  subject: ['workloadIPs'],
};
export const HTTPLocalRateLimitPolicy: Kind = {
  group: 'policy.linkerd.io',
  name: 'HTTPLocalRateLimitPolicy',
  versions: ['v1alpha1'],
  schema: 'linkerd/httplocalratelimitpolicy',
};
export const Link: Kind = {
  group: 'multicluster.linkerd.io',
  name: 'Link',
  versions: ['v1alpha3', 'v1alpha2', 'v1alpha1'],
  schema: 'linkerd/link',
};
export const ServerAuthorization: Kind = {
  group: 'policy.linkerd.io',
  name: 'ServerAuthorization',
  versions: ['v1beta1', 'v1alpha1'],
  schema: 'linkerd/serverauthorization',
};
export const ServiceProfile: Kind = {
  group: 'linkerd.io',
  name: 'ServiceProfile',
  versions: ['v1alpha2', 'v1alpha1'],
  schema: 'linkerd/serviceprofile',
};
