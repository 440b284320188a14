/** The meshes, in the order in which everything lists them. */

import { consul } from './consul/consul.ts';
import { istio } from './istio/istio.ts';
import { linkerd } from './linkerd/linkerd.ts';
import type { Mesh } from './mesh.ts';

export const meshes: readonly Mesh[] = [istio, linkerd, consul];
