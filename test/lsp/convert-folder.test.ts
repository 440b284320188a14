/** What an editor asks about conversions: of a folder, with its questions, and the plan for moving all of it. */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ConvertAnswer, Convertible, PlanAnswer, Question } from '../../server/src/lsp/protocol-convert.ts';
import { Editor, makeFolder } from './editor.ts';

const service = (name: string, namespace: string) => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;

const route = (name: string, namespace: string) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  hosts: [${name}]
  http:
    - timeout: 3s
      rewrite: { uri: /v2 }
      route: [{ destination: { host: ${name} } }]
`;

const splitter = `apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: { name: api, namespace: shop }
spec: { protocol: http }
`;

async function start(t: TestContext) {
  const { uri: folder, uriOf } = makeFolder(t, {
    'a/cart.yaml': `${service('cart', 'shop')}---\n${route('cart', 'shop')}`,
    'b/bank.yaml': `${service('bank', 'money')}---\n${route('bank', 'money')}`,
    'b/api.yaml': splitter,
  });
  const editor = await Editor.start(t, { folders: [folder] });
  return { editor, folder, uriOf };
}

test('a folder says what it has to convert, from each mesh and by namespace', async (t) => {
  const { editor, folder } = await start(t);
  const { ways } = await editor.request<Convertible>('meshwright/convertible', {});
  const found = ways.map((it) => `${it.from.id} ${it.to.id} ${it.resources}`);
  for (const way of ['istio linkerd 2', 'istio consul 2', 'istio gateway-api 2', 'consul istio 1'])
    assert.ok(found.includes(way), `${way} among ${found}`);
  assert.deepEqual(ways[0]?.namespaces, [
    { name: 'money', resources: 1 },
    { name: 'shop', resources: 1 },
  ]);
  const below = await editor.request<Convertible>('meshwright/convertible', { folder: `${folder}/a` });
  assert.ok(below.ways.every((it) => it.from.id === 'istio' && it.resources === 1));
});

test('a folder is converted from one mesh, in the namespaces of choice, each file for itself', async (t) => {
  const { editor, uriOf } = await start(t);
  const ask = (more: object) =>
    editor.request<ConvertAnswer>('meshwright/convertFolder', { from: 'istio', to: 'consul', ...more });
  const all = await ask({});
  assert.deepEqual(all.outputs.map((it) => it.path).sort(), ['a/cart.consul.yaml', 'b/bank.consul.yaml']);
  const some = await ask({ namespaces: ['money'] });
  assert.deepEqual(
    some.outputs.map((it) => it.path),
    ['b/bank.consul.yaml'],
  );
  const [group] = some.page.groups;
  assert.equal(group?.name, 'VirtualService/money/bank');
  assert.equal(group.place?.uri, uriOf('b/bank.yaml'));
  const line = group.lines.find((it) => it.path === 'spec.http[0].timeout');
  assert.ok(line?.place);
  assert.ok(line.targetPlace?.output === 0, 'it leads to the result');
  const { start: at } = line.targetPlace.range;
  assert.match(some.outputs[0]?.text.split('\n')[at.line] ?? '', /requestTimeout/i);
});

test('only options that make a difference are asked, and an answer makes it', async (t) => {
  const { editor } = await start(t);
  const params = { from: 'istio', to: 'linkerd' };
  const questions = await editor.request<readonly Question[]>('meshwright/conversionQuestions', params);
  assert.deepEqual(
    questions.map((it) => it.option).filter((it) => it === 'onInexpressibleAction' || it === 'consulDefaultPolicy'),
    ['onInexpressibleAction'],
  );
  const options = { onInexpressibleAction: 'degrade' };
  const { outputs } = await editor.request<ConvertAnswer>('meshwright/convertFolder', { ...params, options });
  assert.match(outputs.map((it) => it.text).join(''), /kind: HTTPRoute/);
  const usual = await editor.request<ConvertAnswer>('meshwright/convertFolder', params);
  assert.notDeepEqual(usual.outputs, outputs);
});

test('the plan is a runbook for what is there, and nothing where nothing is', async (t) => {
  const { editor } = await start(t);
  const { text } = await editor.request<PlanAnswer>('meshwright/plan', { from: 'istio', to: 'linkerd' });
  assert.match(text, /^# From Istio to Linkerd\n[^]*## 1\. Namespace/);
  const none = await editor.request<PlanAnswer>('meshwright/plan', { from: 'linkerd', to: 'istio' });
  assert.equal(none.text, '');
});
