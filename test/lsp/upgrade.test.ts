/** Whole files and workspaces brought to the newest versions, as an editor asks for it. */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { CodeAction, WorkspaceEdit } from 'vscode-languageserver-types';
import type { UpgradeAnswer } from '../../server/src/lsp/protocol-upgrade.ts';
import { Editor, everything, makeFolder, rangeOf } from './editor.ts';

const rule = (name: string) =>
  `apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: ${name}, namespace: shop}\nspec: {host: ${name}.example.com}\n`;
const two = `${rule('reviews')}---\n${rule('ratings')}`;
const version = 'networking.istio.io/v1beta1';

async function open(t: TestContext, text: string, capabilities: object = everything) {
  const folder = makeFolder(t, { 'other.yaml': rule('details') });
  const uri = folder.uriOf('rules.yaml');
  const editor = await Editor.start(t, {
    capabilities,
    folders: [folder.uri],
    initializationOptions: { commands: true },
  });
  await editor.untilRead(folder.uriOf('other.yaml'));
  editor.open(uri, text);
  await editor.until(uri, ({ diagnostics }) => diagnostics.some((it) => it.code === 'common/deprecated-api-version'));
  const actions = (only?: string[]) =>
    editor.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: rangeOf(text, version),
      context: { diagnostics: [], ...(only ? { only } : {}) },
    });
  return { editor, uri, actions };
}

function newTexts({ documentChanges = [] }: WorkspaceEdit): string[] {
  return documentChanges.flatMap((it) =>
    'edits' in it ? it.edits.map((edit) => ('newText' in edit ? edit.newText : '')) : [],
  );
}

test('the light bulb upgrades all resources of a file, and leads to the workspace', async (t) => {
  const { editor, actions } = await open(t, two);
  const offered = await actions();
  assert.ok(offered.some((it) => it.command?.command === 'meshwright.upgradeWorkspace'));
  const all = offered.find((it) => it.title === 'Upgrade all 2 outdated resources of this file');
  assert.ok(all);
  const { edit } = await editor.request<CodeAction>('codeAction/resolve', all);
  assert.deepEqual(newTexts(edit ?? {}), ['networking.istio.io/v1', 'networking.istio.io/v1']);
});

test('one resource needs no step for all', async (t) => {
  const { actions } = await open(t, rule('reviews'));
  assert.deepEqual(
    (await actions(['quickfix'])).map((it) => it.title),
    ['Use networking.istio.io/v1', 'Upgrade all resources of the workspace…'],
  );
});

test('source actions come when they are asked for', async (t) => {
  const { editor, actions } = await open(t, two);
  assert.ok((await actions()).every((it) => !it.kind?.startsWith('source')));
  for (const kind of ['source.upgradeApiVersions.meshwright', 'source.fixAll.meshwright']) {
    const [action] = await actions([kind]);
    assert.equal(action?.kind, kind);
    const { edit } = await editor.request<CodeAction>('codeAction/resolve', action);
    assert.equal(newTexts(edit ?? {}).length, 2);
  }
  assert.deepEqual(
    (await actions(['source.fixAll'])).map((it) => it.kind),
    ['source.fixAll.meshwright'],
  );
});

test('a workspace is upgraded by an edit that waits for confirmation', async (t) => {
  const { editor } = await open(t, two);
  const { edit, done, left } = await editor.request<UpgradeAnswer>('meshwright/upgradeWorkspace', {});
  assert.equal(done, 3);
  assert.deepEqual(left, []);
  assert.equal(newTexts(edit ?? {}).length, 3);
  assert.deepEqual(
    Object.values(edit?.changeAnnotations ?? {}).map((it) => it.needsConfirmation),
    [true],
  );
});
