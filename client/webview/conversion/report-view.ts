/** The report as a page: counts that choose what is shown, what weakens security, then every resource with its fields. */

import { html, nothing, svg, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Place, ReportGroup, ReportLine, ReportPage } from '../../../server/src/lsp/protocol-report.ts';
import type { Fate, Note } from '../../../server/src/model/report.ts';
import { chevronIcon } from '../icons.ts';
import { fates, type ReportState } from './report-state.ts';

export interface ReportActions {
  toggleFate(fate: Fate): void;
  toggleGroup(name: string): void;
  open(place: Place): void;
}

const fateNames: Readonly<Record<Fate, string>> = { lost: 'Lost', changed: 'Changed', exact: 'Exact' };

export function reportView(
  report: ReportPage | undefined,
  state: ReportState | undefined,
  actions: ReportActions,
): TemplateResult {
  if (!report || !state) return html`<main><p class="waiting">Waiting for the report…</p></main>`;
  const groups = report.groups
    .map((it) => ({ ...it, lines: it.lines.filter((line) => state.shown.includes(line.fate)) }))
    .filter((it) => it.lines.length > 0);
  return html`<header>
      <h1>Conversion to ${report.meshName}</h1>
      <div class="fates" role="group" aria-label="Fields to show">
        ${fates.map((it) => fateButton(it, report.counts[it], state, actions))}
      </div>
    </header>
    <main>
      ${report.security.length > 0 ? security(report.security, actions) : nothing}
      ${
        groups.length > 0
          ? repeat(
              groups,
              (it) => it.name,
              (it) => section(it, state, actions),
            )
          : html`<p class="empty">${emptyText(report)}</p>`
      }
      ${changed(report, actions)} ${notes(report)} ${refused(report, actions)}
    </main>`;
}

function emptyText({ counts }: ReportPage): string {
  if (counts.exact + counts.changed + counts.lost === 0) return 'No field was converted.';
  return counts.lost + counts.changed === 0 ? 'Every field is carried over exactly.' : 'Nothing is chosen to be shown.';
}

function fateButton(fate: Fate, count: number, { shown }: ReportState, actions: ReportActions): TemplateResult {
  return html`<button
    type="button"
    class="fate"
    aria-pressed=${shown.includes(fate)}
    ?disabled=${count === 0}
    @click=${() => actions.toggleFate(fate)}
  >
    ${sign(fate)}<span class="count">${count}</span> ${fateNames[fate]}
  </button>`;
}

function security(lines: readonly ReportLine[], actions: ReportActions): TemplateResult {
  return html`<section class="security" aria-labelledby="security">
    <h2 id="security">${shieldIcon} Weakens security</h2>
    <ul>
      ${lines.map(
        (it) => html`<li>
          <p>${link(`${it.name} ${it.path}`.trimEnd(), it.place, actions, 'source')}</p>
          <p>${prose(it.reason)}</p>
        </li>`,
      )}
    </ul>
  </section>`;
}

function section(group: ReportGroup, { folded }: ReportState, actions: ReportActions): TemplateResult {
  const { name, lines, place } = group;
  const isOpen = !folded.includes(name);
  const id = `lines of ${name}`.replaceAll(/[^\w-]+/g, '-');
  return html`<section class="resource">
    <h2>
      <button
        type="button"
        class="fold"
        aria-expanded=${isOpen}
        aria-controls=${isOpen ? id : nothing}
        aria-label=${`Fields of ${name}`}
        @click=${() => actions.toggleGroup(name)}
      >
        ${chevronIcon}
      </button>
      ${link(name, place, actions, 'source')}
      <span class="counts">${countsText(group)}</span>
    </h2>
    ${isOpen ? html`<ul id=${id}>${lines.map((it) => row(it, actions))}</ul>` : nothing}
  </section>`;
}

function countsText({ counts }: ReportGroup): string {
  return fates
    .filter((it) => counts[it] > 0)
    .map((it) => `${counts[it]} ${it}`)
    .join(' · ');
}

function row(line: ReportLine, actions: ReportActions): TemplateResult {
  const { fate, path, leaves, place, target, targetPlace, reason, code, risk } = line;
  return html`<li class="line">
    ${sign(fate)}
    <div>
      <p>
        <span class="heard">${fateNames[fate]}: </span>
        ${link(path === '' ? 'everything' : path, place, actions, 'source')}
        ${leaves > 1 ? html`<span class="more">${leaves} fields</span>` : nothing}
        ${risk === 'none' || risk === 'behaviour' ? nothing : html`<span class="risk risk-${risk}">${risk}</span>`}
        ${
          target === ''
            ? nothing
            : html`<span class="arrow" aria-hidden="true">→</span><span class="heard"> becomes </span>${link(target, targetPlace, actions, 'result')}`
        }
      </p>
      ${reason === '' ? nothing : html`<p class="reason">${prose(reason)}${code === '' ? nothing : html` <span class="code">${code}</span>`}</p>`}
    </div>
  </li>`;
}

/** A place that can be opened, or its name alone. */
function link(text: string, place: Place | undefined, actions: ReportActions, where: string): TemplateResult {
  const name = html`<code>${breakable(text)}</code>`;
  if (!place) return name;
  const title = `Show line ${place.range.start.line + 1} of the ${where}`;
  return html`<button type="button" class="place" title=${title} @click=${() => actions.open(place)}>${name}</button>`;
}

function changed({ changed }: ReportPage, actions: ReportActions): TemplateResult | typeof nothing {
  if (changed.length === 0) return nothing;
  return html`<section>
    <h2>Changes in existing manifests</h2>
    <ul class="plain">
      ${changed.map((it) => html`<li>${link(it.name, it.place, actions, 'manifest')}</li>`)}
    </ul>
  </section>`;
}

const noteNames = {
  missing: 'Missing',
  manual: 'By hand',
  assumed: 'Assumed',
  implicit: 'Default',
  merged: 'Put together',
  generated: 'Added',
  comment: 'Comment',
  renamed: 'Renamed',
} as const satisfies Record<Note['kind'], string>;

function notes({ notes }: ReportPage): TemplateResult | typeof nothing {
  if (notes.length === 0) return nothing;
  const order = Object.keys(noteNames);
  const sorted = [...notes].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return html`<section>
    <h2>To know</h2>
    <ul class="plain">
      ${sorted.map((it) => html`<li><span class="kind">${noteNames[it.kind]}</span> <span>${prose(it.text)}</span></li>`)}
    </ul>
  </section>`;
}

function refused({ refused }: ReportPage, actions: ReportActions): TemplateResult | typeof nothing {
  if (refused.length === 0) return nothing;
  return html`<section>
    <h2>Not converted</h2>
    <ul class="plain">
      ${refused.map((it) => html`<li><p>${link(it.name, it.place, actions, 'source')}</p><p class="reason">${prose(it.reason)}</p></li>`)}
    </ul>
  </section>`;
}

/** Text whose backticks become code. */
function prose(text: string): readonly unknown[] {
  return text.split(/`([^`]*)`/).map((it, at) => (at % 2 === 1 ? html`<code>${it}</code>` : it));
}

/** Paths may break after their dots and slashes. */
function breakable(text: string): readonly unknown[] {
  return text.split(/(?<=[./])(?=\w)/).map((it, at) => (at === 0 ? it : html`<wbr />${it}`));
}

const shieldIcon = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
  ${svg`<path d="M8 1.8 13.2 3.6v4c0 3-2.1 5.3-5.2 6.6-3.1-1.3-5.2-3.6-5.2-6.6v-4z" /><path d="M8 5v3.6m0 1.8v.3" />`}
</svg>`;

/** Each fate has a shape of its own, so that nobody has to tell colours apart. */
function sign(fate: Fate): TemplateResult {
  const shapes: Readonly<Record<Fate, unknown>> = {
    lost: svg`<circle class="ring" cx="8" cy="8" r="6.25" /><path class="ring" d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" />`,
    changed: svg`<circle class="ring" cx="8" cy="8" r="6.25" /><path class="ring" d="M4.6 6.9c1.2-1.3 2.3-1.2 3.4-.4s2.2.9 3.4-.4M4.6 10.3c1.2-1.3 2.3-1.2 3.4-.4s2.2.9 3.4-.4" />`,
    exact: svg`<circle class="disc" cx="8" cy="8" r="7" /><path class="tick" d="m4.8 8.2 2.2 2.3 4.2-4.6" />`,
  };
  return html`<svg class="sign sign-${fate}" viewBox="0 0 16 16" aria-hidden="true">${shapes[fate]}</svg>`;
}
