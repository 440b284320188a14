/** What the command line prints is what its published schemas say, and the schemas say enough. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { meshIds } from '../../server/src/model/mesh-id.ts';
import { meshwright } from '../cli/shell.ts';
import { makeFolder } from '../lsp/editor.ts';

const folder = path.resolve('schemas/output');
const files = readdirSync(folder).sort();
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });

function schemaOf(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Record<string, unknown>;
}

const validators = new Map<string, ValidateFunction>();

function problemsOf(command: string, value: unknown): readonly string[] {
  const validate = validators.get(command) ?? ajv.compile(schemaOf(`${command}.schema.json`));
  validators.set(command, validate);
  validate(value);
  return (validate.errors ?? []).map((it) => `${it.instancePath} ${it.message}`);
}

function printed(args: readonly string[], cwd: string = process.cwd()): unknown {
  const { stdout, stderr } = meshwright([...args, '--format', 'json'], { cwd });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

const check = ['check', '--closed-world', '--fail-on', 'hint', 'samples'];

test('each schema has a dialect, a name of its own and a description of everything', () => {
  assert.deepEqual(files, ['check.schema.json', 'compare.schema.json', 'convert.schema.json']);
  for (const file of files) {
    const schema = schemaOf(file);
    assert.equal(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema');
    assert.match(String(schema['$id']), new RegExp(`/schemas/output/${file}$`));
    for (const [place, property] of propertiesOf(schema)) {
      const isReference = '$ref' in property;
      assert.ok(isReference || typeof property['description'] === 'string', `${file} ${place} has no description`);
    }
    for (const [place, object] of objectsOf(schema))
      assert.equal(object['additionalProperties'], false, `${file} ${place} is open`);
  }
});

test('check prints what its schema says', () => {
  assert.deepEqual(problemsOf('check', printed(check)), []);
  assert.deepEqual(problemsOf('check', printed(['check', 'LICENSE'])), []);
});

for (const mesh of ['istio', 'linkerd', 'consul', 'legacy']) {
  test(`convert prints what its schema says for samples/${mesh}`, () => {
    for (const to of meshIds) {
      if (to === mesh) continue;
      assert.deepEqual(problemsOf('convert', printed(['convert', '--to', to, `samples/${mesh}`])), [], to);
    }
  });
}

test('convert prints what its schema says for what it refuses', (t) => {
  const { folder: cwd } = makeFolder(t, {
    'a.yaml': 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec: {hosts: a}\n',
  });
  const value = printed(['convert', '--to', 'consul', 'a.yaml'], cwd);
  assert.deepEqual(problemsOf('convert', value), []);
  assert.match(JSON.stringify(value), /"kind":"refused"/);
});

test('compare prints what its schema says', () => {
  assert.deepEqual(problemsOf('compare', printed(['compare'])), []);
  assert.deepEqual(problemsOf('compare', printed(['compare', 'retries'])), []);
});

test('what is missing, too much or of another type does not fit', () => {
  const { findings, summary } = printed(check) as { findings: Record<string, unknown>[]; summary: object };
  const [finding] = findings;
  assert.ok(finding, 'the samples have findings in legacy/');
  const wrong: readonly unknown[] = [
    {},
    { findings },
    { findings, summary, more: 1 },
    { findings: [{ ...finding, severity: 'fatal' }], summary },
    { findings: [{ ...finding, peers: undefined }], summary },
    {
      findings: [{ ...finding, range: { start: { line: -1, character: 0 }, end: { line: 0, character: 0 } } }],
      summary,
    },
    { findings, summary: { ...summary, error: 'none' } },
  ];
  for (const it of wrong)
    assert.notDeepEqual(problemsOf('check', JSON.parse(JSON.stringify(it))), [], JSON.stringify(it).slice(0, 200));
  const entry = { file: 'a', apiVersion: 'v1', resource: 'A/b/c', path: 'spec', fate: 'lost', code: '', reason: '' };
  const report = [{ ...entry, risk: 'none', target: '' }];
  assert.notDeepEqual(problemsOf('convert', { outputs: [], report, notes: [] }), [], 'what is lost has a reason');
});

type Schema = Readonly<Record<string, unknown>>;

function* nodesOf(node: unknown, at = ''): Generator<readonly [string, Schema]> {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) yield [at, node as Schema];
  for (const [key, child] of Object.entries(node)) {
    // What narrows another node describes and closes nothing by itself.
    if (!['if', 'then', 'else'].includes(key)) yield* nodesOf(child, `${at}/${key}`);
  }
}

function* propertiesOf(schema: Schema): Generator<readonly [string, Schema]> {
  for (const [place, node] of nodesOf(schema)) {
    if (place.endsWith('/properties')) continue;
    for (const [name, property] of Object.entries((node['properties'] ?? {}) as Record<string, Schema>))
      yield [`${place}/${name}`, property];
  }
}

function* objectsOf(schema: Schema): Generator<readonly [string, Schema]> {
  for (const [place, node] of nodesOf(schema)) if (node['type'] === 'object') yield [place, node];
}
