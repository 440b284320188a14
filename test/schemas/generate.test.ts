/** Generated structure is fresh, and a release can be renewed alone. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';

interface Generate {
  generate(directories: readonly string[], root?: string): { files: Map<string, string>; sources: string };
  check(directories: readonly string[], root?: string): string[];
}

const { generate, check } = (await import(pathToFileURL(path.resolve('schemas/generate.mjs')).href)) as Generate;
const schemas = path.resolve('schemas');
const crds = path.resolve('../shared/reference/crds');
const skip = existsSync(crds) ? false : `The reference CRDs are not at ${crds}.`;

const folder = mkdtempSync(path.join(tmpdir(), 'generate-'));
after(() => rmSync(folder, { recursive: true }));

test('no generated file was changed by hand', () => {
  assert.deepEqual(check([], schemas), []);
});

test('the schemas are those of the reference CRDs, all at once and each release alone', { skip }, () => {
  const releases = readdirSync(crds).map((it) => path.join(crds, it));
  assert.deepEqual(check(releases, schemas), []);
  for (const release of releases) assert.deepEqual(check([release], schemas), [], release);
});

test('the releases and our own CRDs make the whole tree out of nothing', { skip }, () => {
  const root = path.join(folder, 'empty');
  cpSync(schemas, root, { recursive: true, filter: (file) => !file.endsWith('.json') });
  const { files, sources } = generate(
    readdirSync(crds).map((it) => path.join(crds, it)),
    root,
  );
  const listed = JSON.parse(readFileSync(path.join(schemas, 'sources.json'), 'utf8')) as { outputs: object };
  assert.deepEqual([...files.keys()].sort(), Object.keys(listed.outputs).sort());
  for (const [file, text] of files) assert.equal(text, readFileSync(path.join(schemas, file), 'utf8'), file);
  assert.equal(sources, readFileSync(path.join(schemas, 'sources.json'), 'utf8'));
});

test('a change by hand and a change upstream are told', { skip }, () => {
  const root = path.join(folder, 'changed');
  cpSync(schemas, root, { recursive: true });
  const file = path.join(root, 'istio/gateway.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"type": "integer"', '"type": "number"'));
  assert.deepEqual(check([], root), ['schemas/istio/gateway.json was changed by hand or by half a run.']);

  const release = path.join(folder, 'smi-next');
  mkdirSync(release);
  const name = 'split.smi-spec.io_trafficsplits.yaml';
  const crd = parse(readFileSync(path.join(crds, 'smi-linkerd-smi', name), 'utf8')) as {
    spec: { versions: { name: string }[] };
  };
  crd.spec.versions = crd.spec.versions.filter((it) => it.name === 'v1alpha2');
  writeFileSync(path.join(release, name), stringify(crd));
  assert.deepEqual(check([release], schemas), [
    'schemas/smi/trafficsplit.json differs from its CRD.',
    'schemas/sources.json names other releases or checksums.',
  ]);
  const { files, sources } = generate([release], schemas);
  const split = JSON.parse(files.get('smi/trafficsplit.json') ?? '') as { variants: string[] };
  assert.deepEqual(split.variants, ['v1alpha4', 'v1alpha3', 'v1alpha2']);
  assert.deepEqual(
    Object.keys((JSON.parse(sources) as { releases: object }).releases).filter((it) => it.startsWith('smi')),
    ['smi-next'],
  );
});

test('a folder that is not named after a release is refused', () => {
  const odd = path.join(folder, 'crds');
  mkdirSync(odd);
  assert.throws(() => generate([odd], schemas), /is named <project>-<version>/);
});

test('the command says what it wants', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['schemas/generate.mjs', ...args], { encoding: 'utf8' });
  assert.equal(run('--check').status, 0);
  assert.equal(run().status, 2);
  assert.match(run('--help').stdout, /npm run generate/);
});
