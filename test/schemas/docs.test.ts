/**
 * Prose that can be checked by machine: it is complete, says more than a name, is nobody else's, its examples are valid
 * and its links lead to pages.
 */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { annotationDocs, schemas } from 'meshwright:schemas';
import { parse, parseAllDocuments } from 'yaml';
import { type FieldDoc, loadSchemas, type SchemaNode, schemaAt } from '../../server/src/model/schema.ts';
import { loadAnnotations } from '../../server/src/model/annotations.ts';
import { tables } from '../../server/src/meshes/knowledge.ts';
import { groupOf, versionOf } from '../../server/src/model/kind.ts';
import { isRecord } from '../../server/src/model/value.ts';
import { validate } from '../../server/src/model/validate.ts';

interface Fold {
  coverage(root: string, key: string): string[];
  schemaKeys(root: string): string[];
  fieldPaths(node: unknown): string[];
}

const { coverage, fieldPaths, schemaKeys } = (await import(
  pathToFileURL(path.resolve('schemas/fold.mjs')).href
)) as Fold;
const set = loadSchemas(schemas);

interface Folded {
  readonly structure: {
    readonly group: string;
    readonly kind: string;
    readonly variants: readonly string[];
    readonly root: unknown;
  };
  readonly docs: {
    readonly summary?: string;
    readonly text?: string;
    readonly link?: string;
    readonly example?: string;
    readonly fields: Record<string, number>;
    readonly texts: readonly FieldDoc[];
  };
}

const folded = Object.entries(schemas).map(([key, text]): [string, Folded] => [key, JSON.parse(text) as Folded]);
const documented = folded.filter(([, it]) => it.docs.summary !== undefined);

/** Fields of a documented kind: key, path and prose. */
function fields(): { readonly key: string; readonly at: string; readonly doc: FieldDoc }[] {
  return documented.flatMap(([key, { docs }]) =>
    Object.entries(docs.fields).flatMap(([at, position]) => {
      const doc = docs.texts[position];
      return doc ? [{ key, at, doc }] : [];
    }),
  );
}

/** The nodes of a path pattern in all variants that have it. */
function nodesAt(key: string, at: string): SchemaNode[] {
  const path = at.split('.').flatMap((step) => step.split('[').map((it) => (it === '*]' ? 0 : it === '*' ? 'a' : it)));
  const { variants } = folded.find(([it]) => it === key)?.[1].structure ?? { variants: [] };
  return variants.flatMap((it) => {
    const [version = '', channel] = it.split('@');
    const root = set.for(key, version, channel)?.root;
    return (root && schemaAt(root, path)) ?? [];
  });
}

test('every field of every kind has prose', (context) => {
  const keys = schemaKeys('schemas');
  const missing = keys.flatMap((key) => coverage('schemas', key).map((at) => `${key} ${at}`));
  const all = folded.reduce((sum, [, it]) => sum + fieldPaths(it.structure.root).length, 0);
  const texts = new Set(folded.flatMap(([, it]) => it.docs.texts.map((doc) => doc.text)));
  const share = ((100 * (all - missing.length)) / all).toFixed(1);
  context.diagnostic(`${share} % of ${all} fields of ${keys.length} kinds have prose, ${texts.size} different texts.`);
  assert.deepEqual(missing, []);
  assert.equal(folded.length, keys.length);
});

test('every kind says what it is for and what becomes of it, and shows itself', () => {
  const wrong = folded
    .filter(([key]) => key !== 'kubernetes/metadata')
    .filter(([, { docs }]) => !docs.summary || !docs.text || !docs.example)
    .map(([key]) => key);
  assert.deepEqual(wrong, []);
});

test('the example of a kind is a manifest without schema problems', () => {
  for (const [key, { docs, structure }] of documented) {
    for (const document of parseAllDocuments(docs.example ?? '')) {
      assert.deepEqual(document.errors, [], key);
      const value: unknown = document.toJS();
      if (!isRecord(value) || value.kind !== structure.kind || groupOf(String(value.apiVersion)) !== structure.group)
        continue;
      const schema = set.for(key, versionOf(String(value.apiVersion)), 'experimental');
      assert.ok(schema, `${key}: ${String(value.apiVersion)}`);
      // What a tool reads from a file needs no metadata.
      const isFile = tables.kinds.some((it) => it.schema === key && it.isFile);
      assert.deepEqual(validate(schema.root, value, { incomplete: (path) => isFile && path.length === 0 }), [], key);
    }
  }
});

test('the example of a field is YAML that its schema takes', (context) => {
  const wrong: string[] = [];
  let examples = 0;
  for (const { key, at, doc } of fields()) {
    if (doc.example === undefined) continue;
    examples += 1;
    const name =
      at
        .replace(/(\[\*\]|\.\*)+$/, '')
        .split('.')
        .at(-1) ?? '';
    let value: unknown;
    try {
      value = parse(doc.example);
    } catch (error) {
      wrong.push(`${key} ${at}: ${String(error)}`);
      continue;
    }
    const nodes = nodesAt(key, at);
    const bare = isRecord(value) && Object.keys(value).length === 1 && Object.hasOwn(value, name) ? value[name] : value;
    const fits = nodes.some(
      (node) => node && [value, bare].some((it) => validate(node, it, { incomplete: () => true }).length === 0),
    );
    if (!fits) wrong.push(`${key} ${at}: ${doc.example}`);
  }
  context.diagnostic(`${examples} examples of ${documented.length} kinds were checked.`);
  assert.deepEqual(wrong, []);
});

test('every allowed value of an enum has its sentence, or none has', () => {
  const wrong: string[] = [];
  for (const { key, at, doc } of fields()) {
    if (!doc.values) continue;
    const allowed = nodesAt(key, at).flatMap((it) => it.enum ?? []);
    for (const value of new Set(allowed.map(String)))
      if (!Object.hasOwn(doc.values, value)) wrong.push(`${key} ${at}: ${value}`);
  }
  assert.deepEqual(wrong, []);
});

/** Prose of kinds, of fields and of their values, with its place. */
function* proseOfKinds(): Generator<readonly [string, string]> {
  for (const [key, { docs }] of folded) {
    for (const text of [docs.summary, docs.text]) if (text) yield [key, text];
    for (const [at, position] of Object.entries(docs.fields)) {
      const doc = docs.texts[position];
      if (!doc) continue;
      yield [`${key} ${at}`, doc.text];
      for (const [value, text] of Object.entries(doc.values ?? {})) yield [`${key} ${at} ${value}`, text];
    }
  }
}

const annotations = loadAnnotations(annotationDocs);

/** Prose of labels and annotations; what their values mean often takes one word only. */
function* proseOfAnnotations(): Generator<readonly [string, string]> {
  for (const doc of annotations.values()) if (doc.internal === undefined) yield [doc.name, doc.text];
}

function* prose(): Generator<readonly [string, string]> {
  yield* proseOfKinds();
  yield* proseOfAnnotations();
  for (const { name, values } of annotations.values()) {
    if (!isRecord(values)) continue;
    for (const [value, text] of Object.entries(values)) yield [`${name} ${value}`, String(text)];
  }
}

test('no prose is a single word', () => {
  const wrong = [...proseOfKinds(), ...proseOfAnnotations()].filter(([, text]) => wordsOf(text).length < 2);
  assert.deepEqual(wrong, []);
});

const reference = path.resolve('../shared/reference');
const skip = existsSync(reference)
  ? false
  : `NOT COMPARED with the descriptions of the CRDs, which are not at ${reference}.`;

/** So many words in a row are no coincidence. */
const runLength = 7;

test('no prose copies a description of the CRDs, labels and annotations', { skip }, (context) => {
  const theirs = new Map<string, string>();
  let descriptions = 0;
  for (const text of descriptionsIn(reference)) {
    descriptions += 1;
    for (const run of runsOf(text)) theirs.set(run, text);
  }
  const copies: string[] = [];
  let texts = 0;
  for (const [at, text] of prose()) {
    texts += 1;
    const run = runsOf(text).find((it) => theirs.has(it));
    if (run !== undefined) copies.push(`${at}: ${run}`);
  }
  context.diagnostic(`${texts} texts were compared with ${descriptions} descriptions.`);
  assert.ok(descriptions > 2000);
  assert.deepEqual(copies, []);
});

test('no text of a field has mostly the words of its description', { skip }, (context) => {
  const copies: string[] = [];
  let compared = 0;
  for (const [key, { docs, structure }] of folded) {
    const theirs = descriptionsOf(structure.group, structure.kind);
    for (const [at, position] of Object.entries(docs.fields)) {
      const mine = new Set(wordsOf(docs.texts[position]?.text ?? ''));
      for (const text of theirs.get(at) ?? []) {
        compared += 1;
        const other = new Set(wordsOf(text));
        const common = [...mine].filter((it) => other.has(it)).length;
        const share = common / (mine.size + other.size - common);
        if (share > 0.6) copies.push(`${key} ${at}: ${docs.texts[position]?.text} | ${text}`);
      }
    }
  }
  context.diagnostic(`${compared} texts were compared with the description of the same field.`);
  assert.ok(compared > 2000);
  assert.deepEqual(copies, []);
});

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['.-][\p{L}\p{N}]+)*/gu) ?? [];
}

function runsOf(text: string): readonly string[] {
  const words = wordsOf(text);
  return words.slice(runLength - 1).map((_, position) => words.slice(position, position + runLength).join(' '));
}

/** Every description below a folder: in CRDs, and in the list of labels and annotations. */
function* descriptionsIn(folder: string): Generator<string> {
  for (const crd of crdsIn(path.join(folder, 'crds'))) yield* textsIn(crd);
  yield* textsIn(JSON.parse(readFileSync(path.join(folder, 'annotations.json'), 'utf8')));
}

let crds: readonly Record<string, unknown>[] | undefined;

function crdsIn(folder: string): readonly Record<string, unknown>[] {
  crds ??= readdirSync(folder).flatMap((release) =>
    readdirSync(path.join(folder, release))
      .map((file): unknown => parse(readFileSync(path.join(folder, release, file), 'utf8')))
      .filter(isRecord),
  );
  return crds;
}

function* textsIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const it of value) yield* textsIn(it);
  if (!isRecord(value)) return;
  for (const [key, it] of Object.entries(value)) {
    if (key === 'description' && typeof it === 'string') yield it;
    else yield* textsIn(it);
  }
}

/** Path of a field → its descriptions in the versions of its CRDs. */
function descriptionsOf(group: string, kind: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const visit = (node: unknown, at: string) => {
    if (!isRecord(node)) return;
    if (typeof node.description === 'string') found.set(at, [...(found.get(at) ?? []), node.description]);
    for (const [name, it] of Object.entries(isRecord(node.properties) ? node.properties : {}))
      visit(it, at === '' ? name : `${at}.${name}`);
    visit(node.items, `${at}[*]`);
    visit(node.additionalProperties, `${at}.*`);
  };
  for (const { spec } of crdsIn(path.join(reference, 'crds'))) {
    if (!isRecord(spec) || spec.group !== group || !isRecord(spec.names) || spec.names.kind !== kind) continue;
    for (const version of Array.isArray(spec.versions) ? spec.versions : [])
      visit(isRecord(version) && isRecord(version.schema) ? version.schema.openAPIV3Schema : undefined, '');
  }
  return found;
}

test('texts are sentences, and links lead to pages', () => {
  const wrong: string[] = [];
  for (const { key, at, doc } of fields()) {
    if (!/[.!?)]$/.test(doc.text.trim()) || doc.text.trim().split(/\s+/).length < 4)
      wrong.push(`${key} ${at}: ${doc.text}`);
    if (doc.link && !/^https:\/\/[^\s]+$/.test(doc.link)) wrong.push(`${key} ${at}: ${doc.link}`);
  }
  assert.deepEqual(wrong, []);
});
