/** Comments of a document and the fields that they are about. */

import { Lexer } from 'yaml';
import { spotAt } from './manifest.ts';
import type { Part } from './part.ts';
import { lineStartOf, type Path } from './text.ts';

export interface Comment {
  /** What follows the `#`, the blank space before it included. */
  readonly text: string;
  /** The field or item that it is about, from the root of the part; empty for the document. */
  readonly path: Path;
  /** Whether it stands behind something on the same line. */
  readonly isTrailing: boolean;
}

/**
 * The comments of a part in order. One on a line of its own is about what follows it, or about what stands before it
 * when nothing as deep follows; one behind a value is about that value.
 */
export function commentsOf(part: Part): readonly Comment[] {
  const text = part.masked.text;
  if (!text.includes('#')) return [];
  return [...commentTokens(text)].map(({ start, end }) => {
    const lineStart = lineStartOf(text, start);
    const isTrailing = !/^[ \t]*(?:-[ \t]+)*$/.test(text.slice(lineStart, start));
    const path = isTrailing ? pathOfLine(part, lineStart, 'field') : pathBelow(part, start);
    return { text: text.slice(start + 1, end).trimEnd(), path, isTrailing };
  });
}

/** Signs that the lexer puts between its tokens and that do not stand in the text: document, end of flow, scalar. */
const marks = new Set(['\u0002', '\u0018', '\u001f']);

function* commentTokens(text: string): Generator<{ readonly start: number; readonly end: number }> {
  let at = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (marks.has(token)) {
      isScalar = token === '\u001f';
      continue;
    }
    if (token.startsWith('#') && !isScalar) yield { start: at, end: at + token.length };
    isScalar = false;
    at += token.length;
  }
}

/** What a comment on a line of its own is about. */
function pathBelow(part: Part, start: number): Path {
  const text = part.masked.text;
  const column = start - lineStartOf(text, start);
  for (let at = nextLine(text, start); at !== undefined; at = nextLine(text, at)) {
    const line = /^([ \t]*)([^\s#])/.exec(text.slice(at, at + 400));
    if (!line) continue;
    if ((line[1] ?? '').length < column || /^(?:---|\.\.\.)/.test(text.slice(at))) break;
    return pathOfLine(part, at);
  }
  for (let at = lineStartOf(text, start); at > 0; ) {
    at = lineStartOf(text, at - 1);
    if (/^[ \t]*[^\s#]/.test(text.slice(at, at + 400)) && !text.startsWith('---', at)) return pathOfLine(part, at);
  }
  return [];
}

function nextLine(text: string, at: number): number | undefined {
  const end = text.indexOf('\n', at);
  return end === -1 || end + 1 >= text.length ? undefined : end + 1;
}

/**
 * The path of the item or the field with which a line begins, the item where it begins with a dash and `first` asks for it;
 * of a line that continues a value, the path of that value.
 */
function pathOfLine(part: Part, lineStart: number, first: 'item' | 'field' = 'item'): Path {
  const text = part.masked.text;
  for (let at = lineStart; ; at = lineStartOf(text, at - 1)) {
    const [lead = '', dash = ''] = /^[ \t]*((?:-[ \t]+)*)/.exec(text.slice(at, at + 400)) ?? [];
    const spot = spotAt(part, at + lead.length);
    if (spot) {
      const item = spot.path.findLastIndex((it) => typeof it === 'number');
      return first === 'field' || dash === '' || item === -1 ? spot.path : spot.path.slice(0, item + 1);
    }
    if (at === 0) return [];
  }
}
