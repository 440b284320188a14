/** What of a file can be folded: documents, resources, fields and list items of several lines, and blocks of comments. */

import { blocksOf } from '../model/blocks.ts';
import type { Opaque } from '../model/outline.ts';
import type { Part } from '../model/part.ts';
import type { Range, Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';

export interface Fold {
  /** From within the first line, which stays, to within the last one, which goes. */
  readonly range: Range;
  readonly type: 'block' | 'comment';
  /** Levels around it; an editor that takes only so many folds is given the outer ones. */
  readonly depth: number;
}

/**
 * The folds of a file in order of their first lines, one a line at most; undefined for files without a manifest, which
 * others fold as they like. Reads only documents that have changed since it was last asked.
 */
export function folding(workspace: Workspace, uri: Uri): readonly Fold[] | undefined {
  const manifest = workspace.manifests.get(uri);
  if (!manifest?.parts.some((it) => it.isManifest)) return undefined;
  return manifest.parts.flatMap((part, position) => {
    const start = manifest.starts[position] ?? 0;
    return foldsOf(part).map(({ range, ...fold }) => ({
      ...fold,
      range: { start: start + range.start, end: start + range.end },
    }));
  });
}

const foldsOfPart = new WeakMap<Part, readonly Fold[]>();

function foldsOf(part: Part): readonly Fold[] {
  let folds = foldsOfPart.get(part);
  if (!folds) {
    folds = readFolds(part);
    foldsOfPart.set(part, folds);
  }
  return folds;
}

function readFolds(part: Part): readonly Fold[] {
  const { text } = part.masked;
  const { blocks, outline } = blocksOf(part);
  const end = blocks.reduce((last, it) => Math.max(last, it.end), 0);
  const fields = blocks.map(
    ({ entry, end, depth }): Fold => ({
      range: { start: entry.start, end },
      type: 'block',
      depth: depth + 2,
    }),
  );
  const whole = blocks
    .slice(0, 1)
    .map(({ entry }): Fold => ({ range: { start: entry.start, end }, type: 'block', depth: 1 }));
  // The marker's line folds the document with the comments at its top, the first key's line the resource alone.
  const document: Fold[] = text.startsWith('---') ? [{ range: { start: 0, end }, type: 'block', depth: 0 }] : [];
  const blocksOfLines = outermost(text, [...document, ...whole, ...fields]);
  return [...blocksOfLines, ...commentFolds(part.text, outline.opaque)].sort((a, b) => a.range.start - b.range.start);
}

/** Of the folds that start in one line the first that reaches into another: of `- route:` the item. */
function outermost(text: string, folds: readonly Fold[]): Fold[] {
  const kept: Fold[] = [];
  let lineEnd = -1;
  for (const fold of folds) {
    if (fold.range.start < lineEnd) continue;
    const newline = text.indexOf('\n', fold.range.start);
    if (newline === -1 || newline >= fold.range.end) continue;
    kept.push(fold);
    lineEnd = newline;
  }
  return kept;
}

/** Comments of two lines or more; what looks like one in a block scalar is text. */
function commentFolds(text: string, opaque: readonly Opaque[]): Fold[] {
  const folds: Fold[] = [];
  let at = 0;
  for (const { index, 0: lines } of text.matchAll(/^[ \t]*#.*(?:\n[ \t]*#.*)+/gm)) {
    while ((opaque[at]?.end ?? text.length) <= index) at += 1;
    const region = opaque[at];
    if (region && region.start < index) continue;
    const indent = /^[ \t]*/.exec(lines)?.[0].length ?? 0;
    folds.push({ range: { start: index + indent, end: index + lines.length }, type: 'comment', depth: indent });
  }
  return folds;
}
