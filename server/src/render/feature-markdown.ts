/** How the meshes do a feature, in a few lines for hovers. */

import type { Feature } from '../meshes/features/feature.ts';
import { type MeshId, meshIds, meshNames } from '../model/mesh-id.ts';
import { lineBreak } from './field-markdown.ts';
import { ratingSign } from './rating.ts';

/** The address that opens the comparison at a feature. */
export type LinkTo = (featureId: string) => string;

/** The most features that a hover shows; the panel has them all. */
const most = 3;

/**
 * Features with what the meshes say to each. A mesh that `meshes` names does it with the kind at hand already, so that the
 * others stand first.
 */
export function featureMarkdown(
  features: readonly { readonly feature: Feature; readonly meshes: readonly MeshId[] }[],
  linkTo: LinkTo | undefined,
): string | undefined {
  if (features.length === 0) return undefined;
  const shown = features.slice(0, most).map(({ feature, meshes }) => {
    const title = linkTo ? `[${feature.title}](${linkTo(feature.id)})` : feature.title;
    const order = [...meshIds].sort((a, b) => Number(meshes.includes(a)) - Number(meshes.includes(b)));
    const lines = order.map(
      (mesh) => `${ratingSign(feature.cells[mesh].rating)} ${meshNames[mesh]}: ${feature.cells[mesh].value}`,
    );
    return [`**${title}**`, ...lines].join(lineBreak);
  });
  const rest = features
    .slice(most)
    .map(({ feature }) => (linkTo ? `[${feature.title}](${linkTo(feature.id)})` : feature.title));
  const more = rest.length > 0 ? `Also: ${rest.join(', ')}` : undefined;
  return ['---', ...shown, ...(more ? [more] : [])].join('\n\n');
}
