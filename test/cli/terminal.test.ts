/** The command line and what it runs in: help, misuse, colours, pipes. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import type { CheckJson } from '../../server/src/cli/check.ts';
import { makeFolder } from '../lsp/editor.ts';
import { cliFile, meshwright } from './shell.ts';

const cwd = process.cwd();
const misspelt =
  'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: b}\nspec:\n  host: [a.example.com]\n';
const escape = /\u001b\[/;

test('--help of each command names what it takes, and ends with 0', () => {
  const words = {
    '': ['check', 'convert', 'compare'],
    check: ['--format', '--fail-on', '--closed-world', '--exclude', '--release', 'Exit code'],
    convert: ['--to', '--format', '--output', '--force', '--facts', '--accept-loss', '--report-only', 'Exit code'],
    compare: ['--format', 'feature'],
  };
  for (const [command, expected] of Object.entries(words)) {
    const { code, stdout, stderr } = meshwright([...(command === '' ? [] : [command]), '--help'], { cwd });
    assert.deepEqual([code, stderr], [0, ''], command);
    assert.match(stdout, /^Usage: meshwright/);
    for (const it of expected) assert.ok(stdout.includes(it), `${command}: ${it}`);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  }
  assert.match(meshwright(['--version'], { cwd }).stdout, /^\d+\.\d+\.\d+\n$/);
});

test('misuse ends with 2 and says what is possible', () => {
  for (const args of [
    [],
    ['chek'],
    ['check'],
    ['check', '--fail-on', 'all', '.'],
    ['check', '--fial', '.'],
    ['check', '--release', 'istio', '.'],
    ['check', '--release', 'istoi=1.24', '.'],
    ['check', '--release', 'istio=new', '.'],
    ['compare', 'a', 'b'],
  ]) {
    const { code, stdout, stderr } = meshwright(args, { cwd });
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.notEqual(stderr, '', args.join(' '));
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
  assert.match(meshwright(['chek', '.'], { cwd }).stderr, /check/);
});

test('compare shows all features, one feature, a category or a kind', () => {
  const run = (...args: string[]) => meshwright(['compare', ...args], { cwd });
  const all = JSON.parse(run('--format', 'json').stdout) as { features: { id: string }[] };
  assert.equal(all.features.length, 59);
  const one = run('circuit-breaking');
  assert.equal(one.code, 0);
  for (const mesh of ['Istio', 'Linkerd', 'Consul']) assert.ok(one.stdout.includes(mesh), mesh);
  assert.equal(run('Circuit Breaking').stdout, one.stdout);
  for (const it of ['Security', 'ServiceSplitter']) assert.equal(run(it).code, 0, it);
  const unknown = run('circuit-braking');
  assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
  assert.match(unknown.stderr, /circuit-breaking/);
});

test('there are no colours in pipes, whatever the environment asks for', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': misspelt });
  for (const env of [{}, { FORCE_COLOR: '1' }, { CI: 'true' }]) {
    assert.doesNotMatch(meshwright(['check', 'a.yaml'], { cwd: folder, env }).stdout, escape);
    assert.doesNotMatch(meshwright(['compare', 'retries'], { cwd: folder, env }).stdout, escape);
  }
});

const script = '/usr/bin/script';

test('a terminal has colours, unless NO_COLOR says otherwise', {
  skip: process.platform !== 'linux' || !existsSync(script),
}, (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': misspelt });
  const onTerminal = (command: string, env: Readonly<Record<string, string>> = {}) => {
    const { NO_COLOR: _, ...inherited } = process.env;
    const run = spawnSync(script, ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: { ...inherited, TERM: 'xterm', ...env },
      encoding: 'utf8',
      input: '',
    });
    return { code: run.status, text: run.stdout };
  };
  const check = `${process.execPath} ${cliFile} check a.yaml`;
  const plain = onTerminal(check);
  assert.equal(plain.code, 1);
  assert.match(plain.text, escape);
  assert.doesNotMatch(onTerminal(check, { NO_COLOR: '1' }).text, escape);
  assert.doesNotMatch(onTerminal(check, { TERM: 'dumb' }).text, escape);
  assert.doesNotMatch(onTerminal(`${check} > out.txt; cat out.txt`).text, escape);

  const convert = `${process.execPath} ${cliFile} convert -t consul a.yaml`;
  assert.match(onTerminal(`${convert} > out.txt`).text, escape, 'the report still goes to the terminal');
  assert.doesNotMatch(onTerminal(`${convert} 2> report.txt; cat report.txt`).text, escape);
});

test('output that is longer than a pipe holds is complete', (t) => {
  const many = Array.from({ length: 3000 }, (_, at) => misspelt.replace('name: a', `name: a${at}`)).join('---\n');
  const { folder } = makeFolder(t, { 'a.yaml': many });
  const { code, stdout } = meshwright(['check', 'a.yaml', '-f', 'json'], { cwd: folder });
  assert.equal(code, 1);
  assert.ok(stdout.length > 500_000);
  const { findings, summary } = JSON.parse(stdout) as CheckJson;
  assert.ok(findings.length >= 3000);
  assert.equal(findings.length, summary.error + summary.warning + summary.info + summary.hint);
});

test('a reader that has seen enough ends it without a word', async (t) => {
  const many = Array.from({ length: 3000 }, (_, at) => misspelt.replace('name: a', `name: a${at}`)).join('---\n');
  const { folder } = makeFolder(t, { 'a.yaml': many });
  const child = spawn(process.execPath, [cliFile, 'check', 'a.yaml', '-f', 'json'], { cwd: folder });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(complaints, '');
  assert.equal(code, 1);
});
