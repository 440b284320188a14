/** Answers about where things are: definition, references, symbols. */

import {
  type Connection,
  type DocumentSymbol,
  type Location as LspLocation,
  type LocationLink,
  type SymbolInformation,
} from 'vscode-languageserver';
import { definition } from '../queries/definition.ts';
import { references } from '../queries/references.ts';
import { symbols } from '../queries/symbols.ts';
import type { Desk } from './desk.ts';
import { linesOf, toDocumentSymbol, toRange } from './to-lsp.ts';
import { normalUri } from './uris.ts';

/** Answers what leads from a name to a place. */
export function registerMoving(connection: Connection, desk: Desk): void {
  connection.onDefinition(
    desk.guarded(null, ({ textDocument, position }): LspLocation[] | LocationLink[] | null => {
      const at = desk.place(textDocument.uri, position);
      const found = at && definition(desk.workspace, at.uri, at.offset);
      if (!found) return null;
      const locations = found.targets.flatMap((it) => desk.located(it));
      if (!desk.client.locationLinks) return locations;
      return locations.map((it) => ({
        targetUri: it.uri,
        targetRange: it.range,
        targetSelectionRange: it.range,
        originSelectionRange: toRange(at.lines, found.origin),
      }));
    }),
  );
  connection.onReferences(
    desk.guarded([], ({ textDocument, position, context }) => {
      const at = desk.place(textDocument.uri, position);
      return at
        ? references(desk.workspace, at.uri, at.offset, context.includeDeclaration).flatMap((it) => desk.located(it))
        : [];
    }),
  );
  connection.onDocumentSymbol(
    desk.guarded([], ({ textDocument }): DocumentSymbol[] | SymbolInformation[] => {
      const uri = normalUri(textDocument.uri);
      const manifest = desk.workspace.manifests.get(uri);
      if (!manifest) return [];
      const tree = symbols(desk.workspace, uri).map((it) => toDocumentSymbol(it, linesOf(manifest)));
      return desk.client.hierarchicalSymbols ? tree : tree.flatMap((it) => flatSymbols(it, textDocument.uri));
    }),
  );
}

/** A tree of symbols for editors that know only lists. */
function flatSymbols({ name, kind, range, children = [] }: DocumentSymbol, uri: string): SymbolInformation[] {
  return [{ name, kind, location: { uri, range } }, ...children.flatMap((it) => flatSymbols(it, uri))];
}
