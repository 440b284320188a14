/** The comparison of the meshes: all features by category, those that a file uses first. */

import type { Feature } from '../meshes/features/feature.ts';
import { features, featuresAsOf } from '../meshes/features.ts';
import { kindId } from '../model/kind.ts';
import { allResources } from '../model/manifest.ts';
import { type MeshId, meshIds } from '../model/mesh-id.ts';
import { type Path, samePath, type Uri } from '../model/text.ts';
import { matchesPattern, patternSteps } from '../model/value.ts';
import type { Workspace } from '../model/workspace.ts';
import { doesIt, hasKey, kindsUsing, type UsingResource, type WorkspaceUses, workspaceUses } from './feature-uses.ts';
import { featureSearch } from './search-features.ts';
import { snippetsOfKind } from './snippets-of-kind.ts';

export interface Comparison {
  /** The day whose state the table describes, `2026-08-22`. */
  readonly asOf: string;
  readonly groups: readonly ComparisonGroup[];
  /** What there is of the kinds that cells name, by their ids; kinds of which there is nothing are absent. */
  readonly kinds: Readonly<Record<string, KindStock>>;
}

export interface KindStock {
  /** How many snippets show it. */
  readonly snippets: number;
  /** How many resources of the workspace are of it. */
  readonly resources: number;
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
  /** How many files of the workspace use the feature. */
  readonly files: number;
}

/** Heading of the rows that the file uses; they stand there and not below their category. */
export const inThisFile = 'In this file';

/**
 * The comparison for a file of the workspace. Without a file, or for one that is not there, no row counts as used.
 * `filter` is free text; rows that do not fit are left out, and so are groups without rows.
 */
export function compareFile(workspace: Workspace, uri: Uri | undefined, filter = ''): Comparison {
  const manifest = uri === undefined ? undefined : workspace.manifests.get(uri);
  return compare(manifest ? [...allResources(manifest)] : [], filter, workspaceUses(workspace));
}

const noUses: WorkspaceUses = { features: new Map(), kinds: new Map() };

/** The comparison for a list of resources, in a workspace that uses what `inWorkspace` says; see `compareFile`. */
export function compare(
  resources: readonly UsingResource[],
  filter = '',
  inWorkspace: WorkspaceUses = noUses,
): Comparison {
  const score = featureSearch(filter);
  const rows = features
    .filter((it) => score(it) > 0)
    .map((feature): ComparisonRow => {
      const uses = kindsUsing(feature, resources);
      return { feature, used: uses.length > 0, uses, files: inWorkspace.features.get(feature.id) ?? 0 };
    });

  const groups = new Map<string, ComparisonRow[]>();
  for (const row of [...rows.filter((it) => it.used), ...rows.filter((it) => !it.used)]) {
    const category = row.used ? inThisFile : row.feature.category;
    const group = groups.get(category);
    if (group) group.push(row);
    else groups.set(category, [row]);
  }
  return {
    asOf: featuresAsOf,
    groups: [...groups].map(([category, rows]) => ({ category, rows })),
    kinds: stockOfKinds(rows, inWorkspace),
  };
}

function stockOfKinds(rows: readonly ComparisonRow[], { kinds }: WorkspaceUses): Comparison['kinds'] {
  const named = new Set<string>(rows.flatMap(({ feature }) => meshIds.flatMap((mesh) => feature.cells[mesh].kinds)));
  const stock = [...named].map((id): [string, KindStock] => [
    id,
    { snippets: snippetsOfKind(id).length, resources: kinds.get(id) ?? 0 },
  ]);
  return Object.fromEntries(stock.filter(([, it]) => it.snippets + it.resources > 0));
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
