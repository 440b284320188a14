/** What a growing selection takes in step by step: the word, its field, the item, the list, … the document, the file. */

import { type Block, blocksOf } from '../model/blocks.ts';
import { partAt } from '../model/manifest.ts';
import { flowSigns, type Opaque } from '../model/outline.ts';
import type { Part } from '../model/part.ts';
import type { Range, Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';

/**
 * The ranges around an offset, each within the next, the innermost first and the whole file last; empty for files that
 * the workspace does not hold. Stands on indentation, so that it works in a document that is half typed.
 */
export function selectionRanges(workspace: Workspace, uri: Uri, offset: number): readonly Range[] {
  const manifest = workspace.manifests.get(uri);
  const at = manifest && partAt(manifest, offset);
  if (!at) return [];
  const { part, start } = at;
  const inPart = rangesIn(part, offset - start);
  const ranges = inPart.map((it) => ({ start: start + it.start, end: start + it.end }));
  return nested([
    ...ranges.filter((it) => it.start <= offset && offset <= it.end),
    { start: 0, end: manifest.text.length },
  ]);
}

function rangesIn(part: Part, offset: number): Range[] {
  const { text } = part.masked;
  const { blocks, outline } = blocksOf(part);
  const region = outline.opaque.find((it) => it.start <= offset && offset <= it.end);
  const innermost = blocks.findLast((it) => it.entry.start <= offset && offset <= it.end);
  return [
    ...(region ? rangesInRegion(text, region, offset) : []),
    ...(innermost ? scalarRanges(text, innermost, offset) : []),
    ...rangesAround(blocks, innermost),
    documentOf(text),
    { start: 0, end: text.length },
  ];
}

/** A document without its marker and the blank lines around it. */
function documentOf(text: string): Range {
  const from = /^(?:---[^\n]*\n)?\s*/.exec(text)?.[0].length ?? 0;
  return { start: from, end: Math.max(from, text.trimEnd().length) };
}

/** The key or the value of an entry on its own line. */
function scalarRanges(text: string, { entry, end }: Block, offset: number): Range[] {
  const { type, key, inline, inlineStart, start } = entry;
  const value = { start: inlineStart, end: Math.max(inlineStart + inline.length, inline === '' ? 0 : end) };
  if (inline !== '' && inlineStart <= offset) {
    const inner = withoutQuotes(text, { start: value.start, end: value.start + inline.length });
    return [...(inner ? [inner] : []), value];
  }
  return type === 'key' && key !== '' && offset <= entry.end ? [{ start, end: entry.end - 1 }] : [];
}

/** Each block around, and between them the map or list that it is one entry of. */
function rangesAround(blocks: readonly Block[], innermost: Block | undefined): Range[] {
  const ranges: Range[] = [];
  for (let block = innermost; block; block = block.parent) {
    const { parent } = block;
    ranges.push({ start: block.entry.start, end: block.end });
    const siblings = blocks.filter((it) => it.parent === parent);
    const [first, last] = [siblings[0], siblings.at(-1)];
    if (first && last) ranges.push({ start: first.entry.start, end: last.end });
  }
  return ranges;
}

/** What stands around an offset in text that is no block structure. */
function rangesInRegion(text: string, region: Opaque, offset: number): Range[] {
  if (region.type === 'flow') return [...flowRanges(text, region, offset), region];
  if (region.type === 'quoted') return [{ start: region.start + 1, end: region.end - 1 }, region];
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const line = trimmed(text, lineStart, newline === -1 ? text.length : newline);
  return [line, trimmed(text, region.start, region.end)];
}

/** In `{ host: reviews, ports: [80] }` the word, its pair, the collection around it, and so on outwards. */
function flowRanges(text: string, region: Opaque, offset: number): Range[] {
  interface Open {
    readonly start: number;
    entry: number;
    colon: number | undefined;
  }
  const open: Open[] = [];
  const ranges: Range[] = [];
  const take = (range: Range) => {
    if (range.start <= offset && offset <= range.end) ranges.push(range);
  };
  const takeScalar = (range: Range) => {
    const inner = withoutQuotes(text, range);
    if (inner) take(inner);
    take(range);
  };
  const closeEntry = ({ entry, colon }: Open, end: number) => {
    if (colon !== undefined) {
      takeScalar(trimmed(text, entry, colon));
      takeScalar(trimmed(text, colon + 1, end));
      take(trimmed(text, entry, end));
    } else takeScalar(trimmed(text, entry, end));
  };
  for (const { sign, at, end } of flowSigns(text, region.start)) {
    const last = open.at(-1);
    if (at >= region.end) break;
    if (sign === '{' || sign === '[') open.push({ start: at, entry: end, colon: undefined });
    else if (sign === ':' && last) last.colon ??= at;
    else if (sign === ',' && last) {
      closeEntry(last, at);
      last.entry = end;
      last.colon = undefined;
    } else if ((sign === '}' || sign === ']') && last) {
      closeEntry(last, at);
      take({ start: last.start, end });
      open.pop();
    }
  }
  // What is not closed yet ends with its region.
  for (const it of open.reverse()) closeEntry(it, region.end);
  return ranges;
}

/** What stands between the quotes of a scalar; undefined for one without. */
function withoutQuotes(text: string, { start, end }: Range): Range | undefined {
  const sign = text[start];
  const isQuoted = end - start >= 2 && (sign === '"' || sign === "'") && text[end - 1] === sign;
  return isQuoted ? { start: start + 1, end: end - 1 } : undefined;
}

function trimmed(text: string, start: number, end: number): Range {
  const inner = text.slice(start, end);
  const from = start + inner.length - inner.trimStart().length;
  return { start: from, end: Math.max(from, start + inner.trimEnd().length) };
}

/** The ranges that take in more than the one before. */
function nested(ranges: readonly Range[]): Range[] {
  const kept: Range[] = [];
  for (const range of ranges) {
    const last = kept.at(-1);
    const isWider =
      !last || (range.start <= last.start && range.end >= last.end && range.end - range.start > last.end - last.start);
    if (isWider && range.end > range.start) kept.push(range);
  }
  return kept;
}
