/**
 * Reads a page: a Markdown file whose `##` headings are tests and whose fences are files, questions and answers.
 * Also the notation inside YAML fences: `$0` is the cursor, a comment with carets marks the line above it.
 */

import { LineIndex, type Range } from '../../server/src/model/text.ts';

export interface Page {
  readonly title: string;
  readonly cases: readonly Case[];
  readonly lines: readonly string[];
}

/** One test: what stands below a `##` heading. */
export interface Case {
  readonly heading: string;
  readonly fences: readonly Fence[];
}

export interface Fence {
  /** The info string, and its words. */
  readonly info: string;
  readonly words: readonly string[];
  readonly text: string;
  /** Lines of the page that hold the text: `first` inclusive, `end` exclusive. */
  readonly first: number;
  readonly end: number;
}

/** What a caret line says; `|` in place of carets marks a point between two signs, `…` a range of several lines. */
export interface Mark {
  readonly range: Range;
  readonly severity: string;
  readonly code: string;
  readonly message: string;
}

/** A YAML fence without its notation. */
export interface Source {
  readonly text: string;
  readonly cursor: number | undefined;
  readonly isMarked: boolean;
}

const markLine = /^[ \t]*#[ \t]*(?:\^+…?|\|) (?:error|warning|info|hint)\[[^\]]*\]: /;
const cursorSign = '$0';

/** Reads a page; throws where a fence is never closed or stands outside a test. */
export function readPage(text: string): Page {
  const lines = text.split('\n');
  const cases: { heading: string; fences: Fence[] }[] = [];
  let title = '';
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.startsWith('# ') && title === '') title = line.slice(2).trim();
    else if (line.startsWith('## ')) cases.push({ heading: line.slice(3).trim(), fences: [] });
    const fence = /^(`{3,})(.*)$/.exec(line);
    if (!fence) continue;
    const end = lines.indexOf(fence[1] ?? '', at + 1);
    if (end === -1) throw new Error(`The fence in line ${at + 1} is never closed.`);
    const current = cases.at(-1);
    if (!current) throw new Error(`The fence in line ${at + 1} stands above the first heading.`);
    const info = (fence[2] ?? '').trim();
    const text = lines.slice(at + 1, end).map((it) => `${it}\n`);
    current.fences.push({ info, words: info.split(/\s+/), text: text.join(''), first: at + 1, end });
    at = end;
  }
  return { title, cases, lines };
}

/** Takes marks and cursor out of a fence. */
export function readSource(text: string): Source {
  const lines = text.split('\n');
  const kept = lines.filter((it) => !markLine.test(it));
  const withCursor = kept.join('\n');
  const cursor = withCursor.indexOf(cursorSign);
  return {
    text: cursor === -1 ? withCursor : withCursor.slice(0, cursor) + withCursor.slice(cursor + cursorSign.length),
    cursor: cursor === -1 ? undefined : cursor,
    isMarked: kept.length < lines.length,
  };
}

/** Writes a text with its marks and cursor: the opposite of `readSource`, in the one form that pages use. */
export function writeSource(text: string, cursor: number | undefined, marks: readonly Mark[]): string {
  const visible = cursor === undefined ? text : text.slice(0, cursor) + cursorSign + text.slice(cursor);
  const shift = (offset: number, isStart: boolean) =>
    cursor === undefined || offset < cursor || (offset === cursor && !isStart) ? offset : offset + cursorSign.length;
  const index = new LineIndex(visible);
  const below = new Map<number, string[]>();
  for (const { range, severity, code, message } of marks) {
    const isPoint = range.start === range.end;
    const start = index.positionAt(shift(range.start, !isPoint));
    const end = index.positionAt(shift(range.end, false));
    const line = visible.split('\n')[start.line] ?? '';
    const isLong = end.line > start.line;
    const stop = isLong ? line.length : end.character;
    const width = Math.max(stop - start.character, 1);
    const signs = isPoint
      ? '|'
      : '^'.repeat(start.character === 0 ? Math.max(width - 1, 1) : width) + (isLong ? '…' : '');
    const gap = ' '.repeat(Math.max(start.character - 1, 0));
    below.set(start.line, [...(below.get(start.line) ?? []), `#${gap}${signs} ${severity}[${code}]: ${message}`]);
  }
  return visible
    .split('\n')
    .flatMap((line, number) => [line, ...(below.get(number) ?? [])])
    .join('\n');
}
