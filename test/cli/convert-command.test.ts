/** `meshwright convert` without its disk: what it prints where, what it writes, and when it refuses to. */

import { annotationDocs, schemas } from 'meshwright:schemas';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConvertCommand, convertCommand, type InputFile } from '../../server/src/cli/convert.ts';
import { Spool } from '../../server/src/cli/spool.ts';
import { tables } from '../../server/src/meshes/knowledge.ts';
import { loadAnnotations } from '../../server/src/model/annotations.ts';
import { loadSchemas } from '../../server/src/model/schema.ts';
import { defaultSettings } from '../../server/src/model/settings.ts';
import type { ConversionJson } from '../../server/src/render/report-json.ts';

const folder = 'file:///work';
const file = (path: string, text: string): InputFile => ({ uri: `${folder}/${path}`, path, read: async () => text });

const service = file(
  'shop/services.yaml',
  'apiVersion: v1\nkind: Service\nmetadata: { name: reviews, namespace: shop }\nspec: { selector: { app: reviews }, ports: [{ port: 80 }] }\n',
);
const route = file(
  'shop/reviews.yaml',
  'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: reviews, namespace: shop }\nspec:\n  hosts: [reviews]\n  http: [{ timeout: 2s, mirror: { host: reviews }, route: [{ destination: { host: reviews } }] }]\n',
);
const breaker = file(
  'shop/rule.yaml',
  'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: reviews, namespace: shop }\nspec: { host: reviews, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3 } } }\n',
);
const unsafe = file(
  'shop/tls.yaml',
  'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: bank, namespace: shop }\nspec: { host: bank.example.com, trafficPolicy: { tls: { mode: SIMPLE } } }\n',
);

async function run(command: Partial<ConvertCommand> & Pick<ConvertCommand, 'files'>) {
  const { exitCode, stdout, stderr, writes } = await convertCommand({
    to: 'linkerd',
    facts: [service],
    folders: [folder],
    knowledge: { tables, schemas: loadSchemas(schemas), annotations: loadAnnotations(annotationDocs) },
    settings: defaultSettings,
    format: 'text',
    exists: () => false,
    columns: 100,
    color: { out: false, err: false },
    spool: new Spool(),
    ...command,
  });
  return {
    exitCode,
    stdout: [...stdout].join(''),
    stderr: [...stderr].join(''),
    writes: writes.map(({ path, text }) => ({ path, text: [...text].join('') })),
  };
}

test('Manifests go to standard output and the report to standard error', async () => {
  const { exitCode, stdout, stderr, writes } = await run({ files: [route] });
  assert.equal(exitCode, 0);
  assert.match(stdout, /^# Converted from VirtualService\/shop\/reviews\.\napiVersion: gateway/);
  assert.match(stderr, /^To Linkerd: 3 fields carried over, 1 lost\n/);
  assert.match(stderr, /spec\.http\[0\]\.mirror\.host\n.*\[no-mirror\]/s);
  assert.deepEqual(writes, []);
});

test('What exists already is printed whole, with what changes in it', async () => {
  const { stdout } = await run({ files: [breaker] });
  assert.match(
    stdout,
    /^# Service\/shop\/reviews with what the conversion changes in it\.\napiVersion: v1\nkind: Service\n/,
  );
  assert.match(stdout, /balancer\.linkerd\.io\/failure-accrual-consecutive-max-failures: "3"/);
});

test('Files go below the folder, beside the way they were given, and the report to standard output', async () => {
  const { exitCode, stdout, stderr, writes } = await run({ files: [route, breaker], output: 'out/' });
  assert.equal(exitCode, 0);
  assert.deepEqual(
    writes.map((it) => it.path),
    ['out/shop/reviews.linkerd.yaml', 'out/changed.linkerd.yaml'],
  );
  assert.match(stdout, /^To Linkerd/);
  assert.equal(stderr, '');
});

test('Files that exist are replaced by --force only', async () => {
  const exists = (path: string) => path === 'out/shop/reviews.linkerd.yaml';
  const refused = await run({ files: [route], output: 'out', exists });
  assert.deepEqual([refused.exitCode, refused.writes], [2, []]);
  assert.match(refused.stderr, /out\/shop\/reviews\.linkerd\.yaml/);
  assert.equal((await run({ files: [route], output: 'out', exists, force: true })).writes.length, 1);
});

test('What would be less secure is not written unless it is accepted', async () => {
  const refused = await run({ files: [route, unsafe], output: 'out' });
  assert.deepEqual([refused.exitCode, refused.writes], [1, []]);
  assert.match(refused.stdout, /Weakens security\n {2}! DestinationRule\/shop\/bank/);
  assert.match(refused.stderr, /--accept-loss/);
  assert.equal((await run({ files: [route, unsafe] })).stdout, '');
  const accepted = await run({ files: [route, unsafe], output: 'out', acceptLoss: true });
  assert.deepEqual([accepted.exitCode, accepted.writes.length], [0, 1]);
});

test('JSON holds manifests and report', async () => {
  const { stdout, stderr } = await run({ files: [route], format: 'json' });
  const json: ConversionJson = JSON.parse(stdout);
  assert.equal(stderr, '');
  assert.deepEqual(
    json.outputs.map((it) => it.path),
    ['shop/reviews.linkerd.yaml'],
  );
  assert.deepEqual(
    json.report.find((it) => it.path === 'spec.http[0].timeout'),
    {
      file: 'shop/reviews.yaml',
      apiVersion: 'networking.istio.io/v1',
      resource: 'VirtualService/shop/reviews',
      path: 'spec.http[0].timeout',
      fate: 'exact',
      code: '',
      reason: '',
      risk: 'none',
      target: 'HTTPRoute/shop/reviews spec.rules[0].timeouts.request',
    },
  );
  assert.equal(json.notes[0]?.kind, 'implicit');
  assert.ok(json.notes.every((it) => it.kind !== 'refused'));
});

test('The report alone goes to standard output', async () => {
  const { stdout, stderr } = await run({ files: [route], format: 'markdown', reportOnly: true });
  assert.match(stdout, /^# Conversion to Linkerd\n\n3 fields carried over, 1 lost\.\n/);
  assert.match(stdout, /^- \*\*lost\*\* `spec\.http\[0\]\.mirror\.host`/m);
  assert.equal(stderr, '');
});

test('A file that is broken is said to be, with exit code 1', async () => {
  const broken = file(
    'shop/broken.yaml',
    'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: a }\nspec: { hosts: a }\n',
  );
  const { exitCode, stderr } = await run({ files: [broken] });
  assert.equal(exitCode, 1);
  assert.match(stderr, /Not converted\n {2}- VirtualService\/default\/a: Its fields do not fit its kind/);
});

test('Nothing to convert is misuse', async () => {
  const { exitCode, stderr } = await run({ files: [service], facts: [] });
  assert.deepEqual([exitCode, stderr], [2, 'There is nothing to convert to Linkerd in shop/services.yaml.\n']);
});

test('The same input gives the same output, byte for byte', async () => {
  const command = { files: [route, breaker], format: 'json', to: 'consul' } as const;
  assert.equal((await run(command)).stdout, (await run(command)).stdout);
});

test('A dry run names the files and writes none', async () => {
  const { exitCode, stdout, stderr, writes } = await run({ files: [route, breaker], output: 'out', isDryRun: true });
  assert.deepEqual([exitCode, stderr, writes], [0, '', []]);
  assert.match(stdout, /^To Linkerd/);
  assert.match(
    stdout,
    /\nThese files would be written:\n {2}out\/shop\/reviews\.linkerd\.yaml\n {2}out\/changed\.linkerd\.yaml\n$/,
  );
});

test('Manifests are printed beside their folder when that is asked for', async () => {
  const { stdout, stderr, writes } = await run({ files: [route], output: 'out', printsManifests: true });
  assert.match(stdout, /^# Converted from/);
  assert.match(stderr, /^To Linkerd/);
  assert.deepEqual(
    writes.map((it) => it.path),
    ['out/shop/reviews.linkerd.yaml'],
  );
});

test('A report has a file of its own, in each format', async () => {
  const starts = { text: /^To Linkerd/, markdown: /^# Conversion to Linkerd/, json: /^\{\n {2}"outputs"/ };
  for (const format of ['text', 'markdown', 'json'] as const) {
    const { stdout, stderr, writes } = await run({ files: [route], format, reportFile: 'report.txt' });
    assert.match(stdout, /^# Converted from/);
    assert.equal(stderr, '');
    assert.deepEqual(
      writes.map((it) => it.path),
      ['report.txt'],
    );
    assert.match(writes[0]?.text ?? '', starts[format]);
  }
  const { exitCode } = await run({ files: [route], reportFile: 'report.txt', exists: () => true });
  assert.equal(exitCode, 2);
});

test('Only what a mesh reads is converted', async () => {
  const { exitCode, stderr } = await run({ files: [route], from: 'consul' });
  assert.equal(exitCode, 2);
  assert.match(stderr, /nothing to convert/);
  assert.equal((await run({ files: [route], from: 'istio' })).exitCode, 0);
});

test('Folders of files outside of the working folder stay what they are', async () => {
  const outside = { ...route, uri: 'file:///elsewhere/k8s/shop/reviews.yaml' };
  const facts = [{ ...service, uri: 'file:///elsewhere/k8s/shop/services.yaml' }];
  const { writes } = await run({ files: [outside], facts, folders: [folder, 'file:///elsewhere/k8s'], output: 'out' });
  assert.deepEqual(
    writes.map((it) => it.path),
    ['out/shop/reviews.linkerd.yaml'],
  );
});

test('A file called as the changes are does not take their place', async () => {
  const named = { ...route, uri: `${folder}/changed.yaml`, path: 'changed.yaml' };
  const { writes } = await run({ files: [named, breaker], output: 'out' });
  assert.deepEqual(
    writes.map((it) => it.path),
    ['out/changed.linkerd.yaml', 'out/changed.linkerd-2.yaml'],
  );
});

test('Overlays and what they take in are one group, other kustomizations groups of their own', async () => {
  const kustomization = (path: string, ...resources: readonly string[]) =>
    file(`${path}/kustomization.yaml`, `resources:\n${resources.map((it) => `  - ${it}\n`).join('')}`);
  const moved = ({ uri, path, read }: InputFile, to: string): InputFile => ({
    uri: uri.replace('/shop/', `/${to}/`),
    path: path.replace('shop/', `${to}/`),
    read,
  });
  const shops = ['base', 'other'].flatMap((it) => [service, route, breaker].map((one) => moved(one, it)));
  const markers = [kustomization('base', 'reviews.yaml'), kustomization('other'), kustomization('overlay', '../base')];
  const spilled = new Spool(0);
  for (const format of ['text', 'json', 'markdown'] as const) {
    const command = { files: [...shops, ...markers], facts: [], format };
    const small = await run({ ...command, spool: spilled });
    assert.deepEqual(small, await run(command));
    assert.equal(small.exitCode, 0);
  }
  spilled.close();
  const { writes } = await run({ files: [...shops, ...markers], facts: [], output: 'out' });
  assert.deepEqual(
    writes.map((it) => it.path),
    ['out/base/reviews.linkerd.yaml', 'out/other/reviews.linkerd.yaml', 'out/changed.linkerd.yaml'],
  );
});
