/** Where a document begins that is put at the end of a text. */

/** What is written between a text and a document after it, so that the document begins a line of its own. */
export function separatorAfter(text: string): string {
  const lineBreak = text === '' || text.endsWith('\n') ? '' : '\n';
  const lines = text.trimEnd().split('\n');
  return text.trim() === '' || lines.at(-1)?.trimEnd() === '---' ? lineBreak : `${lineBreak}---\n`;
}
