/** Upgrading a workspace: ask the server, let the editor show each change, and say what has to stay. */

import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { type UpgradeAnswer, upgradeRequest } from '../../server/src/lsp/protocol-upgrade.ts';
import type { Ask } from './start.ts';

/** Registers the command; the client turns edits of the protocol into those of the editor. */
export function registerUpgrade(ask: Ask, client: BaseLanguageClient): vscode.Disposable {
  return vscode.commands.registerCommand('meshwright.upgradeWorkspace', async () => {
    const { edit, done, left } = await ask<UpgradeAnswer>(upgradeRequest, {});
    if (edit)
      await vscode.workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(edit), {
        isRefactoring: true,
      });
    // The message stays as long as it likes; the command is done.
    void vscode.window.showInformationMessage(summary(done, left));
  });
}

function summary(done: number, left: readonly string[]): string {
  const found = done === 0 ? 'No resource of this workspace can be upgraded' : `Resources to upgrade: ${done}`;
  const [first] = left;
  if (first === undefined) return `${found}.`;
  return `${found}. Left as they are: ${left.length}. ${first.replace(/\.$/, '')}.`;
}
