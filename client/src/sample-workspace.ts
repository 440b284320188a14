/** A first workspace for those who have none: the sample shop in each mesh, copied from the extension. */

import * as vscode from 'vscode';
import { freeName } from './conversion-write.ts';

/**
 * Registers the command. It asks where, copies the samples into a new folder there and opens it; with the uri of a parent
 * folder as argument it only copies, and gives the uri of the new folder.
 */
export function registerSampleWorkspace(extensionUri: vscode.Uri): vscode.Disposable {
  return vscode.commands.registerCommand('meshwright.createSampleWorkspace', async (parent?: unknown) => {
    if (parent instanceof vscode.Uri) return copySamples(extensionUri, parent);
    const [picked] =
      (await vscode.window.showOpenDialog({
        title: vscode.l10n.t('Where to Create the Sample Workspace'),
        openLabel: vscode.l10n.t('Create Here'),
        canSelectFiles: false,
        canSelectFolders: true,
      })) ?? [];
    if (!picked) return undefined;
    const folder = await copySamples(extensionUri, picked);
    await openFolder(folder);
    return folder;
  });
}

async function copySamples(extensionUri: vscode.Uri, parent: vscode.Uri): Promise<vscode.Uri> {
  const folder = await freeName(parent, 'meshwright-samples');
  await vscode.workspace.fs.copy(vscode.Uri.joinPath(extensionUri, 'samples'), folder);
  return folder;
}

/** In a window without a folder it opens at once; where somebody works, they say what becomes of their window. */
async function openFolder(folder: vscode.Uri): Promise<void> {
  if (vscode.workspace.workspaceFolders === undefined) {
    await vscode.commands.executeCommand('vscode.openFolder', folder);
    return;
  }
  const [here, elsewhere, add] = [
    vscode.l10n.t('Open'),
    vscode.l10n.t('Open in New Window'),
    vscode.l10n.t('Add to Workspace'),
  ];
  const name = folder.path.split('/').at(-1) ?? '';
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('The sample workspace is in "{0}".', name),
    here,
    elsewhere,
    add,
  );
  if (answer === add)
    vscode.workspace.updateWorkspaceFolders(vscode.workspace.workspaceFolders.length, 0, { uri: folder });
  else if (answer !== undefined)
    await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: answer === elsewhere });
}
