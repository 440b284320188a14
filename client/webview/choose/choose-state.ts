/** What the page remembers while it is hidden, and how answers change. Pure. */

import { type Answer, type Answers, type Chooser, isAnswers } from '../../../server/src/lsp/protocol-choose.ts';

export interface ChooseState {
  readonly answers: Answers;
  /** Questions that the workspace has answered, and nobody since. */
  readonly filled: readonly string[];
  /** Whether nobody has touched anything yet, so that the workspace may answer. */
  readonly isFresh: boolean;
  /** Groups of questions, and variants, whose content is shown. */
  readonly open: readonly string[];
  readonly scroll: number;
}

export const freshState: ChooseState = { answers: {}, filled: [], isFresh: true, open: [], scroll: 0 };

const off: Answer = { weight: 0, must: false };

/** The state that was kept; a part that is missing or of another shape starts afresh. */
export function restoredState(kept: unknown): ChooseState {
  const from: Readonly<Record<string, unknown>> = typeof kept === 'object' && kept !== null ? { ...kept } : {};
  const { answers, filled, isFresh, open, scroll } = from;
  return {
    answers: isAnswers(answers) ? answers : {},
    filled: textsOf(filled),
    isFresh: isFresh !== false,
    open: textsOf(open),
    scroll: typeof scroll === 'number' && scroll >= 0 ? scroll : 0,
  };
}

export function answerTo({ answers }: ChooseState, id: string): Answer {
  return answers[id] ?? off;
}

/** Whether a question counts. */
export function counts({ weight, must }: Answer): boolean {
  return weight > 0 || must;
}

/** The state after a person has answered a question. */
export function withAnswer(state: ChooseState, id: string, answer: Partial<Answer>): ChooseState {
  const answers = { ...state.answers, [id]: { ...answerTo(state, id), ...answer } };
  return { ...state, answers, filled: state.filled.filter((it) => it !== id), isFresh: false };
}

/** The state with what the workspace answers, where a person has not answered otherwise. Their groups open. */
export function withFilled(state: ChooseState, { shown, groups }: Chooser): ChooseState {
  const free = Object.keys(shown).filter((id) => !counts(answerTo(state, id)));
  const answers = { ...state.answers, ...Object.fromEntries(free.map((id) => [id, shown[id] ?? off])) };
  const opened = groups.filter((it) => it.questions.some(({ id }) => free.includes(id))).map((it) => groupKey(it.name));
  return {
    ...state,
    answers,
    filled: [...new Set([...state.filled, ...free])],
    isFresh: false,
    open: [...new Set([...state.open, ...opened])],
  };
}

export function cleared(state: ChooseState): ChooseState {
  return { ...state, answers: {}, filled: [], isFresh: false };
}

export function withToggled(state: ChooseState, key: string): ChooseState {
  const { open } = state;
  return { ...state, open: open.includes(key) ? open.filter((it) => it !== key) : [...open, key] };
}

export function groupKey(name: string): string {
  return `group ${name}`;
}

export function variantKey(id: string): string {
  return `variant ${id}`;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((it): it is string => typeof it === 'string') : [];
}
