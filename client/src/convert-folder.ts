/** Converting a folder or the whole workspace: ask what and how, then let the editor show every file before it is written. */

import * as vscode from 'vscode';
import {
  type Convertible,
  convertFolderRequest,
  type ConvertAnswer,
  type ConvertFolderParams,
  convertibleRequest,
  type FolderParams,
  type Question,
  questionsRequest,
  type Way,
} from '../../server/src/lsp/protocol-convert.ts';
import { askOptions } from './conversion-options.ts';
import { nothingText } from './conversion-words.ts';
import type { ConversionPreview } from './conversion-preview.ts';
import { accepted, freeName } from './conversion-write.ts';
import type { Ask } from './start.ts';

/** Asks for target and namespaces, converts, and shows the result; `folder` narrows it down to what is below. */
export async function convertFolder(
  ask: Ask,
  preview: ConversionPreview,
  folder: vscode.Uri | undefined,
): Promise<void> {
  const root = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!root) {
    await vscode.window.showInformationMessage(vscode.l10n.t('Open a folder with manifests to convert it.'));
    return;
  }
  const below: FolderParams = folder ? { folder: folder.toString() } : {};
  const found = await ask<Convertible>(convertibleRequest, below);
  const way = await pickWay(found, folder?.path.split('/').at(-1));
  if (!way) return;
  const namespaces = await pickNamespaces(way);
  if (namespaces === undefined) return;
  const params: ConvertFolderParams = {
    ...below,
    from: way.from.id,
    to: way.to.id,
    ...(namespaces === 'all' ? {} : { namespaces }),
  };
  const questions = await follow<readonly Question[]>(
    ask,
    questionsRequest,
    params,
    vscode.l10n.t('Looking for options that matter'),
  );
  if (!questions) return;
  const options = await askOptions(questions, {}, vscode.l10n.t('Convert to {0}', way.to.name));
  if (!options) return;
  const answer = await follow<ConvertAnswer>(
    ask,
    convertFolderRequest,
    { ...params, options },
    vscode.l10n.t('Converting'),
  );
  if (!answer) return;
  if (answer.outputs.length === 0 && answer.changes.length === 0) {
    await vscode.window.showWarningMessage(nothingText(answer));
    return;
  }
  await preview.showReport(preview.addFolder(root, answer));
  if (await accepted(answer, vscode.l10n.t('Show Files'))) await write(root, way.to.id, answer);
}

/** The way to convert that the user picks, in the folder of a name or in the whole workspace. */
async function pickWay({ ways }: Convertible, folder: string | undefined): Promise<Way | undefined> {
  if (ways.length === 0) {
    await vscode.window.showInformationMessage(
      folder === undefined
        ? vscode.l10n.t('There is nothing to convert in the workspace.')
        : vscode.l10n.t('There is nothing to convert in "{0}".', folder),
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    ways.map((way) => ({ label: `${way.from.name} → ${way.to.name}`, description: countText(way.resources), way })),
    {
      title: folder === undefined ? vscode.l10n.t('Convert the Workspace') : vscode.l10n.t('Convert "{0}"', folder),
      placeHolder: vscode.l10n.t('From which mesh to which'),
    },
  );
  return picked?.way;
}

/** The namespaces to convert; `all` when there is nothing to choose or all are chosen. */
async function pickNamespaces({ namespaces, to }: Way): Promise<readonly string[] | 'all' | undefined> {
  if (namespaces.length < 2) return 'all';
  const picked = await vscode.window.showQuickPick(
    namespaces.map(({ name, resources }) => ({
      label: name === '' ? vscode.l10n.t('without a namespace') : name,
      description: countText(resources),
      picked: true,
      name,
    })),
    {
      title: vscode.l10n.t('Namespaces to Convert to {0}', to.name),
      placeHolder: vscode.l10n.t('Namespaces'),
      canPickMany: true,
    },
  );
  if (!picked || picked.length === 0) return undefined;
  return picked.length === namespaces.length ? 'all' : picked.map((it) => it.name);
}

function countText(resources: number): string {
  return resources === 1 ? vscode.l10n.t('1 resource') : vscode.l10n.t('{0} resources', resources.toLocaleString());
}

/** Asks with progress and a way out; undefined when it was taken. */
async function follow<Answer>(ask: Ask, method: string, params: object, title: string): Promise<Answer | undefined> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      let told = 0;
      try {
        return await ask<Answer>(method, params, {
          token,
          progress: ({ percentage = 0, message }) => {
            progress.report({ increment: percentage - told, ...(message === undefined ? {} : { message }) });
            told = percentage;
          },
        });
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        throw error;
      }
    },
  );
}

/**
 * Hands all files to the editor's own preview of changes. It opens only when something in it waits for a word: that is
 * the report, which not everybody wants to keep.
 */
async function write(root: vscode.Uri, to: string, answer: ConvertAnswer): Promise<void> {
  const home = vscode.workspace.getWorkspaceFolder(root)?.uri ?? root;
  const folder = await freeName(home, to);
  const edit = new vscode.WorkspaceEdit();
  const contents = (text: string) => ({ contents: new TextEncoder().encode(text) });
  const added = { label: vscode.l10n.t('New manifests for {0}', answer.meshName), needsConfirmation: false };
  for (const it of answer.outputs)
    edit.createFile(vscode.Uri.joinPath(folder, it.path), contents(it.text), { ...added, description: it.path });
  const changed = { label: vscode.l10n.t('Changes of existing manifests'), needsConfirmation: false };
  for (const { uri, edits } of answer.changes)
    for (const { range, newText } of edits)
      edit.replace(
        vscode.Uri.parse(uri, true),
        new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character),
        newText,
        changed,
      );
  edit.createFile(vscode.Uri.joinPath(folder, 'conversion-report.md'), contents(answer.report), {
    label: vscode.l10n.t('The report, to keep beside them'),
    needsConfirmation: true,
  });
  if (!(await vscode.workspace.applyEdit(edit, { isRefactoring: true })))
    await vscode.window.showInformationMessage(vscode.l10n.t('Nothing was written.'));
}
