/** What the panel remembers while it is hidden, and how the comparison looks in that state. Pure. */

import { featureSearch } from '../../../server/src/queries/search-features.ts';
import type { Comparison, ComparisonGroup, Feature } from '../../../server/src/lsp/protocol-compare.ts';
import { type MeshId, meshIds } from '../../../server/src/model/mesh-id.ts';

export interface PanelState {
  readonly query: string;
  /** Categories whose rows are folded away. */
  readonly collapsed: readonly string[];
  /** Features whose details are open. */
  readonly expanded: readonly string[];
  /** Meshes whose columns are hidden; never all of them. */
  readonly hidden: readonly MeshId[];
  readonly onlyDifferences: boolean;
  readonly onlyWorkspace: boolean;
  readonly scroll: number;
}

/** The state that was kept; a part that is missing or of another shape starts afresh. */
export function restoredState(kept: unknown): PanelState {
  const from: Readonly<Record<string, unknown>> = typeof kept === 'object' && kept !== null ? { ...kept } : {};
  const { query, collapsed, expanded, hidden, onlyDifferences, onlyWorkspace, scroll } = from;
  const hiddenMeshes = meshIds.filter((it) => textsOf(hidden).includes(it));
  return {
    query: typeof query === 'string' ? query : '',
    collapsed: textsOf(collapsed),
    expanded: textsOf(expanded),
    hidden: hiddenMeshes.length < meshIds.length ? hiddenMeshes : [],
    onlyDifferences: onlyDifferences === true,
    onlyWorkspace: onlyWorkspace === true,
    scroll: typeof scroll === 'number' && scroll >= 0 ? scroll : 0,
  };
}

/** A group as it is shown. */
export interface VisibleGroup extends ComparisonGroup {
  readonly isOpen: boolean;
}

/** The groups that have rows for the query and the filters. While one searches nothing is folded away. */
export function visibleGroups(comparison: Comparison, state: PanelState): readonly VisibleGroup[] {
  const { query, collapsed, onlyDifferences, onlyWorkspace } = state;
  const score = featureSearch(query);
  const searching = query.trim() !== '';
  const meshes = shownMeshes(state);
  return comparison.groups
    .map(({ category, rows }) => ({
      category,
      rows: rows.filter(
        ({ feature, files }) =>
          score(feature) > 0 && (!onlyWorkspace || files > 0) && (!onlyDifferences || differs(feature, meshes)),
      ),
      isOpen: searching || !collapsed.includes(category),
    }))
    .filter((it) => it.rows.length > 0);
}

/** The meshes that have a column, in their order. */
export function shownMeshes({ hidden }: PanelState): readonly MeshId[] {
  return meshIds.filter((it) => !hidden.includes(it));
}

/** Whether rows are left out for another reason than a search. */
export function isFiltered({ onlyDifferences, onlyWorkspace }: PanelState): boolean {
  return onlyDifferences || onlyWorkspace;
}

/**
 * Whether meshes do a feature in different ways. Where they are rated, the ratings decide, since values are worded one by one;
 * elsewhere the values. A mesh alone differs from nobody, and there every row counts.
 */
export function differs({ cells }: Feature, meshes: readonly MeshId[]): boolean {
  if (meshes.length < 2) return true;
  return new Set(meshes.map((it) => cells[it].rating ?? cells[it].value)).size > 1;
}

export function withQuery(state: PanelState, query: string): PanelState {
  return { ...state, query };
}

/** Hides or shows the column of a mesh; the last one stays. */
export function withToggledMesh(state: PanelState, mesh: MeshId): PanelState {
  const hidden = meshIds.filter((it) => state.hidden.includes(it) !== (it === mesh));
  return hidden.length < meshIds.length ? { ...state, hidden } : state;
}

export function withFilters(
  state: PanelState,
  filters: Partial<Pick<PanelState, 'onlyDifferences' | 'onlyWorkspace'>>,
): PanelState {
  return { ...state, ...filters };
}

export function withoutFilters(state: PanelState): PanelState {
  return { ...state, onlyDifferences: false, onlyWorkspace: false };
}

export function withToggledGroup(state: PanelState, category: string): PanelState {
  return { ...state, collapsed: toggled(state.collapsed, category) };
}

export function withToggledFeature(state: PanelState, id: string): PanelState {
  return { ...state, expanded: toggled(state.expanded, id) };
}

/** The state in which a feature is in sight with its details open; unchanged when the comparison lacks it. */
export function withRevealed(state: PanelState, comparison: Comparison, id: string): PanelState {
  const group = comparison.groups.find((it) => it.rows.some((row) => row.feature.id === id));
  if (!group) return state;
  const isFound = visibleGroups(comparison, state).some((it) => it.rows.some((row) => row.feature.id === id));
  return {
    ...(isFound ? state : { ...withoutFilters(state), query: '' }),
    collapsed: state.collapsed.filter((it) => it !== group.category),
    expanded: state.expanded.includes(id) ? state.expanded : [...state.expanded, id],
  };
}

/** How many features there are, and how many of them the query and the filters let through. */
export function counts(comparison: Comparison, groups: readonly ComparisonGroup[]): { shown: number; all: number } {
  const rows = (them: readonly ComparisonGroup[]) => them.reduce((sum, it) => sum + it.rows.length, 0);
  return { shown: rows(groups), all: rows(comparison.groups) };
}

function toggled(list: readonly string[], item: string): readonly string[] {
  return list.includes(item) ? list.filter((it) => it !== item) : [...list, item];
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((it): it is string => typeof it === 'string') : [];
}
