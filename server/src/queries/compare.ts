/** The comparison of the meshes: all features by category, those that a file uses first. */

import type { Feature } from '../meshes/features/feature.ts';
import { features, featuresAsOf } from '../meshes/features.ts';
import { groupOf, kindId } from '../model/kind.ts';
import { allResources } from '../model/manifest.ts';
import { type MeshId, meshIds } from '../model/mesh-id.ts';
import { type Path, samePath, type Uri } from '../model/text.ts';
import { expand, matchesPattern, patternSteps, recordAt } from '../model/value.ts';
import type { Workspace } from '../model/workspace.ts';
import { featureSearch } from './search-features.ts';

export interface Comparison {
  /** The day whose state the table describes, `2026-08-22`. */
  readonly asOf: string;
  readonly groups: readonly ComparisonGroup[];
}

export interface ComparisonGroup {
  /** A category, or `inThisFile`. */
  readonly category: string;
  readonly rows: readonly ComparisonRow[];
}

export interface ComparisonRow {
  readonly feature: Feature;
  readonly used: boolean;
  /** The kinds of the file that use the feature, by name and each once; empty when it is not used. */
  readonly uses: readonly string[];
}

/** Heading of the rows that the file uses; they stand there and not below their category. */
export const inThisFile = 'In this file';

/** What the comparison must know of a resource. */
export interface UsingResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly value: unknown;
}

/**
 * The comparison for a file of the workspace. Without a file, or for one that is not there, no row counts as used.
 * `filter` is free text; rows that do not fit are left out, and so are groups without rows.
 */
export function compareFile(workspace: Workspace, uri: Uri | undefined, filter = ''): Comparison {
  const manifest = uri === undefined ? undefined : workspace.manifests.get(uri);
  return compare(manifest ? [...allResources(manifest)] : [], filter);
}

/** The comparison for a list of resources; see `compareFile`. */
export function compare(resources: readonly UsingResource[], filter = ''): Comparison {
  const score = featureSearch(filter);
  const rows = features
    .filter((it) => score(it) > 0)
    .map((feature): ComparisonRow => {
      const uses = usesOf(feature, resources);
      return { feature, used: uses.length > 0, uses };
    });

  const groups = new Map<string, ComparisonRow[]>();
  for (const row of [...rows.filter((it) => it.used), ...rows.filter((it) => !it.used)]) {
    const category = row.used ? inThisFile : row.feature.category;
    const group = groups.get(category);
    if (group) group.push(row);
    else groups.set(category, [row]);
  }
  return { asOf: featuresAsOf, groups: [...groups].map(([category, rows]) => ({ category, rows })) };
}

/** The features that one writes with a kind, in table order, each with the meshes that use the kind for it. */
export function featuresOfKind(
  group: string,
  kind: string,
): readonly { readonly feature: Feature; readonly meshes: readonly MeshId[] }[] {
  const id = kindId({ group, name: kind });
  return features
    .map((feature) => ({
      feature,
      meshes: meshIds.filter((mesh) => doesIt(feature, mesh) && feature.cells[mesh].kinds.some((it) => it === id)),
    }))
    .filter((it) => it.meshes.length > 0);
}

/** The features that a label or annotation turns on, in table order. */
export function featuresOfKey(key: string): readonly Feature[] {
  return features.filter((feature) => meshIds.some((mesh) => hasKey(feature.cells[mesh].keys ?? [], key)));
}

/**
 * The features that one turns on by a field of a kind, or by what stands in it, those with the closest fields first. `path`
 * may be a pattern of the field as well.
 */
export function featuresOfField(group: string, kind: string, path: Path): readonly Feature[] {
  const id = kindId({ group, name: kind });
  const closeness = (feature: Feature) =>
    Math.max(
      0,
      ...meshIds.map((mesh) => {
        const { kinds, fields = [] } = feature.cells[mesh];
        if (!doesIt(feature, mesh) || !kinds.some((it) => it === id)) return 0;
        return Math.max(0, ...fields.map((it) => (isWithin(path, it) ? patternSteps(it).length : 0)));
      }),
    );
  return features
    .map((feature) => ({ feature, close: closeness(feature) }))
    .filter((it) => it.close > 0)
    .sort((a, b) => b.close - a.close)
    .map((it) => it.feature);
}

/** Whether a path is one that a pattern names, or stands below. */
function isWithin(path: Path, pattern: string): boolean {
  const steps = patternSteps(pattern);
  return (
    path.length >= steps.length &&
    (matchesPattern(path.slice(0, steps.length), pattern) || samePath(path.slice(0, steps.length), steps))
  );
}

/** A mesh that lacks the feature may name a kind to say so; that is no use of the feature. */
function doesIt(feature: Feature, mesh: MeshId): boolean {
  return feature.cells[mesh].rating !== 0;
}

function usesOf(feature: Feature, resources: readonly UsingResource[]): readonly string[] {
  const kinds = resources.filter((resource) => uses(feature, resource)).map((it) => it.kind);
  return [...new Set(kinds)];
}

function uses(feature: Feature, { apiVersion, kind, value }: UsingResource): boolean {
  const id = kindId({ group: groupOf(apiVersion), name: kind });
  return meshIds.some((mesh) => {
    if (!doesIt(feature, mesh)) return false;
    const { kinds, fields, keys } = feature.cells[mesh];
    if (keys && metadataKeys(value).some((it) => hasKey(keys, it))) return true;
    if (!kinds.some((it) => it === id)) return false;
    return fields ? fields.some((pattern) => !expand(value, pattern).next().done) : isOfMesh(id);
  });
}

/** Every cluster has Services and Deployments; that they are there says nothing of a mesh. */
function isOfMesh(kind: string): boolean {
  return !kind.startsWith('/') && !kind.startsWith('apps/');
}

/** Labels and annotations of a resource and of the pods that it makes. */
function metadataKeys(value: unknown): readonly string[] {
  return [[], ['spec', 'template']].flatMap((at) =>
    ['labels', 'annotations'].flatMap((map) => Object.keys(recordAt(value, [...at, 'metadata', map]))),
  );
}

function hasKey(patterns: readonly string[], key: string): boolean {
  return patterns.some((it) => (it.endsWith('*') ? key.startsWith(it.slice(0, -1)) : key === it));
}
