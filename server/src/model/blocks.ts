/** How far each key and list item of a text reaches, and what it stands in, as the outline shows it: also half typed. */

import { type Entry, type Outline, readOutline } from './outline.ts';
import type { Part } from './part.ts';

/** A key with its value, or a list item, in reading order. */
export interface Block {
  readonly entry: Entry;
  /** The block around it in the same list; undefined at the top. */
  readonly parent: Block | undefined;
  /** Levels of blocks around it. */
  readonly depth: number;
  /** Offset after its last sign; blank lines and comments below it are not its own. */
  readonly end: number;
}

export interface Blocks {
  readonly blocks: readonly Block[];
  readonly outline: Outline;
}

const blocksOfParts = new WeakMap<Part, Blocks>();

/** The blocks of a document, read when somebody first asks. Takes any document, also broken YAML. */
export function blocksOf(part: Part): Blocks {
  let blocks = blocksOfParts.get(part);
  if (!blocks) {
    blocks = readBlocks(part.masked.text);
    blocksOfParts.set(part, blocks);
  }
  return blocks;
}

/** Reads the blocks of a text in one pass over its outline. */
function readBlocks(text: string): Blocks {
  const outline = readOutline(text);
  const blocks: (Block & { end: number })[] = [];
  const open: (Block & { end: number })[] = [];
  let nextOpaque = 0;
  /** The end of what was read last that is no structure; a `#` in it is no comment. */
  let opaqueEnd = 0;
  const closeBefore = (offset: number, isInside: (block: Block) => boolean) => {
    for (
      let region = outline.opaque[nextOpaque];
      region && region.start < offset;
      region = outline.opaque[nextOpaque]
    ) {
      opaqueEnd = region.end;
      nextOpaque += 1;
    }
    let end: number | undefined;
    for (let last = open.at(-1); last && !isInside(last); last = open.at(-1)) {
      end ??= contentEnd(text, offset, Math.max(last.entry.end, opaqueEnd));
      last.end = end;
      open.pop();
    }
  };
  for (const entry of outline.entries) {
    closeBefore(entry.start, (it) => isBelow(entry, it.entry));
    const parent = open.at(-1);
    const block = { entry, parent, depth: open.length, end: entry.end };
    blocks.push(block);
    open.push(block);
  }
  closeBefore(text.length, () => false);
  return { blocks, outline };
}

/** Whether an entry stands in the value of another; the items of a list may stand right below their key. */
function isBelow(entry: Entry, above: Entry): boolean {
  if (entry.column > above.column) return true;
  return entry.column === above.column && entry.type === 'item' && above.type === 'key';
}

/** The end of the last line with content before an offset, not before `least`. */
function contentEnd(text: string, offset: number, least: number): number {
  let end = offset;
  while (end > least) {
    const lineStart = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(lineStart, end).trim();
    if (line !== '' && !line.startsWith('#')) return lineStart + text.slice(lineStart, end).trimEnd().length;
    end = lineStart - 1;
  }
  return least;
}
