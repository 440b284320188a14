/** Answers about what can be done at a place: fixes and conversions. */

import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Command,
  type Connection,
  type Range as LspRange,
} from 'vscode-languageserver';
import type { Range, Uri } from '../model/text.ts';
import { fixes, resourcesIn } from '../queries/actions.ts';
import { versionRules } from '../queries/upgrade.ts';
import { convertActions, previewCommand } from './convert.ts';
import type { Desk } from './desk.ts';
import { lookUpActions } from './looking-up.ts';
import { linesOf, toRange } from './to-lsp.ts';
import { resolveWholeFile, wholeFileActions } from './upgrading.ts';
import { normalUri } from './uris.ts';

/** Answers what the light bulb asks for. */
export function registerActing(connection: Connection, desk: Desk): void {
  connection.onCodeAction(desk.guarded([], codeActions));
  connection.onCodeActionResolve(
    desk.guardedOr(
      (action) => action,
      (action) => {
        const whole = resolveWholeFile(desk, action.data);
        if (whole) return { ...action, edit: whole };
        const { uri, range, title, code } = (action.data ?? {}) as {
          uri?: Uri;
          range?: Range;
          title?: string;
          code?: string;
        };
        const found =
          uri && range && fixes(desk.workspace, uri, range).find((it) => it.title === title && it.code === code);
        return found ? { ...action, edit: desk.workspaceEdit(found.edits()) } : action;
      },
    ),
  );

  function codeActions({ textDocument, range: lspRange, context }: CodeActionParams): (CodeAction | Command)[] {
    const uri = normalUri(textDocument.uri);
    const manifest = desk.workspace.manifests.get(uri);
    if (!manifest || !desk.client.codeActions) return [];
    const lines = linesOf(manifest);
    const range = { start: lines.offsetAt(lspRange.start), end: lines.offsetAt(lspRange.end) };
    const wanted = (kind: CodeActionKind) =>
      context.only === undefined || context.only.some((it) => kind === it || kind.startsWith(`${it}.`));
    const actions: CodeAction[] = [];
    const mending = fixes(desk.workspace, uri, range);
    if (wanted(CodeActionKind.QuickFix)) {
      for (const it of mending) {
        const diagnostics = context.diagnostics.filter(
          (diagnostic) => diagnostic.code === it.code && sameRange(diagnostic.range, toRange(lines, it.range)),
        );
        const action: CodeAction = {
          title: it.title,
          kind: CodeActionKind.QuickFix,
          diagnostics,
          isPreferred: it.isPreferred,
        };
        if (it.previews !== undefined) {
          if (desk.client.commands)
            actions.push({ ...action, command: previewCommand(it.title, textDocument.uri, lspRange, it.previews) });
          continue;
        }
        actions.push(
          desk.client.resolvesEdits
            ? { ...action, data: { uri, range: it.range, title: it.title, code: it.code } }
            : { ...action, edit: desk.workspaceEdit(it.edits()) },
        );
      }
    }
    const isAtVersion = mending.some((it) => versionRules.includes(it.code));
    actions.push(...wholeFileActions(desk, uri, context.only, isAtVersion));
    if (desk.client.commands && wanted(CodeActionKind.RefactorRewrite)) {
      actions.push(
        ...convertActions(desk.workspace, textDocument.uri, resourcesIn(desk.workspace, uri, range), lspRange),
      );
    }
    if (desk.client.commands && wanted(CodeActionKind.Empty)) actions.push(...lookUpActions(desk, uri, range.start));
    return actions;
  }
}

function sameRange(a: LspRange, b: LspRange): boolean {
  return (
    a.start.line === b.start.line &&
    a.start.character === b.start.character &&
    a.end.line === b.end.line &&
    a.end.character === b.end.character
  );
}
