/** Kinds of the Service Mesh Interface, archived since 2023 and read as legacy input. Source: smi-spec, apis/. */

import type { Kind } from '../../../model/kind.ts';

export const TrafficSplit: Kind = {
  group: 'split.smi-spec.io',
  name: 'TrafficSplit',
  versions: ['v1alpha4', 'v1alpha3', 'v1alpha2', 'v1alpha1'],
  schema: 'smi/trafficsplit',
  removed:
    'SMI was archived in 2023 and Linkerd serves TrafficSplit only through its linkerd-smi extension; HTTPRoute takes its place.',
};
export const TrafficTarget: Kind = {
  group: 'access.smi-spec.io',
  name: 'TrafficTarget',
  versions: ['v1alpha3', 'v1alpha2', 'v1alpha1'],
  schema: 'smi/traffictarget',
  removed:
    'SMI was archived in 2023; an AuthorizationPolicy of Istio or Linkerd, or ServiceIntentions of Consul, take its place.',
};
export const HTTPRouteGroup: Kind = {
  group: 'specs.smi-spec.io',
  name: 'HTTPRouteGroup',
  versions: ['v1alpha4', 'v1alpha3', 'v1alpha2', 'v1alpha1'],
  schema: 'smi/httproutegroup',
  removed: 'SMI was archived in 2023; the routes and policies of meshes hold such conditions themselves.',
};
export const TCPRoute: Kind = {
  group: 'specs.smi-spec.io',
  name: 'TCPRoute',
  versions: ['v1alpha4', 'v1alpha3', 'v1alpha2', 'v1alpha1'],
  schema: 'smi/tcproute',
  removed: 'SMI was archived in 2023; the policies of meshes name ports themselves.',
};
export const UDPRoute: Kind = {
  group: 'specs.smi-spec.io',
  name: 'UDPRoute',
  versions: ['v1alpha4'],
  schema: 'smi/udproute',
  removed: 'SMI was archived in 2023, and no mesh takes policies for UDP in its place.',
};
