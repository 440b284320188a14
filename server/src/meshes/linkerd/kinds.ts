/** Linkerd's kinds. Sources: the CRDs of Linkerd edge-26.8. */

import type { Kind } from '../../model/kind.ts';

export const Server: Kind = {
  group: 'policy.linkerd.io',
  name: 'Server',
  versions: ['v1beta3', 'v1beta2', 'v1beta1', 'v1alpha1'],
  schema: 'linkerd/server',
};
export const AuthorizationPolicy: Kind = {
  group: 'policy.linkerd.io',
  name: 'AuthorizationPolicy',
  versions: ['v1alpha1'],
  schema: 'linkerd/authorizationpolicy',
};
export const MeshTLSAuthentication: Kind = {
  group: 'policy.linkerd.io',
  name: 'MeshTLSAuthentication',
  versions: ['v1alpha1'],
  schema: 'linkerd/meshtlsauthentication',
};
export const NetworkAuthentication: Kind = {
  group: 'policy.linkerd.io',
  name: 'NetworkAuthentication',
  versions: ['v1alpha1'],
  schema: 'linkerd/networkauthentication',
};
export const PolicyHTTPRoute: Kind = {
  group: 'policy.linkerd.io',
  name: 'HTTPRoute',
  versions: ['v1beta3', 'v1beta2', 'v1beta1', 'v1alpha1'],
  schema: 'linkerd/httproute',
};

export const kinds: readonly Kind[] = [
  Server,
  AuthorizationPolicy,
  MeshTLSAuthentication,
  NetworkAuthentication,
  PolicyHTTPRoute,
];
