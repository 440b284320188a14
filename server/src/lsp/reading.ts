/** Answers about what a file says: hover. */

import { type Connection, MarkupKind } from 'vscode-languageserver';
import { hover } from '../queries/hover.ts';
import type { Desk } from './desk.ts';
import { toRange } from './to-lsp.ts';

/** Answers what a reader of a file asks for. */
export function registerReading(connection: Connection, desk: Desk): void {
  connection.onHover(
    desk.guarded(null, ({ textDocument, position }) => {
      const at = desk.place(textDocument.uri, position);
      const found = at && hover(desk.workspace, at.uri, at.offset, desk.client.commands ? linkToFeature : undefined);
      if (!found) return null;
      const kind = desk.client.markdownHovers ? MarkupKind.Markdown : MarkupKind.PlainText;
      return { contents: { kind, value: found.markdown }, range: toRange(at.lines, found.range) };
    }),
  );
}

function linkToFeature(featureId: string): string {
  return `command:meshwright.compare.reveal?${encodeURIComponent(JSON.stringify([featureId]))}`;
}
