/** What one can do with a kind of the comparison: insert a snippet with it, and go to the resources that are of it. */

import * as vscode from 'vscode';
import type { KindAnswer } from '../../server/src/lsp/protocol-compare.ts';
import { kindNameOf } from '../../server/src/queries/feature-facts.ts';
import { separatorAfter } from './document-end.ts';

/** Languages whose documents take manifests. */
const languages = ['yaml', 'helm'];

/**
 * Inserts a snippet at the end of the active manifest, as a document of its own, or into a new file where no manifest is
 * active; of several snippets the user chooses one. Does nothing when the user does not choose.
 */
export async function insertSnippetOf(kind: string, { snippets }: KindAnswer): Promise<void> {
  const snippet = await chosen(
    snippets.map((it) => ({ label: it.name, detail: it.description, it })),
    `Insert a snippet with ${kindNameOf(kind)}`,
  );
  if (!snippet) return;
  const editor = await editorForManifests();
  const { document } = editor;
  const separator = separatorAfter(document.getText());
  // A snippet takes over the indentation of its line, so that its line must be a new one.
  const isReady =
    separator === '' ||
    (await editor.edit((it) => it.insert(endOf(document), separator), { undoStopBefore: true, undoStopAfter: false }));
  const start = endOf(document);
  const isDone =
    isReady &&
    (await editor.insertSnippet(new vscode.SnippetString(snippet.body), start, {
      undoStopBefore: separator === '',
      undoStopAfter: true,
    }));
  if (isDone) editor.revealRange(new vscode.Range(start, start), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  else await vscode.window.showWarningMessage(`${vscode.workspace.asRelativePath(document.uri)} cannot be changed.`);
}

function endOf(document: vscode.TextDocument): vscode.Position {
  return document.lineAt(document.lineCount - 1).range.end;
}

/** Goes to the resource of a kind; of several the user chooses one. */
export async function showPlacesOf(kind: string, { places }: KindAnswer): Promise<void> {
  const name = kindNameOf(kind);
  const items = places.map((it) => {
    const { uri, range } = it.location;
    const file = vscode.workspace.asRelativePath(vscode.Uri.parse(uri, true));
    return {
      label: it.name === '' ? name : it.name,
      ...(it.namespace === undefined ? {} : { description: it.namespace }),
      detail: `${file}:${range.start.line + 1}`,
      iconPath: new vscode.ThemeIcon('symbol-class'),
      it,
    };
  });
  const place = await chosen(items, `${name} in this workspace`);
  if (!place) return;
  const { uri, range } = place.location;
  const { start, end } = range;
  await vscode.window.showTextDocument(vscode.Uri.parse(uri, true), {
    selection: new vscode.Range(start.line, start.character, end.line, end.character),
  });
}

/** The only one of a list, or what the user chooses of several. */
async function chosen<T>(
  items: readonly (vscode.QuickPickItem & { readonly it: T })[],
  title: string,
): Promise<T | undefined> {
  if (items.length < 2) return items[0]?.it;
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true });
  return picked?.it;
}

async function editorForManifests(): Promise<vscode.TextEditor> {
  const active = vscode.window.activeTextEditor;
  const document =
    active && languages.includes(active.document.languageId)
      ? active.document
      : await vscode.workspace.openTextDocument({ language: 'yaml' });
  return vscode.window.showTextDocument(document, active?.document === document ? active.viewColumn : undefined);
}
