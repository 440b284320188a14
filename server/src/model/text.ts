/** Text, offsets and edits: the ground everything else stands on. Offsets are UTF-16 code units; lines exist only in adapters. */

/** A file, as the editor names it: `file:///…`, `untitled:…`. */
export type Uri = string;

/** Keys from the root of a resource: `['spec', 'http', 0, 'route']`. */
export type Path = readonly (string | number)[];

/** Two offsets, `start` inclusive and `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Location {
  readonly uri: Uri;
  readonly range: Range;
}

export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

/** Line and column as LSP counts them: both from zero, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/**
 * Applies edits to a text and gives the new text. Edits may come in any order; they must not overlap.
 * Throws on overlap, since half an edit is worse than none.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  const pieces: string[] = [];
  let at = 0;
  for (const { range, newText } of sorted) {
    if (range.start < at) throw new Error(`Edits overlap at offset ${range.start}.`);
    pieces.push(text.slice(at, range.start), newText);
    at = range.end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

/** Offsets of line starts; made once per text by adapters that speak in lines. */
export class LineIndex {
  readonly #starts: number[] = [0];
  readonly #length: number;

  constructor(text: string) {
    this.#length = text.length;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** The position of an offset; offsets outside the text are clamped to it. */
  positionAt(offset: number): Position {
    const clamped = Math.min(Math.max(offset, 0), this.#length);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= clamped) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: clamped - (this.#starts[low] ?? 0) };
  }

  /** The offset of a position; lines and columns outside the text are clamped to it. */
  offsetAt({ line, character }: Position): number {
    if (line >= this.#starts.length) return this.#length;
    const start = this.#starts[Math.max(line, 0)] ?? 0;
    const next = this.#starts[Math.max(line, 0) + 1];
    const end = next === undefined ? this.#length : next - 1;
    return Math.min(start + Math.max(character, 0), end);
  }
}

/** The offset at which the line of an offset starts. */
export function lineStartOf(text: string, offset: number): number {
  // Searching backwards from -1 would find a line break at 0.
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** A name as messages show it: long ones end with an ellipsis after 40 signs. */
export function shortened(name: string): string {
  const signs = [...name.slice(0, 2 * nameLength)];
  return name.length <= nameLength ? name : `${signs.slice(0, nameLength).join('')}…`;
}

const nameLength = 40;

/** `spec.http[0].route`, the way people write paths; keys with dots or other signs are quoted: `labels["a/b"]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (!/^[A-Za-z_$][\w$-]*$/.test(key)) text += `[${JSON.stringify(key)}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}

/** Reads back what `pathText` wrote; undefined when the text is not a path. */
export function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = [];
  const token = /\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (!match) return undefined;
    if (match[1] !== undefined) path.push(match[1]);
    else if (match[2] !== undefined) path.push(Number(match[2]));
    else path.push(JSON.parse(match[3] ?? '""') as string);
  }
  return path;
}

export function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((key, position) => key === b[position]);
}

/** Whether `path` lies at or below `ancestor`. */
export function isWithin(path: Path, ancestor: Path): boolean {
  return ancestor.length <= path.length && ancestor.every((key, position) => key === path[position]);
}
