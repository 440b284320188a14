/** Renaming as an editor asks for it: what, whether, and the edits of all files. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Range, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Editor, everything, makeFolder, placeOf, RequestError, rangeOf } from './editor.ts';

const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec:
  host: reviews
  subsets: [{ name: stable }, { name: canary }]
`;
const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: shop }
spec:
  hosts: [reviews]
  http:
    - route: [{ destination: { host: reviews, subset: stable } }] # as agreed
`;

const renaming = {
  ...everything,
  workspace: {
    ...everything.workspace,
    workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } },
  },
  textDocument: { ...everything.textDocument, rename: { prepareSupport: true } },
};

async function start(t: Parameters<typeof makeFolder>[0], capabilities?: object) {
  const { uri, uriOf } = makeFolder(t, { 'rule.yaml': rule });
  const editor = await Editor.start(t, { folders: [uri], ...(capabilities ? { capabilities } : {}) });
  await editor.untilRead(uriOf('rule.yaml'));
  editor.open(uriOf('route.yaml'), route);
  return { editor, here: uriOf('route.yaml'), there: uriOf('rule.yaml') };
}

const onSubset = placeOf(route, 'subset: stable', 10);

test('an editor learns what would be renamed, and gets edits of all files, those elsewhere marked', async (t) => {
  const { editor, here, there } = await start(t, renaming);
  assert.deepEqual(editor.capabilities['renameProvider'], { prepareProvider: true });
  const prepared = await editor.at<{ range: Range; placeholder: string }>('prepareRename', here, onSubset);
  assert.deepEqual(prepared, { range: rangeOf(route, 'stable'), placeholder: 'stable' });

  const edit = await editor.at<WorkspaceEdit>('rename', here, onSubset, { newName: 'settled' });
  const changes = (edit.documentChanges ?? []) as TextDocumentEdit[];
  const changed = (uri: string, text: string) => {
    const edits = changes.filter((it) => it.textDocument.uri === uri).flatMap((it) => it.edits);
    return TextDocument.applyEdits(
      TextDocument.create(uri, 'yaml', 1, text),
      edits.flatMap((it) => ('newText' in it ? [it] : [])),
    );
  };
  assert.equal(changed(here, route), route.replace('subset: stable', 'subset: settled'));
  const onDisk = readFileSync(fileURLToPath(there), 'utf8');
  assert.equal(changed(there, onDisk), rule.replace('name: stable', 'name: settled'));
  const marks = changes.map((it) => [it.textDocument.uri, ...it.edits.map((one) => 'annotationId' in one)]);
  assert.deepEqual(
    new Map(marks.map(([uri, ...rest]) => [uri, rest])),
    new Map([
      [here, [false]],
      [there, [true]],
    ]),
  );
  assert.deepEqual(edit.changeAnnotations, {
    elsewhere: { label: 'Uses in other files', description: 'in 1 file', needsConfirmation: false },
  });
});

test('an editor that knows no marks gets none', async (t) => {
  const { editor, here, there } = await start(t);
  assert.equal(editor.capabilities['renameProvider'], true);
  const edit = await editor.at<WorkspaceEdit>('rename', here, onSubset, { newName: 'settled' });
  assert.deepEqual(edit, {
    changes: {
      [here]: [{ range: rangeOf(route, 'stable'), newText: 'settled' }],
      [there]: [{ range: rangeOf(rule, 'stable'), newText: 'settled' }],
    },
  });
});

test('what cannot be is an error that says why', async (t) => {
  const { editor, here } = await start(t, renaming);
  const failed = (message: RegExp) => (error: unknown) =>
    error instanceof RequestError && error.code === -32803 && message.test(error.message);
  const onNamespace = placeOf(route, 'shop');
  await assert.rejects(editor.at('prepareRename', here, onNamespace), failed(/^A namespace cannot be renamed/));
  await assert.rejects(
    editor.at('rename', here, onSubset, { newName: 'canary' }),
    failed(/^DestinationRule "reviews" defines "canary" already\.$/),
  );
  await assert.rejects(editor.at('rename', here, onSubset, { newName: 'Not This' }), failed(/is no name here/));
});
