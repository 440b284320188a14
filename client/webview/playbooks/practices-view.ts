/** Best practices on their page: those that diagnostics watch bear a mark, and name the rules. */

import { html, nothing, type TemplateResult } from 'lit';
import { type Practice, practiceGroups } from '../../../server/src/lsp/protocol-playbooks.ts';
import { type MeshId, meshNames } from '../../../server/src/model/mesh-id.ts';
import { copyIcon, mark } from '../icons.ts';
import { prose } from './prose.ts';
import { sheetTitles, words } from './words.ts';

export function practicesView(
  practices: readonly Practice[],
  mesh: MeshId,
  { copyAll }: { copyAll(): void },
): TemplateResult {
  const watched = practices.filter((it) => it.watched).length;
  return html`<section class="head">
      <h2>${meshNames[mesh]}: ${sheetTitles.practices}</h2>
      <p>${words.watchedCount(watched, practices.length)}</p>
    </section>
    ${practiceGroups.map(
      (group) => html`<section class="practices">
        <h3>${group}</h3>
        <ul>
          ${practices.filter((it) => it.group === group).map((it) => practiceView(it, mesh))}
        </ul>
      </section>`,
    )}
    <footer>
      <p class="links"><button type="button" class="link" @click=${copyAll}>${words.copyAll}${copyIcon}</button></p>
    </footer>`;
}

function practiceView({ title, advice, how, watched }: Practice, mesh: MeshId): TemplateResult {
  const own = how?.[mesh];
  return html`<li class="practice">
    ${mark(watched ? 3 : null)}
    <div>
      <h4>${title}<span class="heard"> (${watched ? words.watched : words.notWatched})</span></h4>
      <p>${prose(advice)}</p>
      ${own === undefined ? nothing : html`<p>${meshNames[mesh]}: ${prose(own)}</p>`}
      ${
        watched
          ? html`<ul class="watch" aria-label=${words.watched}>
              ${watched.map(
                ({ what, rules }) =>
                  html`<li>${prose(what)} ${rules.map((it, at) => html`${at > 0 ? ', ' : ''}<code>${it}</code>`)}</li>`,
              )}
            </ul>`
          : nothing
      }
    </div>
  </li>`;
}
