/**
 * The tables of fields and ideas: each mesh knows every field of every version of the kinds that it reads, names none that
 * does not exist, and says of each idea what becomes of it and where it is.
 */

import { schemas } from 'meshwright:schemas';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FieldRow, fieldRowFor, type Idea, ideas, topics } from '../../server/src/meshes/ideas.ts';
import { meshes } from '../../server/src/meshes/meshes.ts';
import type { Kind } from '../../server/src/model/kind.ts';
import { loadSchemas, type SchemaNode } from '../../server/src/model/schema.ts';
import type { Path } from '../../server/src/model/text.ts';

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

/** Leaves of all versions in all channels, each once. */
function leavesOf({ schema, versions }: Kind): readonly Path[] {
  if (schema === undefined) return [];
  const variants = versions.flatMap((version) =>
    [undefined, 'standard', 'experimental', 'linkerd'].map((channel) => set.for(schema, version, channel)),
  );
  const all = variants.flatMap((it) => {
    const spec = it?.root.properties.get('spec');
    return spec ? [...leaves(spec, ['spec'])] : [];
  });
  return [...new Map(all.map((it) => [it.join('\n'), it])).values()];
}

/** Rows about what stands in values of any form, which no schema lists. */
const inFreeForm = [
  ...['typed_config', 'typed_config.value'].flatMap((at) =>
    ['max_tokens', 'tokens_per_fill', 'fill_interval'].map(
      (key) => `EnvoyFilter spec.configPatches[*].patch.value.${at}.token_bucket.${key}`,
    ),
  ),
  ...['tls_min_version', 'tls_max_version', 'tls_cipher_suites'].map(
    (it) => `Gateway spec.listeners[*].tls.options["api-gateway.consul.hashicorp.com/${it}"]`,
  ),
  'ProxyDefaults spec.config.protocol',
];

const allIdeas = Object.keys(ideas) as Idea[];

for (const mesh of meshes) {
  describe(mesh.name, () => {
    test('Every field of every kind that it reads has a row', () => {
      const missing = [...mesh.kinds, ...mesh.shares].flatMap((kind) =>
        leavesOf(kind)
          .filter((path) => !fieldRowFor(mesh.fields, { group: kind.group, kind: kind.name }, path))
          .map((path) => `${kind.name} ${path.join('.')}`),
      );
      assert.deepEqual(missing, []);
    });

    test('Every row is about a field that exists', () => {
      const stray = [...mesh.fields, ...mesh.alsoSays, ...mesh.gatewayApi].filter((row) => !isReal(row));
      assert.deepEqual(
        stray.map((it) => `${it.kind.name} ${it.path}`),
        [],
      );
    });

    test('No row stands behind one that takes all of its fields', () => {
      const hidden = mesh.fields.filter((row) => {
        const id = { group: row.kind.group, kind: row.kind.name };
        const own = leavesOf(row.kind).filter((path) => fieldRowFor([row], id, path));
        return own.length > 0 && own.every((path) => fieldRowFor(mesh.fields, id, path) !== row);
      });
      assert.deepEqual(
        hidden.map((it) => `${it.kind.name} ${it.path}`),
        [],
      );
    });

    test('What is not carried over has a reason and a code', () => {
      for (const idea of allIdeas) {
        const answer = mesh.answers[idea];
        if (answer.fate !== 'exact') assert.ok(answer.reason.endsWith('.') && /^[a-z0-9-]+$/.test(answer.code), idea);
      }
      for (const { peculiar, path } of mesh.fields)
        if (peculiar) assert.ok(peculiar.reason.endsWith('.') && /^[a-z0-9-]+$/.test(peculiar.code), path);
    });

    test('Where an idea is kept as it is, the tables say where', () => {
      const places = new Set([...mesh.fields, ...mesh.alsoSays].map((it) => it.idea));
      assert.deepEqual(
        allIdeas.filter((it) => mesh.answers[it].fate === 'exact' && !places.has(it)),
        [],
      );
    });
  });
}

test('Each idea stands in one topic, and some mesh has a field for it', () => {
  assert.deepEqual([...topics.flatMap((it) => it.ideas)].sort(), [...allIdeas].sort());
  const said = new Set(meshes.flatMap((it) => [...it.fields, ...it.alsoSays]).map((it) => it.idea));
  assert.deepEqual(
    allIdeas.filter((it) => !said.has(it)),
    [],
  );
});

/** Kinds of Kubernetes have no schema, and `metadata` is in none. */
function isReal(row: Pick<FieldRow, 'kind' | 'path'>): boolean {
  if (row.kind.schema === undefined || row.path.startsWith('metadata.')) return true;
  if (inFreeForm.includes(`${row.kind.name} ${row.path}`)) return true;
  const only: readonly FieldRow[] = [{ kind: row.kind, path: row.path, idea: 'route.host' }];
  const paths = leavesOf(row.kind).flatMap((path) => path.map((_, at) => path.slice(0, at + 1)));
  return paths.some((path) => fieldRowFor(only, { group: row.kind.group, kind: row.kind.name }, path));
}
