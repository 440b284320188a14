/** Words for a POSIX shell: whatever a text holds, the shell takes it as one word and runs none of it. */

/**
 * A text as one word of `sh`, `bash` or `zsh`, on one line. Plain words stay as they are; control characters, line breaks
 * among them, are written as `$'\n'` writes them, since in a terminal they would be keys that somebody presses.
 */
export function shellWord(text: string): string {
  if (/^[\w./@:+-]+$/.test(text)) return text;
  if (!hasControl.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(/[\\']/g, '\\$&').replace(controls, (it) => escapeOf(it));
  return `$'${escaped}'`;
}

/** Control characters, the separators of lines and paragraphs among them. */
const controls = /[\p{Cc}\u2028\u2029]/gu;
const hasControl = /[\p{Cc}\u2028\u2029]/u;

/** Whether a text holds a character that is a key in a terminal rather than a sign: line breaks, Escape, Tab. */
export function hasControlCharacter(text: string): boolean {
  return hasControl.test(text);
}

/** The bytes of a character, each in octal with three digits, so that a digit behind it is not read as part of it. */
function escapeOf(character: string): string {
  return [...new TextEncoder().encode(character)].map((it) => `\\${it.toString(8).padStart(3, '0')}`).join('');
}
