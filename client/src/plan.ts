/** Planning a migration: ask from where to where, and show the runbook, ready to be saved. */

import * as vscode from 'vscode';
import {
  type Convertible,
  convertibleRequest,
  type PlanAnswer,
  type PlanParams,
  planRequest,
} from '../../server/src/lsp/protocol-convert.ts';
import { type MeshId, meshIds, meshNames } from '../../server/src/model/mesh-id.ts';
import type { Ask } from './start.ts';

/** Registers the command. */
export function registerPlan(ask: Ask): vscode.Disposable {
  return vscode.commands.registerCommand('meshwright.planMigration', async () => {
    const { targets } = await ask<Convertible>(convertibleRequest, {});
    if (targets.length === 0) {
      await vscode.window.showInformationMessage('There is nothing of a mesh in this workspace that could move.');
      return;
    }
    const from = await pick('Plan a Migration (1 of 2)', 'Mesh to leave', meshIds);
    if (from === undefined) return;
    const others = meshIds.filter((it) => it !== from);
    const to = await pick('Plan a Migration (2 of 2)', `Mesh to move to from ${meshNames[from]}`, others);
    if (to === undefined) return;
    const params: PlanParams = { from, to };
    const { text } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: 'Planning' },
      () => ask<PlanAnswer>(planRequest, params),
    );
    if (text === '') {
      await vscode.window.showInformationMessage(`There is nothing of ${meshNames[from]} in this workspace.`);
      return;
    }
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: text });
    await vscode.window.showTextDocument(document, { preview: false });
    await vscode.commands.executeCommand('markdown.showPreviewToSide');
  });
}

async function pick(title: string, placeHolder: string, ids: readonly MeshId[]): Promise<MeshId | undefined> {
  const picked = await vscode.window.showQuickPick(
    ids.map((id) => ({ label: meshNames[id], id })),
    { title, placeHolder },
  );
  return picked?.id;
}
