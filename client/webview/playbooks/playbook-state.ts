/** What the page remembers while it is hidden. Pure. */

import {
  areValues,
  type FieldId,
  type FieldValues,
  isSheet,
  type Sheet,
} from '../../../server/src/lsp/protocol-playbooks.ts';
import { isMeshId, type MeshId } from '../../../server/src/model/mesh-id.ts';

export interface PlaybookState {
  /** Absent until the server has said which mesh the workspace uses most. */
  readonly mesh?: MeshId;
  readonly sheet: Sheet;
  /** Names stay the same from one playbook to the next. */
  readonly values: FieldValues;
  /** What is unfolded, by id. */
  readonly open: readonly string[];
  readonly scroll: number;
}

export const freshState: PlaybookState = { sheet: 'install', values: {}, open: [], scroll: 0 };

/** The state that was kept; a part that is missing or of another shape starts afresh. */
export function restoredState(kept: unknown): PlaybookState {
  const from: Readonly<Record<string, unknown>> = typeof kept === 'object' && kept !== null ? { ...kept } : {};
  const { mesh, sheet, values, open, scroll } = from;
  return {
    ...(isMeshId(mesh) ? { mesh } : {}),
    sheet: isSheet(sheet) ? sheet : freshState.sheet,
    values: areValues(values) ? values : {},
    open: Array.isArray(open) ? open.filter((it): it is string => typeof it === 'string') : [],
    scroll: typeof scroll === 'number' && scroll >= 0 ? scroll : 0,
  };
}

/** Another sheet is read from its top. */
export function withSheet(state: PlaybookState, mesh: MeshId | undefined, sheet: Sheet): PlaybookState {
  return { ...state, ...(mesh === undefined ? {} : { mesh }), sheet, scroll: 0 };
}

export function withValue(state: PlaybookState, id: FieldId, value: string): PlaybookState {
  const { [id]: _, ...others } = state.values;
  return { ...state, values: value === '' ? others : { ...others, [id]: value } };
}

export function withOpen(state: PlaybookState, id: string, isOpen: boolean): PlaybookState {
  const others = state.open.filter((it) => it !== id);
  return { ...state, open: isOpen ? [...others, id] : others };
}
