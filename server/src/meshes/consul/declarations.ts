/** Which fields define names that Consul's config entries use. A service's name stands for itself, without a namespace. */

import type { Declaration } from '../../model/reference.ts';
import { Service, workloadKinds } from '../kubernetes/common/kinds.ts';
import {
  JWTProvider,
  PeeringAcceptor,
  PeeringDialer,
  SamenessGroup,
  ServiceDefaults,
  ServiceResolver,
} from './kinds.ts';

/** Services of the catalog, by name. */
export const serviceSpace = 'consul/service';
/** Subsets that resolvers define: `reviews|v1`. */
export const subsetSpace = 'consul/subset';
/** Providers of JSON web tokens, sameness groups and peers, by name: config entries live outside of namespaces. */
export const providerSpace = 'consul/jwt-provider';
export const samenessGroupSpace = 'consul/sameness-group';
export const peerSpace = 'consul/peer';

export const declarations: readonly Declaration[] = [
  { from: Service, path: 'metadata.name', space: serviceSpace, keys: (text) => [text] },
  { from: ServiceDefaults, path: 'metadata.name', space: serviceSpace, keys: (text) => [text] },
  ...workloadKinds.map(
    ({ kind, template }): Declaration => ({
      from: kind,
      path: [...template, 'metadata', 'annotations["consul.hashicorp.com/connect-service"]'].join('.'),
      space: serviceSpace,
      keys: (text) => text.split(',').map((it) => it.trim()),
    }),
  ),
  {
    from: ServiceResolver,
    path: 'spec.subsets.*',
    space: subsetSpace,
    keys: (text, site) => [`${site.resource.name}|${text}`],
  },
  ...[
    { from: JWTProvider, space: providerSpace },
    { from: SamenessGroup, space: samenessGroupSpace },
    { from: PeeringAcceptor, space: peerSpace },
    { from: PeeringDialer, space: peerSpace },
  ].map(({ from, space }): Declaration => ({ from, path: 'metadata.name', space, keys: (text) => [text] })),
];
