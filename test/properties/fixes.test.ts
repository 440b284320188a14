/** A fix, whatever is broken: the text stays YAML, the finding goes, and nothing changes but what the fix names. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from '../harness/fast-check.ts';
import { textEdits } from '../../server/src/model/edit.ts';
import type { Part } from '../../server/src/model/part.ts';
import { parseManifest } from '../../server/src/model/manifest.ts';
import type { Fix, FixEdit } from '../../server/src/model/rule.ts';
import { applyEdits, type Path, pathText, type Uri } from '../../server/src/model/text.ts';
import { isRecord, valueAt } from '../../server/src/model/value.ts';
import { applyChange, environmentOf, type Workspace } from '../../server/src/model/workspace.ts';
import { findingsOf, type Located } from '../../server/src/queries/findings.ts';
import { anyManifest, laidOut, type Layout, layouts, type Sample, sampleWorkspace } from './documents.ts';
import { writtenIn } from './written.ts';

const runs = Number(process.env['RUNS'] ?? 150);

/** What goes wrong while someone edits: the new spelling of a key or value; undefined takes its line away. */
type Slip = (text: string) => string | undefined;

const slips: readonly Slip[] = [
  (text) => text.slice(0, 1) + text.slice(2),
  (text) => `${text}s`,
  (text) => `${text.slice(0, 2)}${text[3] ?? ''}${text[2] ?? ''}${text.slice(4)}`,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => `"${text.replace(/["\\]/g, '')}"`,
  () => undefined,
  () => '12',
  () => 'true',
  () => 'yes',
  () => '"true"',
  () => '"7"',
  () => 'nowhere',
  () => '',
  () => '-5',
  () => '{}',
  () => '[]',
  () => '[a, b]',
  () => '{ a: b }',
];

const breakages = fc.record({
  sample: anyManifest,
  layout: layouts,
  slip: fc.constantFrom(...slips),
  share: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
});

function broken({
  sample,
  layout,
  slip,
  share,
}: {
  sample: Sample;
  layout: Layout;
  slip: Slip;
  share: number;
}): string {
  const text = laidOut(sample.text, layout);
  const manifest = parseManifest(sample.uri, text);
  const places = manifest.parts.flatMap((part, position) =>
    writtenIn(part)
      .filter((it) => !it.isBlockScalar)
      .map((it) => ({ ...it, start: it.start + (manifest.starts[position] ?? 0) })),
  );
  const place = places[Math.floor(share * places.length)];
  if (!place) return text;
  const word = /^(?:"[^"\n]*"|'[^'\n]*'|[\w./*%-]*)/.exec(text.slice(place.start))?.[0] ?? '';
  const slipped = slip(word);
  if (slipped !== undefined) return text.slice(0, place.start) + slipped + text.slice(place.start + word.length);
  const lineStart = text.lastIndexOf('\n', place.start) + 1;
  const lineEnd = text.indexOf('\n', place.start);
  return text.slice(0, lineStart) + (lineEnd === -1 ? '' : text.slice(lineEnd + 1));
}

test('every fix of every finding', (context) => {
  let workspace = sampleWorkspace();
  let count = 0;
  fc.assert(
    fc.property(breakages, (breakage) => {
      const { uri } = breakage.sample;
      const text = broken(breakage);
      workspace = applyChange(workspace, { files: new Map([[uri, text]]) });
      // Parts are read anew when a fix is taken back, so the next fix is asked for again.
      for (let position = 0; ; position += 1) {
        const { found, fix } = fixesIn(workspace, uri)[position] ?? {};
        if (!found || !fix) break;
        count += 1;
        const faults = faultsOf(workspace, uri, found, fix);
        assert.deepEqual(faults, [], `${found.code}: ${found.message}\n${fix.title}`);
      }
      workspace = applyChange(workspace, { files: new Map([[uri, breakage.sample.text]]) });
    }),
    { numRuns: runs },
  );
  context.diagnostic(`${count} fixes.`);
});

function fixesIn(workspace: Workspace, uri: Uri): { readonly found: Located; readonly fix: Fix }[] {
  // What only leads to a preview changes nothing by itself.
  return allFindings(workspace, uri).flatMap((found) =>
    found.fixes.filter((it) => it.previews === undefined).map((fix) => ({ found, fix })),
  );
}

function allFindings(workspace: Workspace, uri: Uri): readonly Located[] {
  const parts = workspace.manifests.get(uri)?.parts ?? [];
  return parts.flatMap((part) => findingsOf(environmentOf(workspace, uri), uri, part));
}

function faultsOf(workspace: Workspace, uri: Uri, found: Located, fix: Fix): string[] {
  const faults: string[] = [];
  const edits = fix.edits();
  const texts = new Map<Uri, string>();
  const before = new Map([...workspace.manifests].map(([file, it]) => [file, it] as const));
  for (const [file, changes] of textEdits(edits, (it) => before.get(it))) {
    const text = before.get(file)?.text ?? '';
    texts.set(file, applyEdits(text, changes));
    const taken = changes.map((it) => text.slice(it.range.start, it.range.end)).join('\n');
    const after = texts.get(file) ?? '';
    const lost = [...taken.matchAll(/(?<=^|\s)#[^\n]*/g)].filter(([it]) => !after.includes(it.trimEnd()));
    if (!edits.some((it) => it.type === 'delete') && lost.length > 0)
      faults.push(`takes a comment: ${lost.join('\n')}`);
  }
  if (texts.size === 0) return ['changes nothing'];
  const same = (it: Located) => it.code === found.code && it.message === found.message;
  const earlier = allFindings(workspace, uri).filter(same).length;
  const next = applyChange(workspace, { files: texts });
  if (allFindings(next, uri).filter(same).length >= earlier) faults.push('leaves the finding');
  for (const [file, text] of texts) {
    const old = before.get(file);
    const now = next.manifests.get(file);
    for (const [position, part] of (now?.parts ?? []).entries()) {
      const was = old?.parts[position];
      if (!was) continue;
      const problems = part.problems.filter((it) => !was.problems.some((known) => known.message === it.message));
      if (problems.length > 0) faults.push(`breaks ${file}: ${problems.map((it) => it.message).join(' ')}\n${text}`);
      else if (edits.some((it) => it.type === 'replace-text' && it.part === was)) continue;
      else if (was.isWellFormed) faults.push(...valueFaults(was, part, edits));
    }
  }
  applyChange(next, { files: new Map([...texts.keys()].map((file) => [file, before.get(file)?.text ?? ''])) });
  return faults;
}

/** Whether a part has become what the edits say, by their paths. */
function valueFaults(before: Part, after: Part, edits: readonly FixEdit[]): string[] {
  const holder: { value: unknown } = { value: structuredClone(before.value) };
  for (const edit of edits) {
    if (!('resource' in edit) || edit.resource.part !== before) continue;
    const path = ['value', ...edit.resource.root, ...edit.path];
    if (edit.type === 'delete') remove(holder, path);
    else if (edit.type === 'rename-key') rename(holder, path, edit.key);
    else if (edit.type === 'spell-value') put(holder, path, valueAt({ value: after.value }, path));
    else put(holder, path, edit.value);
  }
  return isDeepStrictEqual(withoutEmpty(holder.value), withoutEmpty(after.value))
    ? []
    : [`makes something else of it: ${difference(holder.value, after.value)}\n${after.text}`];
}

/** Braces may stay empty where a key would go. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty).filter((it) => !isEmpty(it));
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).map(([key, it]) => [key, withoutEmpty(it)] as const);
  return Object.fromEntries(fields.filter(([, it]) => !isEmpty(it)));
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;
}

function put(holder: unknown, path: Path, value: unknown): void {
  let at = holder as Record<string | number, unknown>;
  for (const [position, key] of path.slice(0, -1).entries()) {
    const next = path[position + 1];
    at[key] ??= typeof next === 'number' ? [] : {};
    at = at[key] as Record<string | number, unknown>;
  }
  const last = path.at(-1) ?? '';
  if (Array.isArray(at) && typeof last === 'number' && last >= at.length) at.push(value);
  else at[last] = value;
}

/** A map or list that would be left empty goes as well, in block style, for nobody means that. */
function remove(holder: unknown, path: Path): void {
  const parent: unknown = valueAt(holder, path.slice(0, -1));
  const last = path.at(-1) ?? '';
  const size = Array.isArray(parent) ? parent.length : isRecord(parent) ? Object.keys(parent).length : 0;
  if (size === 1 && path.length > 2) return remove(holder, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isRecord(parent)) delete (parent as Record<string, unknown>)[String(last)];
}

function rename(holder: unknown, path: Path, key: string): void {
  const parent = valueAt(holder, path.slice(0, -1)) as Record<string, unknown>;
  const last = String(path.at(-1));
  const value = parent[last];
  delete parent[last];
  parent[key] = value;
}

function difference(expected: unknown, actual: unknown, path: Path = []): string {
  const keys = (it: unknown) => (Array.isArray(it) ? [...it.keys()] : isRecord(it) ? Object.keys(it) : undefined);
  const [a, b] = [keys(expected), keys(actual)];
  if (a && b && Array.isArray(expected) === Array.isArray(actual)) {
    for (const key of new Set<string | number>([...a, ...b])) {
      const [x, y] = [valueAt(expected, [key]), valueAt(actual, [key])];
      if (!isDeepStrictEqual(x, y)) return difference(x, y, [...path, key]);
    }
  }
  return `${pathText(path)} should be ${JSON.stringify(expected)}, is ${JSON.stringify(actual)}`;
}
