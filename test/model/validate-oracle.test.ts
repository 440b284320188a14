/** Our interpreter and Ajv agree on every kind and variant: on good values, on bad ones, and on where the fault is. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schemas } from 'meshwright:schemas';
import fc from '../harness/fast-check.ts';
import { loadSchemas, type SchemaNode } from '../../server/src/model/schema.ts';
import { type SchemaProblem, validate } from '../../server/src/model/validate.ts';
import { asStored, compileWithAjv, jsonSchemaText } from './json-schema.ts';
import { changedValue, validValue } from './samples.ts';

const runs = Number(process.env.RUNS ?? 40);

test('Ajv and we agree on every kind in every variant', (context) => {
  let views = 0;
  let faults = 0;
  for (const [name, root] of differentViews()) {
    const ajv = compileWithAjv(root);
    const samples = validValue(root).chain((value) =>
      changedValue(root, value).map((changed) => [value, changed] as const),
    );
    fc.assert(
      fc.property(samples, (pair) => {
        for (const value of pair) {
          const isValid = ajv(asStored(root, value));
          const problems = validate(root, value);
          assert.equal(
            problems.length === 0,
            isValid,
            `${name}: ${JSON.stringify({ value, problems, ajv: ajv.errors }, null, 1)}`,
          );
          if (!isValid) faults += 1;
          const places = new Set((ajv.errors ?? []).map((it) => it.instancePath));
          for (const problem of withoutGuesses(problems)) {
            assert.ok(
              places.has(placeOf(problem)),
              `${name}: ${JSON.stringify({ value, problem, ajv: ajv.errors }, null, 1)}`,
            );
          }
        }
      }),
      { numRuns: runs, seed: 7 },
    );
    views += 1;
  }
  context.diagnostic(`${views} different views, ${runs} pairs each, ${faults} faulty values.`);
  assert.ok(views > 60 && faults > views);
});

/** Versions of a kind that are all the same need one look. */
function differentViews(): Map<string, SchemaNode> {
  const set = loadSchemas(schemas);
  const seen = new Set<string>();
  const views = new Map<string, SchemaNode>();
  for (const key of set.keys) {
    const { structure } = JSON.parse(schemas[key] ?? '') as { structure: { variants: string[] } };
    for (const variant of structure.variants) {
      const [version = '', channel] = variant.split('@');
      const root = set.for(key, version, channel)?.root;
      assert.ok(root);
      const text = jsonSchemaText(root);
      if (seen.has(text)) continue;
      seen.add(text);
      views.set(`${key} ${variant}`, root);
    }
  }
  return views;
}

/** Where Ajv reports what we report: what a map lacks or has too much at the map, the rest at the value. */
function placeOf({ path, part, code, suggestion }: SchemaProblem): string {
  const isTop = path.length === 1 && path[0] === 'kind' && part === 'key';
  const isKey = code === 'common/unknown-field' || (code === 'common/one-of' && suggestion?.kind === 'delete-key');
  const place = isTop ? [] : isKey ? path.slice(0, -1) : path;
  return place.map((it) => `/${String(it).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}

/** Ajv does not look below unknown keys. */
function withoutGuesses(problems: readonly SchemaProblem[]): readonly SchemaProblem[] {
  const unknown = problems.filter((it) => it.code === 'common/unknown-field').map((it) => it.path);
  return problems.filter(
    (it) =>
      !unknown.some((path) => path.length < it.path.length && path.every((key, position) => key === it.path[position])),
  );
}
