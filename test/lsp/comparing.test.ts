/** Round trips of the comparison: what the workspace uses, and what there is of a kind. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Comparison,
  compareRequest,
  isComparison,
  isKindAnswer,
  type KindAnswer,
  kindRequest,
} from '../../server/src/lsp/protocol-compare.ts';
import { Editor, makeFolder } from './editor.ts';

const kind = 'networking.istio.io/DestinationRule';
const text = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec: { host: reviews, trafficPolicy: { outlierDetection: {} } }
`;

test('the first answer already knows the files of the folder', async (t) => {
  const { uri, write } = makeFolder(t);
  write('a.yaml', text);
  const editor = await Editor.start(t, { folders: [uri] });
  const comparison = await editor.request<Comparison>(compareRequest, {});
  assert.ok(isComparison(comparison));
  const row = comparison.groups.flatMap((it) => it.rows).find((it) => it.feature.id === 'circuit-breaking');
  assert.deepEqual([row?.files, row?.used], [1, false]);
  assert.equal(comparison.kinds[kind]?.resources, 1);
});

test('a kind is answered with its snippets and its places', async (t) => {
  const { uri, uriOf, write } = makeFolder(t);
  write('a.yaml', text);
  const editor = await Editor.start(t, { folders: [uri] });
  await editor.request<Comparison>(compareRequest, {});
  const answer = await editor.request<KindAnswer>(kindRequest, { kind });
  assert.ok(isKindAnswer(answer));
  assert.ok(answer.snippets.length > 0);
  assert.deepEqual(answer.places, [
    {
      name: 'reviews',
      namespace: 'shop',
      location: {
        uri: uriOf('a.yaml'),
        range: { start: { line: 2, character: 18 }, end: { line: 2, character: 25 } },
      },
    },
  ]);
});

test('nonsense is answered with nothing', async (t) => {
  const editor = await Editor.start(t);
  for (const params of [{}, { kind: 7 }, { kind: 'a/Nothing' }]) {
    assert.deepEqual(await editor.request<KindAnswer>(kindRequest, params), { snippets: [], places: [] });
  }
  assert.ok(isComparison(await editor.request(compareRequest, { uri: 7 })));
});
