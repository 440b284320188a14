/** Pictures of the panel: drawn in the text's colour, silent for screen readers, since words stand beside them. */

import { html, svg, type TemplateResult } from 'lit';
import type { Rating } from '../../server/src/lsp/protocol-compare.ts';

export const searchIcon = icon(svg`<circle cx="6.75" cy="6.75" r="4.25" /><path d="m10 10 4 4" />`);
export const clearIcon = icon(svg`<path d="m4 4 8 8m0-8-8 8" />`);
export const chevronIcon = icon(svg`<path d="m6 4 4 4-4 4" />`, 'chevron');
export const historyIcon = icon(
  svg`<path d="M2.5 8a5.5 5.5 0 1 0 1.7-4" /><path d="M2.5 2v3h3" /><path d="M8 5v3.3l2.2 1.3" />`,
);
/** A table with its columns: the comparison. */
export const compareIcon = icon(svg`<path d="M2.5 3.5h11v9h-11zM6.2 3.5v9m3.6-9v9" />`);
export const fileIcon = icon(svg`<path d="M9.5 2h-6v12h9V5z" /><path d="M9.5 2v3h3" />`);
export const copyIcon = icon(svg`<path d="M6 5.5h7.5v8H6z" /><path d="M10 5.5v-3H2.5v8H6" />`);
export const terminalIcon = icon(
  svg`<path d="M1.5 2.5h13v11h-13z" /><path d="m4.2 5.5 2.6 2.5-2.6 2.5M8.5 10.7h3.3" />`,
);
export const insertIcon = icon(svg`<path d="M8 3.2v9.6M3.2 8h9.6" />`);
export const checkIcon = icon(svg`<path d="m3 8.4 3.3 3.4L13 4.6" />`);
export const externalIcon = icon(svg`<path d="M7 3H3v10h10V9" /><path d="M9.5 2.5h4v4m0-4L8 8" />`);

/** The sign of a rating. Each has a shape of its own, so that nobody has to tell colours apart. */
export function mark(rating: Rating): TemplateResult {
  return html`<svg class="mark mark-${rating ?? 'fact'}" viewBox="0 0 16 16" aria-hidden="true">${shape(rating)}</svg>`;
}

function shape(rating: Rating) {
  const ring = svg`<circle class="ring" cx="8" cy="8" r="6.25" />`;
  switch (rating) {
    case 3:
      return svg`<circle class="disc" cx="8" cy="8" r="7" /><path class="tick" d="m4.8 8.2 2.2 2.3 4.2-4.6" />`;
    case 2:
      return svg`${ring}<path class="disc" d="M8 4a4 4 0 0 1 0 8z" />`;
    case 1:
      return svg`${ring}<path class="disc" d="M8 4a4 4 0 0 1 4 4H8z" />`;
    case 0:
      return svg`${ring}<path class="ring" d="m3.8 12.2 8.4-8.4" />`;
    case null:
      return svg`<circle class="disc" cx="8" cy="8" r="2" />`;
  }
}

function icon(drawing: unknown, name = ''): TemplateResult {
  return html`<svg class="icon ${name}" viewBox="0 0 16 16" aria-hidden="true">${drawing}</svg>`;
}
