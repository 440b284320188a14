/** The chooser as an editor asks for it: what the workspace answers, how answers rank, and the record of a decision. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ChoiceAnswer,
  type Chooser,
  isChoiceAnswer,
  isChooser,
  isNamedRow,
  isRecordAnswer,
} from '../../server/src/lsp/protocol-choose.ts';
import { Editor, makeFolder, RequestError } from './editor.ts';

const tokens = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: shop}
spec: {jwtRules: [{issuer: a}]}
`;

test('An editor gets what is asked, with what its workspace answers, and choices and records for answers', async (t) => {
  const { uri } = makeFolder(t, { 'tokens.yaml': tokens });
  const editor = await Editor.start(t, { folders: [uri] });
  const chooser = await editor.request<Chooser>('meshwright/chooser', {});
  assert.ok(isChooser(chooser));
  assert.deepEqual(chooser.shown, { jwt: { weight: 2, must: false } });
  const asked = chooser.groups.flatMap((it) => it.questions).find((it) => it.id === 'jwt');
  assert.equal(asked?.shownBy, 'RequestAuthentication/shop/tokens needs it.');
  assert.deepEqual(asked?.row, { id: 'jwt', title: 'End-user JWT authentication' });
  assert.ok(isNamedRow(chooser, 'jwt'));
  assert.ok(!isNamedRow(chooser, 'https://example.com'));

  const answers = { jwt: { weight: 2, must: true }, simple: { weight: 3, must: false } };
  const choice = await editor.request<ChoiceAnswer>('meshwright/choose', { answers, filled: [] });
  assert.ok(isChoiceAnswer(choice));
  assert.equal(choice.headline, 'Istio ambient leads.');
  assert.deepEqual(
    choice.ruledOut.map((it) => it.name),
    ['Linkerd'],
  );

  const record = await editor.request<{ text: string }>('meshwright/decisionRecord', {
    answers: { ...answers, jwt: { weight: 2, must: false } },
    filled: ['jwt'],
  });
  assert.ok(isRecordAnswer(record));
  assert.match(record.text, /Our manifests already show these needs:\n\n- End users' tokens/);
});

test('An empty window can choose as well; what is no answer is refused', async (t) => {
  const editor = await Editor.start(t, {});
  const chooser = await editor.request<Chooser>('meshwright/chooser', {});
  assert.deepEqual(chooser.shown, {});
  const nothing = await editor.request<ChoiceAnswer>('meshwright/choose', { answers: {}, filled: [] });
  assert.equal(nothing.standing, 'unasked');
  for (const answers of [undefined, 3, { jwt: 2 }, { jwt: { weight: 7, must: false } }])
    await assert.rejects(editor.request('meshwright/choose', { answers, filled: [] }), RequestError);
});
