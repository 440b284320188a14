/** Answers about what surrounds a place and what stands in the workspace: folds, selections, links, highlights, symbols. */

import {
  type Connection,
  DocumentHighlightKind,
  type FoldingRange,
  FoldingRangeKind,
  type SelectionRange,
  type WorkspaceSymbol as LspWorkspaceSymbol,
} from 'vscode-languageserver';
import { type Fold, folding } from '../queries/folding.ts';
import { highlights } from '../queries/highlights.ts';
import { links } from '../queries/links.ts';
import { selectionRanges } from '../queries/selection-ranges.ts';
import {
  symbolLocation,
  type SymbolPlace,
  type WorkspaceSymbol,
  workspaceSymbols,
} from '../queries/workspace-symbols.ts';
import type { Desk } from './desk.ts';
import { linesOf, symbolKinds, toRange } from './to-lsp.ts';
import { normalUri } from './uris.ts';

/** Answers what an editor draws around the text, and finds symbols anywhere. */
export function registerOutlines(connection: Connection, desk: Desk): void {
  connection.onFoldingRanges(
    desk.guarded(null, ({ textDocument }) => {
      const uri = normalUri(textDocument.uri);
      const manifest = desk.workspace.manifests.get(uri);
      const folds = folding(desk.workspace, uri);
      return manifest && folds ? asMany(folds, desk.client.foldLimit).map((it) => toFold(it, linesOf(manifest))) : null;
    }),
  );
  connection.onSelectionRanges(
    desk.guarded(null, ({ textDocument, positions }) => {
      const found = positions.map((it) => {
        const at = desk.place(textDocument.uri, it);
        const ranges = at ? selectionRanges(desk.workspace, at.uri, at.offset) : [];
        const nested = ranges.reduceRight<SelectionRange | undefined>(
          (parent, range) => at && { range: toRange(at.lines, range), ...(parent ? { parent } : {}) },
          undefined,
        );
        return nested ?? { range: { start: it, end: it } };
      });
      return desk.workspace.manifests.has(normalUri(textDocument.uri)) ? found : null;
    }),
  );
  connection.onDocumentLinks(
    desk.guarded(null, ({ textDocument }) => {
      const uri = normalUri(textDocument.uri);
      const manifest = desk.workspace.manifests.get(uri);
      if (!manifest) return null;
      return links(desk.workspace, uri).map(({ range, target }) => ({
        range: toRange(linesOf(manifest), range),
        target: desk.session.spelt(target),
      }));
    }),
  );
  connection.onDocumentHighlight(
    desk.guarded(null, ({ textDocument, position }) => {
      const at = desk.place(textDocument.uri, position);
      const found = at ? highlights(desk.workspace, at.uri, at.offset) : [];
      // Where we know nothing, the editor may highlight equal words.
      if (!at || found.length === 0) return null;
      return found.map(({ range, type }) => ({
        range: toRange(at.lines, range),
        kind: type === 'write' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      }));
    }),
  );
  connection.onWorkspaceSymbol(
    desk.guarded(null, ({ query }) => {
      const found = workspaceSymbols(desk.workspace, query);
      if (desk.client.resolvesSymbols) return found.map((it) => ({ ...described(it), data: it.place }));
      return found.flatMap((it) => located(desk, it.place).map((location) => ({ ...described(it), location })));
    }),
  );
  connection.onWorkspaceSymbolResolve(
    desk.guardedOr(
      (symbol) => symbol,
      (symbol): LspWorkspaceSymbol => {
        const [location] = isPlace(symbol.data) ? located(desk, symbol.data) : [];
        return location ? { ...symbol, location } : symbol;
      },
    ),
  );

  function described({ name, container, type, place }: WorkspaceSymbol) {
    return {
      name,
      kind: symbolKinds[type],
      containerName: container,
      location: { uri: desk.session.spelt(place.uri) },
    };
  }
}

function located(desk: Desk, place: SymbolPlace) {
  const location = symbolLocation(desk.workspace, place);
  return location ? desk.located(location) : [];
}

/** What came with a symbol comes back with it, from an editor that may be any. */
function isPlace(data: unknown): data is SymbolPlace {
  const place = data as Partial<SymbolPlace> | null | undefined;
  return (
    typeof place?.uri === 'string' &&
    typeof place.part === 'number' &&
    Array.isArray(place.path) &&
    (place.side === 'key' || place.side === 'value')
  );
}

/** The outer folds when an editor does not take all. */
function asMany(folds: readonly Fold[], limit: number): readonly Fold[] {
  if (folds.length <= limit) return folds;
  const outer = new Set([...folds].sort((a, b) => a.depth - b.depth).slice(0, limit));
  return folds.filter((it) => outer.has(it));
}

/** Whole lines, which every editor can fold. */
function toFold({ range, type }: Fold, index: ReturnType<typeof linesOf>): FoldingRange {
  return {
    startLine: index.positionAt(range.start).line,
    endLine: index.positionAt(range.end).line,
    ...(type === 'comment' ? { kind: FoldingRangeKind.Comment } : {}),
  };
}
