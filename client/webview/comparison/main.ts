/** The panel: shows the comparison that the extension sends, and keeps what the user has searched, opened and folded. */

import { html, nothing, render, type TemplateResult } from 'lit';
import { type Comparison, type FromPanel, isToPanel, type ToPanel } from '../../../server/src/lsp/protocol-compare.ts';
import type { MeshId } from '../../../server/src/model/mesh-id.ts';
import { ratingLegend, ratingWords } from '../../../server/src/render/rating.ts';
import { comparisonMarkdown, featureMarkdown } from '../../../server/src/render/compare-markdown.ts';
import { connect } from '../host.ts';
import { clearIcon, mark, searchIcon } from '../icons.ts';
import { comparisonTable, featureKey } from './comparison-table.ts';
import {
  counts,
  isFiltered,
  type PanelState,
  restoredState,
  shownMeshes,
  visibleGroups,
  withFilters,
  withoutFilters,
  withQuery,
  withRevealed,
  withToggledFeature,
  withToggledGroup,
  withToggledMesh,
} from './panel-state.ts';
import { rowMove, togglesRow } from './row-keys.ts';
import { toolbar } from './toolbar.ts';
import { nothingMatches, words } from './words.ts';
import './style.css';

/** How long it is said that something was copied, in milliseconds. */
const shownFor = 2500;

const host = connect<FromPanel, ToPanel>(isToPanel, receive);

let state = restoredState(host.keptState());
let comparison: Comparison | undefined;
let file: string | undefined;
let failure: string | undefined;
/** The row that Tab reaches. */
let current: string | undefined;
/** The button of the toolbar that Tab reaches. */
let toolbarStop = 0;
/** Whether something has just been copied, for the line that screen readers hear. */
let isCopied = false;
let copiedTimer: ReturnType<typeof setTimeout> | undefined;
/** A row to show as soon as there is a comparison. */
let wanted: string | undefined;

const root = document.body;

document.addEventListener('keydown', onKey);
root.addEventListener('focusin', (event) => {
  if (!(event.target instanceof HTMLElement)) return;
  const bar = event.target.closest('.toolbar');
  const stop = bar ? [...bar.querySelectorAll('button')].findIndex((it) => it === event.target) : -1;
  if (stop !== -1 && stop !== toolbarStop) {
    toolbarStop = stop;
    draw();
  }
  const row = event.target.dataset['row'];
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
    case 'copied':
      tellCopied();
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

function tellCopied(): void {
  isCopied = true;
  clearTimeout(copiedTimer);
  copiedTimer = setTimeout(() => {
    isCopied = false;
    draw();
  }, shownFor);
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
  const isNarrowed = state.query.trim() !== '' || isFiltered(state);
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
          ${isNarrowed ? html`${shown} of ${all}<span class="heard"> features</span>` : nothing}
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
    <main aria-busy=${comparison === undefined && failure === undefined}>
      ${comparison ? toolbar(state, toolbarStop, toolbarActions(groups)) : nothing}
      <p class=${isCopied ? 'copied' : 'heard'} role="status">${isCopied ? words.copied : ''}</p>
      ${content(groups)}
    </main>
    ${comparison ? footer(comparison.asOf) : nothing}`;
}

function toolbarActions(groups: ReturnType<typeof visibleGroups>) {
  return {
    toggleMesh: (mesh: MeshId) => change(withToggledMesh(state, mesh)),
    toggleDifferences: () => change(withFilters(state, { onlyDifferences: !state.onlyDifferences })),
    toggleWorkspace: () => change(withFilters(state, { onlyWorkspace: !state.onlyWorkspace })),
    copyTable: () => host.tell({ type: 'copy', markdown: comparisonMarkdown(groups, shownMeshes(state)) }),
  };
}

function content(groups: ReturnType<typeof visibleGroups>): TemplateResult {
  if (failure !== undefined) {
    return html`<div class="message" role="alert">
      <p>${failure}</p>
      <button type="button" class="primary" @click=${() => host.tell({ type: 'ready' })}>Try Again</button>
    </div>`;
  }
  if (!comparison) return html`<p class="message waiting">Waiting for the language server…</p>`;
  if (groups.length === 0) return nothingFound(comparison);
  const meshes = shownMeshes(state);
  return comparisonTable(
    { groups, expanded: state.expanded, current: currentRow(groups), file, meshes, kinds: comparison.kinds },
    {
      toggleGroup: (category) => change(withToggledGroup(state, category)),
      toggleFeature: (id) => change(withToggledFeature(state, id)),
      openSource: (url) => host.tell({ type: 'openSource', url }),
      insert: (kind) => host.tell({ type: 'insert', kind }),
      findUses: (kind) => host.tell({ type: 'findUses', kind }),
      copyFeature: (feature) => host.tell({ type: 'copy', markdown: featureMarkdown(feature, meshes) }),
      showMeasurements,
    },
  );
}

/** Says why no row is left, and offers to take away what leaves them out: the filters first, which are easier to forget. */
function nothingFound({ groups }: Comparison): TemplateResult {
  const isUnused = state.onlyWorkspace && groups.every((it) => it.rows.every((row) => row.files === 0));
  const query = state.query.trim();
  const clearFilters = () => {
    change(withoutFilters(state));
    document.querySelector<HTMLElement>('.toolbar [tabindex="0"]')?.focus();
  };
  const reason = isUnused ? words.nothingInWorkspace : query === '' ? words.nothingFits : nothingMatches(query);
  return html`<div class="message">
    <p>${reason}</p>
    ${
      isFiltered(state)
        ? html`<button type="button" class="primary" @click=${clearFilters}>${words.clearFilters}</button>`
        : html`<button type="button" class="primary" @click=${clearSearch}>${words.clearSearch}</button>`
    }
  </div>`;
}

function showMeasurements(): void {
  host.tell({ type: 'showMeasurements' });
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
    <p class="more">
      <button type="button" class="link" title=${words.measurementsHint} @click=${showMeasurements}>
        ${words.measurements}
      </button>
    </p>
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
