/** Answers about who calls a host and what it calls. */

import {
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  type Connection,
  SymbolKind,
} from 'vscode-languageserver';
import type { Range, Uri } from '../model/text.ts';
import { type CallItem, callItems, incomingCalls, outgoingCalls } from '../queries/call-hierarchy.ts';
import type { Desk } from './desk.ts';
import { linesOf, toRange } from './to-lsp.ts';

/** Answers the call hierarchy; an item is asked about by the place of its name. */
export function registerHierarchy(connection: Connection, desk: Desk): void {
  connection.languages.callHierarchy.onPrepare(
    desk.guarded(null, ({ textDocument, position }) => {
      const at = desk.place(textDocument.uri, position);
      const items = at ? callItems(desk.workspace, at.uri, at.offset).flatMap(toItem) : [];
      return items.length > 0 ? items : null;
    }),
  );
  connection.languages.callHierarchy.onIncomingCalls(
    desk.guarded(null, ({ item }): CallHierarchyIncomingCall[] | null => {
      const at = desk.place(item.uri, item.selectionRange.start);
      if (!at) return null;
      return incomingCalls(desk.workspace, at.uri, at.offset).flatMap((call) =>
        toItem(call.item).map((from) => ({ from, fromRanges: toRanges(call.item.uri, call.ranges) })),
      );
    }),
  );
  connection.languages.callHierarchy.onOutgoingCalls(
    desk.guarded(null, ({ item }): CallHierarchyOutgoingCall[] | null => {
      const at = desk.place(item.uri, item.selectionRange.start);
      if (!at) return null;
      return outgoingCalls(desk.workspace, at.uri, at.offset).flatMap((call) =>
        toItem(call.item).map((to) => ({ to, fromRanges: toRanges(at.uri, call.ranges) })),
      );
    }),
  );

  function toItem({ name, detail, type, uri, range, selection }: CallItem): CallHierarchyItem[] {
    const manifest = desk.workspace.manifests.get(uri);
    if (!manifest) return [];
    const index = linesOf(manifest);
    return [
      {
        name,
        detail,
        kind: itemKinds[type],
        uri: desk.session.spelt(uri),
        range: toRange(index, range),
        selectionRange: toRange(index, selection),
      },
    ];
  }

  function toRanges(uri: Uri, ranges: readonly Range[]) {
    const manifest = desk.workspace.manifests.get(uri);
    return manifest ? ranges.map((it) => toRange(linesOf(manifest), it)) : [];
  }
}

const itemKinds: Readonly<Record<CallItem['type'], SymbolKind>> = {
  service: SymbolKind.Class,
  route: SymbolKind.Method,
  caller: SymbolKind.Key,
};
