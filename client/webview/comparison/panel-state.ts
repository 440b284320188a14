/** What the panel remembers while it is hidden, and how the comparison looks in that state. Pure. */

import { featureSearch } from '../../../server/src/queries/search-features.ts';
import type { Comparison, ComparisonGroup } from '../../../server/src/lsp/protocol-compare.ts';

export interface PanelState {
  readonly query: string;
  /** Categories whose rows are folded away. */
  readonly collapsed: readonly string[];
  /** Features whose details are open. */
  readonly expanded: readonly string[];
  readonly scroll: number;
}

export const freshState: PanelState = { query: '', collapsed: [], expanded: [], scroll: 0 };

/** The state that was kept; a part that is missing or of another shape starts afresh. */
export function restoredState(kept: unknown): PanelState {
  const from: Readonly<Record<string, unknown>> = typeof kept === 'object' && kept !== null ? { ...kept } : {};
  const { query, collapsed, expanded, scroll } = from;
  return {
    query: typeof query === 'string' ? query : '',
    collapsed: textsOf(collapsed),
    expanded: textsOf(expanded),
    scroll: typeof scroll === 'number' && scroll >= 0 ? scroll : 0,
  };
}

/** A group as it is shown. */
export interface VisibleGroup extends ComparisonGroup {
  readonly isOpen: boolean;
}

/** The groups that have rows for the query. While one searches nothing is folded away. */
export function visibleGroups(comparison: Comparison, { query, collapsed }: PanelState): readonly VisibleGroup[] {
  const score = featureSearch(query);
  const searching = query.trim() !== '';
  return comparison.groups
    .map(({ category, rows }) => ({
      category,
      rows: rows.filter((it) => score(it.feature) > 0),
      isOpen: searching || !collapsed.includes(category),
    }))
    .filter((it) => it.rows.length > 0);
}

export function withQuery(state: PanelState, query: string): PanelState {
  return { ...state, query };
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
    ...state,
    query: isFound ? state.query : '',
    collapsed: state.collapsed.filter((it) => it !== group.category),
    expanded: state.expanded.includes(id) ? state.expanded : [...state.expanded, id],
  };
}

/** How many features there are, and how many of them the query lets through. */
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
