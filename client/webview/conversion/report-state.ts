/** What a person has chosen to see of a report; survives that the page is hidden. */

import type { Fate } from '../../../server/src/model/report.ts';
import type { ReportPage } from '../../../server/src/lsp/protocol-report.ts';

export const fates: readonly Fate[] = ['lost', 'changed', 'exact'];

export interface ReportState {
  /** The counts of the report that it was chosen for. */
  readonly of: string;
  readonly shown: readonly Fate[];
  /** Resources whose lines are folded away. */
  readonly folded: readonly string[];
}

/** Lost and changed fields, which need a look; all of them where nothing else is there. */
export function shownByDefault(report: ReportPage): ReportState {
  const { lost, changed } = report.counts;
  return { of: JSON.stringify(report.counts), shown: lost + changed > 0 ? ['lost', 'changed'] : fates, folded: [] };
}

export function withToggledFate(state: ReportState, fate: Fate): ReportState {
  return { ...state, shown: toggled(state.shown, fate) };
}

export function withToggledGroup(state: ReportState, name: string): ReportState {
  return { ...state, folded: toggled(state.folded, name) };
}

/** What `setState` kept; undefined for anything else. */
export function restoredState(kept: unknown): ReportState | undefined {
  if (typeof kept !== 'object' || kept === null) return undefined;
  const { of, shown, folded } = kept as Partial<Record<keyof ReportState, unknown>>;
  if (typeof of !== 'string' || !Array.isArray(shown) || !Array.isArray(folded)) return undefined;
  return {
    of,
    shown: fates.filter((it) => shown.includes(it)),
    folded: folded.filter((it) => typeof it === 'string'),
  };
}

function toggled<It>(list: readonly It[], it: It): readonly It[] {
  return list.includes(it) ? list.filter((other) => other !== it) : [...list, it];
}
