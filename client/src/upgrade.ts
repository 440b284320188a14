/** Upgrading a workspace: ask the server, let the editor show each change, and say what has to stay. */

import * as vscode from 'vscode';
import type { BaseLanguageClient, WorkspaceEdit } from 'vscode-languageclient';
import { type UpgradeAnswer, upgradeRequest } from '../../server/src/lsp/protocol-upgrade.ts';
import type { Ask } from './start.ts';

/** Registers the command; the client turns edits of the protocol into those of the editor. */
export function registerUpgrade(ask: Ask, client: BaseLanguageClient): vscode.Disposable {
  return vscode.commands.registerCommand('meshwright.upgradeWorkspace', async () => {
    const { edit, done, left } = await ask<UpgradeAnswer>(upgradeRequest, {});
    if (edit) {
      const way = await askFor(done);
      if (way === undefined) return;
      const chosen = way === 'choose' ? edit : unasked(edit);
      await vscode.workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(chosen), {
        isRefactoring: true,
      });
    }
    // The message stays as long as it likes; the command is done.
    void vscode.window.showInformationMessage(summary(done, left));
  });
}

/** Whether all is to be done at once, or change by change in the editor's own preview, where none is ticked at first. */
async function askFor(done: number): Promise<'all' | 'choose' | undefined> {
  const [all, choose] = [vscode.l10n.t('Upgrade All'), vscode.l10n.t('Choose…')];
  const picked = await vscode.window.showInformationMessage(
    done === 1 ? vscode.l10n.t('One resource can be upgraded.') : vscode.l10n.t('{0} resources can be upgraded.', done),
    {
      modal: true,
      detail: vscode.l10n.t('Each gets the newest version of its kind, and the names that its fields have there.'),
    },
    all,
    choose,
  );
  return picked === undefined ? undefined : picked === all ? 'all' : 'choose';
}

/** The same edit without the wish to be confirmed. */
function unasked(edit: WorkspaceEdit): WorkspaceEdit {
  const annotations = Object.entries(edit.changeAnnotations ?? {}).map(
    ([id, it]) => [id, { ...it, needsConfirmation: false }] as const,
  );
  return { ...edit, changeAnnotations: Object.fromEntries(annotations) };
}

function summary(done: number, left: readonly string[]): string {
  const found =
    done === 0
      ? vscode.l10n.t('No resource of this workspace can be upgraded.')
      : vscode.l10n.t('Resources to upgrade: {0}.', done);
  const [first] = left;
  if (first === undefined) return found;
  return `${found} ${vscode.l10n.t('Left as they are: {0}.', left.length)} ${first.replace(/\.$/, '')}.`;
}
