/** Round trips about playbooks: what the panel shows for a workspace, and what is no question. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isPlaybooksAnswer,
  type PlaybooksAnswer,
  type PlaybooksParams,
  playbooksRequest,
  sheets,
} from '../../server/src/lsp/protocol-playbooks.ts';
import { meshIds } from '../../server/src/model/mesh-id.ts';
import { Editor, everything, makeFolder } from './editor.ts';

const shop = `apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: reviews-v1, namespace: shop }
---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: reviews, namespace: shop }
`;

test('the mesh of the workspace comes first, with names of the workspace to choose from', async (t) => {
  const { uri } = makeFolder(t, { 'shop.yaml': shop });
  const editor = await Editor.start(t, { folders: [uri], capabilities: everything });
  const params: PlaybooksParams = { sheet: 'inject', values: {}, names: true };
  const answer = await editor.request<PlaybooksAnswer>(playbooksRequest, params);
  assert.equal(answer.mesh, 'linkerd');
  assert.deepEqual(answer.names, { namespace: ['shop'], service: ['reviews'], workload: ['deploy/reviews-v1'] });
  assert.match(answer.markdown, /^# Linkerd: Bring workloads in/);
});

test('an empty window has every sheet of every mesh, in a shape that the panel understands', async (t) => {
  const editor = await Editor.start(t, { folders: [], capabilities: everything });
  for (const mesh of meshIds)
    for (const sheet of sheets) {
      const answer = await editor.request<unknown>(playbooksRequest, { mesh, sheet, values: { namespace: 'shop' } });
      assert.ok(isPlaybooksAnswer(answer), `${mesh} ${sheet}`);
      assert.deepEqual([answer.mesh, answer.sheet], [mesh, sheet]);
    }
});

test('what names no sheet, or values that are none, is refused', async (t) => {
  const editor = await Editor.start(t, { folders: [], capabilities: everything });
  for (const params of [{}, { sheet: 'instal', values: {} }, { sheet: 'install', values: { command: 'rm' } }])
    await assert.rejects(editor.request(playbooksRequest, params), /There is no such playbook/);
});
