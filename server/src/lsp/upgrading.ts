/** Steps for a whole file or workspace: all resources in the newest version of their kind, and all safe fixes. */

import { type CodeAction, CodeActionKind, type Connection, type WorkspaceEdit } from 'vscode-languageserver';
import type { TextEdit, Uri } from '../model/text.ts';
import { environmentOf } from '../model/workspace.ts';
import { resourceText } from '../queries/convert.ts';
import { fixAll } from '../queries/fix-all.ts';
import { countOutdated, upgrades } from '../queries/upgrade.ts';
import type { Desk } from './desk.ts';
import { type UpgradeAnswer, upgradeRequest } from './protocol-upgrade.ts';

/** Kinds of actions that change a whole file. */
export const wholeFileKinds = {
  fixes: `${CodeActionKind.SourceFixAll}.meshwright`,
  upgrade: `${CodeActionKind.Source}.upgradeApiVersions.meshwright`,
} as const;

type Step = keyof typeof wholeFileKinds;

/**
 * What can be done to a whole file in one step. Both steps are looked for only where their kinds are asked for by name;
 * beside a finding about an apiVersion (`isAtVersion`), the upgrade is a quick fix as well.
 */
export function wholeFileActions(
  desk: Desk,
  uri: Uri,
  only: readonly CodeActionKind[] | undefined,
  isAtVersion: boolean,
): CodeAction[] {
  const isNamed = (kind: CodeActionKind) => only?.some((it) => kind === it || kind.startsWith(`${it}.`)) ?? false;
  const actions: CodeAction[] = [];
  if (isAtVersion && (only === undefined || isNamed(CodeActionKind.QuickFix))) {
    const title = `Upgrade all ${countOutdated(desk.workspace, uri)} outdated resources of this file`;
    if (countOutdated(desk.workspace, uri) > 1)
      actions.push(...stepAction(desk, uri, 'upgrade', title, CodeActionKind.QuickFix));
    if (desk.client.commands) {
      const command = { title: 'Upgrade all resources of the workspace…', command: 'meshwright.upgradeWorkspace' };
      actions.push({ title: command.title, kind: CodeActionKind.QuickFix, command });
    }
  }
  if (isNamed(wholeFileKinds.upgrade))
    actions.push(...stepAction(desk, uri, 'upgrade', 'Upgrade all API versions', wholeFileKinds.upgrade));
  if (isNamed(wholeFileKinds.fixes))
    actions.push(...stepAction(desk, uri, 'fixes', 'Fix all that is safe to fix', wholeFileKinds.fixes));
  return actions;
}

/** The action of a step; none where it changes nothing. */
function stepAction(desk: Desk, uri: Uri, step: Step, title: string, kind: CodeActionKind): CodeAction[] {
  const edits = editsOf(desk, uri, step);
  if (edits.length === 0) return [];
  const edit = desk.workspaceEdit(new Map([[uri, edits]]));
  return [desk.client.resolvesEdits ? { title, kind, data: { uri, step } } : { title, kind, edit }];
}

/** The edit of an action that `wholeFileActions` offered; undefined for actions of others. */
export function resolveWholeFile(desk: Desk, data: unknown): WorkspaceEdit | undefined {
  const { uri, step } = (data ?? {}) as { uri?: Uri; step?: Step };
  if (!uri || !step) return undefined;
  const edits = editsOf(desk, uri, step);
  return edits.length > 0 ? desk.workspaceEdit(new Map([[uri, edits]])) : undefined;
}

function editsOf({ workspace }: Desk, uri: Uri, step: Step): readonly TextEdit[] {
  if (step === 'fixes') return fixAll(workspace, uri);
  return [...upgrades(workspace, [uri])].flatMap((it) => it.edits);
}

/** Answers the extension's request to upgrade the workspace. */
export function registerUpgrading(connection: Connection, desk: Desk): void {
  connection.onRequest(upgradeRequest, async (): Promise<UpgradeAnswer> => {
    await desk.session.scanned;
    const { workspace } = desk;
    const all = [...upgrades(workspace, workspace.manifests.keys())];
    const edits = new Map(all.filter((it) => it.edits.length > 0).map((it) => [it.uri, it.edits]));
    const left = all.flatMap(({ uri, left }) =>
      left.map((it) => `${resourceText(environmentOf(workspace, uri), it.resource)}: ${it.reason}`),
    );
    return {
      ...(edits.size > 0 ? { edit: confirmed(desk.workspaceEdit(edits)) } : {}),
      done: all.reduce((sum, it) => sum + it.done.length, 0),
      left,
    };
  });
}

const annotation = 'upgrade';

/** An edit whose changes the editor shows before it makes them. */
function confirmed(edit: WorkspaceEdit): WorkspaceEdit {
  if (!edit.documentChanges) return edit;
  return {
    documentChanges: edit.documentChanges.map((it) =>
      'edits' in it ? { ...it, edits: it.edits.map((change) => ({ ...change, annotationId: annotation })) } : it,
    ),
    changeAnnotations: { [annotation]: { label: 'Upgrade API versions', needsConfirmation: true } },
  };
}
