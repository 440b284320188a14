/**
 * The block structure of a document as its indentation shows it, line by line and without a parser, so that it can be
 * read while the document is half typed. Completion stands on it: it says where a new word would land.
 */

import { nestingLimit } from './depth.ts';

/** A key (`host:`) or the dash of a list item, in reading order; one line may hold several (`- route:`). */
export interface Entry {
  readonly type: 'key' | 'item';
  /** Column of the key or dash, from zero. */
  readonly column: number;
  /** Offset of the key or dash. */
  readonly start: number;
  /** Offset after the colon or the dash. */
  readonly end: number;
  /** Line number within the text, from zero. */
  readonly line: number;
  /** The key without quotes; empty for an item. */
  readonly key: string;
  /** What follows on the same line, without a comment; empty when the value stands below. */
  readonly inline: string;
  /** Offset where `inline` starts. */
  readonly inlineStart: number;
}

/** A stretch of text that is not block structure: block scalars, quoted text over several lines, flow collections. */
export interface Opaque {
  readonly type: 'block-scalar' | 'quoted' | 'flow';
  readonly start: number;
  readonly end: number;
  /** The entry whose value it is; -1 for a document that is in braces as a whole. */
  readonly owner: number;
}

export interface Outline {
  readonly entries: readonly Entry[];
  readonly opaque: readonly Opaque[];
}

const keyPattern =
  /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'[\]{},&*!|>%@`-](?:[^#\n]|(?<=\S)#)*?|-\S(?:[^#\n]|(?<=\S)#)*?)(?<!\s)\s*:(?=\s|$)/;

/** Reads the outline of a text. Takes any text, also broken YAML; lines that are no structure are skipped. */
export function readOutline(text: string): Outline {
  const entries: Entry[] = [];
  const opaque: Opaque[] = [];
  let lineNumber = -1;
  let at = 0;
  while (at <= text.length) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline === -1 ? text.length : newline;
    lineNumber += 1;
    const line = text.slice(at, lineEnd).replace(/\r$/, '');
    const next = lineEnd + 1;
    let resumeAt = next;

    let column = line.length - line.trimStart().length;
    let rest = line.slice(column);
    if (rest !== '' && !rest.startsWith('#') && !/^(---|\.\.\.|%)/.test(line)) {
      for (let dashes = 0; dashes < nestingLimit && /^-(\s|$)/.test(rest); dashes += 1) {
        entries.push(entryAt('item', '', at, column, 1, rest, lineNumber));
        const gap = rest.slice(1).length - rest.slice(1).trimStart().length;
        column += 1 + gap;
        rest = rest.slice(1 + gap);
      }
      const anchor = /^(?:[&!]\S*\s+)+(?=\S)/.exec(rest)?.[0] ?? '';
      const match = keyPattern.exec(rest.slice(anchor.length));
      if (match?.[1] !== undefined) {
        entries.push(
          entryAt(
            'key',
            unquote(match[1]),
            at,
            column + anchor.length,
            match[0].length,
            rest.slice(anchor.length),
            lineNumber,
          ),
        );
      }
      const owner = entries.length - 1;
      const holder = entries[owner];
      // A value on a line of its own has its owner above.
      const start = column + anchor.length;
      const region =
        holder?.line === lineNumber
          ? opaqueAfter(text, holder, lineEnd)
          : signedRegion(text, at + start, /^["']/.test(rest) ? start : (holder?.column ?? -1), lineEnd);
      if (region) {
        opaque.push({ ...region, owner });
        if (region.end > lineEnd) {
          const end = text.indexOf('\n', region.end - 1);
          resumeAt = end === -1 ? text.length + 1 : end + 1;
          lineNumber += countLines(text, next, Math.min(resumeAt, text.length));
        }
      }
    }
    at = resumeAt;
  }
  return { entries, opaque };
}

function entryAt(
  type: Entry['type'],
  key: string,
  lineStart: number,
  column: number,
  length: number,
  rest: string,
  line: number,
): Entry {
  const after = rest.slice(length);
  const gap = after.length - after.trimStart().length;
  const inline = withoutComment(after.trimStart());
  const start = lineStart + column;
  return {
    type,
    key,
    column,
    start,
    end: start + length,
    line,
    inline,
    inlineStart: start + length + (inline === '' ? 0 : gap),
  };
}

function withoutComment(text: string): string {
  if (text.startsWith('#')) return '';
  if (text.startsWith('"') || text.startsWith("'") || text.startsWith('{') || text.startsWith('['))
    return text.trimEnd();
  return (/\s#/.exec(text) ? text.slice(0, /\s#/.exec(text)?.index) : text).trimEnd();
}

function opaqueAfter(text: string, holder: Entry, lineEnd: number): Omit<Opaque, 'owner'> | undefined {
  const value = holder.inline.replace(/^(?:[&!]\S*\s+)+/, '');
  if (/^[|>][-+0-9]*$/.test(value)) {
    // Under `key: |` it is indented deeper than its key, under `- |` deeper than its dash.
    return { type: 'block-scalar', start: lineEnd, end: indentedEnd(text, lineEnd + 1, holder.column) };
  }
  const valueStart = holder.inlineStart + holder.inline.length - value.length;
  return signedRegion(text, valueStart, holder.column, lineEnd);
}

/** What a quote or bracket at an offset opens. */
function signedRegion(text: string, start: number, column: number, lineEnd: number): Omit<Opaque, 'owner'> | undefined {
  const sign = text[start];
  if (sign === '"' || sign === "'") return quotedRegion(text, start, sign, column, lineEnd);
  return sign === '{' || sign === '[' ? flowRegion(text, start, column) : undefined;
}

function flowRegion(text: string, start: number, column: number): Omit<Opaque, 'owner'> {
  return { type: 'flow', start, end: flowEnd(text, start, column) };
}

function indentedEnd(text: string, from: number, column: number): number {
  let end = from;
  for (let at = from; at <= text.length; ) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline === -1 ? text.length : newline;
    const line = text.slice(at, lineEnd);
    if (line.trim() !== '' && line.length - line.trimStart().length <= column) return end;
    if (line.trim() !== '') end = lineEnd;
    if (newline === -1) break;
    at = lineEnd + 1;
  }
  return Math.max(end, from - 1);
}

function quotedRegion(
  text: string,
  start: number,
  quote: string,
  column: number,
  lineEnd: number,
): Omit<Opaque, 'owner'> | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\\' && quote === '"') at += 1;
    else if (sign === quote) return at > lineEnd ? { type: 'quoted', start, end: at + 1 } : undefined;
    else if (sign === '\n' && startsBlockKey(text, at + 1, column)) return undefined;
  }
  return undefined;
}

/** The end of a flow collection; an unclosed one ends where the next block key starts. */
function flowEnd(text: string, start: number, column: number): number {
  let depth = 0;
  for (const { sign, at } of flowSigns(text, start)) {
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (sign === '\n' && startsBlockKey(text, at + 1, column)) return at;
  }
  return text.length;
}

/** A sign that gives a flow collection its structure, or the start of a word in it. */
export interface FlowSign {
  readonly sign: '{' | '}' | '[' | ']' | ',' | ':' | '\n' | 'word' | 'quoted';
  readonly at: number;
  /** After the sign; of a word only after its first letter. */
  readonly end: number;
}

/** The signs of a flow collection from an offset in it, without comments; goes on to the end of the text. */
export function* flowSigns(text: string, from: number): Generator<FlowSign> {
  let inWord = false;
  let wasQuoted = false;
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '\n') yield { sign, at, end: at + 1 };
    else if (/\s/.test(sign)) continue;
    else if (sign === '#' && /\s/.test(text[at - 1] ?? ' ')) at = lineEndAt(text, at) - 1;
    else if (!inWord && (sign === '"' || sign === "'")) {
      const end = flowQuoteEnd(text, at) + 1;
      yield { sign: 'quoted', at, end };
      at = end - 1;
      inWord = true;
      wasQuoted = true;
    } else if (isFlowMark(sign) || (sign === ':' && (wasQuoted || /^[\s,[\]{}]?$/.test(text[at + 1] ?? '')))) {
      yield { sign: sign, at, end: at + 1 };
      inWord = sign === '}' || sign === ']';
      wasQuoted = false;
    } else {
      if (!inWord) yield { sign: 'word', at, end: at + 1 };
      inWord = true;
      wasQuoted = false;
    }
  }
}

function isFlowMark(sign: string): sign is '{' | '}' | '[' | ']' | ',' {
  return /[{}[\],]/.test(sign);
}

/** The closing quote, also lines below when what follows shows that it is one; else the end of the line. */
function flowQuoteEnd(text: string, start: number): number {
  const end = quoteEnd(text, start);
  if (text[end] === text[start] && end > start) return end;
  const rest = text[start] === '"' ? /(?:[^"\\]|\\[^])*"(?=\s*[,:\]}])/y : /(?:[^']|'')*'(?=\s*[,:\]}])/y;
  rest.lastIndex = start + 1;
  return rest.test(text) ? rest.lastIndex - 1 : end;
}

/** The offset of the closing quote; the end of the line when there is none. */
export function quoteEnd(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] === quote) return at;
    else if (text[at] === '\n') return at - 1;
  }
  return text.length - 1;
}

function lineEndAt(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function startsBlockKey(text: string, lineStart: number, column: number): boolean {
  const line = text.slice(lineStart, lineEndAt(text, lineStart));
  const indent = line.length - line.trimStart().length;
  return (
    line.trim() !== '' && indent <= column && (keyPattern.test(line.trimStart()) || line.trimStart().startsWith('- '))
  );
}

function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** A key or scalar without its quotes. */
export function unquote(text: string): string {
  if (text.length >= 2 && text.startsWith('"') && text.endsWith('"')) {
    try {
      return JSON.parse(text) as string;
    } catch {
      return text.slice(1, -1); // YAML knows escapes that JSON does not; the raw text serves look-ups well enough.
    }
  }
  if (text.length >= 2 && text.startsWith("'") && text.endsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return text;
}

export interface BlockStyle {
  /** How much deeper than its key a list stands: 0 or more columns. */
  readonly listIndent: number;
  /** Columns by which maps are indented. */
  readonly indentStep: number;
}

/** How a text indents its lists and maps, by the first of each; 2 where nothing shows it. */
export function blockStyleOf({ entries }: Outline): BlockStyle {
  let listIndent: number | undefined;
  let indentStep: number | undefined;
  for (let at = 1; at < entries.length; at += 1) {
    const previous = entries[at - 1];
    const entry = entries[at];
    if (!entry || previous?.type !== 'key' || previous.inline !== '' || entry.line === previous.line) continue;
    if (entry.type === 'item' && entry.column >= previous.column) listIndent ??= entry.column - previous.column;
    if (entry.type === 'key' && entry.column > previous.column) indentStep ??= entry.column - previous.column;
  }
  const step = indentStep ?? 2;
  return { listIndent: listIndent ?? step, indentStep: step };
}
