/** The page "Choose": questions with weights and musts, and beside them which mesh fits, as the server reckons it. */

import { html, nothing, render, type TemplateResult } from 'lit';
import {
  type ChoiceAnswer,
  type Chooser,
  type ChooseParams,
  type ComparedRow,
  type FromChooser,
  isToChooser,
  type ToChooser,
} from '../../../server/src/lsp/protocol-choose.ts';
import { connect } from '../host.ts';
import {
  answerTo,
  type ChooseState,
  cleared,
  counts,
  groupKey,
  restoredState,
  withAnswer,
  withFilled,
  withToggled,
} from './choose-state.ts';
import { hintsView, questionsView } from './question-view.ts';
import { resultView } from './result-view.ts';
import { words } from './words.ts';
import './style.css';

const host = connect<FromChooser, ToChooser>(isToChooser, receive);

let state = restoredState(host.keptState());
let chooser: Chooser | undefined;
let choice: ChoiceAnswer | undefined;
let failure: string | undefined;
/** What the last press of a button came to, for those who do not see it. */
let notice = '';

keepScroll();
draw();
host.tell({ type: 'ready' });

function receive(message: ToChooser): void {
  switch (message.type) {
    case 'chooser': {
      const isFirst = chooser === undefined;
      ({ chooser } = message);
      failure = undefined;
      const [group] = chooser.groups;
      if (isFirst && state.isFresh && group) state = { ...state, open: [...state.open, groupKey(group.name)] };
      if (message.fills || state.isFresh) fill(chooser, message.fills);
      else ask();
      if (isFirst) window.scrollTo({ top: state.scroll });
      return;
    }
    case 'choice':
      ({ choice } = message);
      failure = undefined;
      draw();
      return;
    case 'failed':
      failure = message.message;
      draw();
  }
}

/** Takes over what the workspace answers. Someone who asked for it hears when there is nothing. */
function fill(from: Chooser, wasAsked: boolean): void {
  const isNew = Object.keys(from.shown).some((id) => !counts(answerTo(state, id)));
  if (isNew) return change(withFilled(state, from));
  if (wasAsked) notice = Object.keys(from.shown).length > 0 ? words.nothingNew : words.nothingToFill;
  ask();
}

function change(next: ChooseState): void {
  state = next;
  notice = '';
  host.keepState(state);
  ask();
}

/** Asks for the choice; the page shows the old one until the new one is here. */
function ask(): void {
  host.tell({ type: 'choose', ...params() });
  draw();
}

function params(): ChooseParams {
  const { answers, filled } = state;
  return { answers, filled };
}

function toggle(key: string): void {
  state = withToggled(state, key);
  host.keepState(state);
  draw();
}

function draw(): void {
  render(view(), document.body);
}

function view(): TemplateResult {
  return html`<header><h1 class="heard">${words.title}</h1></header>
    <main aria-busy=${chooser === undefined && failure === undefined}>${content()}</main>
    ${chooser ? footer(chooser) : nothing}`;
}

function content(): TemplateResult {
  if (failure !== undefined)
    return html`<div class="message" role="alert">
      <p>${failure}</p>
      <button type="button" class="primary" @click=${() => host.tell({ type: 'ready' })}>${words.tryAgain}</button>
    </div>`;
  if (!chooser) return html`<p class="message waiting">${words.waiting}</p>`;
  const reveal = (row: ComparedRow) => host.tell({ type: 'reveal', featureId: row.id });
  const actions = {
    answer: (id: string, answer: Parameters<typeof withAnswer>[2]) => change(withAnswer(state, id, answer)),
    toggle,
    reveal,
  };
  return html`<section class="result" aria-labelledby="result">
      <h2 id="result" class="heard">${words.result}</h2>
      <p class="headline" role="status">${choice?.headline ?? ''}</p>
      ${standingNote()} ${choice ? resultView(choice, state.open, actions) : nothing} ${buttons()}
    </section>
    <div class="questions">${questionsView(chooser, state, actions)} ${hintsView(chooser.hints, state, actions)}</div>`;
}

function standingNote(): TemplateResult | typeof nothing {
  const isAsked = choice !== undefined && choice.standing !== 'unasked';
  if (notice !== '') return html`<p class="note" role="status">${notice}</p>`;
  if (!isAsked) return html`<p class="note">${words.intro}</p>`;
  const answered = Object.keys(state.answers).filter((id) => counts(answerTo(state, id)));
  const filled = answered.filter((id) => state.filled.includes(id));
  if (filled.length === 0) return nothing;
  return html`<p class="note">${words.filled(filled.length)}</p>`;
}

function buttons(): TemplateResult {
  const isEmpty = choice === undefined || choice.standing === 'unasked';
  return html`<div class="buttons">
    <button
      type="button"
      class="primary"
      ?disabled=${isEmpty}
      @click=${() => host.tell({ type: 'record', ...params() })}
    >
      ${words.record}
    </button>
    <button type="button" class="secondary" @click=${() => host.tell({ type: 'fill' })}>${words.fill}</button>
    <button type="button" class="secondary" ?disabled=${isEmpty} @click=${() => change(cleared(state))}>${words.clear}</button>
  </div>`;
}

function footer({ asOf, judgement }: Chooser): TemplateResult {
  const date = new Date(`${asOf}T00:00:00Z`).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
  return html`<footer><p>${words.asOf(date)} ${judgement}</p></footer>`;
}

/** Remembers where the user has scrolled to, at most a few times a second. */
function keepScroll(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  window.addEventListener('scroll', () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!chooser) return;
      state = { ...state, scroll: window.scrollY };
      host.keepState(state);
    }, 200);
  });
}
