/** `meshwright choose`, run as a team would: a template, a file of answers, and a result in three formats. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../lsp/editor.ts';
import { meshwright } from './shell.ts';

const answers = `answers:
  simple: { weight: 3 }
  overhead: { weight: 2 }
  jwt: { weight: 1, must: true }
`;

const tokens = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: shop}
spec: {jwtRules: [{issuer: a}]}
`;

test('the template is a file of answers, filled in by what manifests use', (t) => {
  const { folder } = makeFolder(t, { 'tokens.yaml': tokens });
  const { code, stdout, stderr } = meshwright(['choose', '--template', 'tokens.yaml'], { cwd: folder });
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.match(stdout, /# RequestAuthentication\/shop\/tokens needs it\.\n {2}jwt: \{ weight: 2, must: false \}/);
  assert.match(stdout, /\n {2}simple: \{ weight: 0, must: false \}/);
  writeFileSync(path.join(folder, 'answers.yaml'), stdout.replace('simple: { weight: 0', 'simple: { weight: 3'));
  const ranked = meshwright(['choose', '--answers', 'answers.yaml'], { cwd: folder });
  assert.equal(ranked.code, 0);
  assert.match(ranked.stdout, /^Istio ambient leads\./);
});

test('a result says what moved each mesh, what a must rules out, and what the scores are', (t) => {
  const { folder } = makeFolder(t, { 'answers.yaml': answers });
  const { code, stdout, stderr } = meshwright(['choose', '--answers', 'answers.yaml'], { cwd: folder });
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.match(stdout, /^Istio ambient leads\.\n\n1 {2}Istio ambient {8}█+░+ {2}15 of 18\n/);
  assert.match(stdout, /\+2\.3 A small team and few concepts \(high\): 2 of 3\./);
  assert.match(stdout, /Ruled out by a must\n {2}Linkerd\n {4}End users' tokens/);
  assert.match(stdout, /Scores are judgements/);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
});

test('JSON holds the same, and Markdown is a decision record', (t) => {
  const { folder } = makeFolder(t, {
    'answers.json': JSON.stringify({ answers: { simple: 3, jwt: { must: true } } }),
    'tokens.yaml': tokens,
  });
  const json = meshwright(['choose', '-a', 'answers.json', '-f', 'json', 'tokens.yaml'], { cwd: folder });
  const result: {
    standing: string;
    drivers: { question: string; shownBy?: string }[];
    ranked: { variant: string; points: number }[];
    ruledOut: { variant: string }[];
  } = JSON.parse(json.stdout);
  assert.equal(result.standing, 'ranked');
  assert.deepEqual(
    result.drivers.map((it) => [it.question, it.shownBy]),
    [
      ['simple', undefined],
      ['jwt', undefined],
    ],
  );
  assert.deepEqual(result.ranked.map((it) => [it.variant, it.points])[0], ['istio-ambient', 6]);
  assert.deepEqual(
    result.ruledOut.map((it) => it.variant),
    ['linkerd'],
  );
  const markdown = meshwright(['choose', '-a', '-', '-f', 'markdown'], { cwd: folder, stdin: answers });
  assert.match(markdown.stdout, /^# Use Istio ambient as service mesh\n/);
});

test('manifests alone rank nothing: they tell what is in use, and not what matters', () => {
  const { code, stdout, stderr } = meshwright(['choose', 'linkerd'], { cwd: path.resolve('samples') });
  assert.equal(code, 0);
  assert.match(stderr, /--template/);
  assert.match(stdout, /^Manifests tell what is in use, not what matters more\./);
  assert.match(
    stdout,
    /Possible\n {2}Istio with sidecars[\s\S]*What counts\n {2}The standard Gateway API everywhere: medium/,
  );
});

test('no answers and no manifests is misuse that says what to do, and so is a file that is not understood', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': 'jtw: 2\n', 'b.yaml': 'a: [', 'c.yaml': 'answers: {simple: 9}\n' });
  assert.deepEqual(meshwright(['choose'], { cwd: folder }), {
    code: 2,
    stdout: '',
    stderr:
      'Say what matters to you: nothing is ranked before that. "meshwright choose --template > answers.yaml" makes a file of answers for --answers; with paths, what they show is filled in.\n',
  });
  const problemOf = (file: string) => {
    const { code, stdout, stderr } = meshwright(['choose', '--answers', file], { cwd: folder });
    assert.equal(code, 2);
    assert.equal(stdout, '');
    return stderr;
  };
  assert.equal(problemOf('a.yaml'), 'a.yaml: There is no question "jtw". Did you mean "jwt"?\n');
  assert.match(problemOf('b.yaml'), /^b\.yaml is no YAML: /);
  assert.match(problemOf('c.yaml'), /^c\.yaml: The answer to "simple" must be a weight/);
  assert.equal(problemOf('none.yaml'), '"none.yaml" cannot be read.\n');
});

test('the help names every flag', () => {
  const { stdout } = meshwright(['choose', '--help'], { cwd: path.resolve('.') });
  for (const flag of ['--answers <file>', '--template', '--format <format>', '--exclude <glob>'])
    assert.ok(stdout.includes(flag), flag);
});
