/** Istio's kinds. Sources: the CRDs of Istio 1.31. */

import type { Kind } from '../../model/kind.ts';

const networking = ['v1', 'v1beta1', 'v1alpha3'];
const security = ['v1', 'v1beta1'];

export const VirtualService: Kind = {
  group: 'networking.istio.io',
  name: 'VirtualService',
  versions: networking,
  schema: 'istio/virtualservice',
};
export const DestinationRule: Kind = {
  group: 'networking.istio.io',
  name: 'DestinationRule',
  versions: networking,
  schema: 'istio/destinationrule',
};
export const Gateway: Kind = {
  group: 'networking.istio.io',
  name: 'Gateway',
  versions: networking,
  schema: 'istio/gateway',
};
export const PeerAuthentication: Kind = {
  group: 'security.istio.io',
  name: 'PeerAuthentication',
  versions: security,
  schema: 'istio/peerauthentication',
};
export const AuthorizationPolicy: Kind = {
  group: 'security.istio.io',
  name: 'AuthorizationPolicy',
  versions: security,
  schema: 'istio/authorizationpolicy',
};
export const ServiceEntry: Kind = {
  group: 'networking.istio.io',
  name: 'ServiceEntry',
  versions: networking,
  schema: 'istio/serviceentry',
};

export const kinds: readonly Kind[] = [
  VirtualService,
  DestinationRule,
  Gateway,
  PeerAuthentication,
  AuthorizationPolicy,
  ServiceEntry,
];
