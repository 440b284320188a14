/** The page "Cost": asks with the numbers that are filled in, shows the estimate, and keeps what was typed and opened. */

import { render } from 'lit';
import { type CostEstimate, type FromCost, isToCost, type ToCost } from '../../../server/src/lsp/protocol-cost.ts';
import { connect } from '../host.ts';
import {
  inputsOf,
  type PageState,
  restoredState,
  withCounted,
  withOpen,
  withoutTexts,
  withText,
} from './page-state.ts';
import { pageView } from './page-view.ts';
import { words } from './words.ts';
import './style.css';

const host = connect<FromCost, ToCost>(isToCost, receive);

let state = restoredState(host.keptState());
let estimate: CostEstimate | undefined;
let failure: string | undefined;
let news = '';
/** Whether the sources are to be shown as soon as there are any. */
let wantsSources = false;

keepScroll();
draw();
host.tell({ type: 'ready' });
ask();

function receive(message: ToCost): void {
  const isFirst = estimate === undefined;
  switch (message.type) {
    case 'estimate':
      ({ estimate } = message);
      failure = undefined;
      change(withCounted(state, estimate));
      if (isFirst) window.scrollTo({ top: state.scroll });
      if (wantsSources) showSources();
      return;
    case 'copied':
      news = words.copied;
      draw();
      return;
    case 'showSources':
      showSources();
      return;
    case 'failed':
      failure = message.message;
      draw();
  }
}

function showSources(): void {
  const heading = document.getElementById('sources');
  wantsSources = heading === null;
  if (!heading) return;
  heading.focus({ preventScroll: true });
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  heading.scrollIntoView({ block: 'start', behavior: isCalm ? 'auto' : 'smooth' });
}

function ask(): void {
  host.tell({ type: 'ask', inputs: inputsOf(state) });
}

function change(next: PageState): void {
  state = next;
  host.keepState(state);
  draw();
}

function draw(): void {
  render(
    pageView(
      { estimate, failure, state, news },
      {
        type: (name, text) => {
          news = '';
          change(withText(state, name, text));
          ask();
        },
        useWorkspace: () => {
          news = '';
          host.tell({ type: 'ask', inputs: inputsOf(state), counts: true });
        },
        reset: () => {
          news = '';
          change(withoutTexts(state));
          ask();
        },
        copy: () => host.tell({ type: 'copy' }),
        tryAgain: ask,
        openSource: (url) => host.tell({ type: 'openSource', url }),
        compare: (featureId) => host.tell({ type: 'compare', featureId }),
        toggle: (id, isOpen) => change(withOpen(state, id, isOpen)),
      },
    ),
    document.body,
  );
}

/** Remembers where the user has scrolled to, at most a few times a second. */
function keepScroll(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  window.addEventListener('scroll', () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!estimate) return;
      state = { ...state, scroll: window.scrollY };
      host.keepState(state);
    }, 200);
  });
}
