/** Answers about hints within lines, and the word to editors that they may have changed. */

import { type Connection, type InlayHint, MarkupKind } from 'vscode-languageserver';
import type { Workspace } from '../model/workspace.ts';
import { hints } from '../queries/hints.ts';
import type { Desk } from './desk.ts';
import { describe } from './session.ts';

/** Answers what an editor shows within the lines of a file. */
export function registerHints(connection: Connection, desk: Desk): void {
  /** The newest workspace of which the editor has been told that its hints may differ. */
  let told: Workspace | undefined;

  connection.languages.inlayHint.on(
    desk.guarded([], ({ textDocument, range }): InlayHint[] => {
      const from = desk.place(textDocument.uri, range.start);
      if (!from) return [];
      const to = from.lines.offsetAt(range.end);
      return hints(desk.workspace, from.uri, { start: from.offset, end: to }).map((it) => ({
        position: from.lines.positionAt(it.offset),
        label: it.text,
        tooltip: { kind: MarkupKind.Markdown, value: it.tooltip },
        paddingLeft: true,
      }));
    }),
  );

  // Editors ask again for a file that is edited; what an edit, a file on disk or a setting means elsewhere they cannot know.
  desk.session.onSettled(() => {
    if (!desk.client.refreshesHints || desk.phase !== 'running' || told === desk.workspace) return;
    told = desk.workspace;
    connection.languages.inlayHint.refresh().catch((error: unknown) => connection.console.warn(describe(error)));
  });
}
