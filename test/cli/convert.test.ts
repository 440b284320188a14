/** `meshwright convert`, run as in a pipeline: what goes where, and when it is refused. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { ConversionJson } from '../../server/src/render/report-json.ts';
import { makeFolder } from '../lsp/editor.ts';
import { meshwright, type Outcome } from './shell.ts';

const service = `apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
`;

const subsets = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets:
    - {name: v1, labels: {version: v1}}
    - {name: v2, labels: {version: v2}}
`;

const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
    - route:
        - {destination: {host: reviews, subset: v1}, weight: 80}
        - {destination: {host: reviews, subset: v2}, weight: 20}
      timeout: 3s
`;

/** Neither Linkerd nor Consul can say who is kept out by address, nor what a token claims. */
const guarded = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  rules:
    - from: [{source: {principals: [cluster.local/ns/shop/sa/web], notIpBlocks: [10.0.0.0/8]}}]
      when: [{key: 'request.auth.claims[iss]', values: [issuer]}]
`;

const leavesOfRoute = [
  'spec.hosts[0]',
  'spec.http[0].route[0].destination.host',
  'spec.http[0].route[0].destination.subset',
  'spec.http[0].route[0].weight',
  'spec.http[0].route[1].destination.host',
  'spec.http[0].route[1].destination.subset',
  'spec.http[0].route[1].weight',
  'spec.http[0].timeout',
];

function shop(t: TestContext) {
  return makeFolder(t, { 'route.yaml': route, 'facts.yaml': `${service}---\n${subsets}` });
}

function json({ stdout }: Outcome): ConversionJson {
  return JSON.parse(stdout) as ConversionJson;
}

function kindsIn(text: string): readonly string[] {
  const documents = parseAllDocuments(text);
  assert.ok(Array.isArray(documents));
  for (const it of documents) assert.deepEqual(it.errors, []);
  return documents.map((it) => String(it.get('kind')));
}

test('manifests go to standard output and the report beside them, so that a pipe applies only manifests', (t) => {
  const { folder } = shop(t);
  const { code, stdout, stderr } = meshwright(['convert', '--to', 'consul', 'route.yaml'], { cwd: folder });
  assert.equal(code, 0);
  const kinds = kindsIn(stdout);
  for (const kind of ['ServiceSplitter', 'ServiceResolver', 'ServiceRouter', 'ServiceDefaults'])
    assert.ok(kinds.includes(kind), `${kind} is not among ${kinds.join()}`);
  assert.match(stdout, /^# /, 'a comment says what it was converted from');
  assert.match(stderr, /spec\.http\[0\]\.timeout/);
});

test('a route comes home from a journey through all meshes', (t) => {
  const { folder, write } = shop(t);
  const started = meshwright(['convert', '-t', 'linkerd', 'route.yaml', 'facts.yaml'], { cwd: folder });
  assert.equal(started.code, 0, started.stderr);
  write('linkerd/all.yaml', `${service}---\n${started.stdout}`);
  const inConsul = meshwright(['convert', '-t', 'consul', 'linkerd/all.yaml'], { cwd: folder });
  assert.equal(inConsul.code, 0, inConsul.stderr);
  write('consul/all.yaml', `${service}---\n${inConsul.stdout}`);
  const inIstio = meshwright(['convert', '-t', 'istio', 'consul/all.yaml'], { cwd: folder });
  assert.equal(inIstio.code, 0, inIstio.stderr);
  const kinds = kindsIn(inIstio.stdout);
  assert.ok(kinds.includes('VirtualService'), kinds.join());
  for (const weight of [80, 20]) assert.match(inIstio.stdout, new RegExp(`weight: ${weight}\\b`));
  assert.match(inIstio.stdout, /timeout: 3s/);
});

test('JSON holds the manifests, one fate for each leaf, and notes, in the published shape', (t) => {
  const { folder } = shop(t);
  for (const to of ['consul', 'linkerd']) {
    const outcome = meshwright(['convert', '-t', to, 'route.yaml', '--format', 'json'], { cwd: folder });
    assert.deepEqual([outcome.code, outcome.stderr], [0, '']);
    const { outputs, report, notes, ...others } = json(outcome);
    assert.deepEqual(others, {});
    assert.ok(outputs.length > 0);
    for (const it of outputs) {
      assert.deepEqual(Object.keys(it), ['path', 'text']);
      kindsIn(it.text);
    }
    assert.deepEqual(report.map((it) => it.path).sort(), [...leavesOfRoute].sort());
    for (const it of report) {
      assert.equal(it.file, 'route.yaml');
      assert.equal(it.apiVersion, 'networking.istio.io/v1');
      assert.equal(it.resource, 'VirtualService/shop/reviews');
      if (it.fate !== 'exact') assert.notEqual(it.reason, '', it.path);
    }
    for (const it of notes) assert.deepEqual(Object.keys(it), ['kind', 'text']);
  }
});

test('labels and annotations have the paths that people write', (t) => {
  const { folder } = makeFolder(t, {
    'service.yaml': service.replace('{name: reviews,', '{annotations: {retry.linkerd.io/limit: "2"}, name: reviews,'),
  });
  const { report } = json(meshwright(['convert', '-t', 'istio', 'service.yaml', '-f', 'json'], { cwd: folder }));
  assert.ok(
    report.some((it) => it.path === 'metadata.annotations["retry.linkerd.io/limit"]'),
    report.map((it) => it.path).join(),
  );
});

test('the report alone goes to standard output, as text and as Markdown', (t) => {
  const { folder } = shop(t);
  const run = (...more: string[]) =>
    meshwright(['convert', '-t', 'consul', 'route.yaml', '--report-only', ...more], { cwd: folder });
  const text = run();
  assert.deepEqual([text.code, text.stderr], [0, '']);
  assert.match(text.stdout, /spec\.http\[0\]\.timeout/);
  const markdown = run('-f', 'markdown');
  assert.match(markdown.stdout, /^#/m);
  assert.doesNotMatch(markdown.stdout, /^kind: ServiceRouter/m);
  assert.deepEqual(readdirSync(folder).sort(), ['facts.yaml', 'route.yaml']);
});

test('-o writes files of a new folder, and replaces what is there only by --force', (t) => {
  const { folder, write } = shop(t);
  const args = ['convert', '-t', 'consul', 'route.yaml', '-o', 'out/consul'];
  const first = meshwright(args, { cwd: folder });
  assert.equal(first.code, 0);
  assert.match(first.stdout, /spec\.http\[0\]\.timeout/, 'the report has standard output for itself');
  assert.equal(first.stderr, '');
  const [name = ''] = readdirSync(path.join(folder, 'out/consul'));
  const file = path.join(folder, 'out/consul', name);
  const made = readFileSync(file, 'utf8');
  assert.ok(kindsIn(made).includes('ServiceRouter'));

  write(`out/consul/${name}`, '# mine\n');
  const again = meshwright(args, { cwd: folder });
  assert.equal(again.code, 2);
  assert.match(again.stderr, /exist already.*--force/s);
  assert.ok(again.stderr.includes(`out/consul/${name}`));
  assert.equal(readFileSync(file, 'utf8'), '# mine\n');
  assert.equal(meshwright([...args, '--force'], { cwd: folder }).code, 0);
  assert.equal(readFileSync(file, 'utf8'), made);
});

test('-o says which file it cannot write', (t) => {
  const { folder } = shop(t);
  const outcome = meshwright(['convert', '-t', 'consul', 'route.yaml', '-o', 'facts.yaml'], { cwd: folder });
  assert.equal(outcome.code, 2);
  assert.equal(outcome.stdout, '');
  assert.match(outcome.stderr, /^"facts\.yaml\/.*" cannot be written: \w+\.\n$/);
  assert.equal(readFileSync(path.join(folder, 'facts.yaml'), 'utf8'), `${service}---\n${subsets}`);
});

test('standard input is converted with facts that are named', (t) => {
  const { folder } = makeFolder(t, { 'facts/service.yaml': service, 'facts/subsets.yaml': subsets });
  const run = (...more: string[]) =>
    meshwright(['convert', ...more, '-t', 'consul', '-'], { cwd: folder, stdin: route });
  for (const facts of [
    ['--facts', 'facts'],
    ['--facts', 'facts/subsets.yaml', '--facts', 'facts/service.yaml'],
  ]) {
    const { code, stdout, stderr } = run(...facts);
    assert.equal(code, 0, stderr);
    assert.ok(kindsIn(stdout).includes('ServiceSplitter'), stderr);
  }
  const missing = run('--facts', 'gone');
  assert.deepEqual(missing, { code: 2, stdout: '', stderr: 'There is no file or folder "gone".\n' });
  const { report } = json(run('--facts', 'facts', '-f', 'json'));
  assert.deepEqual([...new Set(report.map((it) => it.file))], ['stdin.yaml']);
});

test('what would be less secure is held back until somebody says that it may', (t) => {
  const { folder } = makeFolder(t, { 'guard.yaml': guarded, 'service.yaml': service });
  for (const to of ['linkerd', 'consul']) {
    const run = (...more: string[]) => meshwright(['convert', '-t', to, 'guard.yaml', ...more], { cwd: folder });
    const held = run('-o', `out/${to}`);
    assert.equal(held.code, 1);
    assert.match(held.stderr, /--accept-loss/);
    assert.equal(existsSync(path.join(folder, 'out')), false);
    assert.equal(run().stdout, '');
    const shown = run('-f', 'json');
    assert.equal(shown.code, 1);
    assert.ok(json(shown).report.some((it) => it.risk === 'security' && it.fate !== 'exact'));
    assert.equal(run('--accept-loss').code, 0);
  }
});

test('a broken resource is named in the report and ends with 1', (t) => {
  const { folder } = makeFolder(t, {
    'broken.yaml': route.replace('timeout: 3s', 'timeout: [3s]'),
    'facts.yaml': service,
  });
  const outcome = meshwright(['convert', '-t', 'consul', 'broken.yaml', '-f', 'json'], { cwd: folder });
  assert.equal(outcome.code, 1);
  const { outputs, notes } = json(outcome);
  assert.deepEqual(outputs, []);
  const [refusal] = notes.filter((it) => it.kind === 'refused');
  assert.match(
    refusal?.text ?? '',
    /^VirtualService\/shop\/reviews in broken\.yaml: .*"timeout" must be a string, not a list/,
  );
});

test('misuse ends with 2, prints no manifests and says why', (t) => {
  const { folder } = shop(t);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['route.yaml'], /--to/],
    [['-t', 'kuma', 'route.yaml'], /istio, linkerd, consul or gateway-api/],
    [['-t', 'consul'], /paths/],
    [['-t', 'consul', 'gone.yaml'], /no file or folder "gone\.yaml"/],
    [['-t', 'linkerd', '--from', 'consul', 'route.yaml'], /nothing to convert/],
    [['-t', 'consul', 'route.yaml', '-f', 'yaml'], /text, json, markdown/],
    [['-t', 'consul', 'route.yaml', '--default-port', '0'], /1 to 65535/],
    [['-t', 'consul', 'route.yaml', '--colour'], /--colour/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = meshwright(['convert', ...args], { cwd: folder });
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, message, args.join(' '));
    assert.doesNotMatch(stderr, /\n {4}at /, 'a mistake of the user is no bug of ours');
  }
});
