/** What an offered completion does to a file: everything that a person would not want, in words. */

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { parseManifest, partAt } from '../../server/src/model/manifest.ts';
import { slotIn, type Slot } from '../../server/src/model/slot.ts';
import { plainSnippet } from '../../server/src/model/snippet.ts';
import { applyEdits, type Path, pathText, type Range, type Uri } from '../../server/src/model/text.ts';
import { isRecord, valueAt } from '../../server/src/model/value.ts';
import { applyChange, type Workspace } from '../../server/src/model/workspace.ts';
import type { Completion } from '../../server/src/queries/complete.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import type { Diagnostic } from '../../server/src/model/rule.ts';

/** Stands at tab stops without a default; nothing in the samples is called so. */
const filler = 'todo9';

/** Where a completion was asked for: a file of a workspace with a cursor. */
export interface Place {
  readonly workspace: Workspace;
  readonly uri: Uri;
  readonly text: string;
  readonly offset: number;
}

/** The slot at a place as completion sees it, with its part; undefined where nothing can be typed. */
export function slotAt({ uri, text, offset }: Place): { readonly slot: Slot; readonly start: number } | undefined {
  const manifest = parseManifest(uri, text);
  const at = partAt(manifest, offset);
  const slot = at && slotIn(at.part.masked.text, offset - at.start);
  return at && slot && { slot, start: at.start };
}

/** The file after an item was chosen, with tab stops empty or filled; and where these are. */
export function inserted(
  text: string,
  item: Completion,
  filled: boolean,
): { readonly text: string; readonly stops: readonly number[] } {
  const withDefault = new Set([...item.snippet.matchAll(/\$\{(\d+)/g)].map((it) => it[1]));
  const snippet = plainSnippet(
    item.snippet.replace(/\\[\\$}]|\$(\d+)/g, (whole, stop) =>
      stop === undefined || withDefault.has(String(stop)) ? whole : filler,
    ),
  );
  let whole = applyEdits(text, [...item.also, { range: item.range, newText: snippet }]);
  const stops: number[] = [];
  for (let at = whole.indexOf(filler); at !== -1; at = whole.indexOf(filler, at + (filled ? 1 : 0))) {
    stops.push(at);
    if (!filled) whole = whole.slice(0, at) + whole.slice(at + filler.length);
  }
  return { text: whole, stops };
}

/** What is wrong with an item at a place; empty when all is well. `filled` tries it with words at the tab stops. */
export function faultsOf(place: Place, item: Completion, filled: boolean): string[] {
  const { workspace, uri, text } = place;
  const found = slotAt(place);
  if (!found) return ['an item where there is no slot'];
  const { slot, start } = found;
  const faults: string[] = [];
  const base = applyEdits(text, [{ range: item.range, newText: '' }]);
  const after = inserted(text, item, filled);

  const manifest = parseManifest(uri, base);
  const position = manifest.starts.indexOf(start);
  const part = manifest.parts[position];
  const next = parseManifest(uri, after.text);
  const nextPart = next.parts[position];
  if (!part || !nextPart) return ['the part is gone'];
  const problems = nextPart.problems.filter((it) => !part.problems.some((old) => old.message === it.message));
  // Without the word of a key its colon may read as a part of the text above.
  const typed = parseManifest(uri, text).parts[position];
  const parsesAlready = (part.isWellFormed && !(slot.hasColon && slot.type === 'key')) || typed?.isWellFormed;
  if (
    problems.length > 0 &&
    parsesAlready &&
    !(filled && problems.every((it) => it.code === 'common/duplicate-map-key'))
  )
    faults.push(`breaks the text: ${problems.map((it) => it.message).join(' ')}`);
  if (item.type === 'snippet') return faults;

  if (part.isWellFormed && nextPart.isWellFormed) {
    const change = landing(slot, item);
    const there = valueAt(nextPart.value, change.path);
    if (
      change.key !== undefined &&
      !(isRecord(there) && Object.hasOwn(there, change.key)) &&
      !listHas(there, change.key)
    )
      faults.push(`does not land at ${pathText([...change.path, change.key])}`);
    const rest = without(nextPart.value, change.path, change.key, item.type === 'kind');
    // A key that is replaced leaves a colon behind, which reads as the key null.
    const old = without(
      part.value,
      change.path,
      slot.hasColon && slot.type === 'key' ? 'null' : change.key,
      item.type === 'kind',
    );
    // A new item may have a key that the one in its place has as well.
    const isNewItem = oneItemMore(part.value, nextPart.value, change.path) || oneItemMore(old, rest, change.path);
    if (!sameApartFromEmpty(old, rest) && !isNewItem)
      faults.push(`changes other values: ${firstDifference(old, rest)}`);
  }
  if (slot.type !== 'value' && !slot.hasColon && change(item) && slot.siblings.has(item.label))
    faults.push('is there already');

  // Another version or kind makes other fields valid.
  const isHead = /^(?:apiVersion|kind)$/.test([...slot.path, ...(slot.type === 'key' ? [item.label] : [])].join('.'));
  if (part.isWellFormed && nextPart.isWellFormed && !isHead && !(slot.hasColon && slot.type === 'key')) {
    const isLeftToDo = (it: Diagnostic) =>
      it.code === 'common/missing-required-field' ||
      it.message.endsWith('must be set.') ||
      it.code.endsWith('/deprecated-field') ||
      (it.code !== 'common/one-of' && isNearStop(after.text, it.range, after.stops));
    const now = findings(workspace, uri, after.text).filter((it) => !isLeftToDo(it));
    const earlier = now.length === 0 ? [] : [base, text].flatMap((it) => findings(workspace, uri, it));
    for (const it of now)
      if (!earlier.some((old) => old.code === it.code && old.message === it.message))
        faults.push(`finds ${it.code}: ${it.message}`);
  }
  return faults;
}

function change(item: Completion): boolean {
  return /key|annotation/.test(item.type);
}

function findings(workspace: Workspace, uri: Uri, text: string): readonly Diagnostic[] {
  return diagnose(applyChange(workspace, { files: new Map([[uri, text]]) }), uri, 'own');
}

/** A placeholder is on this line, or on the next, whose key names what lacks a value. */
function isNearStop(text: string, range: Range, stops: readonly number[]): boolean {
  const from = text.lastIndexOf('\n', range.start - 1) + 1;
  const ends = text.indexOf('\n', Math.max(range.end, from));
  const second = ends === -1 ? text.length : text.indexOf('\n', ends + 1);
  const to = second === -1 ? text.length : second;
  return stops.some((it) => it >= from && it <= to);
}

interface Landing {
  readonly path: Path;
  readonly key: string | undefined;
}

/** Where an item has to land by its slot. */
function landing(slot: Slot, item: Completion): Landing {
  if (slot.type === 'value') return { path: slot.path, key: undefined };
  const isKey = change(item) || (item.type === 'name' && slot.type === 'key' && !item.label.startsWith('- '));
  return { path: slot.path, key: isKey ? item.label.replace(/^- /, '') : undefined };
}

function listHas(list: unknown, key: string): boolean {
  return Array.isArray(list) && list.some((it) => isRecord(it) && Object.hasOwn(it, key));
}

/** A copy in which what stands at a path (or one key of it) is taken out. */
function without(value: unknown, path: Path, key: string | undefined, head: boolean): unknown {
  const copy = structuredClone(value);
  if (head && isRecord(copy)) delete (copy as Record<string, unknown>)['apiVersion'];
  const end = key === undefined ? path.slice(0, -1) : path;
  const name = key ?? path.at(-1);
  const parent: unknown = valueAt(copy, end);
  if (isRecord(parent) && name !== undefined) delete (parent as Record<string, unknown>)[name];
  if (Array.isArray(parent) && typeof name === 'number') parent.splice(name, 1);
  return copy;
}

/** `spec:` with nothing in it may become an empty map or list, or the other way round. */
function sameApartFromEmpty(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(withoutEmpty(a), withoutEmpty(b));
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(withoutEmpty);
    return items.every((it) => it === null) ? null : items;
  }
  if (!isRecord(value)) return value ?? null;
  const fields = Object.entries(value).map(([key, it]) => [key, withoutEmpty(it)] as const);
  return fields.length === 0 ? null : Object.fromEntries(fields);
}

/** At a list's own place an item adds one entry, wherever the cursor stands in it. */
function oneItemMore(before: unknown, after: unknown, path: Path): boolean {
  const lists = [path, path.slice(0, -1)];
  return lists.some((it) => {
    const list = valueAt(after, it);
    const old = valueAt(before, it);
    if (!Array.isArray(list)) return false;
    const count = Array.isArray(old) ? old.length : 0;
    if (list.length !== count + 1 && list.length !== count) return false;
    return list.some((_, gone) => {
      const copy = structuredClone(after);
      const there: unknown = valueAt(copy, it);
      assert.ok(Array.isArray(there));
      there.splice(gone, 1);
      return sameApartFromEmpty(before, copy);
    });
  });
}

function firstDifference(a: unknown, b: unknown, path: Path = []): string {
  if (isRecord(a) && isRecord(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      if (!isDeepStrictEqual(a[key], b[key])) return firstDifference(a[key], b[key], [...path, key]);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let at = 0; at < Math.max(a.length, b.length); at += 1)
      if (!isDeepStrictEqual(a[at], b[at])) return firstDifference(a[at], b[at], [...path, at]);
  }
  return `${pathText(path)} was ${JSON.stringify(a)}, is ${JSON.stringify(b)}`.slice(0, 300);
}
