/** The questions by group, each with its weight and its must. */

import { html, nothing, type TemplateResult } from 'lit';
import type {
  Answer,
  AskedHint,
  AskedQuestion,
  Chooser,
  ComparedRow,
} from '../../../server/src/lsp/protocol-choose.ts';
import { verdictWords, weights } from '../../../server/src/render/choose-words.ts';
import { chevronIcon, compareIcon, fileIcon } from '../icons.ts';
import { answerTo, type ChooseState, counts, groupKey } from './choose-state.ts';
import { weightLabels, words } from './words.ts';

export interface QuestionActions {
  answer(id: string, answer: Partial<Answer>): void;
  toggle(key: string): void;
  reveal(row: ComparedRow): void;
}

export function questionsView({ groups }: Chooser, state: ChooseState, actions: QuestionActions): TemplateResult {
  return html`${groups.map(({ name, questions }) => {
    const answered = questions.filter((it) => counts(answerTo(state, it.id))).length;
    return fold(
      { key: groupKey(name), title: name, answered },
      state,
      actions,
      () => html`${questions.map((it) => questionView(it, state, actions))}`,
    );
  })}`;
}

/** Reasons that one often reads, with what is left of them. */
export function hintsView(hints: readonly AskedHint[], state: ChooseState, actions: QuestionActions): TemplateResult {
  return fold(
    { key: groupKey('hints'), title: words.hints, answered: 0 },
    state,
    actions,
    () => html`<dl class="hints">
      ${hints.map(
        ({ mesh, reason, verdict, note }) => html`<dt>${mesh}: ${reason}</dt>
          <dd><span class="verdict verdict-${verdict.replace(' ', '-')}">${verdictWords[verdict]}</span>${note ? html` ${note}` : nothing}</dd>`,
      )}
    </dl>`,
  );
}

interface Folded {
  readonly key: string;
  readonly title: string;
  readonly answered: number;
}

function fold(
  { key, title, answered }: Folded,
  { open }: ChooseState,
  { toggle }: QuestionActions,
  content: () => TemplateResult,
): TemplateResult {
  const isOpen = open.includes(key);
  const id = key.replaceAll(' ', '-');
  return html`<section class="group">
    <h2>
      <button type="button" aria-expanded=${isOpen} aria-controls=${isOpen ? id : nothing} @click=${() => toggle(key)}>
        ${chevronIcon}<span class="category">${title}</span>
        ${
          answered > 0
            ? html`<span class="badge"><span class="heard">, </span><span aria-hidden="true">${answered}</span
                ><span class="heard">${words.answered(answered)}</span></span>`
            : nothing
        }
      </button>
    </h2>
    ${isOpen ? html`<div id=${id} class="content">${content()}</div>` : nothing}
  </section>`;
}

function questionView(question: AskedQuestion, state: ChooseState, actions: QuestionActions): TemplateResult {
  const { id, need, row, shownBy } = question;
  const { weight, must } = answerTo(state, id);
  const isFilled = state.filled.includes(id);
  return html`<div class="question ${counts({ weight, must }) ? 'counts' : ''}" data-question=${id}>
    <p class="need">${need}</p>
    <button
      type="button"
      class="compare"
      aria-label=${words.compare(row.title)}
      title=${words.compare(row.title)}
      @click=${() => actions.reveal(row)}
    >
      ${compareIcon}
    </button>
    ${shownBy ? html`<p class="shown ${isFilled ? 'filled' : ''}">${fileIcon}<span>${shownBy}</span></p>` : nothing}
    <div class="controls">
      <div class="weights" role="radiogroup" aria-label=${words.weightFor(need)}>
        ${weights.map(
          (it) => html`<label
            ><input
              type="radio"
              name=${`weight-${id}`}
              .value=${String(it)}
              .checked=${it === weight}
              @change=${() => actions.answer(id, { weight: it })}
            /><span>${weightLabels[it]}</span></label
          >`,
        )}
      </div>
      <label class="must"
        ><input
          type="checkbox"
          aria-label=${words.mustFor(need)}
          .checked=${must}
          @change=${(event: Event) => {
            if (event.target instanceof HTMLInputElement) actions.answer(id, { must: event.target.checked });
          }}
        /><span aria-hidden="true">${words.must}</span></label
      >
    </div>
  </div>`;
}
