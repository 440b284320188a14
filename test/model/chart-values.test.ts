/** Helm values are found in the parts that hold them, and cost other YAML nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tables } from '../../server/src/meshes/knowledge.ts';
import { chartValuesAt, chartValuesOf } from '../../server/src/model/chart-values.ts';
import { looksLikeValues, valuesKeys } from '../../server/src/model/looks-like-manifest.ts';
import { Part } from '../../server/src/model/part.ts';

const uri = 'file:///values.yaml';

function rootsIn(text: string): readonly string[] {
  return chartValuesOf(uri, new Part(text), tables.kinds).map((it) => it.root.join('.'));
}

test('the keys that a text is looked through for are those that kinds name', () => {
  const named = tables.kinds.flatMap((it) => it.values?.slice(-1) ?? []);
  assert.deepEqual(named, [...valuesKeys]);
});

test('values stand at the top or below the name of a chart, and nowhere else', () => {
  assert.deepEqual(rootsIn('meshConfig: {}\n'), ['']);
  assert.deepEqual(rootsIn('istiod:\n  meshConfig:\n'), ['istiod']);
  assert.deepEqual(rootsIn('meshConfig: {}\nistiod: { global: {} }\nother:\n  meshConfig: {}\n'), ['', 'other']);
  assert.deepEqual(rootsIn('a:\n  b:\n    meshConfig: {}\n'), []);
  assert.deepEqual(rootsIn('- meshConfig: {}\n'), []);
  assert.deepEqual(rootsIn('text: |\n  meshConfig: {}\n'), []);
});

test('a resource is no values, whatever it holds', () => {
  assert.deepEqual(rootsIn('apiVersion: v1\nkind: ConfigMap\nmeshConfig: {}\n'), []);
});

test('the innermost map around a path counts', () => {
  const part = new Part('meshConfig: {}\nistiod:\n  meshConfig: {}\n');
  const at = (...path: string[]) => chartValuesAt(uri, part, tables.kinds, path)?.root;
  assert.deepEqual(at('istiod', 'meshConfig', 'trustDomain'), ['istiod']);
  assert.deepEqual(at('meshConfig'), []);
});

test('other YAML is not parsed for it', () => {
  const part = new Part('global: { hub: docker.io }\n');
  assert.equal(looksLikeValues(part.text), false);
  assert.deepEqual(chartValuesOf(uri, part, tables.kinds), []);
  assert.equal(part.knownGoodValue, undefined);
});
