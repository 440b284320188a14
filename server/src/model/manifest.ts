/** A manifest: one YAML file as its parts and resources. Split without parsing; parts that did not change are kept. */

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { keyText, rangeOf } from './decode.ts';
import { embeddedIn, hostOf, innermostAt } from './embedded.ts';
import { Part } from './part.ts';
import { groupOf, versionOf } from './kind.ts';
import type { Path, Range, Uri } from './text.ts';
import { isRecord, valueAt } from './value.ts';

export interface Manifest {
  readonly uri: Uri;
  readonly text: string;
  readonly parts: readonly Part[];
  /** Offset of each part in the text. */
  readonly starts: readonly number[];
}

/** One Kubernetes object: a part, or an item of a `List` in it. It holds no offset, so edits elsewhere leave it valid. */
export interface Resource {
  readonly uri: Uri;
  readonly part: Part;
  /** Where it stands in the part: empty, or `['items', 3]`. */
  readonly root: Path;
  readonly apiVersion: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `metadata.name`; empty when there is none or it comes from a template. */
  readonly name: string;
  /** `metadata.namespace` as written; which namespace counts, `Environment.namespaceOf` says. */
  readonly namespace: string | undefined;
  readonly value: unknown;
}

/** Files above this length (UTF-16 units) are not read at all; diagnostics say so once. */
export const manifestLengthLimit = 3_000_000;

/**
 * Splits a text into parts at `---` and `...` lines. Parts before and after what changed since `previous` are taken over
 * with all that is known of them. Takes any text, never throws.
 */
export function parseManifest(uri: Uri, text: string, previous?: Manifest): Manifest {
  if (text.length > manifestLengthLimit) return { uri, text, parts: [], starts: [] };
  const old = previous ?? { text: '', parts: [], starts: [] };
  const shift = text.length - old.text.length;
  const head = sameFromStart(text, old);
  const tail = sameFromEnd(text, old, head);
  const starts = partStarts(text, old, head, tail);
  const parts = starts.map((start, position) => {
    const end = starts[position + 1] ?? text.length;
    const fromEnd = old.parts.length - starts.length + position;
    if (position < head && old.starts[position] === start && endOf(old, position) === end) return old.parts[position];
    if (fromEnd >= old.parts.length - tail && (old.starts[fromEnd] ?? 0) + shift === start) return old.parts[fromEnd];
    const replaced = starts.length === old.parts.length ? old.parts[position] : undefined;
    return new Part(text.slice(start, end), replaced?.knownGoodValue);
  });
  return { uri, text, parts: parts.filter((it) => it !== undefined), starts };
}

type Split = Pick<Manifest, 'text' | 'parts' | 'starts'>;

/** How many parts of the old text stand in the new one as they stood, counted from the start. */
function sameFromStart(text: string, old: Split): number {
  const changed = old.parts.findIndex((part, position) => !standsAt(text, part, old.starts[position] ?? 0));
  return changed === -1 ? old.parts.length : changed;
}

/** How many stand as they stood before the end, without the first `head` ones. */
function sameFromEnd(text: string, old: Split, head: number): number {
  const shift = text.length - old.text.length;
  const from = head === 0 ? 0 : endOf(old, head - 1);
  let tail = 0;
  for (let position = old.parts.length - 1; position >= head; position -= 1) {
    const start = (old.starts[position] ?? 0) + shift;
    const part = old.parts[position];
    if (!part || start < from || !standsAt(text, part, start)) break;
    tail += 1;
  }
  return tail;
}

/** Equality of slices compares memory; `startsWith` goes sign by sign and takes fifty times as long in V8. */
function standsAt(text: string, part: Part, start: number): boolean {
  return text.slice(start, start + part.text.length) === part.text;
}

/** Where parts start. Only what lies between head and tail is read, and the last part of the head, whose end may have moved. */
function partStarts(text: string, old: Split, head: number, tail: number): number[] {
  let last = head - 1;
  // A marker alone may have become the start of a longer word.
  while (last > 0 && (old.parts[last]?.text.length ?? 0) <= '---'.length) last -= 1;
  const starts = last > 0 ? old.starts.slice(0, last + 1) : [0];
  const shift = text.length - old.text.length;
  const following = old.starts.slice(old.starts.length - tail).map((it) => it + shift);
  const marker = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm;
  marker.lastIndex = last > 0 ? (starts.at(-1) ?? 0) + 1 : 0;
  for (let match = marker.exec(text); match; match = marker.exec(text)) {
    const start = match[0] === '...' ? match.index + 3 : match.index;
    if (start === 0) continue;
    const known = following.indexOf(start);
    if (known !== -1) return [...starts, ...following.slice(known)];
    starts.push(start);
  }
  return starts;
}

function endOf({ text, starts }: Split, position: number): number {
  return starts[position + 1] ?? text.length;
}

const resourcesOfPart = new WeakMap<
  Part,
  { readonly uri: Uri; readonly now: readonly Resource[]; readonly good: readonly Resource[] }
>();

/** The resources of a part as its text stands now. */
export function resourcesOf(uri: Uri, part: Part): readonly Resource[] {
  return readResources(uri, part).now;
}

/** The resources of a part for look-ups: while its text is broken, those of when it was last well-formed. */
export function indexedResourcesOf(uri: Uri, part: Part): readonly Resource[] {
  return readResources(uri, part).good;
}

function readResources(uri: Uri, part: Part) {
  const known = resourcesOfPart.get(part);
  if (known?.uri === uri) return known;
  const now = part.isManifest ? [...collect(uri, part, part.value, [])] : [];
  const good = part.isManifest && part.goodValue !== part.value ? [...collect(uri, part, part.goodValue, [])] : now;
  const read = { uri, now, good };
  resourcesOfPart.set(part, read);
  return read;
}

function* collect(uri: Uri, part: Part, value: unknown, root: Path): Generator<Resource> {
  if (!isRecord(value)) return;
  const { apiVersion, kind } = value;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return;
  const items = value['items'];
  if (apiVersion === 'v1' && kind.endsWith('List') && Array.isArray(items)) {
    for (const [position, item] of items.entries()) yield* collect(uri, part, item, [...root, 'items', position]);
    return;
  }
  const name = valueAt(value, ['metadata', 'name']);
  const namespace = valueAt(value, ['metadata', 'namespace']);
  yield {
    uri,
    part,
    root,
    apiVersion,
    group: groupOf(apiVersion),
    version: versionOf(apiVersion),
    kind,
    name: typeof name === 'string' ? name : '',
    namespace: typeof namespace === 'string' ? namespace : undefined,
    value,
  };
}

/** All resources of a manifest, in order. */
export function* allResources(manifest: Manifest): Generator<Resource> {
  for (const part of manifest.parts) yield* resourcesOf(manifest.uri, part);
}

const positions = new WeakMap<Manifest, Map<Part, number>>();

/** Where a part starts in its manifest; undefined when the part belongs to an older text. */
export function startOf(manifest: Manifest, part: Part): number | undefined {
  let map = positions.get(manifest);
  if (!map) {
    map = new Map(manifest.parts.map((it, position) => [it, manifest.starts[position] ?? 0]));
    positions.set(manifest, map);
  }
  return map.get(hostOf(part));
}

/** The parts of a manifest in order with where each starts, and after a kustomization the patches written into it. */
export function partsIn(manifest: Manifest): readonly { readonly part: Part; readonly start: number }[] {
  return manifest.parts.flatMap((part, position) =>
    [part, ...embeddedIn(manifest.uri, part)].map((it) => ({ part: it, start: manifest.starts[position] ?? 0 })),
  );
}

/** The part in which an offset lies, or the patch in it; an offset between two belongs to the one that ends there. */
export function partAt(
  manifest: Manifest,
  offset: number,
): { readonly part: Part; readonly start: number } | undefined {
  let low = 0;
  let high = manifest.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((manifest.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const part = manifest.parts[low];
  const start = manifest.starts[low] ?? 0;
  return part && { part: innermostAt(manifest.uri, part, offset - start), start };
}

/** The resource around an offset of a part (offset counted from the part's start). */
export function resourceAt(uri: Uri, part: Part, offset: number): Resource | undefined {
  const resources = resourcesOf(uri, part);
  if (resources.length <= 1) return resources[0];
  return resources.find((it) => {
    const range = rangeInPart(part, it.root);
    return range.start <= offset && offset <= range.end;
  });
}

/**
 * The range of a path within its part: of the key or of the value. A path that is not there gives the range of its
 * nearest ancestor's key, so that a message always has a place; at the root that is the `kind` line. An item of a list
 * goes by its first key.
 */
export function rangeInPart(part: Part, path: Path, side: 'key' | 'value' = 'value'): Range {
  const document = part.document();
  if (!document) return { start: 0, end: 0 };
  for (let length = path.length; length > 0; length -= 1) {
    const found = nodesAt(document, path.slice(0, length));
    if (!found) continue;
    const whole = length === path.length;
    const node =
      side === 'key' || !whole ? (found.key ?? firstKey(found.value) ?? found.value) : (found.value ?? found.key);
    const range = rangeOf(node);
    if (range.end > range.start || (node && whole && side === 'value'))
      return trimmed(part.text, range.end > range.start || !found.key ? range : rangeOf(found.key));
  }
  const kind = nodesAt(document, ['kind'])?.value ?? document.contents;
  return trimmed(part.text, rangeOf(kind));
}

/** What names a map that has no key itself, being an item of a list. */
function firstKey(node: Node | undefined): Node | undefined {
  return isMap(node) ? ((node.items[0]?.key ?? undefined) as Node | undefined) : undefined;
}

/** Collections reach to the start of what follows; a range ends with its last sign. */
function trimmed(text: string, range: Range): Range {
  let end = range.end;
  while (end > range.start && /\s/.test(text[end - 1] ?? '')) end -= 1;
  return { start: range.start, end };
}

/** The range of a path of a resource in its manifest. */
export function rangeAt(manifest: Manifest, resource: Resource, path: Path, side: 'key' | 'value' = 'value'): Range {
  const start = startOf(manifest, resource.part) ?? 0;
  const { start: from, end } = rangeInPart(resource.part, [...resource.root, ...path], side);
  return { start: start + from, end: start + end };
}

/** Whether a template may let only one of two keys of a resource come out, since it hides lines between them. */
export function mayExclude({ part, root }: Resource, one: Path, other: Path): boolean {
  const [start = 0, end = 0] = [one, other]
    .map((it) => rangeInPart(part, [...root, ...it], 'key').start)
    .sort((a, b) => a - b);
  return part.hidesBetween(start, end);
}

/** Whether a path is written in a part, under its own key, and not inherited by alias or merge. */
export function isWritten(part: Part, path: Path): boolean {
  const document = part.document();
  return document !== undefined && nodesAt(document, path) !== undefined;
}

/** The nodes of a path: the value, and the key when it stands in a map. Follows aliases and merge keys. */
export function nodesAt(
  document: Document,
  path: Path,
): { readonly key: Node | undefined; readonly value: Node | undefined } | undefined {
  let value: unknown = document.contents;
  let key: unknown;
  for (const step of path) {
    const resolved = isAlias(value) ? value.resolve(document) : value;
    if (isMap(resolved)) {
      const pair = pairOf(document, resolved.items as Pair[], String(step));
      if (!pair) return undefined;
      key = pair.key;
      value = pair.value;
    } else if (isSeq(resolved) && typeof step === 'number') {
      if (step >= resolved.items.length) return undefined;
      key = undefined;
      value = resolved.items[step];
    } else return undefined;
  }
  return { key: (key ?? undefined) as Node | undefined, value: (value ?? undefined) as Node | undefined };
}

function pairOf(document: Document, pairs: readonly Pair[], name: string): Pair | undefined {
  const own = ownPair(pairs, name);
  if (own) return own;
  for (const { key, value } of pairs) {
    if (keyText(key) !== '<<') continue;
    for (const source of isSeq(value) ? value.items : [value]) {
      const map = isAlias(source) ? source.resolve(document) : source;
      const inherited = isMap(map) ? pairOf(document, map.items as Pair[], name) : undefined;
      if (inherited) return inherited;
    }
  }
  return undefined;
}

/** Large maps are sorted by key once, since each of hundreds of findings looks for its own. */
const pairsByKey = new WeakMap<readonly Pair[], ReadonlyMap<string | undefined, Pair>>();

/** The last pair with this key, which is the one that Kubernetes keeps. */
function ownPair(pairs: readonly Pair[], name: string): Pair | undefined {
  if (pairs.length < 50) return pairs.findLast((it) => keyText(it.key) === name);
  let byKey = pairsByKey.get(pairs);
  if (!byKey) {
    byKey = new Map(pairs.map((it) => [keyText(it.key), it]));
    pairsByKey.set(pairs, byKey);
  }
  return byKey.get(name);
}

/** What stands at an offset of a part: the path from the part's root, and whether the key or the value is meant. */
export interface Spot {
  readonly path: Path;
  readonly on: 'key' | 'value';
  readonly range: Range;
}

/** The key or scalar under an offset (counted from the part's start); undefined between them. */
export function spotAt(part: Part, offset: number): Spot | undefined {
  const document = part.document();
  return document && spotIn(document.contents, offset, []);
}

function spotIn(node: unknown, offset: number, path: Path): Spot | undefined {
  if (isMap(node)) {
    for (const { key, value } of around(node.items, offset, (it) => it.key ?? it.value)) {
      const name = keyText(key);
      if (name === undefined) continue;
      const here = [...path, name];
      const keyRange = rangeOf(key);
      if (keyRange.start <= offset && offset <= keyRange.end) return { path: here, on: 'key', range: keyRange };
      const inside = contains(value, offset) ? spotIn(value, offset, here) : undefined;
      if (inside) return inside;
    }
    return undefined;
  }
  if (isSeq(node)) {
    for (const item of around(node.items, offset, (it) => it)) {
      const inside = contains(item, offset) ? spotIn(item, offset, [...path, node.items.indexOf(item)]) : undefined;
      if (inside) return inside;
    }
    return undefined;
  }
  const range = rangeOf(node);
  const isEmpty = range.start === range.end;
  return (isScalar(node) || isAlias(node)) && !isEmpty && range.start <= offset && offset <= range.end
    ? { path, on: 'value', range }
    : undefined;
}

/** The last item that starts at or before an offset, and the one before it, which may end there. */
function around<Item>(items: readonly Item[], offset: number, first: (item: Item) => unknown): readonly Item[] {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rangeOf(first(items[middle] as Item)).start <= offset) low = middle + 1;
    else high = middle;
  }
  return items.slice(Math.max(low - 2, 0), low);
}

function contains(node: unknown, offset: number): boolean {
  const range = rangeOf(node);
  return range.start <= offset && offset <= range.end;
}
