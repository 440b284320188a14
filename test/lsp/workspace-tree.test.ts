/** Round trips of the view "Workspace": its lines, what is wrong below one, how it would convert, and when to ask again. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type NodeFinding,
  nodeFindingsRequest,
  type OutlookAnswer,
  outlookRequest,
  type TreeAnswer,
  treeChanged,
  treeRequest,
} from '../../server/src/lsp/protocol-workspace.ts';
import { Editor, eventually, makeFolder } from './editor.ts';

const route = (timeout: string) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: shop }
spec:
  hosts: [reviews]
  http:
    - timeout: ${timeout}
      route: [{ destination: { host: reviews } }]
---
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: shop }
spec: { selector: { app: reviews }, ports: [{ name: http, port: 80 }] }
`;

test('the tree answers level by level, with places in lines and findings counted', async (t) => {
  const { uri, uriOf } = makeFolder(t, { 'a.yaml': route('[]') });
  const editor = await Editor.start(t, { folders: [uri] });
  const ask = async (node?: string) =>
    (await editor.request<TreeAnswer>(treeRequest, node === undefined ? {} : { node })).nodes;
  const [mesh] = await ask();
  assert.deepEqual(
    { ...mesh, findings: mesh?.findings.errors },
    { id: 'istio', type: 'mesh', name: 'Istio', resources: 1, findings: 1, hasChildren: true },
  );
  const [namespace] = await ask('istio');
  const [host] = await ask(namespace?.id);
  assert.deepEqual(host?.location, {
    uri: uriOf('a.yaml'),
    range: { start: { line: 11, character: 18 }, end: { line: 11, character: 25 } },
  });
  const [resource] = await ask(host?.id);
  assert.deepEqual([resource?.name, resource?.role], ['VirtualService reviews', 'route']);

  const [finding] = await editor.request<readonly NodeFinding[]>(nodeFindingsRequest, { node: host?.id });
  assert.equal(finding?.resource, 'VirtualService reviews');
  assert.equal(finding?.location.range.start.line, 6);
  const { outlooks } = await editor.request<OutlookAnswer>(outlookRequest, { node: resource?.id });
  assert.deepEqual(
    outlooks.map((it) => it.mesh),
    ['Linkerd', 'Consul', 'Gateway API'],
  );
  assert.deepEqual(await ask('istio\ngone'), []);
});

test('the editor is told once that the tree has changed, and only after it has asked', async (t) => {
  const { uri, uriOf } = makeFolder(t, { 'b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' });
  const editor = await Editor.start(t, { folders: [uri] });
  const file = uriOf('a.yaml');
  const count = () => editor.told.filter((it) => it === treeChanged).length;
  editor.open(file, route('1s'));
  await editor.untilCodes(file, []);
  assert.equal(count(), 0, 'nobody has asked yet');
  const first = await editor.request<TreeAnswer>(treeRequest, {});
  assert.equal(first.manifests, 3);
  editor.change(file, { text: route('[]') });
  await eventually(async () => assert.equal(count(), 1));
  editor.change(file, { text: route('{}') });
  await editor.until(file, (it) => it.version === 3);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(count(), 1, 'it has not asked again');
});

test('an empty workspace has an empty tree, and says how much of other things there is', async (t) => {
  const { uri } = makeFolder(t, { 'b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' });
  const editor = await Editor.start(t, { folders: [uri] });
  assert.deepEqual(await editor.request(treeRequest, {}), { nodes: [], manifests: 1 });
});
