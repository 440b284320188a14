/** What becomes of a conversion: in place of its source, below it, in a new file or a new folder. Never over a file unasked. */

import * as vscode from 'vscode';
import type { ConvertAnswer } from '../../server/src/lsp/protocol-convert.ts';
import type { Conversion } from './conversion-preview.ts';

/** Puts the result where the source stands, after asking when security is weakened. */
export async function writeInPlace(conversion: Conversion): Promise<void> {
  const { source, answer, text } = conversion;
  if (!(await canStandInSource(conversion)) || !(await accepted(answer, vscode.l10n.t('Replace')))) return;
  const document = await vscode.workspace.openTextDocument(source);
  const edit = await changesOf(conversion);
  if (!edit) return;
  const ranges = answer.sources.map((it) => toRange(it));
  for (const [position, range] of ranges.entries()) {
    if (position === 0) edit.replace(source, range, text.trimEnd());
    else edit.delete(source, withSeparator(document, range));
  }
  await apply(edit, conversion);
}

/** Puts the result behind the last converted resource. */
export async function writeBelow(conversion: Conversion): Promise<void> {
  const { source, answer, text } = conversion;
  if (!(await canStandInSource(conversion))) return;
  const document = await vscode.workspace.openTextDocument(source);
  const edit = await changesOf(conversion);
  if (!edit) return;
  const last = answer.sources.at(-1);
  const end = last ? toRange(last).end : document.lineAt(document.lineCount - 1).range.end;
  edit.insert(source, end, `\n---\n${text.trimEnd()}`);
  await apply(edit, conversion);
}

/** Saves the result beside the source, under a name that is free. */
export async function writeFile(conversion: Conversion): Promise<void> {
  const { source, answer, text } = conversion;
  const folder = await folderOf(source);
  if (!folder) return;
  const [first] = answer.outputs;
  const file = await freeName(folder, first ? nameOf(first) : 'converted.yaml');
  const edit = await changesOf(conversion);
  if (!edit) return;
  edit.createFile(file, { contents: new TextEncoder().encode(text) });
  if (await apply(edit, conversion))
    await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.Beside });
}

/** Saves the manifests and the report in a new folder beside the source. */
export async function writeFolder(conversion: Conversion): Promise<void> {
  const { source, answer, params } = conversion;
  const parent = await folderOf(source);
  if (!parent) return;
  const folder = await freeName(parent, params.to);
  const edit = await changesOf(conversion);
  if (!edit) return;
  for (const it of answer.outputs)
    edit.createFile(vscode.Uri.joinPath(folder, nameOf(it)), { contents: new TextEncoder().encode(it.text) });
  edit.createFile(vscode.Uri.joinPath(folder, 'conversion-report.md'), {
    contents: new TextEncoder().encode(answer.report),
  });
  if (!(await apply(edit, conversion))) return;
  const [first] = answer.outputs;
  if (first)
    await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, nameOf(first)), {
      viewColumn: vscode.ViewColumn.Beside,
    });
}

/**
 * Edits of manifests that exist, to begin with. What else a conversion changes is asked first: all of it, or one by one in
 * the editor's own preview. Undefined when the user wants neither.
 */
async function changesOf({ answer }: Conversion): Promise<vscode.WorkspaceEdit | undefined> {
  const edit = new vscode.WorkspaceEdit();
  if (answer.changes.length === 0) return edit;
  const files = answer.changes.map((it) => vscode.workspace.asRelativePath(vscode.Uri.parse(it.uri, true)));
  const [all, some] = [vscode.l10n.t('Change Them Too'), vscode.l10n.t('Choose Changes…')];
  const picked = await vscode.window.showInformationMessage(
    answer.page.changed.length === 1
      ? vscode.l10n.t('One existing resource carries a part of this conversion.')
      : vscode.l10n.t('Existing resources carry a part of this conversion.'),
    { modal: true, detail: files.map((it) => `• ${it}`).join('\n') },
    all,
    some,
  );
  if (picked === undefined) return undefined;
  const metadata: vscode.WorkspaceEditEntryMetadata = {
    needsConfirmation: picked === some,
    label: vscode.l10n.t('What existing resources carry of the conversion'),
  };
  for (const { uri, edits } of answer.changes) {
    const file = vscode.Uri.parse(uri, true);
    for (const { range, newText } of edits) edit.replace(file, toRange(range), newText, metadata);
  }
  return edit;
}

/** The name of a file of the result, without the folders that it has in a conversion of many. */
function nameOf({ path }: ConvertAnswer['outputs'][number]): string {
  return path.split('/').at(-1) ?? path;
}

/** Documents cannot stand within a list; a new file can always hold them. */
async function canStandInSource({ answer }: Conversion): Promise<boolean> {
  if (!answer.isInList) return true;
  await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The source is an item of a List, where no documents can stand. Save the result as a new file instead.',
    ),
  );
  return false;
}

/** Whether the files are still as they were converted; places found in an older text would hit other lines now. */
function isUnchanged({ source, answer }: Conversion): boolean {
  const versions = [{ uri: source.toString(), version: answer.version }, ...answer.changes];
  return versions.every(({ uri, version }) => {
    const open = vscode.workspace.textDocuments.find(
      (it) => it.uri.toString() === vscode.Uri.parse(uri, true).toString(),
    );
    return version === null || open === undefined || open.version === version;
  });
}

async function apply(edit: vscode.WorkspaceEdit, conversion: Conversion): Promise<boolean> {
  if (!isUnchanged(conversion)) {
    await vscode.window.showWarningMessage(
      vscode.l10n.t('The manifest has changed since it was converted. Convert it again.'),
    );
    return false;
  }
  const { result } = conversion;
  if (!(await vscode.workspace.applyEdit(edit))) {
    await vscode.window.showErrorMessage(vscode.l10n.t('Nothing was written: the editor refused the change.'));
    return false;
  }
  const tabs = vscode.window.tabGroups.all
    .flatMap((it) => it.tabs)
    .filter((it) => it.input instanceof vscode.TabInputText && it.input.uri.toString() === result.toString());
  await vscode.window.tabGroups.close(tabs);
  return true;
}

/** How many losses a dialog tells before it leaves the rest to the report. */
const mostTold = 6;

/** Whether the user takes what weakens security; asks only where something does. `action` names the way on. */
export async function accepted({ securityLosses }: ConvertAnswer, action: string): Promise<boolean> {
  if (securityLosses.length === 0) return true;
  const shown = securityLosses.slice(0, mostTold).map((it) => `• ${it}`);
  const more = securityLosses.length - mostTold;
  const detail = [
    ...shown,
    ...(more > 0 ? [`• ${vscode.l10n.t('and {0} more, which the report names', more)}`] : []),
  ].join('\n');
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('This conversion weakens security. Go on all the same?'),
    { modal: true, detail },
    action,
  );
  return picked === action;
}

/** The folder of a file; for a file that was never saved, that of the workspace. */
async function folderOf(source: vscode.Uri): Promise<vscode.Uri | undefined> {
  if (source.scheme !== 'untitled') return vscode.Uri.joinPath(source, '..');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder)
    await vscode.window.showInformationMessage(
      vscode.l10n.t('Open a folder or save the manifest first, so that the new file has a place.'),
    );
  return folder;
}

/** `reviews.linkerd.yaml`, or `reviews.linkerd-2.yaml` when that is taken. */
export async function freeName(folder: vscode.Uri, name: string): Promise<vscode.Uri> {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let number = 1; ; number += 1) {
    const uri = vscode.Uri.joinPath(folder, number === 1 ? name : `${stem}-${number}${ending}`);
    if (!(await exists(uri))) return uri;
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}

function toRange(range: {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}): vscode.Range {
  return new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
}

/** A resource with the `---` line above it, which would otherwise stand there for nothing. */
function withSeparator(document: vscode.TextDocument, range: vscode.Range): vscode.Range {
  const above = range.start.line - 1;
  const isSeparator = above >= 0 && /^---\s*$/.test(document.lineAt(above).text);
  return isSeparator ? new vscode.Range(above, 0, range.end.line, range.end.character) : range;
}
