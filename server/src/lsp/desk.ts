/** What answers to an editor share: the workspace they speak of, and the way from its words to ours and back. */

import {
  type Connection,
  ErrorCodes,
  type Location as LspLocation,
  type Position,
  ResponseError,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { LineIndex, Location, TextEdit, Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import type { Client } from './client.ts';
import { describe, type Session } from './session.ts';
import { linesOf, toLocation, toTextEdit } from './to-lsp.ts';
import { normalUri } from './uris.ts';

/** A place in a file that the editor asks about. */
export interface Place {
  readonly uri: Uri;
  readonly lines: LineIndex;
  readonly offset: number;
}

export class Desk {
  readonly session: Session;
  /** What the editor can do; as little as possible until it has said hello. */
  client: Client;
  phase: 'new' | 'running' | 'ended' = 'new';
  readonly #console: Connection['console'];

  constructor(session: Session, console: Connection['console'], client: Client) {
    this.session = session;
    this.#console = console;
    this.client = client;
  }

  get workspace(): Workspace {
    return this.session.workspace;
  }

  /** The place of a position; undefined for files that the workspace does not hold. */
  place(sent: string, position: Position): Place | undefined {
    const uri = normalUri(sent);
    const manifest = this.workspace.manifests.get(uri);
    if (!manifest) return undefined;
    const lines = linesOf(manifest);
    return { uri, lines, offset: lines.offsetAt(position) };
  }

  /** A location for the editor; none for files that are gone. */
  located(location: Location): LspLocation[] {
    const manifest = this.workspace.manifests.get(location.uri);
    return manifest ? [toLocation({ ...location, uri: this.session.spelt(location.uri) }, linesOf(manifest))] : [];
  }

  /** Edits by file for the editor, for the versions of files that it has open. */
  workspaceEdit(edits: ReadonlyMap<Uri, readonly TextEdit[]>): WorkspaceEdit {
    const { session } = this;
    const files = [...edits].flatMap(([uri, list]) => {
      const manifest = this.workspace.manifests.get(uri);
      return manifest ? [{ uri, edits: list.map((it) => toTextEdit(linesOf(manifest), it)) }] : [];
    });
    if (!this.client.documentChanges)
      return { changes: Object.fromEntries(files.map((it) => [session.spelt(it.uri), it.edits])) };
    return {
      documentChanges: files.map((it) => ({
        textDocument: { uri: session.spelt(it.uri), version: session.versionOf(it.uri) },
        edits: it.edits,
      })),
    };
  }

  /** A bug costs one answer and a line in the log, not the server. */
  guarded<P, R>(otherwise: R, answer: (params: P) => R | Promise<R>): (params: P) => Promise<R> {
    return this.guardedOr(() => otherwise, answer);
  }

  guardedOr<P, R>(otherwise: (params: P) => R, answer: (params: P) => R | Promise<R>): (params: P) => Promise<R> {
    return async (params) => {
      if (this.phase === 'new') throw new ResponseError(ErrorCodes.ServerNotInitialized, 'Nobody has said hello yet.');
      if (this.phase === 'ended') throw new ResponseError(ErrorCodes.InvalidRequest, 'The server has been shut down.');
      try {
        return await answer(params);
      } catch (error) {
        this.#console.error(describe(error));
        return otherwise(params);
      }
    };
  }
}
