/** Whatever is typed in whatever order, the server ends where it would have begun with the final text. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Editor, everything, makeFolder, type Published } from './editor.ts';

const sources = ['samples/istio/reviews.yaml', 'samples/linkerd/reviews.yaml', 'samples/consul/reviews.yaml'];
const pieces = [
  '\n',
  '  ',
  '---\n',
  '- ',
  ': ',
  'hosts',
  '{',
  '}',
  '[',
  '"',
  '#',
  '🚦',
  '\r\n',
  '\t',
  'kind: Service\n',
  '&a ',
  '*a',
  '',
];

/** The same numbers for the same seed, from 0 to below 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

for (const [at, source] of sources.entries()) {
  test(`random edits of ${source}`, async (t) => {
    const next = numbers(at + 1);
    const pick = (below: number) => Math.floor(next() * below);
    const folder = makeFolder(t, { 'other.yaml': readFileSync(sources[(at + 1) % sources.length] ?? source, 'utf8') });
    const uri = folder.uriOf('edited.yaml');
    const editor = await Editor.start(t, { capabilities: everything, folders: [folder.uri] });
    await editor.untilRead(folder.uriOf('other.yaml'));
    let document = TextDocument.create(uri, 'yaml', 1, readFileSync(source, 'utf8'));
    editor.open(uri, document.getText());
    for (let round = 0; round < 15; round += 1) {
      let version = 1;
      for (let edits = 1 + pick(6); edits > 0; edits -= 1) {
        const start = pick(document.getText().length);
        const end = next() < 0.5 ? start : Math.min(document.getText().length, start + pick(60));
        const piece = next() < 0.2 ? document.getText().slice(start, start + pick(400)) : pieces[pick(pieces.length)];
        const range = { start: document.positionAt(start), end: document.positionAt(end) };
        const change = { range, text: piece ?? '' };
        version = editor.change(uri, change);
        document = TextDocument.update(document, [change], version);
      }
      const position = document.positionAt(pick(document.getText().length));
      for (const method of ['completion', 'hover', 'definition']) await editor.at(method, uri, position);
      await editor.until(uri, (it) => it.version === version);
    }
    const settled = await settledDiagnostics(editor, uri);

    const fresh = await Editor.start(t, { capabilities: everything, folders: [folder.uri] });
    await fresh.untilRead(folder.uriOf('other.yaml'));
    fresh.open(uri, document.getText());
    assert.deepEqual(settled, await settledDiagnostics(fresh, uri), document.getText());
    assert.deepEqual(await editor.outline(uri), await fresh.outline(uri));
    assert.deepEqual([...editor.log, ...fresh.log], [], 'nothing went wrong on the way');
  });
}

async function settledDiagnostics(editor: Editor, uri: string): Promise<Published['diagnostics']> {
  await editor.until(uri, () => true);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return editor.last(uri)?.diagnostics ?? [];
}
