/** The page "Playbooks": keeps what the user has chosen and filled in, and asks the extension for the rest. */

import { html, render, type TemplateResult } from 'lit';
import {
  type FieldId,
  type FromPlaybooks,
  isToPlaybooks,
  type Page,
  type Sheet,
  sheets,
  type ToPlaybooks,
  type WorkspaceNames,
} from '../../../server/src/lsp/protocol-playbooks.ts';
import { type MeshId, meshIds, meshNames } from '../../../server/src/model/mesh-id.ts';
import { connect } from '../host.ts';
import { architectureView } from './architecture-view.ts';
import { type PlaybookState, restoredState, withOpen, withSheet, withValue } from './playbook-state.ts';
import { playbookView } from './playbook-view.ts';
import { practicesView } from './practices-view.ts';
import { sheetTitles, words } from './words.ts';
import '../base.css';
import './style.css';

/** How long the user must stop typing before commands are filled in anew, in milliseconds. */
const typingPause = 150;

const host = connect<FromPlaybooks, ToPlaybooks>(isToPlaybooks, receive);

let state = restoredState(host.keptState());
let page: Page | undefined;
let names: WorkspaceNames | undefined;
let failure: string | undefined;
/** What was done last, for the line that screen readers hear, and for the mark at its button. */
let done: { readonly action: string; readonly text: string } | undefined;
let doneTimer: ReturnType<typeof setTimeout> | undefined;
let askTimer: ReturnType<typeof setTimeout> | undefined;
/** Where the page is to be scrolled to once it shows what was asked for. */
let wantedScroll: number | undefined = state.scroll;

keepScroll();
draw();
host.tell({ type: 'ready' });
ask();

function receive(message: ToPlaybooks): void {
  switch (message.type) {
    case 'page':
      page = message.page;
      names = page.names ?? names;
      failure = undefined;
      if (state.mesh === undefined) keep({ ...state, mesh: page.mesh });
      draw();
      if (wantedScroll !== undefined) window.scrollTo({ top: wantedScroll });
      wantedScroll = undefined;
      return;
    case 'done':
      tellDone(message.action, { copied: words.copied, put: words.put_, opened: words.opened }[message.how]);
      return;
    case 'reveal':
      choose(message.mesh, message.sheet);
      return;
    case 'failed':
      failure = message.message;
      draw();
  }
}

function keep(next: PlaybookState): void {
  state = next;
  host.keepState(state);
}

/** Asks for what the state says; names of the workspace once, since they cost a walk through it. */
function ask(): void {
  const { mesh, sheet, values } = state;
  host.tell({ type: 'ask', ...(mesh === undefined ? {} : { mesh }), sheet, values, ...(names ? {} : { names: true }) });
}

function choose(mesh: MeshId | undefined, sheet: Sheet): void {
  keep(withSheet(state, mesh, sheet));
  wantedScroll = 0;
  draw();
  ask();
}

function fillIn(id: FieldId, value: string): void {
  keep(withValue(state, id, value));
  clearTimeout(askTimer);
  askTimer = setTimeout(ask, typingPause);
}

function tellDone(action: string, text: string): void {
  done = { action, text };
  draw();
  clearTimeout(doneTimer);
  doneTimer = setTimeout(() => {
    done = undefined;
    draw();
  }, 4000);
}

/** Tells the extension what to do with an action, or leads to the field that it lacks. */
function act(how: 'copy' | 'put' | 'open', action: string, missing: readonly FieldId[]): void {
  const [first] = missing;
  if (first !== undefined) {
    const title = page?.playbook?.fields.find((it) => it.id === first)?.title ?? first;
    tellDone(action, words.missing(title));
    document.querySelector<HTMLElement>(`#field-${first}`)?.focus();
    return;
  }
  if (page) host.tell({ type: how, mesh: page.mesh, sheet: page.sheet, values: state.values, action });
}

function draw(): void {
  render(view(), document.body);
}

function view(): TemplateResult {
  const mesh = state.mesh ?? page?.mesh;
  return html`<header>
      <h1 class="heard">${words.title}</h1>
      <div class="meshes" role="radiogroup" aria-label=${words.mesh}>
        ${meshIds.map(
          (it) => html`<label class="mesh">
            <input
              type="radio"
              name="mesh"
              value=${it}
              .checked=${it === mesh}
              @change=${() => choose(it, state.sheet)}
            /><span>${meshNames[it]}</span></label
          >`,
        )}
      </div>
      <div class="select">
        <select
          aria-label=${words.sheet}
          @change=${(event: Event) => {
            const chosen = event.target instanceof HTMLSelectElement ? event.target.value : '';
            const sheet = sheets.find((it) => it === chosen);
            if (sheet) choose(mesh, sheet);
          }}
        >
          ${sheets.map((it) => html`<option value=${it} .selected=${it === state.sheet}>${sheetTitles[it]}</option>`)}
        </select>
      </div>
    </header>
    <main aria-busy=${page === undefined && failure === undefined}>${content()}</main>
    <p class="toast" role="status">${done?.text ?? ''}</p>`;
}

function content(): TemplateResult {
  if (failure !== undefined) {
    return html`<div class="message" role="alert">
      <p>${failure}</p>
      <button type="button" class="primary" @click=${ask}>${words.retry}</button>
    </div>`;
  }
  if (!page) return html`<p class="message waiting">${words.waiting}</p>`;
  const { playbook, drawings, practices, mesh } = page;
  const copyAll = () => host.tell({ type: 'copyAll', mesh, sheet: page?.sheet ?? state.sheet, values: state.values });
  const toggle = (id: string, isOpen: boolean) => keep(withOpen(state, id, isOpen));
  const isOpen = (id: string) => state.open.includes(id);
  if (drawings) return architectureView(drawings, { copyAll });
  if (practices) return practicesView(practices, mesh, { copyAll });
  if (!playbook) return html``;
  return playbookView(playbook, {
    values: state.values,
    names: names ?? {},
    done: done?.action,
    isOpen,
    toggle,
    fillIn,
    act,
    copyAll,
    openSource: () => host.tell({ type: 'openSource' }),
  });
}

/** Remembers where the user has scrolled to, at most a few times a second. */
function keepScroll(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  window.addEventListener('scroll', () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (page) keep({ ...state, scroll: window.scrollY });
    }, 200);
  });
}
