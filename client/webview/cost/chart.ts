/** A measure of all meshes as bars: solid up to the lowest figure, pale up to the highest, dashed where nobody measured. */

import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { VariantCost } from '../../../server/src/lsp/protocol-cost.ts';
import {
  amountRemarks,
  amountWords,
  type Measure,
  measureNotes,
  measureTitles,
} from '../../../server/src/render/cost-words.ts';
import { words } from './words.ts';

/** Where the words of a mesh stand, and its bar, in pixels; the style sheet moves the rows below each other. */
const [baseline, barTop, barHeight] = [13, 19, 9];

/** The drawing with its title. The table of the page says the same to those who do not see it. */
export function chart(measure: Measure, variants: readonly VariantCost[]): TemplateResult {
  const most = Math.max(...variants.map((it) => it[measure]?.high ?? 0));
  const spoken = variants.map((it) =>
    [`${it.name} ${amountWords(it, measure)}`, ...amountRemarks(it, measure)].join(', '),
  );
  return html`<figure class="chart">
    <figcaption><strong>${measureTitles[measure]}</strong> <span class="note">${measureNotes[measure]}</span></figcaption>
    <svg
      role="img"
      aria-label=${`${measureTitles[measure]}: ${spoken.join('; ')}`}
      width="100%"
    >
      ${variants.map((it, at) => row(it, measure, most, at))}
    </svg>
  </figure>`;
}

function row(variant: VariantCost, measure: Measure, most: number, at: number): SVGTemplateResult {
  const amount = variant[measure];
  const sign = amount?.basis === 'partly' || amount?.basis === 'unverified' ? ` ${words.unverifiedSign}` : '';
  const share = (value: number) => (most === 0 ? 0 : (value / most) * 100);
  const [from, to] = [share(amount?.low ?? 0), share(amount?.high ?? 0)];
  const look = amount?.basis === 'printed' ? 'printed' : 'known';
  return svg`<g class=${`row row-${at}`}>
    <text x="0" y=${baseline}>${variant.name}</text>
    <text class=${amount ? 'value' : 'value none'} x="100%" y=${baseline} text-anchor="end">${amountWords(variant, measure)}${sign}</text>
    <rect class="track" x="0" y=${barTop} width="100%" height=${barHeight}></rect>
    ${to > from ? bar(`spread ${look}`, from, to) : nothing}
    ${from > 0 ? bar(`solid ${look}`, 0, from) : nothing}
  </g>`;
}

/** A bar from one percentage to another; what is too short to see is drawn a little longer. */
function bar(look: string, from: number, to: number): SVGTemplateResult {
  const width = Math.max(to - from, 0.6);
  return svg`<rect class=${look} x=${`${from}%`} y=${barTop} width=${`${width}%`} height=${barHeight}></rect>`;
}

/** What the signs of the charts mean. */
export function chartKey(): TemplateResult {
  const sample = (look: string) =>
    html`<svg class="sample" width="22" height="9" aria-hidden="true">
      <rect class=${look} x="0.5" y="0.5" width="21" height="8"></rect>
    </svg>`;
  return html`<ul class="key" aria-label=${words.keyToCharts}>
    <li>${sample('solid known')}${words.keySolid}</li>
    <li>${sample('spread known')}${words.keySpread}</li>
    <li>${sample('spread printed')}${words.keyPrinted}</li>
    <li><span class="sample">${words.unverifiedSign}</span>${words.keyUnverified}</li>
  </ul>`;
}
