/** How a mesh is built: drawings of our own in the colours of the theme, each with the same in words. */

import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from 'lit';
import type { Box, Drawing, Part } from '../../../server/src/lsp/protocol-playbooks.ts';
import { chevronIcon, copyIcon } from '../icons.ts';
import { prose } from './prose.ts';
import { words } from './words.ts';

export function architectureView(drawings: readonly Drawing[], { copyAll }: { copyAll(): void }): TemplateResult {
  const today = drawings.filter((it) => it.architecture.history === undefined);
  const before = drawings.filter((it) => it.architecture.history !== undefined);
  return html`<div class="drawings">${today.map(figure)}</div>
    ${before.map(
      (it) => html`<details class="history">
        <summary>${chevronIcon}${words.history}</summary>
        <p class="muted"><strong>${words.noLonger}</strong> ${prose(it.architecture.history ?? '')}</p>
        <div class="drawings">${figure(it)}</div>
      </details>`,
    )}
    <footer>
      <p class="links"><button type="button" class="link" @click=${copyAll}>${words.copyAll}${copyIcon}</button></p>
    </footer>`;
}

function figure({ architecture, text }: Drawing): TemplateResult {
  const { id, title } = architecture;
  return html`<figure>
    <figcaption id=${`title-${id}`}><h2>${title}</h2></figcaption>
    ${drawing(architecture)}
    <details>
      <summary>${chevronIcon}${words.inWords}</summary>
      <p>${text}</p>
    </details>
  </figure>`;
}

/** Units of the drawing; a panel of usual width shows one about as large as a pixel. */
const width = 260;
const margin = 1;
const titleHeight = 22;
const rowHeight = 19;
const padding = 6;

interface Placed {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawing({ id, control, tells, between, below, wire }: Drawing['architecture']): TemplateResult {
  const top: Placed = { box: control, x: margin, y: margin, width: width - 2 * margin, height: listHeight(control) };
  const gap = 34;
  const middle: Placed | undefined = between && {
    box: between,
    x: 34,
    y: top.y + top.height + gap,
    width: width - 68,
    height: stackHeight(between),
  };
  const lowerY = middle ? middle.y + middle.height + 22 : top.y + top.height + gap;
  const half = 120;
  const height = Math.max(...below.map(stackHeight));
  const [left, right] = below;
  const pods: readonly Placed[] = [
    { box: left, x: margin, y: lowerY, width: half, height },
    { box: right, x: width - margin - half, y: lowerY, width: half, height },
  ];
  const bottom = lowerY + height;
  const all = bottom + 30;
  return html`<svg class="drawing" viewBox="0 0 ${width} ${all}" role="img" aria-labelledby=${`title-${id}`}>
    ${pods.map((it) => told(top, it, middle !== undefined))}
    ${middle ? arrow(width / 2, top.y + top.height, middle.y) : nothing}
    <text class="label" x=${width / 2} y=${top.y + top.height + gap / 2 + 3} text-anchor="middle">${tells}</text>
    ${boxList(top)} ${middle ? boxStack(middle) : nothing} ${pods.map(boxStack)}
    ${middle ? pods.map((it) => detour(it, middle)) : nothing}
    ${wireBelow(pods, bottom, wire)}
  </svg>`;
}

/** The control plane tells a box below: straight down, at its outer side where something stands between. */
function told(top: Placed, to: Placed, isOutside: boolean): SVGTemplateResult {
  const isLeft = to.x < width / 2;
  const x = isOutside ? (isLeft ? 14 : width - 14) : to.x + (isLeft ? 14 : to.width - 14);
  return arrow(x, top.y + top.height, to.y);
}

function arrow(x: number, from: number, to: number): SVGTemplateResult {
  return svg`<path class="tells" d="M${x} ${from}V${to - 1}" /><path class="head" d="m${x - 3} ${to - 6} 3 5 3-5" />`;
}

/** From a box to what stands between, for requests that pass it. */
function detour(from: Placed, middle: Placed): SVGTemplateResult {
  const x = from.x < width / 2 ? from.x + from.width - 20 : from.x + 20;
  return svg`<path class="wire dashed" d="M${x} ${from.y}V${middle.y + middle.height}" />`;
}

/** The wire between the proxies, with arrows at both ends. */
function wireBelow(pods: readonly Placed[], bottom: number, label: string): SVGTemplateResult {
  const [a = 0, b = 0] = pods.map((it) => it.x + it.width / 2);
  const y = bottom + 12;
  return svg`<path class="wire" d="M${a} ${bottom + 1}V${y}H${b}V${bottom + 1}" />
    <path class="wire head" d="m${a - 3} ${bottom + 6} 3-5 3 5M${b - 3} ${bottom + 6}l3-5 3 5" />
    <text class="label strong" x=${width / 2} y=${y + 13} text-anchor="middle">${label}</text>`;
}

function listHeight({ parts }: Box): number {
  return titleHeight + parts.length * rowHeight + padding;
}

/** Name at the left and what it does at the right, a line each. */
function boxList({ box, x, y, width: wide, height }: Placed): SVGTemplateResult {
  return svg`<rect class="box control" x=${x} y=${y} width=${wide} height=${height} rx="4" />
    <text class="title" x=${x + 8} y=${y + 15}>${box.title}</text>
    ${box.parts.map((part, at) => {
      const base = y + titleHeight + at * rowHeight + 12;
      return svg`<path class="rule" d="M${x + 8} ${base - 12.5}h${wide - 16}" />
        <text class="part" x=${x + 8} y=${base}>${part.name}</text>
        ${part.does === undefined ? nothing : svg`<text class="does" x=${x + wide - 8} y=${base} text-anchor="end">${part.does}</text>`}`;
    })}`;
}

function stackHeight({ parts }: Box): number {
  return titleHeight + parts.reduce((sum, it) => sum + partHeight(it) + 4, 0) + padding - 2;
}

function partHeight(part: Part): number {
  return 8 + linesOf(part).length * 12 + (part.does === undefined ? 0 : 11);
}

/** Boxes within the box, one below the other; those that carry requests stand out. */
function boxStack({ box, x, y, width: wide, height }: Placed): SVGTemplateResult {
  let top = y + titleHeight;
  const inner = box.parts.map((part) => {
    const at = top;
    const high = partHeight(part);
    top += high + 4;
    const lines = linesOf(part);
    const middle = x + wide / 2;
    return svg`<rect class=${part.isProxy ? 'proxy' : 'inner'} x=${x + 6} y=${at} width=${wide - 12} height=${high} rx="3" />
      ${lines.map((it, line) => svg`<text class="part" x=${middle} y=${at + 14 + line * 12} text-anchor="middle">${it}</text>`)}
      ${part.does === undefined ? nothing : svg`<text class="does" x=${middle} y=${at + 13 + lines.length * 12} text-anchor="middle">${part.does}</text>`}`;
  });
  return svg`<rect class="box" x=${x} y=${y} width=${wide} height=${height} rx="4" />
    <text class="title" x=${x + 8} y=${y + 15}>${box.title}</text>
    ${inner}`;
}

/** A name in lines that fit the narrower boxes. */
function linesOf({ name }: Part): readonly string[] {
  const lines: string[] = [];
  for (const word of name.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= 18) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
