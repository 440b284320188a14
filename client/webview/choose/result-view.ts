/** The result: variants by rank as bars, each with what moved it, and below them what a must rules out. */

import { html, nothing, svg, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type {
  ChoiceAnswer,
  ComparedRow,
  FailedMust,
  MovingReason,
  RankedVariant,
} from '../../../server/src/lsp/protocol-choose.ts';
import { movedWords } from '../../../server/src/render/choose-words.ts';
import { chevronIcon } from '../icons.ts';
import { variantKey } from './choose-state.ts';
import { words } from './words.ts';

export interface ResultActions {
  toggle(key: string): void;
  reveal(row: ComparedRow): void;
}

/** The ranking of a choice. `open` are keys of what is unfolded. */
export function resultView(choice: ChoiceAnswer, open: readonly string[], actions: ResultActions): TemplateResult {
  const { ranked, unranked, ruledOut } = choice;
  return html`${
    ranked.length > 0
      ? html`<ol class="ranked">
          ${repeat(
            ranked,
            (it) => it.id,
            (it) => rankedItem(it, open, actions),
          )}
        </ol>`
      : nothing
  }
  ${
    unranked.length > 0 && unranked.length + ruledOut.length > 0 && ruledOut.length > 0
      ? html`<h3>${words.unranked}</h3>
          <ul class="names">${unranked.map((it) => html`<li>${it}</li>`)}</ul>`
      : nothing
  }
  ${
    ruledOut.length > 0
      ? html`<h3>${words.ruledOut}</h3>
          <ul class="ruled-out">
            ${ruledOut.map(
              (it) =>
                html`<li><p class="name"><s>${it.name}</s></p>${it.failed.map((failed) => failedMust(failed, actions))}</li>`,
            )}
          </ul>`
      : nothing
  }`;
}

function rankedItem(it: RankedVariant, open: readonly string[], actions: ResultActions): TemplateResult {
  const key = variantKey(it.id);
  const isOpen = open.includes(key);
  const detailId = `detail-${it.id}`;
  return html`<li class=${it.rank === 1 ? 'first' : ''}>
    <button
      type="button"
      class="variant"
      aria-expanded=${isOpen}
      aria-controls=${isOpen ? detailId : nothing}
      @click=${() => actions.toggle(key)}
    >
      ${chevronIcon}<span class="rank">${it.rank}<span class="heard">. </span></span>
      <span class="name">${it.name}</span>
      <span class="points"><span class="heard">, </span>${words.points(it.points, it.most)}</span>
      ${bar(it)}
    </button>
    ${
      isOpen
        ? html`<div id=${detailId} class="detail">
            <ul title=${words.moves}>${it.reasons.map((reason) => reasonItem(reason, actions))}</ul>
            <p class="caveat">${it.caveat}</p>
          </div>`
        : nothing
    }
  </li>`;
}

/** A part of the whole; the numbers beside it say the same. */
function bar({ points, most }: RankedVariant): TemplateResult {
  const width = `${most === 0 ? 0 : Math.round((points / most) * 1000) / 10}%`;
  return html`<svg class="bar" aria-hidden="true" preserveAspectRatio="none">
    ${svg`<rect class="track" width="100%" height="100%" /><rect class="share" width=${width} height="100%" />`}
  </svg>`;
}

function reasonItem(reason: MovingReason, actions: ResultActions): TemplateResult {
  const { need, row, weight, score, why, moved, isUnconfirmed } = reason;
  return html`<li class="reason">
    <span class="moved">${movedWords(moved)}</span>
    <div>
      <p>${link(need, row, actions)} <span class="score">${words.score(score, weight)}</span></p>
      <p>${why} ${isUnconfirmed ? html`<span class="unconfirmed">(${words.unconfirmed})</span>` : nothing}</p>
    </div>
  </li>`;
}

function failedMust({ need, row, why, isUnconfirmed }: FailedMust, actions: ResultActions): TemplateResult {
  return html`<p>${link(need, row, actions)}</p>
    <p>${why} ${isUnconfirmed ? html`<span class="unconfirmed">(${words.unconfirmed})</span>` : nothing}</p>`;
}

function link(text: string, row: ComparedRow, actions: ResultActions): TemplateResult {
  return html`<button type="button" class="link" title=${words.compare(row.title)} @click=${() => actions.reveal(row)}>${text}</button>`;
}
