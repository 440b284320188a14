/** Prose as our tables have it: code between backticks, weight between two stars. */

import { html } from 'lit';

/** Text whose marks become elements; anything else stays text. */
export function prose(text: string): readonly unknown[] {
  return text
    .split(/(`[^`]*`|\*\*[^*]+\*\*)/)
    .map((it) =>
      it.startsWith('`') && it.length > 1
        ? html`<code>${it.slice(1, -1)}</code>`
        : it.startsWith('**')
          ? html`<strong>${it.slice(2, -2)}</strong>`
          : it,
    );
}
