/** How deep a document nests, found without recursion: the YAML parser recurses and must not be given the deepest ones. */

import { Lexer } from 'yaml';

/** Deeper than any real manifest, and far above what the parser's own recursion endures. */
export const nestingLimit = 200;

/**
 * The offset at which a text nests deeper than `nestingLimit`, undefined when it never does. A quick look by brackets and
 * indentation comes first; only a suspicious text is read token by token.
 */
export function tooDeepAt(text: string): number | undefined {
  return mayBeDeep(text) && suspicious(text) ? deepToken(text) : undefined;
}

/** Deep nesting takes a line as long as it is deep, or as many brackets; hardly any manifest has either. */
function mayBeDeep(text: string): boolean {
  return longLine.test(text) || countOf(text, '[') + countOf(text, '{') > nestingLimit;
}

const longLine = new RegExp(`^[^\\n]{${nestingLimit}}`, 'm');

function countOf(text: string, sign: string): number {
  let count = 0;
  for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) count += 1;
  return count;
}

function suspicious(text: string): boolean {
  let open = 0;
  let deepest = 0;
  let columns: number[] = [];
  let lineStart = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === 0x5b || sign === 0x7b) deepest = Math.max(deepest, ++open);
    else if (sign === 0x5d || sign === 0x7d) open = Math.max(0, open - 1);
    else if (sign === 0x0a) lineStart = at + 1;
    else if (at === lineStart || (at > lineStart && isIndicator(text, lineStart, at))) {
      const column = at - lineStart;
      if (sign === 0x20) continue;
      columns = columns.filter((it) => it < column);
      columns.push(column);
      deepest = Math.max(deepest, columns.length);
    }
    if (deepest > nestingLimit) return true;
  }
  return false;
}

/** Whether all that stands before `at` on its line is spaces and the marks that open nested blocks on one line. */
function isIndicator(text: string, lineStart: number, at: number): boolean {
  const previous = text.charCodeAt(at - 1);
  if (previous !== 0x20) return false;
  for (let back = at - 2; back >= lineStart && back > at - 4; back -= 1) {
    const sign = text.charCodeAt(back);
    if (sign !== 0x20 && sign !== 0x2d && sign !== 0x3f) return false;
  }
  return true;
}

function deepToken(text: string): number | undefined {
  let flow = 0;
  let columns: number[] = [];
  let column = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') flow += 1;
    else if (token === ']' || token === '}') flow = Math.max(0, flow - 1);
    else if (flow === 0 && token !== '\n' && token.trim() !== '') {
      columns = columns.filter((it) => it < column);
      columns.push(column);
    }
    if (flow + columns.length > nestingLimit) return offset;
    offset += token.length;
    const newline = token.lastIndexOf('\n');
    column = newline === -1 ? column + token.length : token.length - newline - 1;
  }
  return undefined;
}
