/** `meshwright cost`, run as a platform team would: numbers or a folder in, an estimate with its sources out. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { CostJson } from '../../server/src/cli/cost.ts';
import { makeFolder } from '../lsp/editor.ts';
import { meshwright } from './shell.ts';

const cwd = path.resolve('samples');

test('the example of 100 services stands where nothing is said', () => {
  const { code, stdout, stderr } = meshwright(['cost'], { cwd });
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.match(stdout, /^For services 100, replicas 1, nodes 5, /);
  assert.match(stdout, /Consul +nobody measured this/);
  assert.match(stdout, /Istio: printed 7–10 GB, adds up to 7–12 GB/);
  assert.match(stdout, /https:\/\/arxiv\.org\/abs\/2411\.02267/);
  assert.equal(meshwright(['cost', '--services', '100'], { cwd }).stdout, stdout);
});

test('workloads of a folder are counted, and what the command line says goes before', () => {
  const json = (...args: string[]): CostJson => JSON.parse(meshwright(['cost', '-f', 'json', ...args], { cwd }).stdout);
  const { counted, inputs } = json('istio');
  assert.ok(counted && counted.workloads > 0 && counted.pods >= counted.workloads);
  assert.equal(inputs.services, counted.workloads);
  assert.equal(json('istio', '--services', '3').inputs.services, 3);

  const { variants, sources, prices } = json('--price-gb', '5', '--rps', '0');
  const consul = variants.find((it) => it.id === 'consul');
  assert.deepEqual(consul?.numbers.memory, { low: 5, high: 9, unit: 'GB', basis: 'printed' });
  assert.equal(consul?.numbers.cpu, null);
  assert.equal(consul?.numbers.money?.high, 45);
  for (const it of variants.flatMap((one) => one.sources))
    assert.ok(
      sources.some(({ id }) => id === it),
      it,
    );
  assert.match(prices.url, /^https:/);
});

test('Markdown has a heading for each mesh', () => {
  const { stdout } = meshwright(['cost', '--format', 'markdown'], { cwd });
  assert.deepEqual(
    [...stdout.matchAll(/^### (.*)/gm)].map((it) => it[1]),
    ['Istio, sidecars', 'Istio, ambient', 'Linkerd', 'Consul'],
  );
});

test('a number that makes no sense is misuse, and so are files without workloads', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': 'some: text\n' });
  for (const args of [
    ['--services', '-3'],
    ['--services', '1.5'],
    ['--nodes', 'many'],
    ['--rps', ''],
  ]) {
    const { code, stderr } = meshwright(['cost', ...args], { cwd });
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, /It must be a (whole )?number from 0 to/);
  }
  assert.deepEqual(meshwright(['cost', '.'], { cwd: folder }), {
    code: 2,
    stdout: '',
    stderr: 'There are no Deployments, StatefulSets or Rollouts in these files, so there is nothing to count.\n',
  });
});
