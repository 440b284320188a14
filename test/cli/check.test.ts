/** `meshwright check`, run as in a pipeline. */

import assert from 'node:assert/strict';
import { chmodSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { CheckJson } from '../../server/src/cli/check.ts';
import { makeFolder, placeOf, rangeOf } from '../lsp/editor.ts';
import { meshwright, type Outcome } from './shell.ts';

const clean =
  'apiVersion: v1\nkind: Service\nmetadata: {name: ratings, namespace: shop}\nspec: {ports: [{port: 80}]}\n';
const missing = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  http:
    - route:
        - destination: {host: reviews}
`;
const misspelt = missing.replace('hosts:', 'host:').replace('{host: reviews}', '{host: reviews.example.com}');
const hostRule = 'istio/destination-host-not-found';

function json({ stdout }: Outcome): CheckJson {
  return JSON.parse(stdout) as CheckJson;
}

test('a clean folder ends with 0 and says how much was read', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': clean, 'b.yaml': 'some: text\n', 'c.txt': '' });
  assert.deepEqual(meshwright(['check', '.'], { cwd: folder }), {
    code: 0,
    stdout: 'No findings in 2 files.\n',
    stderr: '',
  });
});

test('findings end with 1, one line each, with lines and columns as editors count them', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': clean, 'b/c.yaml': missing });
  const { code, stdout, stderr } = meshwright(['check', '.'], { cwd: folder });
  assert.equal(code, 1);
  assert.equal(stderr, '');
  const at = placeOf(missing, 'reviews', 0, 3);
  const lines = stdout.split('\n');
  assert.ok(lines[0]?.startsWith(`b/c.yaml:${at.line + 1}:${at.character + 1}: error: `), lines[0]);
  assert.ok(lines[0]?.endsWith(` [${hostRule}]`), lines[0]);
  assert.equal(lines.at(-2), '1 error in 2 files.');
});

test('JSON has file, range from zero, severity, rule, message, peers and a summary', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': clean, 'b/c.yaml': missing });
  const outcome = meshwright(['check', '.', '--format', 'json'], { cwd: folder });
  assert.equal(outcome.code, 1);
  const { findings, summary } = json(outcome);
  assert.equal(findings.length, 1);
  const [{ message, ...rest } = { message: '' }] = findings;
  assert.deepEqual(rest, {
    file: 'b/c.yaml',
    range: rangeOf(missing, 'reviews', 3),
    severity: 'error',
    rule: hostRule,
    peers: ['IST0101', 'KIA1101'],
  });
  assert.match(message, /"reviews"/);
  assert.deepEqual(summary, { files: 2, error: 1, warning: 0, info: 0, hint: 0 });
});

test('what only a part of a cluster lacks is a hint and ends with 0, unless asked otherwise', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': missing });
  const run = (...more: string[]) => meshwright(['check', 'a.yaml', '-f', 'json', ...more], { cwd: folder });
  const open = run();
  assert.deepEqual([open.code, json(open).findings[0]?.severity], [0, 'hint']);
  const closed = run('--closed-world');
  assert.deepEqual([closed.code, json(closed).findings[0]?.severity], [1, 'error']);
  assert.equal(run('--fail-on', 'hint').code, 1);
});

test('--fail-on sets the bar', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': misspelt });
  const run = (severity: string) => meshwright(['check', 'a.yaml', '--fail-on', severity], { cwd: folder }).code;
  assert.deepEqual(['error', 'warning', 'info', 'hint'].map(run), [1, 1, 1, 1]);
});

test('files are seen together with all that is named beside them', (t) => {
  const service = clean.replace('ratings', 'reviews');
  const { folder } = makeFolder(t, { 'a/route.yaml': missing, 'b/service.yaml': service });
  const codes = (...paths: string[]) =>
    json(meshwright(['check', '-f', 'json', ...paths], { cwd: folder })).findings.map((it) => it.rule);
  assert.deepEqual(codes('a/route.yaml'), [hostRule]);
  assert.deepEqual(codes('a/route.yaml', 'b/service.yaml'), []);
  assert.deepEqual(codes('.'), []);
  assert.deepEqual(codes('a/route.yaml', './a/route.yaml', '.'), []);
});

test('standard input is a file of its own', (t) => {
  const { folder } = makeFolder(t);
  const outcome = meshwright(['check', '-', '--format', 'json'], { cwd: folder, stdin: misspelt });
  assert.equal(outcome.code, 1);
  assert.deepEqual([...new Set(json(outcome).findings.map((it) => it.file))], ['stdin.yaml']);
  assert.equal(meshwright(['check', '-'], { cwd: folder }).code, 0, 'nothing is clean');
});

test('--release marks what is newer', (t) => {
  const { folder } = makeFolder(t, {
    'a.yaml':
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a}\n' +
      'spec:\n  host: a.example.com\n  trafficPolicy:\n    retryBudget: {percent: 20}\n',
  });
  const run = (...releases: string[]) =>
    meshwright(['check', ...releases.flatMap((it) => ['--release', it]), '.'], { cwd: folder });
  assert.equal(run().code, 0);
  assert.equal(run('istio=1.27').code, 0);
  const { code, stdout } = run('istio=1.24', 'linkerd=edge-25.4.1');
  assert.equal(code, 1);
  assert.match(stdout, /"retryBudget" needs Istio 1\.27; this folder is for 1\.24\. \[common\/newer-field\]/);
});

test('--exclude may be given several times and takes no paths along', (t) => {
  const { folder } = makeFolder(t, { 'old/a.yaml': misspelt, 'b.local.yaml': misspelt, 'c.yaml': clean });
  const args = ['check', '--exclude', '**/old', '--exclude', '**/*.local.yaml', '.'];
  assert.equal(meshwright(args, { cwd: folder }).stdout, 'No findings in 1 file.\n');
});

test('a comment silences a finding', (t) => {
  const { folder } = makeFolder(t, {
    'a.yaml': misspelt.replace('  host:', '  # meshwright-ignore common/unknown-field\n  host:'),
  });
  const { findings } = json(meshwright(['check', 'a.yaml', '-f', 'json'], { cwd: folder }));
  assert.ok(
    findings.every((it) => it.rule !== 'common/unknown-field'),
    JSON.stringify(findings),
  );
});

test('paths that name nothing are misuse, and nothing is printed', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': misspelt });
  for (const name of ['gone.yaml', 'a.yaml/b', `${'x'.repeat(300)}.yaml`]) {
    const outcome = meshwright(['check', 'a.yaml', name], { cwd: folder });
    assert.deepEqual(outcome, { code: 2, stdout: '', stderr: `There is no file or folder "${name}".\n` });
  }
});

test('a link that is named is followed', { skip: process.platform === 'win32' }, (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': misspelt });
  symlinkSync('a.yaml', path.join(folder, 'link.yaml'));
  symlinkSync('circle.yaml', path.join(folder, 'circle.yaml'));
  assert.equal(meshwright(['check', 'link.yaml'], { cwd: folder }).code, 1);
  assert.equal(meshwright(['check', 'circle.yaml'], { cwd: folder }).code, 2);
});

const mayReadAll = process.getuid?.() === 0 ? 'root may read everything' : process.platform === 'win32';

test('what may not be read is misuse, not clean', { skip: mayReadAll }, (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': clean, 'locked/b.yaml': clean });
  chmodSync(path.join(folder, 'a.yaml'), 0);
  chmodSync(path.join(folder, 'locked'), 0);
  t.after(() => chmodSync(path.join(folder, 'locked'), 0o755));
  for (const [given, named] of [
    ['a.yaml', 'a.yaml'],
    ['.', 'a.yaml'],
    ['locked', 'locked'],
  ] as const)
    assert.deepEqual(meshwright(['check', given], { cwd: folder }), {
      code: 2,
      stdout: '',
      stderr: `"${named}" cannot be read.\n`,
    });
});

test('any bytes are answered', (t) => {
  const { folder, write } = makeFolder(t);
  const noise = Uint8Array.from({ length: 65_536 }, (_, at) => (at * 7919 + (at >> 3)) % 256);
  write('noise.yaml', noise);
  write('cut.yaml', Buffer.concat([Buffer.from(missing), noise]));
  write('zero.yaml', `${clean}\0`);
  write('utf16.yaml', Buffer.from(`\ufeff${misspelt}`, 'utf16le'));
  const outcome = meshwright(['check', '.', '-f', 'json'], { cwd: folder });
  assert.equal(outcome.code, 1);
  assert.equal(outcome.stderr, '');
  const files = new Set(json(outcome).findings.map((it) => it.file));
  assert.ok(!files.has('noise.yaml'), 'no resource, no finding');
  assert.ok(files.has('utf16.yaml'));
  assert.ok(files.has('cut.yaml'), 'a manifest with noise in it is told so');
});

test('what would exhaust a reader is answered soon and with a message', (t) => {
  const head = 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: b}\nspec:\n';
  const bomb = [...'abcdefghij'].map((it, at, all) =>
    at === 0 ? `  a: &a [x,x,x,x,x,x,x,x,x,x]\n` : `  ${it}: &${it} [${`*${all[at - 1]},`.repeat(10)}]\n`,
  );
  const { folder } = makeFolder(t, {
    'bomb.yaml': head + bomb.join(''),
    'deep.yaml': `${head}  http: ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
    'deep-block.yaml': head + Array.from({ length: 5000 }, (_, at) => `${' '.repeat(at + 2)}a:\n`).join(''),
    'large.yaml': `${head}  hosts:\n${'    - some.host.example.com\n'.repeat(370_000)}`,
  });
  for (const file of ['bomb.yaml', 'deep.yaml', 'deep-block.yaml', 'large.yaml']) {
    const start = performance.now();
    const { findings } = json(meshwright(['check', file, '-f', 'json'], { cwd: folder }));
    const took = performance.now() - start;
    assert.ok(findings.length > 0, `${file} has no message`);
    assert.ok(findings.length < 100, `${file} has ${findings.length} messages`);
    assert.ok(took < 4000, `${file} took ${took} ms`);
  }
});
