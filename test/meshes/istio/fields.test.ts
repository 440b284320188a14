/** Istio's table of fields knows every field of its kinds and names none that does not exist; its answers have reasons. */

import { schemas } from 'meshwright:schemas';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FieldRow, fieldRowFor, ideas } from '../../../server/src/meshes/ideas.ts';
import { istio } from '../../../server/src/meshes/istio/istio.ts';
import { loadSchemas, type SchemaNode } from '../../../server/src/model/schema.ts';
import type { Path } from '../../../server/src/model/text.ts';

const set = loadSchemas(schemas);

/** An example path of each leaf: 0 for the items of a list, a name that no field has for the values of a map. */
function* leaves(node: SchemaNode, path: Path, depth = 0): Generator<Path> {
  if (depth > 24) return;
  const children: (readonly [string | number, SchemaNode])[] = [...node.properties];
  if (node.items) children.push([0, node.items]);
  if (node.values) children.push(['some-key', node.values]);
  if (children.length === 0) yield path;
  for (const [key, child] of children) yield* leaves(child, [...path, key], depth + 1);
}

function leavesOf(schema: string, versions: readonly string[]): readonly Path[] {
  const spec = versions.map((it) => set.for(schema, it)?.root.properties.get('spec')).find((it) => it !== undefined);
  return spec ? [...leaves(spec, ['spec'])] : [];
}

test('Every field of every kind has a row', () => {
  const missing = istio.kinds.flatMap((kind) =>
    leavesOf(kind.schema ?? '', kind.versions)
      .filter((path) => !fieldRowFor(istio.fields, { group: kind.group, kind: kind.name }, path))
      .map((path) => `${kind.name} ${path.join('.')}`),
  );
  assert.deepEqual(missing, []);
});

test('Every row is about a field that exists', () => {
  const stray = istio.fields.filter((row) => !isReal(row)).map((it) => `${it.kind.name} ${it.path}`);
  assert.deepEqual(stray, []);
});

test('What is not carried over has a reason and a code', () => {
  for (const idea of Object.keys(ideas) as (keyof typeof ideas)[]) {
    const answer = istio.answers[idea];
    if (answer.fate !== 'exact') assert.ok(answer.reason.endsWith('.') && /^[a-z0-9-]+$/.test(answer.code), idea);
  }
  for (const { peculiar, path } of istio.fields)
    if (peculiar) assert.ok(peculiar.reason.endsWith('.') && /^[a-z0-9-]+$/.test(peculiar.code), path);
});

function isReal(row: FieldRow): boolean {
  const only = [row];
  const { group, name, schema, versions } = row.kind;
  const paths = leavesOf(schema ?? '', versions).flatMap((path) => path.map((_, at) => path.slice(0, at + 1)));
  return paths.some((path) => fieldRowFor(only, { group, kind: name }, path));
}
