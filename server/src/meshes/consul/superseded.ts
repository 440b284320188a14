/** Kinds of Consul that others have taken the place of. Source: consul-k8s, docs of its gateways. */

import type { Superseded } from '../mesh.ts';
import { IngressGateway } from './kinds.ts';

export const superseded: readonly Superseded[] = [
  {
    kind: IngressGateway,
    becomes: 'Gateway',
    why: 'Consul has deprecated its IngressGateway; a Gateway of the Gateway API, with routes, takes its place.',
  },
];
