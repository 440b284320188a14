/** Manifests as YAML, the way people write them: two spaces, dashes indented, quotes only where they are needed. */

import { Document, isMap, isScalar, isSeq, type Node, Scalar } from 'yaml';
import type { ManifestValue } from '../meshes/mesh.ts';
import type { Path } from '../model/text.ts';

/** A comment to write into a manifest. */
export interface FieldComment {
  /** What it is about; where a step leads nowhere, the field above. */
  readonly path: Path;
  /** What follows the `#`. */
  readonly text: string;
  /** Whether it goes behind the value, on its line; values that have lines of their own get it above them. */
  readonly isTrailing: boolean;
}

/** One manifest as a document without `---`; keys in the order of the value, empty and undefined fields left out. */
export function manifestYaml(manifest: ManifestValue, comments: readonly FieldComment[] = []): string {
  const document = new Document(manifest, { version: '1.1', aliasDuplicateObjects: false, keepUndefined: false });
  for (const it of comments) addComment(document, it);
  return document.toString({ indent: 2, lineWidth: 0, defaultStringType: 'PLAIN' });
}

function addComment(document: Document, { path, text, isTrailing }: FieldComment): void {
  let value: unknown = document.contents;
  // What belongs to no field stands at the top.
  let above = (isMap(value) ? value.items[0]?.key : value) as Node | undefined;
  for (const step of path) {
    if (isMap(value)) {
      const pair = value.items.find((it) => isScalar(it.key) && it.key.value === String(step));
      if (!pair) break;
      // Above the first key of an item there is only the line of its dash.
      if (pair !== value.items[0] || above !== value) above = pair.key as Scalar;
      value = pair.value;
    } else if (isSeq(value) && typeof step === 'number' && step < value.items.length) {
      value = value.items[step];
      above = value as Node;
    } else break;
  }
  if (isTrailing && isScalar(value) && !value.comment && value.type !== Scalar.BLOCK_LITERAL) value.comment = text;
  else if (above) above.commentBefore = joined(above.commentBefore, text);
}

/** Two comments below one another; the same one does not stand twice. */
function joined(before: string | null | undefined, text: string): string {
  if (!before) return text;
  return before.split('\n').includes(text) ? before : `${before}\n${text}`;
}

/** A comment of one sentence on lines of at most 100 signs; ends with a line break. */
export function yamlComment(sentence: string): string {
  return commentLines(sentence, '# ', '# ');
}

/** An item of a list in a comment: its first line has a dash, the others are indented below it. */
export function hangingComment(sentence: string): string {
  return commentLines(sentence, '# - ', '#   ');
}

function commentLines(sentence: string, first: string, further: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(/\s+/)) {
    const lead = lines.length === 0 ? first : further;
    if (line !== '' && lead.length + line.length + 1 + word.length > 100) {
      lines.push(lead + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return `${[...lines, (lines.length === 0 ? first : further) + line].join('\n')}\n`;
}

/** Documents as one file, with `---` between them. */
export function joinDocuments(documents: readonly string[]): string {
  return documents.map((it) => (it.endsWith('\n') ? it : `${it}\n`)).join('---\n');
}
