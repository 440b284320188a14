/** Round trips about what meshes cost: numbers of the user's, and what the workspace runs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CostAnswer,
  type CostParams,
  costRequest,
  isCitedByCost,
  isCostAnswer,
  isFromCost,
  isToCost,
} from '../../server/src/lsp/protocol-cost.ts';
import { estimateCost } from '../../server/src/queries/cost.ts';
import { Editor, makeFolder } from './editor.ts';

const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 3}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {replicas: 1}
`;

test('the server reckons with numbers of the user, and with what the workspace runs', async (t) => {
  const { uri } = makeFolder(t, { 'web.yaml': web });
  const editor = await Editor.start(t, { folders: [uri] });
  const ask = (params: CostParams) => editor.request<CostAnswer>(costRequest, params);

  const { estimate, markdown } = await ask({ inputs: { services: 7 } });
  assert.equal(estimate.inputs.services, 7);
  assert.equal(estimate.counted, undefined);
  assert.match(markdown, /^# What a mesh costs to run\n/);

  const own = await ask({ inputs: { services: 7, nodes: 2 }, counts: true });
  assert.ok(isCostAnswer(own));
  assert.deepEqual(own.estimate.counted, { workloads: 2, pods: 4, assumed: 0 });
  const { services, replicas, nodes } = own.estimate.inputs;
  assert.deepEqual([services, replicas, nodes], [2, 2, 2]);
});

test('without a folder nothing is counted, and the numbers stay', async (t) => {
  const editor = await Editor.start(t, {});
  const { estimate } = await editor.request<CostAnswer>(costRequest, { inputs: { services: 7 }, counts: true });
  assert.equal(estimate.inputs.services, 7);
  assert.deepEqual(estimate.counted, { workloads: 0, pods: 0, assumed: 0 });
});

test('numbers that make no sense are refused', async (t) => {
  const editor = await Editor.start(t, {});
  await assert.rejects(editor.request(costRequest, { inputs: { services: -7 } }), /no numbers to reckon with/);
});

test('messages of another shape are not taken, and only cited pages are opened', () => {
  for (const it of [
    { type: 'ready' },
    { type: 'copy' },
    { type: 'ask', inputs: { rps: 2.5 }, counts: true },
    { type: 'openSource', url: 'https://example.com' },
    { type: 'compare', featureId: 'licence' },
  ])
    assert.ok(isFromCost(it), it.type);
  for (const it of [
    undefined,
    null,
    'ready',
    [],
    { type: 'ask' },
    { type: 'ask', inputs: { nodes: 1.5 } },
    { type: 'ask', inputs: {}, counts: 1 },
    { type: 'openSource' },
    { type: 'compare', featureId: 3 },
    { type: 'run' },
  ])
    assert.ok(!isFromCost(it), JSON.stringify(it));

  const estimate = estimateCost({});
  assert.ok(isToCost({ type: 'estimate', estimate }));
  const { variants, ...without } = estimate;
  assert.ok(!isToCost({ type: 'estimate', estimate: without }));
  assert.ok(!isToCost({ type: 'estimate', estimate: { ...estimate, variants: [...variants, {}] } }));
  assert.ok(!isToCost({ type: 'failed' }));

  const cited = estimate.sources.flatMap((it) => it.url ?? []);
  for (const url of cited) assert.ok(isCitedByCost(estimate, url), url);
  for (const url of ['https://example.com', 'command:workbench.action.quit', ''])
    assert.ok(!isCitedByCost(estimate, url), url);
});
