/** A playbook on its page: fields, then steps with their commands, then ways to install. */

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type {
  FieldId,
  FieldValues,
  FilledAction,
  FilledField,
  FilledPlaybook,
  FilledStep,
  SeedCommand,
  WorkspaceNames,
} from '../../../server/src/lsp/protocol-playbooks.ts';
import { isDated, verdictWords } from '../../../server/src/render/playbook-words.ts';
import { checkIcon, chevronIcon, copyIcon, externalIcon, fileIcon, historyIcon, terminalIcon } from '../icons.ts';
import { prose } from './prose.ts';
import { words } from './words.ts';

export interface PlaybookActions {
  readonly values: FieldValues;
  readonly names: WorkspaceNames;
  /** The action that was done a moment ago. */
  readonly done: string | undefined;
  isOpen(id: string): boolean;
  toggle(id: string, isOpen: boolean): void;
  fillIn(id: FieldId, value: string): void;
  act(how: 'copy' | 'put' | 'open', action: string, missing: readonly FieldId[]): void;
  copyAll(): void;
  openSource(): void;
}

export function playbookView(playbook: FilledPlaybook, actions: PlaybookActions): TemplateResult {
  const { mesh, topic, title, summary, fields, steps, profiles, asOf } = playbook;
  return html`<section class="head">
      <h2>${title}</h2>
      <p>${prose(summary)}</p>
    </section>
    ${fields.length > 0 ? form(fields, actions) : nothing}
    <ol class="steps">
      ${repeat(
        steps,
        (it) => `${mesh} ${topic} ${it.id}`,
        (it, at) => stepView(it, at + 1, `${mesh}-${topic}`, actions),
      )}
    </ol>
    ${profiles.length > 0 ? profilesView(profiles, actions) : nothing}
    <footer>
      <p>${words.asOf(dateText(asOf))}</p>
      <p class="links">
        <button type="button" class="link" @click=${actions.openSource}>${words.readOn}${externalIcon}</button>
        <button type="button" class="link" @click=${actions.copyAll}>${words.copyAll}${copyIcon}</button>
      </p>
    </footer>`;
}

function dateText(date: string): string {
  return new Date(`${date}T00:00:00Z`).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
}

function form(fields: readonly FilledField[], actions: PlaybookActions): TemplateResult {
  return html`<section class="form" aria-label=${words.fields}>
    ${repeat(
      fields,
      (it) => it.id,
      (it) => fieldView(it, actions),
    )}
  </section>`;
}

function fieldView(field: FilledField, { values, names, fillIn }: PlaybookActions): TemplateResult {
  const { id, title, hint, example, preset, isOptional, problem } = field;
  const offered = names[id] ?? [];
  return html`<div class="field">
    <label for=${`field-${id}`}>${title}${isOptional ? html` <span class="optional">(${words.optional})</span>` : nothing}</label>
    <input
      id=${`field-${id}`}
      type="text"
      autocomplete="off"
      spellcheck="false"
      autocapitalize="off"
      placeholder=${preset ?? words.example(example)}
      title=${hint}
      list=${offered.length > 0 ? `names-${id}` : nothing}
      aria-invalid=${problem === undefined ? 'false' : 'true'}
      aria-describedby=${problem === undefined ? nothing : `problem-${id}`}
      .value=${values[id] ?? ''}
      @input=${(event: InputEvent) => {
        if (event.target instanceof HTMLInputElement) fillIn(id, event.target.value);
      }}
    />
    ${
      offered.length > 0
        ? html`<datalist id=${`names-${id}`}>${offered.map((it) => html`<option value=${it}></option>`)}</datalist>`
        : nothing
    }
    ${problem === undefined ? nothing : html`<p class="problem" id=${`problem-${id}`}>${problem}</p>`}
  </div>`;
}

function stepView(step: FilledStep, number: number, of: string, actions: PlaybookActions): TemplateResult {
  const { id, title, why, actions: deeds, checks, rollback } = step;
  return html`<li class="step">
    <h3><span class="number" aria-hidden="true">${number}</span>${title}</h3>
    <p class="why">${prose(why)}</p>
    ${deeds.map((it) => actionView(it, actions))}
    ${checks.length > 0 ? html`<h4>${checkIcon}${words.check}</h4>${checks.map((it) => actionView(it, actions))}` : nothing}
    ${rollback.length > 0 ? folded(`${of}-${id}-back`, words.back, rollback, actions) : nothing}
  </li>`;
}

/** Ways back are there for the day when they are needed. */
function folded(id: string, title: string, list: readonly FilledAction[], actions: PlaybookActions): TemplateResult {
  return html`<details
    ?open=${actions.isOpen(id)}
    @toggle=${(event: Event) => {
      if (event.target instanceof HTMLDetailsElement) actions.toggle(id, event.target.open);
    }}
  >
    <summary>${chevronIcon}${title}</summary>
    ${list.map((it) => actionView(it, actions))}
  </details>`;
}

function profilesView(profiles: FilledPlaybook['profiles'], actions: PlaybookActions): TemplateResult {
  return html`<section class="profiles">
    <h3>${words.ways}</h3>
    <ul>
      ${profiles.map(
        ({ name, holds, use, action, unverified }) => html`<li>
          <h4>${name}</h4>
          <p>${words.holds} ${prose(holds)}. ${prose(use)}</p>
          ${unverified ? html`<p class="muted">${words.unverified}</p>` : nothing} ${actionView(action, actions)}
        </li>`,
      )}
    </ul>
  </section>`;
}

function actionView(action: FilledAction, actions: PlaybookActions): TemplateResult {
  const { id, kind, name, text, missing, seed } = action;
  const isDone = actions.done === id;
  const label = kind === 'file' ? (name ?? '') : text;
  const button = (how: 'copy' | 'put' | 'open', title: string, icon: TemplateResult) => html`<button
    type="button"
    class="tool"
    title=${title}
    aria-label=${`${title}: ${label}`}
    @click=${() => actions.act(how, id, missing)}
  >
    ${icon}
  </button>`;
  return html`<div class=${`action ${kind}`} data-action=${id}>
      ${kind === 'file' ? html`<p class="name">${fileIcon}<code>${name}</code></p>` : nothing}
      <pre tabindex="0" role="group" aria-label=${label}><code>${parts(text, missing)}</code></pre>
      <div class="tools">
        ${isDone ? html`<span class="done">${checkIcon}</span>` : nothing} ${button('copy', words.copy, copyIcon)}
        ${kind === 'command' ? button('put', words.putHint, terminalIcon) : button('open', words.open, fileIcon)}
      </div>
    </div>
    ${seed.length > 0 ? html`<ul class="seeds">${seed.map(seedView)}</ul>` : nothing}`;
}

/** What is left to fill in stands out from the command. */
function parts(text: string, missing: readonly FieldId[]): readonly unknown[] {
  if (missing.length === 0) return [text];
  const places = new RegExp(`\\b(${missing.map((it) => it.toUpperCase()).join('|')})\\b`);
  return text.split(places).map((it, at) => (at % 2 === 1 ? html`<mark>${it}</mark>` : it));
}

function seedView(seed: SeedCommand): TemplateResult {
  const { command, verdict, why } = seed;
  if (!isDated(seed) && command === undefined)
    return html`<li class="seed works">${checkIcon}<span>${words.worksToo} ${prose(why)}</span></li>`;
  return html`<li class=${`seed ${isDated(seed) ? 'dated' : 'works'}`}>
    ${isDated(seed) ? historyIcon : checkIcon}
    <span>${words.guides} <code>${command ?? ''}</code> <strong>${verdictWords[verdict]}.</strong> ${prose(why)}</span>
  </li>`;
}
