/**
 * Helm templates, hidden from the YAML parser without moving anything: `{{ … }}` inside a line becomes as many
 * placeholder signs, a line that holds only template actions becomes blank. A scalar with a placeholder is *unknown*.
 */

/** A sign of the private use area: legal in YAML, absent from manifests. */
export const placeholder = '\ue000';

export interface Masked {
  readonly text: string;
  /** Whether anything was hidden. */
  readonly templated: boolean;
  /** Whether whole lines were hidden, so that keys may be there which we cannot see. */
  readonly hiddenLines: boolean;
}

/** Masks a text to the same length. An action that is never closed is hidden to the end of its line. */
export function maskTemplates(text: string): Masked {
  if (!text.includes('{{')) return { text, templated: false, hiddenLines: false };
  let hiddenLines = false;
  const hide = (action: string, sign: string) => action.replace(/[^\n\r]/g, sign);
  const action = /\{\{(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|[^}]|\}(?!\}))*\}\}|\{\{[^\n]*/g;
  const placed = text.replace(action, (match) => {
    const comment = /^\{\{-?\s*\/\*/.test(match);
    return comment ? hide(match, ' ') : hide(match, placeholder);
  });
  const lines = placed.split('\n').map((line) => {
    if (!line.includes(placeholder)) return line;
    const rest = line.replaceAll(placeholder, '').trim();
    if (rest !== '') return line;
    hiddenLines = true;
    return hide(line, ' ');
  });
  return { text: lines.join('\n'), templated: true, hiddenLines };
}
