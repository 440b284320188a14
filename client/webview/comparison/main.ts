/** The panel: shows the comparison that the extension sends, and keeps what the user has searched, opened and folded. */

import { html, nothing, render, type TemplateResult } from 'lit';
import { type Comparison, type FromPanel, isToPanel, type ToPanel } from '../../../server/src/lsp/protocol-compare.ts';
import { ratingLegend, ratingWords } from '../../../server/src/render/rating.ts';
import { comparisonTable, featureKey } from './comparison-table.ts';
import { connect } from '../host.ts';
import { clearIcon, mark, searchIcon } from '../icons.ts';
import {
  counts,
  type PanelState,
  restoredState,
  visibleGroups,
  withQuery,
  withRevealed,
  withToggledFeature,
  withToggledGroup,
} from './panel-state.ts';
import { rowMove, togglesRow } from './row-keys.ts';
import './style.css';

const host = connect<FromPanel, ToPanel>(isToPanel, receive);

let state = restoredState(host.keptState());
let comparison: Comparison | undefined;
let file: string | undefined;
let failure: string | undefined;
/** The row that Tab reaches. */
let current: string | undefined;
/** A row to show as soon as there is a comparison. */
let wanted: string | undefined;

const root = document.body;

document.addEventListener('keydown', onKey);
root.addEventListener('focusin', (event) => {
  const row = event.target instanceof HTMLElement ? event.target.dataset['row'] : undefined;
  if (row === undefined || row === current) return;
  current = row;
  draw();
});
keepScroll();
draw();
host.tell({ type: 'ready' });

function receive(message: ToPanel): void {
  switch (message.type) {
    case 'comparison': {
      const isFirst = comparison === undefined;
      ({ comparison, file } = message);
      failure = undefined;
      draw();
      if (isFirst) window.scrollTo({ top: state.scroll });
      if (wanted !== undefined) reveal(wanted);
      return;
    }
    case 'reveal':
      reveal(message.featureId);
      return;
    case 'search':
      focusSearch();
      return;
    case 'failed':
      failure = message.message;
      draw();
  }
}

function change(next: PanelState): void {
  state = next;
  host.keepState(state);
  draw();
}

function draw(): void {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['row'] : undefined;
  render(view(), root);
  // A row that moves to another group is made anew; the focus goes with it.
  if (focused !== undefined && document.activeElement === root) rowButton(focused)?.focus({ preventScroll: true });
}

function rowButton(key: string): HTMLElement | null {
  return document.querySelector(`[data-row="${CSS.escape(key)}"]`);
}

function view(): TemplateResult {
  const groups = comparison ? visibleGroups(comparison, state) : [];
  const { shown, all } = comparison ? counts(comparison, groups) : { shown: 0, all: 0 };
  const isSearching = state.query.trim() !== '';
  return html`<header>
      <h1 class="heard">Compare Istio, Linkerd and Consul</h1>
      <div class="search" role="search">
        ${searchIcon}
        <input
          type="search"
          aria-label="Search features, kinds and notes"
          placeholder="Search features, kinds, notes"
          autocomplete="off"
          spellcheck="false"
          .value=${state.query}
          @input=${(event: InputEvent) => {
            if (event.target instanceof HTMLInputElement) change(withQuery(state, event.target.value));
          }}
        />
        <span class="count" role="status">
          ${isSearching ? html`${shown} of ${all}<span class="heard"> features</span>` : nothing}
        </span>
        ${
          state.query === ''
            ? nothing
            : html`<button type="button" class="clear" aria-label="Clear search" title="Clear search (Escape)" @click=${clearSearch}>
                ${clearIcon}
              </button>`
        }
      </div>
    </header>
    <main aria-busy=${comparison === undefined && failure === undefined}>${content(groups)}</main>
    ${comparison ? footer(comparison.asOf) : nothing}`;
}

function content(groups: ReturnType<typeof visibleGroups>): TemplateResult {
  if (failure !== undefined) {
    return html`<div class="message" role="alert">
      <p>${failure}</p>
      <button type="button" class="primary" @click=${() => host.tell({ type: 'ready' })}>Try Again</button>
    </div>`;
  }
  if (!comparison) return html`<p class="message waiting">Waiting for the language server…</p>`;
  if (groups.length === 0) {
    return html`<div class="message">
      <p>No feature matches “${state.query.trim()}”.</p>
      <button type="button" class="primary" @click=${clearSearch}>Clear Search</button>
    </div>`;
  }
  return comparisonTable(
    { groups, expanded: state.expanded, current: currentRow(groups), file },
    {
      toggleGroup: (category) => change(withToggledGroup(state, category)),
      toggleFeature: (id) => change(withToggledFeature(state, id)),
      openSource: (url) => host.tell({ type: 'openSource', url }),
    },
  );
}

/** The row that Tab reaches: where the focus last was, as long as it is in sight, else the first. */
function currentRow(groups: ReturnType<typeof visibleGroups>): string | undefined {
  const rows = groups.flatMap(({ category, isOpen, rows }) => [
    `group ${category}`,
    ...(isOpen ? rows.map((it) => featureKey(it.feature.id)) : []),
  ]);
  return current !== undefined && rows.includes(current) ? current : rows[0];
}

function footer(asOf: string): TemplateResult {
  const date = new Date(`${asOf}T00:00:00Z`).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
  return html`<footer>
    <ul class="legend" aria-label="Key to the signs">
      ${ratingLegend.map((it) => html`<li>${mark(it)}${ratingWords(it)}</li>`)}
    </ul>
    <p>State of ${date}. Each cell names its source.</p>
  </footer>`;
}

function reveal(id: string): void {
  if (!comparison) {
    wanted = id;
    return;
  }
  wanted = undefined;
  current = featureKey(id);
  change(withRevealed(state, comparison, id));
  const row = document.querySelector<HTMLElement>(`[data-feature="${CSS.escape(id)}"]`);
  if (!row) return;
  row.querySelector('button')?.focus({ preventScroll: true });
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  row.scrollIntoView({ block: 'start', behavior: isCalm ? 'auto' : 'smooth' });
  row.classList.remove('revealed');
  // A class that leaves and comes back within one frame would not start the animation again.
  requestAnimationFrame(() => row.classList.add('revealed'));
}

function searchInput(): HTMLInputElement | null {
  return document.querySelector('.search input');
}

function focusSearch(): void {
  searchInput()?.select();
}

function clearSearch(): void {
  change(withQuery(state, ''));
  searchInput()?.focus();
}

function onKey(event: KeyboardEvent): void {
  const { key, target } = event;
  const isInSearch = target === searchInput();
  const isFind = key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (isFind || (key === '/' && !isInSearch)) {
    event.preventDefault();
    focusSearch();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (key === 'Escape' && state.query !== '') {
    event.preventDefault();
    clearSearch();
    return;
  }
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  if (isInSearch) {
    if (key !== 'ArrowDown') return;
    event.preventDefault();
    rows[0]?.focus();
    return;
  }
  if (!(target instanceof HTMLElement) || target.dataset['row'] === undefined) return;
  if (togglesRow(key, target.getAttribute('aria-expanded') === 'true')) {
    event.preventDefault();
    target.click();
    return;
  }
  const next = rowMove(key)?.(rows, rows.indexOf(target));
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** Remembers where the user has scrolled to, at most a few times a second. */
function keepScroll(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  window.addEventListener('scroll', () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!comparison) return;
      state = { ...state, scroll: window.scrollY };
      host.keepState(state);
    }, 200);
  });
}
