/** All that can be looked up in the comparison by its name: features, the kinds that one writes for them, and ideas. */

import type { Feature } from '../meshes/features/feature.ts';
import { featureById, features } from '../meshes/features.ts';
import { type Idea, ideas } from '../meshes/ideas.ts';
import { meshes } from '../meshes/meshes.ts';
import { annotationPlace } from '../model/annotations.ts';
import { meshIds } from '../model/mesh-id.ts';
import type { Uri } from '../model/text.ts';
import { patternSteps } from '../model/value.ts';
import type { Workspace } from '../model/workspace.ts';
import { featureMarks, featureValues } from '../render/feature-marks.ts';
import { featuresOfField, featuresOfKey, featuresOfKind } from './compare.ts';
import { kindLabels, kindNameOf } from './feature-facts.ts';
import { spotInFile } from './spot.ts';

export interface LookUpEntry {
  readonly type: 'feature' | 'kind' | 'idea';
  readonly label: string;
  /** The heading of a feature. */
  readonly category?: string;
  /** Ids of the features that it leads to, the closest first; never empty. */
  readonly features: readonly string[];
  /** How well each mesh does the closest one, as `featureMarks` writes it; empty for a kind that leads to several. */
  readonly marks: string;
  /** What the meshes say to a feature, or which features a kind or an idea leads to. */
  readonly detail: string;
}

/** Everything that can be looked up: features in the order of the comparison, then kinds by name, then ideas by name. */
export function lookUpEntries(): readonly LookUpEntry[] {
  return [...features.map(ofFeature), ...kindEntries(), ...ideaEntries()];
}

/** The entries of some features, in their order; ids that no feature has are left out. */
export function featureEntries(ids: readonly string[]): readonly LookUpEntry[] {
  return ids.flatMap((id) => {
    const feature = featureById(id);
    return feature ? [ofFeature(feature)] : [];
  });
}

/**
 * The features that the place at an offset of a file is about, the closest first: on a kind what one does with it, on a
 * label, an annotation or a field what that turns on. Empty elsewhere.
 */
export function featuresAt(workspace: Workspace, uri: Uri, offset: number): readonly Feature[] {
  const spot = spotInFile(workspace, uri, offset);
  if (!spot) return [];
  const { resource, path } = spot;
  if (path.length === 1 && path[0] === 'kind')
    return featuresOfKind(resource.group, resource.kind).map((it) => it.feature);
  if (annotationPlace(resource.kind, path.slice(0, -1), resource.apiVersion)) return featuresOfKey(String(path.at(-1)));
  return featuresOfField(resource.group, resource.kind, path);
}

function ofFeature(feature: Feature): LookUpEntry {
  const { id, title, category } = feature;
  return {
    type: 'feature',
    label: title,
    category,
    features: [id],
    marks: featureMarks(feature),
    detail: featureValues(feature),
  };
}

function kindEntries(): readonly LookUpEntry[] {
  const kinds = new Set(features.flatMap((it) => meshIds.flatMap((mesh) => it.cells[mesh].kinds)));
  const ids = [...kinds].sort((a, b) => compare(kindNameOf(a), kindNameOf(b)));
  return kindLabels(ids).flatMap((label, position) => {
    const id = ids[position] ?? '';
    const found = featuresOfKind(id.slice(0, id.lastIndexOf('/')), kindNameOf(id)).map((it) => it.feature);
    return entryOf('kind', label, found);
  });
}

/** Ideas by the fields that say them, as far as these belong to a feature. */
function ideaEntries(): readonly LookUpEntry[] {
  const entries = (Object.keys(ideas) as Idea[]).flatMap((idea) =>
    entryOf('idea', ideas[idea], featuresOfIdea(idea).slice(0, 1)),
  );
  return entries.sort((a, b) => compare(a.label, b.label));
}

/** The features that most meshes turn on by a field which says the idea, first those that it is closest to. */
function featuresOfIdea(idea: Idea): readonly Feature[] {
  const places = new Map<Feature, number>();
  for (const mesh of meshes) {
    const ofMesh = new Map<Feature, number>();
    for (const { kind, path, idea: said } of [...mesh.fields, ...mesh.alsoSays]) {
      if (said !== idea) continue;
      const pattern = patternSteps(path.replace(/\.\*\*$/, ''));
      for (const [place, it] of featuresOfField(kind.group, kind.name, pattern).entries())
        ofMesh.set(it, Math.max(ofMesh.get(it) ?? 0, 1 / (place + 1)));
    }
    for (const [it, weight] of ofMesh) places.set(it, (places.get(it) ?? 0) + weight);
  }
  return [...places].sort(([, a], [, b]) => b - a).map(([it]) => it);
}

function entryOf(type: 'kind' | 'idea', label: string, found: readonly Feature[]): readonly LookUpEntry[] {
  const [first, ...others] = found;
  if (!first) return [];
  return [
    {
      type,
      label,
      features: found.map((it) => it.id),
      marks: others.length > 0 ? '' : featureMarks(first),
      detail: found.map((it) => it.title).join(', '),
    },
  ];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
