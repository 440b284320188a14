/** What a word typed at the cursor would be: a key of which map, the value of which field, an item of which list. */

import { lineStartOf, type Path, type Range } from './text.ts';
import {
  type BlockStyle,
  blockStyleOf,
  type Entry,
  type FlowSign,
  flowSigns,
  type Opaque,
  type Outline,
  quoteEnd,
  readOutline,
  unquote,
} from './outline.ts';

export interface Slot {
  /** `key`: a new key of the map at `path`; `value`: the scalar at `path`. After `- ` it may become either: `item`. */
  readonly type: 'key' | 'value' | 'item';
  readonly path: Path;
  /** What is typed so far, left of the cursor, without an opening quote. */
  readonly prefix: string;
  /** The word under the cursor, quotes included; it is what an item replaces. */
  readonly range: Range;
  /** Keys of the same map that are there already. */
  readonly siblings: ReadonlySet<string>;
  /** Column of keys of this map, in spaces; the word may stand at another one while it is typed. */
  readonly column: number;
  /** Inside `{}` or `[]`. */
  readonly inFlow: boolean;
  /** A key slot whose word is followed by a colon already. */
  readonly hasColon: boolean;
  /** A value slot straight after the colon or dash, where a space is still missing. */
  readonly needsSpace: boolean;
  /** Inside braces, before something else that only a comma can part from this. */
  readonly needsComma: boolean;
  /** How much deeper than its key the lists of this document stand: 0 or more columns. */
  readonly listIndent: number;
  /** Columns by which maps are indented in this document. */
  readonly indentStep: number;
}

/** The slot at an offset of a document's text; undefined in comments, block scalars and on document markers. */
export function slotIn(text: string, offset: number): Slot | undefined {
  const lineStart = lineStartOf(text, offset);
  const before = text.slice(lineStart, offset);
  if (
    /(^|\s)#/.test(withoutQuoted(`${before}${text[offset] ?? ''}`)) ||
    /^(?:---|\.\.\.)(?=\s|$)/.test(text.slice(lineStart, lineStart + 4))
  )
    return undefined;

  const outline = readOutline(text);
  const style = blockStyleOf(outline);
  const inside = outline.opaque.find(
    (it) =>
      it.start < offset && (offset < it.end || (offset === it.end && !(it.type === 'flow' && isClosed(text, it.end)))),
  );
  if (inside?.type === 'block-scalar' || isBelowBlockScalar(text, offset, outline)) return undefined;
  if (inside?.type === 'flow') return flowSlot(text, offset, inside, outline, style);
  if (outline.opaque.some((it) => it.start < lineStart && lineStart < it.end && it.end <= offset)) return undefined;

  const lineEnd = endOfLine(text, offset);
  const onLine = outline.entries.filter((it) => it.start >= lineStart && it.start < lineEnd);
  const last = onLine.filter((it) => it.end <= offset).at(-1);
  if (last?.type === 'key' && offset >= last.end) return valueSlot(text, offset, outline, last, style);

  const typing = onLine.find((it) => it.type === 'key' && it.start <= offset && offset < it.end);
  if (typing)
    return keySlot(
      text,
      offset,
      outline,
      typing.start,
      typing.column,
      { start: typing.start, end: typing.start + keyLength(text, typing) },
      true,
      style,
    );

  if (last?.type === 'item') {
    const start = last.end + (text.slice(last.end, offset).match(/^\s*/)?.[0].length ?? 0);
    const word = wordRange(text, Math.min(start, offset), lineEnd);
    const itemIndex = outline.entries.indexOf(last);
    const { path } = ancestry(outline.entries, itemIndex, { column: last.column + 1, isItem: false });
    const column = start > last.end ? start - lineStart : last.column + 2;
    const below = siblingsBelow(outline.entries, itemIndex + 1, column);
    return {
      type: 'item',
      path,
      prefix: unquoteLeft(text.slice(word.start, offset)),
      range: word,
      siblings: below,
      column,
      inFlow: false,
      hasColon: false,
      needsSpace: start === last.end,
      needsComma: false,
      ...style,
    };
  }

  if (onLine.some((it) => it.type === 'item' || it.start > offset)) return undefined; // Before something else nothing starts.
  const wordStart = lineStart + (before.length - before.trimStart().length);
  const column = wordStart - lineStart;
  return keySlot(text, offset, outline, wordStart, column, wordRange(text, wordStart, lineEnd), false, style);
}

/** Whether an offset stands on a line that only blank ones part from a block of text, and deep enough to belong to it. */
function isBelowBlockScalar(text: string, offset: number, { entries, opaque }: Outline): boolean {
  const last = opaque.findLast((it) => it.end <= offset);
  const holder = last?.type === 'block-scalar' ? entries[last.owner] : undefined;
  if (!last || !holder || text.slice(last.end, offset).trim() !== '') return false;
  const lineStart = lineStartOf(text, offset);
  return lineStart > last.start && offset - lineStart > holder.column;
}

type Style = BlockStyle;

interface Child {
  readonly column: number;
  readonly isItem: boolean;
}

/** The path that leads to a place with this column, from the entries above it (`last` included). */
function ancestry(
  entries: readonly Entry[],
  last: number,
  place: Child,
): { readonly path: Path; readonly siblings: Set<string>; readonly parent: number } {
  const path: (string | number)[] = [];
  const siblings = new Set<string>();
  let child = place;
  let index = 0;
  let parent = -1;
  for (let at = last; at >= 0; at -= 1) {
    const entry = entries[at];
    if (!entry) continue;
    if (child.isItem) {
      if (entry.type === 'item') {
        if (entry.column === child.column) index += 1;
        else if (entry.column < child.column) {
          path.unshift(index);
          child = { column: entry.column, isItem: true };
          index = 0;
        }
        continue;
      }
      if (entry.column > child.column) continue;
      path.unshift(entry.key, index);
      child = { column: entry.column, isItem: false };
      continue;
    }
    if (entry.column > child.column) continue;
    if (entry.type === 'key') {
      if (entry.column === child.column) {
        if (path.length === 0) siblings.add(entry.key);
        continue;
      }
      // `host: a` cannot hold keys: what is indented a little deeper was meant as its neighbour.
      if (path.length === 0 && entry.inline !== '' && !/^[&!]/.test(entry.inline)) {
        child = { column: entry.column, isItem: false };
        siblings.add(entry.key);
        continue;
      }
      if (path.length === 0) parent = at;
      path.unshift(entry.key);
      child = { column: entry.column, isItem: false };
    } else if (entry.column < child.column) {
      if (path.length === 0) parent = at;
      child = { column: entry.column, isItem: true };
      index = 0;
    }
  }
  if (child.isItem) path.unshift(index);
  return { path, siblings, parent };
}

function siblingsBelow(entries: readonly Entry[], from: number, column: number): Set<string> {
  const siblings = new Set<string>();
  for (let at = from; at < entries.length; at += 1) {
    const entry = entries[at];
    if (!entry || entry.column < column) break;
    if (entry.column === column && entry.type === 'key') siblings.add(entry.key);
  }
  return siblings;
}

function keySlot(
  text: string,
  offset: number,
  outline: Outline,
  start: number,
  column: number,
  range: Range,
  hasColon: boolean,
  style: Style,
): Slot | undefined {
  const { entries } = outline;
  const following = entries.findIndex((it) => it.start >= start);
  const next = following === -1 ? entries.length : following;
  const place = hasColon ? column : Math.max(column, columnBetween(entries, next));
  const { path, parent } = ancestry(entries, next - 1, { column: place, isItem: false });
  const fitting = hasColon ? column : childColumn(outline, parent, place);
  if (fitting === undefined) return undefined;
  const above = ancestry(entries, next - 1, { column: fitting, isItem: false }).siblings;
  const below = siblingsBelow(entries, next + (hasColon ? 1 : 0), fitting);
  return {
    type: 'key',
    path,
    prefix: unquoteLeft(text.slice(range.start, offset)),
    range,
    siblings: new Set([...above, ...below]),
    column: fitting,
    inFlow: false,
    hasColon,
    needsSpace: false,
    needsComma: false,
    ...style,
  };
}

/**
 * The least column for a word before an entry, wherever it is typed: between two entries of a map or list it belongs to
 * these, between a key and what stands below it to the key; else the second would fall to the new one.
 */
function columnBetween(entries: readonly Entry[], next: number): number {
  const below = entries[next];
  if (!below) return 0;
  for (let at = next - 1; at >= 0; at -= 1) {
    const above = entries[at];
    if (!above || above.column > below.column) continue;
    if (above.column === below.column && above.type === below.type) return below.column;
    const isParent = above.type === 'key' && (above.column < below.column || below.type === 'item');
    return isParent && at === next - 1 && above.inline === '' ? above.column + 1 : 0;
  }
  return 0;
}

/**
 * The column at which the children of an entry stand, since a word in between fits nothing: that of the first one, else
 * the one wanted. Undefined for items such as `- a` and for braces on a line of their own, which have no keys below them.
 */
function childColumn({ entries, opaque }: Outline, parent: number, wanted: number): number | undefined {
  const above = entries[parent];
  const first = entries[parent + 1];
  if (!above) return first?.column ?? 0;
  const isListBelowKey = above.type === 'key' && first?.type === 'item';
  if (first && first.column >= above.column + (isListBelowKey ? 0 : 1)) return first.column;
  const isClosed = above.type === 'item' ? above.inline !== '' : opaque.some((it) => it.owner === parent);
  return isClosed ? undefined : wanted;
}

function valueSlot(text: string, offset: number, outline: Outline, entry: Entry, style: Style): Slot {
  const index = outline.entries.indexOf(entry);
  const { path, siblings } = ancestry(outline.entries, index - 1, { column: entry.column, isItem: false });
  const below = siblingsBelow(outline.entries, index + 1, entry.column);
  const start = entry.inline === '' ? offset : Math.min(entry.inlineStart, offset);
  const end = entry.inline === '' ? offset : Math.max(entry.inlineStart + entry.inline.length, offset);
  return {
    type: 'value',
    path: [...path, entry.key],
    prefix: unquoteLeft(text.slice(start, offset)),
    range: { start, end },
    siblings: new Set([...siblings, ...below]),
    column: entry.column,
    inFlow: false,
    hasColon: true,
    needsSpace: start === entry.end,
    needsComma: false,
    ...style,
  };
}

interface Level {
  readonly type: 'map' | 'list';
  readonly start: number;
  readonly keys: Set<string>;
  key: string | undefined;
  index: number;
}

/** Inside `{…}` and `[…]`: reads from the opening bracket to the cursor, and on for siblings to the right. */
function flowSlot(
  text: string,
  offset: number,
  { start, end: last, owner }: Opaque,
  outline: Outline,
  style: Style,
): Slot | undefined {
  const base = pathOf(outline.entries, owner);

  const levels: Level[] = [];
  // Where the word at the cursor starts, and after which sign.
  let word: number | undefined;
  let gapStart = start;
  let isDone = false;
  for (const { sign, at, end } of flowSigns(text, start)) {
    if (at >= offset) break;
    const level = levels.at(-1);
    if (sign === '\n') continue;
    if (sign === 'word' || sign === 'quoted') {
      word = at;
      continue;
    }
    if (sign === ':' && level) {
      level.key = unquote(text.slice(word ?? at, at).trim());
      level.keys.add(level.key);
    }
    if (sign === ',' && level) {
      level.key = undefined;
      level.index += 1;
    }
    if (sign === '{' || sign === '[')
      levels.push({ type: sign === '{' ? 'map' : 'list', start: at, keys: new Set(), key: undefined, index: 0 });
    isDone = sign === '}' || sign === ']';
    if (isDone) levels.pop();
    word = undefined;
    gapStart = end;
  }
  const level = levels.at(-1);
  if (!level || isDone) return undefined; // A comma has to come first.
  const path: (string | number)[] = [...base];
  for (const outer of levels.slice(0, -1)) path.push(...stepsInto(outer));

  const lineStart = lineStartOf(text, offset);
  const isWrapped = word !== undefined && word < lineStart;
  if (isWrapped && /["']/.test(text[word ?? 0] ?? '')) return undefined;
  // YAML would read on over the line break; who types on a new line means a new word.
  const from = isWrapped ? offset - text.slice(lineStart, offset).trimStart().length : (word ?? offset);
  const range = flowWord(text, from, offset);
  const following = signAfter(text, range.end, last);
  const needsComma = /^(?:word|quoted|[{[])$/.test(following ?? '');
  const prefix = unquoteLeft(text.slice(from, offset));
  const common = { prefix, range, column: 0, inFlow: true, needsComma, ...style };
  const siblings = new Set([...level.keys, ...flowKeysAfter(text, range.end)]);
  const isFirst = from === gapStart;
  if (level.key !== undefined) {
    if (following === '{' || following === '[' || isWrapped) return undefined;
    return {
      ...common,
      type: 'value',
      path: [...path, ...stepsInto(level)],
      siblings,
      hasColon: true,
      needsSpace: isFirst && text[gapStart - 1] === ':',
    };
  }
  if (level.type === 'list')
    return { ...common, type: 'item', path: [...path, level.index], siblings, hasColon: false, needsSpace: false };
  return {
    ...common,
    type: 'key',
    path,
    siblings,
    hasColon: /^\s*:/.test(text.slice(range.end)),
    needsSpace: isFirst && text[gapStart - 1] === ',',
  };
}

/** `[a: b]` is a list of a map, so a level may give two steps. */
function stepsInto({ type, index, key }: Level): Path {
  if (type === 'map') return [key ?? ''];
  return key === undefined ? [index] : [index, key];
}

/** The path of an entry's value; empty for -1, the document. */
function pathOf(entries: readonly Entry[], index: number): Path {
  const entry = entries[index];
  if (!entry) return [];
  if (entry.type === 'item') return ancestry(entries, index, { column: entry.column + 1, isItem: false }).path;
  return [...ancestry(entries, index - 1, { column: entry.column, isItem: false }).path, entry.key];
}

function flowWord(text: string, from: number, offset: number): Range {
  if (text[from] === '"' || text[from] === "'") return { start: from, end: Math.max(quoteEnd(text, from) + 1, offset) };
  const rest = /(?:[^,[\]{}:#\n]|:(?![\s,[\]{}]|$)|(?<!\s)#)*/y;
  rest.lastIndex = offset;
  return { start: from, end: offset + (rest.exec(text)?.[0].trimEnd().length ?? 0) };
}

/** The first sign from an offset to the end of a flow collection. */
function signAfter(text: string, from: number, last: number): FlowSign['sign'] | undefined {
  for (const { sign, at } of flowSigns(text, from)) {
    if (at >= last) break;
    if (sign !== '\n') return sign;
  }
  return undefined;
}

function flowKeysAfter(text: string, from: number): string[] {
  const keys: string[] = [];
  let depth = 0;
  let word: number | undefined;
  for (const { sign, at } of flowSigns(text, from)) {
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    else if (depth === 0 && sign === ':' && word !== undefined) keys.push(unquote(text.slice(word, at).trim()));
    if (depth < 0) break;
    if (sign !== '\n') word = sign === 'word' || sign === 'quoted' ? at : undefined;
  }
  return keys;
}

function wordRange(text: string, start: number, lineEnd: number): Range {
  const rest = text.slice(start, lineEnd);
  const comment = /\s#/.exec(rest);
  const word = (comment ? rest.slice(0, comment.index) : rest).replace(/:\s*$/, '').trimEnd();
  return { start, end: start + word.length };
}

function keyLength(text: string, entry: Entry): number {
  return text.slice(entry.start, entry.end).replace(/\s*:$/, '').length;
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}

function unquoteLeft(text: string): string {
  return text.replace(/^["']/, '');
}

function isClosed(text: string, end: number): boolean {
  return text[end - 1] === '}' || text[end - 1] === ']';
}

/** A line without what stands in quotes, also in one that is not closed yet. */
function withoutQuoted(text: string): string {
  return text.replace(/(?<=^|[\s,[{(])(?:"(?:[^"\\]|\\.)*(?:"|$)|'[^']*(?:'|$))/g, (it) => '_'.repeat(it.length));
}
