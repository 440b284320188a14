/** Round trips about features: the list to choose from, and the way there from a place in a file. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodeAction } from 'vscode-languageserver-types';
import { featureInLink, type LookUpEntry, lookUpRequest } from '../../server/src/lsp/protocol-look-up.ts';
import { features } from '../../server/src/meshes/features.ts';
import { Editor, everything, makeFolder } from './editor.ts';

const text = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews]
  http:
    - retries: { attempts: 3 }
      route: [{ destination: { host: reviews } }]
`;

async function actionsAt(editor: Editor, uri: string, line: number, character: number): Promise<readonly CodeAction[]> {
  const position = { line, character };
  const all = await editor.request<readonly CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri },
    range: { start: position, end: position },
    context: { diagnostics: [] },
  });
  return all.filter((it) => it.title === 'Show how the others do it');
}

test('an editor with our commands is led from a field to its feature, and from a kind to a choice', async (t) => {
  const { uri, uriOf } = makeFolder(t);
  const editor = await Editor.start(t, {
    folders: [uri],
    capabilities: everything,
    initializationOptions: { commands: true },
  });
  const file = uriOf('a.yaml');
  editor.open(file, text);
  const [field] = await actionsAt(editor, file, 6, 8);
  assert.deepEqual(field?.command?.command, 'meshwright.compare.reveal');
  assert.deepEqual(field?.command?.arguments, ['retries']);
  const [kind] = await actionsAt(editor, file, 1, 8);
  assert.equal(kind?.command?.command, 'meshwright.lookUp');
  assert.ok((kind?.command?.arguments?.[0] as string[]).includes('traffic-splitting'));
  assert.deepEqual(await actionsAt(editor, file, 2, 2), []);
});

test('other editors are not offered commands that they do not have', async (t) => {
  const { uri, uriOf } = makeFolder(t);
  const editor = await Editor.start(t, { folders: [uri], capabilities: everything });
  editor.open(uriOf('a.yaml'), text);
  assert.deepEqual(await actionsAt(editor, uriOf('a.yaml'), 6, 8), []);
});

test('all that can be looked up is told without a folder', async (t) => {
  const editor = await Editor.start(t);
  const entries = await editor.request<readonly LookUpEntry[]>(lookUpRequest, {});
  assert.ok(entries.some((it) => it.type === 'feature' && it.features[0] === 'mtls'));
  assert.ok(entries.some((it) => it.type === 'kind') && entries.some((it) => it.type === 'idea'));
  const [one, ...others] = await editor.request<readonly LookUpEntry[]>(lookUpRequest, { features: ['mtls'] });
  assert.equal(one?.type, 'feature');
  assert.deepEqual(others, []);
});

test('a link from outside names a feature, and nothing else', () => {
  for (const { id } of features) assert.equal(featureInLink(`/feature/${id}`), id);
  for (const path of ['/', '/feature/', '/feature/../mtls', '/feature/mtls/more', '/feature/%22', '/features/mtls'])
    assert.equal(featureInLink(path), undefined, path);
});
