/** The comparison as a table: wide it has a column a mesh, narrow each row turns into a card. */

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Comparison, ComparisonRow, Feature } from '../../../server/src/lsp/protocol-compare.ts';
import { type MeshId, meshNames } from '../../../server/src/model/mesh-id.ts';
import { kindLabels, kindNameOf, outdatedValue } from '../../../server/src/queries/feature-facts.ts';
import { ratingWords } from '../../../server/src/render/rating.ts';
import { chevronIcon, copyIcon, externalIcon, historyIcon, insertIcon, mark, searchIcon } from '../icons.ts';
import type { VisibleGroup } from './panel-state.ts';
import { filesWords, findWords, insertWords, words } from './words.ts';

export interface TableActions {
  toggleGroup(category: string): void;
  toggleFeature(id: string): void;
  openSource(url: string): void;
  insert(kind: string): void;
  findUses(kind: string): void;
  copyFeature(feature: Feature): void;
  showMeasurements(): void;
}

export interface TableLook {
  readonly groups: readonly VisibleGroup[];
  readonly expanded: readonly string[];
  /** The row that Tab reaches, as `rowKey` writes it. */
  readonly current: string | undefined;
  /** The file whose rows come first, by name. */
  readonly file: string | undefined;
  /** The meshes that have a column. */
  readonly meshes: readonly MeshId[];
  readonly kinds: Comparison['kinds'];
}

/** Rows whose cells speak of figures that the view "Cost" has in full. */
const measuredRows: readonly string[] = ['resource-overhead', 'request-footprint'];

export function groupKey(category: string): string {
  return `group ${category}`;
}

export function featureKey(id: string): string {
  return `feature ${id}`;
}

export function comparisonTable(look: TableLook, actions: TableActions): TemplateResult {
  // Roles are written out because the narrow layout takes them from elements that no longer display as a table.
  return html`<table role="table" aria-label="Features by mesh">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Feature</th>
        ${look.meshes.map((it) => html`<th role="columnheader" scope="col">${meshNames[it]}</th>`)}
      </tr>
    </thead>
    ${repeat(
      look.groups,
      (it) => it.category,
      (it) => groupBody(it, look, actions),
    )}
  </table>`;
}

function groupBody(group: VisibleGroup, look: TableLook, actions: TableActions): TemplateResult {
  const { category, rows, isOpen } = group;
  const columns = look.meshes.length + 1;
  const isOfFile = rows.some((it) => it.used);
  return html`<tbody role="rowgroup">
    <tr role="row" class="group">
      <td role="cell" colspan=${columns} aria-colspan=${columns}>
        <h2>
          <button
            type="button"
            data-row=${groupKey(category)}
            tabindex=${look.current === groupKey(category) ? 0 : -1}
            aria-expanded=${isOpen}
            @click=${() => actions.toggleGroup(category)}
          >
            ${chevronIcon}<span class="category">${category}</span>
            ${isOfFile && look.file ? html`<span class="file">${look.file}</span>` : nothing}
            <span class="badge"><span class="heard">, </span>${rows.length}<span class="heard"> features</span></span>
          </button>
        </h2>
      </td>
    </tr>
    ${
      isOpen
        ? repeat(
            rows,
            (it) => it.feature.id,
            (it) => featureRows(it, look, actions),
          )
        : nothing
    }
  </tbody>`;
}

function featureRows(row: ComparisonRow, look: TableLook, actions: TableActions): TemplateResult {
  const { feature, uses } = row;
  const isExpanded = look.expanded.includes(feature.id);
  const detailId = `detail-${feature.id}`;
  const toggle = (event: MouseEvent) => {
    // Who marks text in the row to copy it does not mean to open it.
    if (event.detail > 0 && getSelection()?.type === 'Range') return;
    actions.toggleFeature(feature.id);
  };
  return html`<tr role="row" class="feature ${isExpanded ? 'expanded' : ''}" data-feature=${feature.id} @click=${toggle}>
      <th role="rowheader" scope="row">
        <button
          type="button"
          data-row=${featureKey(feature.id)}
          tabindex=${look.current === featureKey(feature.id) ? 0 : -1}
          aria-expanded=${isExpanded}
          aria-controls=${isExpanded ? detailId : nothing}
        >
          ${chevronIcon}
          <span class="title">${feature.title}</span>
          ${
            feature.seedOutdated
              ? html`<span class="dated" title="Often read otherwise"
                  >${historyIcon}<span class="heard">, often read otherwise</span></span
                >`
              : nothing
          }
          ${uses.length > 0 ? html`<span class="uses"><span class="heard">, used by </span>${uses.join(', ')}</span>` : nothing}
        </button>
      </th>
      ${look.meshes.map((mesh) => valueCell(feature, mesh))}
    </tr>
    ${isExpanded ? detailRow(row, detailId, look, actions) : nothing}`;
}

function valueCell(feature: Feature, mesh: MeshId): TemplateResult {
  const { rating, value } = feature.cells[mesh];
  const words = ratingWords(rating);
  return html`<td role="cell" title=${words || nothing}>
    <div class="answer">
      ${mark(rating)}<span class="mesh" aria-hidden="true">${meshNames[mesh]}</span>
      <span class="value">${words ? html`<span class="heard">${words}: </span>` : nothing}${breakable(value)}</span>
    </div>
  </td>`;
}

function detailRow(row: ComparisonRow, id: string, look: TableLook, actions: TableActions): TemplateResult {
  const { feature, files } = row;
  return html`<tr role="row" class="detail" id=${id}>
    <td role="cell" class="remark">
      ${
        feature.seedOutdated
          ? html`<p class="dated-heading">${historyIcon}<span>Often read, no longer true</span></p>`
          : nothing
      }
      ${feature.why ? html`<p>${withCode(feature.why)}</p>` : nothing}
      ${files > 0 ? html`<p class="files">${filesWords(files)}</p>` : nothing}
      ${
        measuredRows.includes(feature.id)
          ? html`<p>
              <button type="button" class="link" title=${words.measurementsHint} @click=${actions.showMeasurements}>
                ${words.measurements}
              </button>
            </p>`
          : nothing
      }
      <p>
        <button
          type="button"
          class="link"
          aria-label=${`${words.copyRow}: ${feature.title}`}
          @click=${() => actions.copyFeature(feature)}
        >
          ${words.copyRow}${copyIcon}
        </button>
      </p>
    </td>
    ${look.meshes.map((mesh) => detailCell(feature, mesh, look, actions))}
  </tr>`;
}

function detailCell(feature: Feature, mesh: MeshId, look: TableLook, actions: TableActions): TemplateResult {
  const { note, since, kinds, source, unverified } = feature.cells[mesh];
  const stale = outdatedValue(feature, mesh);
  const labels = kindLabels(kinds);
  const open = (event: MouseEvent) => {
    // The extension opens the page after it has checked the address; VS Code's own handling would skip that.
    event.preventDefault();
    event.stopPropagation();
    actions.openSource(source);
  };
  return html`<td role="cell">
    <p class="mesh-heading" aria-hidden="true">${meshNames[mesh]}</p>
    ${stale === undefined ? nothing : html`<p class="stale">Often read: <s>${stale}</s></p>`}
    ${note ? html`<p>${withCode(note)}</p>` : nothing}
    ${since ? html`<p class="fact"><span class="label">Since</span> ${since}</p>` : nothing}
    ${
      kinds.length > 0
        ? html`<p class="fact label kinds-heading">Kinds</p>
            <ul class="kinds" aria-label=${`Kinds of ${meshNames[mesh]}`}>
              ${kinds.map((kind, at) => kindItem(kind, labels[at] ?? '', look, actions))}
            </ul>`
        : nothing
    }
    ${unverified ? html`<p class="fact unverified">Not everything here could be confirmed.</p>` : nothing}
    <p class="fact">
      <a href=${source} title=${source} @click=${open}
        >Source<span class="heard"> for ${feature.title} in ${meshNames[mesh]}</span>${externalIcon}</a
      >
    </p>
  </td>`;
}

/** A kind, with what can be done with it: nothing where there is neither a snippet nor a resource. */
function kindItem(kind: string, label: string, { kinds }: TableLook, actions: TableActions): TemplateResult {
  const { snippets = 0, resources = 0 } = kinds[kind] ?? {};
  const name = kindNameOf(kind);
  return html`<li>
    <code title=${kind.replace(/^\//, '')}>${breakable(label, /(?<=[a-z(.])(?=[A-Z])|(?<=\w[./])(?=\w)/)}</code>
    ${snippets > 0 ? action(insertWords(name), insertIcon, () => actions.insert(kind)) : nothing}
    ${
      resources > 0
        ? action(findWords(name, resources), html`${searchIcon}<span aria-hidden="true">${resources}</span>`, () =>
            actions.findUses(kind),
          )
        : nothing
    }
  </li>`;
}

function action(name: string, content: TemplateResult, press: () => void): TemplateResult {
  return html`<button type="button" class="action" aria-label=${name} title=${name} @click=${press}>${content}</button>`;
}

/** Text whose backticks become code, and whose long names may break where they are put together. */
function withCode(text: string): readonly unknown[] {
  return text.split(/`([^`]*)`/).map((it, at) => (at % 2 === 1 ? html`<code>${breakable(it)}</code>` : breakable(it)));
}

/** Shorter words fit into a column of the narrowest table. */
const longWord = 22;

/** Lets long words such as `trafficPolicy.connectionPool` break at their joints, and not just anywhere. */
function breakable(text: string, joints = /(?<=\w[./|:_])(?=\w)/): readonly unknown[] {
  return text.split(' ').flatMap((word, at) => {
    const pieces = word.length > longWord ? word.split(joints) : [word];
    const whole = pieces.map((it, position) => (position === 0 ? it : html`<wbr />${it}`));
    return at === 0 ? whole : [' ', ...whole];
  });
}
