/** The table of upgrades says all that an older version writes otherwise: whatever a later one has no place for stands in it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tables, upgrades, upgradesOf } from '../../server/src/meshes/knowledge.ts';
import { kindId } from '../../server/src/model/kind.ts';
import type { SchemaNode } from '../../server/src/model/schema.ts';
import { knowledge } from '../harness/check.ts';

const channel = 'experimental';

/** Fields that a later version has dropped, so that nothing takes their place; an upgrade of a resource with one stays undone. */
const dropped: Readonly<Record<string, readonly string[]>> = {
  'gateway.networking.k8s.io/GRPCRoute v1alpha2': ['spec.rules[*].sessionPersistence.idleTimeout'],
};

/** Paths of all fields, without those below a field that `known` lacks. */
function* fieldsOf(node: SchemaNode, known?: ReadonlySet<string>): Generator<string> {
  for (const child of [...node.properties.values(), node.items, node.values]) {
    if (!child) continue;
    yield child.path;
    if (!known || known.has(child.path)) yield* fieldsOf(child, known);
  }
}

describe('upgrades', () => {
  for (const kind of tables.kinds.filter((it) => it.schema !== undefined && it.versions.length > 1 && !it.removed)) {
    test(`${kindId(kind)}: what the newest version lacks is in the table`, () => {
      const schemaOf = (version: string) => knowledge.schemas.for(kind.schema ?? '', version, channel);
      const newest = schemaOf(kind.versions[0] ?? '');
      assert.ok(newest);
      const known = new Set(fieldsOf(newest.root));
      for (const version of kind.versions.slice(1)) {
        const old = schemaOf(version);
        if (!old) continue;
        const gone = [...fieldsOf(old.root, known)].filter((it) => !known.has(it));
        const rows = upgradesOf(kindId(kind)).filter((it) => it.from.includes(version));
        const told = rows.flatMap((it) => it.changes.map((change) => change.path));
        assert.deepEqual(
          gone.filter((it) => !told.includes(it)),
          dropped[`${kindId(kind)} ${version}`] ?? [],
          version,
        );
      }
    });
  }

  test('new names are those of the version that a row leads to', () => {
    for (const { kind, to = kind.versions[0] ?? '', changes } of upgrades) {
      const schema = knowledge.schemas.for(kind.schema ?? '', to, channel);
      assert.ok(schema);
      const names = new Set([...fieldsOf(schema.root)].map((it) => it.replace(/^.*\./, '')));
      for (const it of changes) if ('rename' in it) assert.ok(names.has(it.rename), `${kindId(kind)}: ${it.rename}`);
    }
  });
});
