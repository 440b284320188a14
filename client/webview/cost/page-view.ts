/** The page: numbers to fill in, charts, the same in a table, how it is computed, and where each figure comes from. */

import { html, nothing, type TemplateResult } from 'lit';
import {
  type CostEstimate,
  type CostInputName,
  costInputNames,
  costInputs,
  type Figure,
  type SourcedFigures,
  type VariantCost,
} from '../../../server/src/lsp/protocol-cost.ts';
import { meshNames } from '../../../server/src/model/mesh-id.ts';
import {
  amountRemarks,
  amountWords,
  figuresOfVariant,
  figureWords,
  formulaLines,
  gigabytes,
  limits,
  measures,
  measureTitles,
  priceWords,
  remarksOf,
} from '../../../server/src/render/cost-words.ts';
import { chevronIcon, externalIcon } from '../icons.ts';
import { chart, chartKey } from './chart.ts';
import { isWrong, type PageState } from './page-state.ts';
import { numberHint, words } from './words.ts';

export interface PageActions {
  type(name: CostInputName, text: string): void;
  useWorkspace(): void;
  reset(): void;
  copy(): void;
  tryAgain(): void;
  openSource(url: string): void;
  compare(featureId: string): void;
  toggle(id: string, isOpen: boolean): void;
}

export interface PageLook {
  readonly estimate: CostEstimate | undefined;
  readonly failure: string | undefined;
  readonly state: PageState;
  /** What has just been done, for those who hear it and those who see it. */
  readonly news: string;
}

export function pageView(look: PageLook, actions: PageActions): TemplateResult {
  const { estimate, failure } = look;
  return html`<main aria-busy=${!estimate && failure === undefined}>
      <h1 class="heard">${words.title}</h1>
      ${failure === undefined ? nothing : failed(failure, actions)}
      ${estimate ? content(estimate, look, actions) : failure === undefined ? html`<p class="waiting">${words.waiting}</p>` : nothing}
    </main>`;
}

function failed(failure: string, actions: PageActions): TemplateResult {
  return html`<div class="message" role="alert">
    <p>${failure}</p>
    <button type="button" class="primary" @click=${actions.tryAgain}>${words.tryAgain}</button>
  </div>`;
}

function content(estimate: CostEstimate, look: PageLook, actions: PageActions): TemplateResult {
  const { variants } = estimate;
  return html`${form(estimate, look, actions)}
    <section aria-label=${words.charts}>
      <div class="charts">${measures.map((it) => chart(it, variants))}</div>
      ${chartKey()}
    </section>
    <section>
      <h2>${words.table}</h2>
      ${table(
        words.table,
        [words.mesh, ...measures.map((it) => measureTitles[it])],
        variants.map((it) => [
          it.name,
          ...measures.map((measure) => {
            const remarks = amountRemarks(it, measure).join(', ');
            return html`${amountWords(it, measure)}${remarks === '' ? nothing : html` <span class="remark">${remarks}</span>`}`;
          }),
        ]),
      )}
      <ul class="plain">
        ${limits.map((it) => html`<li>${it}</li>`)}
      </ul>
    </section>
    <section>
      <h2>${words.computed}</h2>
      ${variants.map((it) => fold(`formula ${it.id}`, it.name, formula(it, estimate, actions), look, actions))}
      ${fold('prices', words.prices, prices(estimate, actions), look, actions)}
    </section>
    <section>
      <h2>${estimate.requests.title}</h2>
      <ul class="plain">
        ${estimate.requests.asked.map(
          (it) => html`<li>
            <strong>${meshNames[it.mesh]}</strong> ${it.value} ${source(it.source, `${estimate.requests.title}, ${meshNames[it.mesh]}`, actions)}
          </li>`,
        )}
      </ul>
      <p><button type="button" class="link" @click=${() => actions.compare(estimate.requests.featureId)}>${words.showInCompare}</button></p>
    </section>
    <section>
      <h2>${words.example}</h2>
      <p class="note">${words.exampleNote}</p>
      ${table(
        words.example,
        [words.mesh, words.controlPlane, words.eachService, words.printed, words.sum],
        estimate.example.map((it) => [
          meshNames[it.mesh],
          gigabytes(it.control),
          figureWords(it.each),
          gigabytes(it.printed),
          gigabytes(it.sum),
        ]),
      )}
    </section>
    <section>
      <h2>${words.article}</h2>
      ${estimate.article.map((it) =>
        fold(
          `article ${it.of}`,
          it.of,
          html`<p>${estimate.example.map(({ mesh }, at) => html`${at === 0 ? '' : ' · '}${meshNames[mesh]} ${figureWords(it.values[mesh])}`)}</p>
            <p>${it.verdict}</p>`,
          look,
          actions,
        ),
      )}
    </section>
    <section>
      <h2 id="sources" tabindex="-1">${words.sources}</h2>
      ${estimate.sources.map((it) => fold(`source ${it.id}`, `${it.title}, ${it.date}`, sourceDetails(it, actions), look, actions))}
    </section>`;
}

function form(estimate: CostEstimate, { state, news }: PageLook, actions: PageActions): TemplateResult {
  const hasTyped = Object.keys(state.texts).length > 0;
  return html`<form
    aria-label=${words.numbers}
    @submit=${(event: Event) => event.preventDefault()}
  >
    <div class="fields">${costInputNames.map((it) => field(it, estimate, state, actions))}</div>
    <div class="buttons">
      <button type="button" class="secondary" title=${words.useWorkspaceHint} @click=${actions.useWorkspace}>
        ${words.useWorkspace}
      </button>
      <button type="button" class="secondary" @click=${actions.copy}>${words.copy}</button>
      ${
        hasTyped
          ? html`<button type="button" class="secondary" title=${words.resetHint} @click=${actions.reset}>${words.reset}</button>`
          : nothing
      }
      <span class="news" role="status">${news === '' ? state.counted : news}</span>
    </div>
  </form>`;
}

function field(name: CostInputName, estimate: CostEstimate, state: PageState, actions: PageActions): TemplateResult {
  const { title, unit, summary, isWhole, most } = costInputs[name];
  const wrong = isWrong(name, state);
  return html`<div class="field">
    <label for=${name} title=${summary}>${title}</label>
    <input
      id=${name}
      type="number"
      min="0"
      max=${most}
      step=${isWhole ? '1' : 'any'}
      autocomplete="off"
      aria-describedby=${wrong ? `${name}-unit ${name}-wrong` : `${name}-unit`}
      aria-invalid=${wrong ? 'true' : nothing}
      .value=${state.texts[name] ?? String(estimate.inputs[name])}
      @input=${(event: InputEvent) => {
        if (event.target instanceof HTMLInputElement) actions.type(name, event.target.value);
      }}
    />
    <span class="unit" id=${`${name}-unit`}>${unit}</span>
    ${wrong ? html`<span class="wrong" id=${`${name}-wrong`}>${numberHint(isWhole, most)}</span>` : nothing}
  </div>`;
}

function formula(variant: VariantCost, estimate: CostEstimate, actions: PageActions): TemplateResult {
  return html`<dl>
      ${measures.map(
        (measure) => html`<dt>${measureTitles[measure]}</dt>
          ${formulaLines(variant, measure, estimate).map((it) => html`<dd>${it}</dd>`)}`,
      )}
    </dl>
    <ul class="plain">
      ${remarksOf(variant).map((it) => html`<li>${it}</li>`)}
    </ul>
    <h3>${words.figures}</h3>
    ${figureList(figuresOfVariant(variant), estimate.sources, actions)}`;
}

/** Figures with the name of their source, which leads to its page. */
function figureList(
  figures: readonly Figure[],
  sources: readonly SourcedFigures[],
  actions: PageActions,
): TemplateResult {
  return html`<ul class="plain">
    ${figures.map((it) => {
      const from = sources.find(({ id }) => id === it.source);
      return html`<li>
        ${it.of}: ${figureWords(it)}
        ${from ? html`<span class="from">${from.title}, ${from.date} ${from.url ? source(from.url, it.of, actions) : nothing}</span>` : nothing}
      </li>`;
    })}
  </ul>`;
}

function prices(estimate: CostEstimate, actions: PageActions): TemplateResult {
  return html`<p>${priceWords(estimate)} ${estimate.prices.caveat} ${source(estimate.prices.url, words.prices, actions)}</p>`;
}

function sourceDetails(
  { url, title, versions, setUp, bias, caveat, figures }: SourcedFigures,
  actions: PageActions,
): TemplateResult {
  return html`<p>${bias}${caveat ? ` ${caveat}` : nothing} ${url ? source(url, title, actions) : nothing}</p>
    <p><span class="label">${words.versions}</span> ${versions}</p>
    <p><span class="label">${words.setUp}</span> ${setUp}</p>
    <ul class="plain">
      ${figures.map((it) => html`<li>${it.of}: ${figureWords(it)}</li>`)}
    </ul>`;
}

function source(url: string, of: string, actions: PageActions): TemplateResult {
  const open = (event: MouseEvent) => {
    // The extension opens the page after it has checked the address; VS Code's own handling would skip that.
    event.preventDefault();
    actions.openSource(url);
  };
  return html`<a href=${url} title=${url} @click=${open}>Source<span class="heard"> for ${of}</span>${externalIcon}</a>`;
}

function fold(
  id: string,
  title: string,
  body: TemplateResult,
  { state }: PageLook,
  actions: PageActions,
): TemplateResult {
  const isOpen = state.open.includes(id);
  const toggle = (event: Event) => {
    if (event.currentTarget instanceof HTMLDetailsElement && event.currentTarget.open !== isOpen)
      actions.toggle(id, event.currentTarget.open);
  };
  return html`<details data-fold=${id} ?open=${isOpen} @toggle=${toggle}>
    <summary>${chevronIcon}<span>${title}</span></summary>
    <div class="folded">${body}</div>
  </details>`;
}

/** A table when wide, a card for each row when narrow; the first cell names the row. */
function table(name: string, head: readonly string[], rows: readonly (readonly unknown[])[]): TemplateResult {
  // Roles are written out because the narrow layout takes them from elements that no longer display as a table.
  return html`<table role="table" aria-label=${name}>
    <thead role="rowgroup">
      <tr role="row">
        ${head.map((it) => html`<th role="columnheader" scope="col">${it}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        ([first, ...cells]) => html`<tr role="row">
          <th role="rowheader" scope="row">${first}</th>
          ${cells.map(
            (it, at) =>
              html`<td role="cell"><span class="column" aria-hidden="true">${head[at + 1]}</span><span>${it}</span></td>`,
          )}
        </tr>`,
      )}
    </tbody>
  </table>`;
}
