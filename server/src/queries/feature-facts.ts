/** Small facts drawn from features, for whoever shows them. Free of the table itself, so that the panel can use them. */

import type { Feature } from '../meshes/features/feature.ts';
import { type MeshId, meshIds, meshNames } from '../model/mesh-id.ts';

/** The last part of a kind's id: what follows its group. */
export function kindNameOf(kind: string): string {
  return kind.slice(kind.lastIndexOf('/') + 1);
}

/** Kinds as a person names them; the group is added where two of the list share their name. */
export function kindLabels(kinds: readonly string[]): readonly string[] {
  const names = kinds.map(kindNameOf);
  return kinds.map((kind, at) => {
    const name = kindNameOf(kind);
    const isUnique = names.every((it, other) => it !== name || other === at);
    return isUnique ? name : `${name} (${kind.slice(0, kind.lastIndexOf('/'))})`;
  });
}

/** What is often read of a mesh and does not hold today; undefined when today's value still begins with it. */
export function outdatedValue(feature: Feature, mesh: MeshId): string | undefined {
  const stale = feature.seedOutdated ? feature.seed?.[mesh] : undefined;
  if (stale === undefined) return undefined;
  return plain(feature.cells[mesh].value).startsWith(plain(stale)) ? undefined : stale;
}

/** All outdated values of a feature in words, each with its mesh; undefined when there are none. */
export function outdatedValues(feature: Feature): string | undefined {
  const parts = meshIds.flatMap((mesh) => {
    const stale = outdatedValue(feature, mesh);
    return stale === undefined ? [] : [`${meshNames[mesh]} "${stale}"`];
  });
  return parts.length > 0 ? parts.join(', ') : undefined;
}

/** Without case, signs and what stands in parentheses: `Built-in` is `Built in`. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/\(.*\)/, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
