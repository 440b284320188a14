/** How well the meshes do a feature, in one line. */

import type { Feature } from '../meshes/features/feature.ts';
import { meshIds, meshNames } from '../model/mesh-id.ts';
import { ratingSign } from './rating.ts';

/** A mark for each mesh: `● Istio  ◑ Linkerd  ✗ Consul`. */
export function featureMarks({ cells }: Feature): string {
  return meshIds.map((mesh) => `${ratingSign(cells[mesh].rating)} ${meshNames[mesh]}`).join('  ');
}

/** What each mesh says to it: `Istio: Yes · Linkerd: No · Consul: Yes`. */
export function featureValues({ cells }: Feature): string {
  return meshIds.map((mesh) => `${meshNames[mesh]}: ${cells[mesh].value}`).join(' · ');
}
