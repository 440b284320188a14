/** Planning a migration: ask from where to where, and show the runbook, ready to be saved. */

import * as vscode from 'vscode';
import {
  type Convertible,
  convertibleRequest,
  type PlanAnswer,
  type PlanParams,
  planRequest,
} from '../../server/src/lsp/protocol-convert.ts';
import { isMeshId } from '../../server/src/model/mesh-id.ts';
import type { Ask } from './start.ts';

/** Registers the command. */
export function registerPlan(ask: Ask): vscode.Disposable {
  return vscode.commands.registerCommand('meshwright.planMigration', async () => {
    const { ways } = await ask<Convertible>(convertibleRequest, {});
    const plannable = ways.filter((it) => isMeshId(it.from.id) && isMeshId(it.to.id));
    if (plannable.length === 0) {
      await vscode.window.showInformationMessage(
        vscode.l10n.t('There is nothing of a mesh in this workspace that could move.'),
      );
      return;
    }
    const picked = await vscode.window.showQuickPick(
      plannable.map(({ from, to, resources }) => ({
        label: `${from.name} → ${to.name}`,
        description:
          resources === 1 ? vscode.l10n.t('1 resource') : vscode.l10n.t('{0} resources', resources.toLocaleString()),
        from,
        to,
      })),
      { title: vscode.l10n.t('Plan a Migration'), placeHolder: vscode.l10n.t('From which mesh to which') },
    );
    if (!picked) return;
    const [from, to] = [picked.from.id, picked.to.id];
    const params: PlanParams = { from, to };
    const { text } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Planning') },
      () => ask<PlanAnswer>(planRequest, params),
    );
    if (text === '') {
      await vscode.window.showInformationMessage(
        vscode.l10n.t('There is nothing of {0} in this workspace.', picked.from.name),
      );
      return;
    }
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: text });
    await vscode.window.showTextDocument(document, { preview: false });
    await vscode.commands.executeCommand('markdown.showPreviewToSide');
  });
}
