/**
 * Patches that are written into a kustomization as text: parts in a part. Each is read as the text of its host with all
 * else blanked, so that an offset in one is an offset in the other.
 */

import { isMap, isScalar, isSeq, Scalar } from 'yaml';
import { keyText } from './decode.ts';
import { looksLikeManifest } from './looks-like-manifest.ts';
import { Part } from './part.ts';
import type { Range, Uri } from './text.ts';

const patchesOfPart = new WeakMap<Part, readonly Part[]>();
const hostOfPatch = new WeakMap<Part, Part>();
const rangeOfPatch = new WeakMap<Part, Range>();

/** Whether a file is a kustomization, which goes by its name. */
export function isKustomization(uri: Uri): boolean {
  return /\/(?:kustomization\.ya?ml|Kustomization)$/.test(uri);
}

/**
 * The resources that a part of a kustomization has as text below `patches` and `patchesStrategicMerge`, each as a part;
 * empty for other files. Lists of operations (JSON6902) are no resources.
 */
export function embeddedIn(uri: Uri, part: Part): readonly Part[] {
  if (!isKustomization(uri)) return [];
  let known = patchesOfPart.get(part);
  if (!known) {
    known = textsIn(part)
      .filter((it) => looksLikeManifest(part.text.slice(it.start, it.end)))
      .map((it) => patchAt(part, it));
    patchesOfPart.set(part, known);
  }
  return known;
}

/** The part that stands in the manifest: that around a patch, any other itself. */
export function hostOf(part: Part): Part {
  return hostOfPatch.get(part) ?? part;
}

/** The patch around an offset of a part (counted from the part's start), else the part itself. */
export function innermostAt(uri: Uri, part: Part, offset: number): Part {
  return embeddedIn(uri, part).find((it) => isWithin(offset, rangeOfPatch.get(it))) ?? part;
}

function isWithin(offset: number, range: Range | undefined): boolean {
  return range !== undefined && range.start <= offset && offset <= range.end;
}

function patchAt(host: Part, range: Range): Part {
  const patch = new Part(blank(host.text.slice(0, range.start)) + host.text.slice(range.start, range.end));
  hostOfPatch.set(patch, host);
  rangeOfPatch.set(patch, range);
  return patch;
}

/** Where the blocks of text stand that may be patches. */
function textsIn(part: Part): Range[] {
  const contents = part.document()?.contents;
  if (!isMap(contents)) return [];
  return contents.items
    .filter((it) => ['patches', 'patchesStrategicMerge'].includes(keyText(it.key) ?? ''))
    .flatMap(({ value }) => (isSeq(value) ? value.items : []))
    .map((it) => (isMap(it) ? it.items.find((pair) => keyText(pair.key) === 'patch')?.value : it))
    .flatMap((it) => {
      if (!isScalar(it) || it.type !== Scalar.BLOCK_LITERAL || !it.range) return [];
      const header = part.text.indexOf('\n', it.range[0]);
      return header === -1 || header >= it.range[1] ? [] : [{ start: header + 1, end: it.range[1] }];
    });
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}
