/** The meshes, in the order in which everything lists them. */

import { istio } from './istio/istio.ts';
import type { Mesh } from './mesh.ts';

export const meshes: readonly Mesh[] = [istio];
