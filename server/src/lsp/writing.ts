/** Answers while an editor is being typed into: completion. */

import { type CompletionItem, type CompletionList, type Connection, MarkupKind } from 'vscode-languageserver';
import type { Uri } from '../model/text.ts';
import { type Completion, complete } from '../queries/complete.ts';
import type { Desk } from './desk.ts';
import { toCompletionItem } from './to-lsp.ts';

/** Answers what asks for completions. `tabSize` tells the editor's own tab size for a file. */
export function registerWriting(connection: Connection, desk: Desk, tabSize: (uri: Uri) => Promise<number>): void {
  let offered: { readonly id: number; readonly list: readonly Completion[] } = { id: 0, list: [] };

  connection.onCompletion(
    desk.guarded([], async ({ textDocument, position }): Promise<CompletionItem[] | CompletionList> => {
      // Asked first: while the editor answers, the file may change and the place with it.
      const size = await tabSize(textDocument.uri);
      const at = desk.place(textDocument.uri, position);
      if (!at) return [];
      const list = complete(desk.workspace, at.uri, at.offset, size);
      const id = offered.id + 1;
      offered = { id, list };
      const isComplete = desk.client.resolvesDocumentation;
      const items = list.map((it, number) => {
        const item = toCompletionItem(it, at.lines, number, id, desk.client);
        return isComplete ? item : withDocumentation(item, it);
      });
      return list.some((it) => it.dependsOnWord) ? { isIncomplete: true, items } : items;
    }),
  );
  connection.onCompletionResolve(
    desk.guardedOr(
      (item) => item,
      (item) => {
        const { list, position } = (item.data ?? {}) as { list?: number; position?: number };
        const completion = list === offered.id && position !== undefined ? offered.list[position] : undefined;
        return completion ? withDocumentation(item, completion) : item;
      },
    ),
  );
}

function withDocumentation(item: CompletionItem, completion: Completion): CompletionItem {
  const value = completion.documentation();
  return value === undefined ? item : { ...item, documentation: { kind: MarkupKind.Markdown, value } };
}
