/** Round trips about hints within lines: what an editor is given, and when it is told to ask again. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { InlayHint, Range } from 'vscode-languageserver-types';
import { Editor, eventually, everything, makeFolder, placeOf } from './editor.ts';

const uri = 'file:///shop/reviews.yaml';

const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec:
  host: reviews
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ratings, namespace: shop }
spec:
  host: ratings
`;

const whole: Range = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };

function hintsIn(editor: Editor, file: string, range = whole): Promise<readonly InlayHint[]> {
  return editor.request('textDocument/inlayHint', { textDocument: { uri: file }, range });
}

/** An editor that asks again when it is told to. */
const refreshing = { ...everything, workspace: { ...everything.workspace, inlayHint: { refreshSupport: true } } };

const refresh = 'workspace/inlayHint/refresh';

describe('hints within lines', () => {
  test('stand behind what they are about, with their reason', async (t) => {
    const editor = await Editor.start(t);
    assert.equal(editor.capabilities['inlayHintProvider'], true);
    editor.open(uri, rule);
    const [first, second, ...more] = await hintsIn(editor, uri);
    assert.deepEqual(first?.position, placeOf(rule, 'host: reviews', 'host: reviews'.length));
    assert.equal(first?.label, '→ reviews.shop.svc.cluster.local');
    assert.equal(first?.paddingLeft, true);
    assert.match(JSON.stringify(first?.tooltip), /"kind":"markdown","value":"A host without a dot/);
    assert.equal(second?.label, '→ ratings.shop.svc.cluster.local');
    assert.deepEqual(more, []);
  });

  test('are given for the range that is asked for', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, rule);
    const first = await hintsIn(editor, uri, { start: { line: 0, character: 0 }, end: { line: 5, character: 0 } });
    assert.deepEqual(
      first.map((it) => it.label),
      ['→ reviews.shop.svc.cluster.local'],
    );
    assert.deepEqual(await hintsIn(editor, 'file:///shop/nothing.yaml'), []);
  });

  test('follow another file, after the editor has been told to ask again', async (t) => {
    const policy = (mode: string) => `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: istio-system }
spec: { mtls: { mode: ${mode} } }
`;
    const folder = makeFolder(t, { 'mesh.yaml': policy('STRICT') });
    const workload = `apiVersion: apps/v1
kind: Deployment
metadata: { name: reviews, namespace: shop }
spec: { template: { metadata: { labels: { app: reviews } } } }
`;
    const file = folder.write('reviews.yaml', workload);
    const editor = await Editor.start(t, { capabilities: refreshing, folders: [folder.uri] });
    editor.open(file, workload);
    await eventually(async () => {
      assert.deepEqual(
        (await hintsIn(editor, file)).map((it) => it.label),
        ['mTLS STRICT (mesh policy)'],
      );
      assert.ok(editor.asked.includes(refresh));
    });

    const before = editor.asked.filter((it) => it === refresh).length;
    folder.write('mesh.yaml', policy('DISABLE'));
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: folder.uriOf('mesh.yaml'), type: 2 }] });
    await eventually(async () => assert.ok(editor.asked.filter((it) => it === refresh).length > before));
    assert.deepEqual(
      (await hintsIn(editor, file)).map((it) => it.label),
      ['mTLS DISABLE (mesh policy)'],
    );
  });

  test('follow their settings', async (t) => {
    const folder = makeFolder(t, {});
    const editor = await Editor.start(t, {
      capabilities: refreshing,
      folders: [folder.uri],
      configuration: { meshwright: { inlayHints: { host: false } } },
    });
    const file = folder.uriOf('reviews.yaml');
    editor.open(file, rule);
    await eventually(async () => assert.deepEqual(await hintsIn(editor, file), []));
    editor.configuration = { meshwright: { inlayHints: { host: true } } };
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    await eventually(async () => assert.equal((await hintsIn(editor, file)).length, 2));
  });

  test('nobody is told who did not ask for it', async (t) => {
    const folder = makeFolder(t, { 'a.yaml': rule });
    const editor = await Editor.start(t, { capabilities: everything, folders: [folder.uri] });
    await editor.untilRead(folder.uriOf('a.yaml'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.ok(!editor.asked.includes(refresh));
  });
});
