/** Renaming: whether a name can be changed, and the edits in all files, which the editor can show before it makes them. */

import {
  type Connection,
  LSPErrorCodes,
  type PrepareRenameParams,
  type Range as LspRange,
  type RenameParams,
  ResponseError,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Uri } from '../model/text.ts';
import { prepareRename, rename, type Renaming } from '../queries/rename.ts';
import type { Desk } from './desk.ts';
import { toRange } from './to-lsp.ts';
import { normalUri } from './uris.ts';

/** The mark of edits outside the file at hand, by which an editor groups them where it shows them first. */
const elsewhere = 'elsewhere';

/** Answers renaming; why a name cannot be changed is an error, which editors show beside the cursor. */
export function registerRenaming(connection: Connection, desk: Desk): void {
  type Prepared = { readonly range: LspRange; readonly placeholder: string };
  connection.onPrepareRename(
    desk.guarded<PrepareRenameParams, Prepared | ResponseError<void> | null>(null, ({ textDocument, position }) => {
      const at = desk.place(textDocument.uri, position);
      if (!at) return null;
      const found = prepareRename(desk.workspace, at.uri, at.offset);
      if ('refusal' in found) return refused(found.refusal);
      return { range: toRange(at.lines, found.range), placeholder: found.name };
    }),
  );
  connection.onRenameRequest(
    desk.guarded<RenameParams, WorkspaceEdit | ResponseError<void> | null>(
      null,
      ({ textDocument, position, newName }) => {
        const at = desk.place(textDocument.uri, position);
        if (!at) return null;
        const found = rename(desk.workspace, at.uri, at.offset, newName.trim());
        return 'refusal' in found ? refused(found.refusal) : annotated(found, at.uri);
      },
    ),
  );

  /** The edits, those in other files marked, so that an editor that shows them first can tell them apart. */
  function annotated({ edits }: Renaming, uri: Uri): WorkspaceEdit {
    const edit = desk.workspaceEdit(edits);
    const isElsewhere = (it: string) => normalUri(it) !== uri;
    const others = [...edits.keys()].filter(isElsewhere).length;
    if (!desk.client.changeAnnotations || !edit.documentChanges || others === 0) return edit;
    const marked = edit.documentChanges.map((change) =>
      'textDocument' in change && isElsewhere(change.textDocument.uri)
        ? {
            ...change,
            edits: change.edits.map((it) => ('newText' in it ? { ...it, annotationId: elsewhere } : it)),
          }
        : change,
    );
    const description = others === 1 ? 'in 1 file' : `in ${others} files`;
    return {
      documentChanges: marked,
      changeAnnotations: { [elsewhere]: { label: 'Uses in other files', description, needsConfirmation: false } },
    };
  }
}

function refused(reason: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, reason);
}
