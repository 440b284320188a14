/** What the page remembers while it is hidden: what was filled in, what is open, and where one was. Pure. */

import {
  type CostEstimate,
  type CostInputName,
  type CostInputs,
  costInputNames,
  fitsInput,
} from '../../../server/src/lsp/protocol-cost.ts';
import { countWords } from '../../../server/src/render/cost-words.ts';

export interface PageState {
  /** What the user has typed, also where it is no number. */
  readonly texts: Readonly<Partial<Record<CostInputName, string>>>;
  /** What was counted for the services and replicas that are filled in. */
  readonly counted: string;
  /** Sections that are open. */
  readonly open: readonly string[];
  readonly scroll: number;
}

/** The state that was kept; a part that is missing or of another shape starts afresh. */
export function restoredState(kept: unknown): PageState {
  const { texts, counted, open, scroll } = recordOf(kept);
  const typed = recordOf(texts);
  return {
    texts: Object.fromEntries(
      costInputNames.flatMap((name) => (typeof typed[name] === 'string' ? [[name, typed[name]]] : [])),
    ),
    counted: typeof counted === 'string' ? counted : '',
    open: Array.isArray(open) ? open.filter((it): it is string => typeof it === 'string') : [],
    scroll: typeof scroll === 'number' && scroll >= 0 ? scroll : 0,
  };
}

/** The numbers among what was typed. */
export function inputsOf({ texts }: PageState): Partial<CostInputs> {
  return Object.fromEntries(
    costInputNames.flatMap((name) => {
      const value = numberOf(name, texts[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Whether something was typed that is no number to reckon with. */
export function isWrong(name: CostInputName, { texts }: PageState): boolean {
  return texts[name] !== undefined && numberOf(name, texts[name]) === undefined;
}

export function withText(state: PageState, name: CostInputName, text: string): PageState {
  const isCounted = name === 'services' || name === 'replicas';
  return { ...state, texts: { ...state.texts, [name]: text }, counted: isCounted ? '' : state.counted };
}

/** With what was counted filled in; an estimate that nothing was counted for changes nothing. */
export function withCounted(state: PageState, estimate: CostEstimate): PageState {
  const counted = countWords(estimate);
  if (!estimate.counted || counted === undefined) return state;
  const { services, replicas } = estimate.inputs;
  const found = estimate.counted.workloads > 0 ? { services: String(services), replicas: String(replicas) } : {};
  return { ...state, texts: { ...state.texts, ...found }, counted };
}

export function withoutTexts(state: PageState): PageState {
  return { ...state, texts: {}, counted: '' };
}

export function withOpen(state: PageState, id: string, isOpen: boolean): PageState {
  const others = state.open.filter((it) => it !== id);
  return { ...state, open: isOpen ? [...others, id] : others };
}

function numberOf(name: CostInputName, text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return fitsInput(name, value) ? value : undefined;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
