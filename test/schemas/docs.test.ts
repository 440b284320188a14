/** Prose that can be checked by machine: examples are valid, links are complete, texts are sentences. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schemas } from 'meshwright:schemas';
import { parse, parseAllDocuments } from 'yaml';
import { type FieldDoc, loadSchemas, type SchemaNode, schemaAt } from '../../server/src/model/schema.ts';
import { tables } from '../../server/src/meshes/knowledge.ts';
import { groupOf, versionOf } from '../../server/src/model/kind.ts';
import { isRecord } from '../../server/src/model/value.ts';
import { validate } from '../../server/src/model/validate.ts';

const set = loadSchemas(schemas);

interface Folded {
  readonly structure: { readonly group: string; readonly kind: string; readonly variants: readonly string[] };
  readonly docs: {
    readonly summary?: string;
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

test('texts are sentences, and links lead to pages', () => {
  const wrong: string[] = [];
  for (const { key, at, doc } of fields()) {
    if (!/[.!?)]$/.test(doc.text.trim()) || doc.text.trim().split(/\s+/).length < 4)
      wrong.push(`${key} ${at}: ${doc.text}`);
    if (doc.link && !/^https:\/\/[^\s]+$/.test(doc.link)) wrong.push(`${key} ${at}: ${doc.link}`);
  }
  assert.deepEqual(wrong, []);
});
