/** Capabilities, and one function a request. What is asked is answered in queries/; here it is only translated. */

import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Command,
  type CompletionItem,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type DocumentSymbol,
  type SymbolInformation,
  ErrorCodes,
  type InitializeParams,
  type InitializeResult,
  type Location as LspLocation,
  type LocationLink,
  MarkupKind,
  type Position,
  type Range as LspRange,
  ResponseError,
  TextDocumentSyncKind,
  WatchKind,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Files } from '../files/files.ts';
import { readSettings, type Settings } from '../model/settings.ts';
import type { Location, Range, TextEdit, Uri } from '../model/text.ts';
import type { Knowledge } from '../model/workspace.ts';
import { fixes, resourcesIn } from '../queries/actions.ts';
import { compareFile } from '../queries/compare.ts';
import { type Completion, complete } from '../queries/complete.ts';
import { definition } from '../queries/definition.ts';
import { hover } from '../queries/hover.ts';
import { references } from '../queries/references.ts';
import { symbols } from '../queries/symbols.ts';
import { readClient, type Client } from './client.ts';
import { compareRequest, isCompareParams } from './protocol-compare.ts';
import { convertActions, registerConvert } from './convert.ts';
import { describe, Session } from './session.ts';
import { normalUri, uriPath } from './uris.ts';
import { linesOf, toCompletionItem, toDocumentSymbol, toLocation, toRange, toTextEdit } from './to-lsp.ts';

/** Answers an editor on a connection until it closes. `version` is what the server calls itself. */
export function serve(connection: Connection, files: Files, knowledge: Knowledge, version: string): void {
  const session = new Session(connection, files, knowledge);
  let client: Client = readClient({});
  let folders: readonly Uri[] = [];
  let phase: 'new' | 'running' | 'ended' = 'new';
  /** Settings that came without being asked for. */
  let pushed: unknown;
  const tabSizes = new Map<Uri, number>();
  let offered: { readonly id: number; readonly list: readonly Completion[] } = { id: 0, list: [] };

  connection.onInitialize((params) => {
    client = readClient(params);
    folders = foldersOf(params);
    phase = 'running';
    return capabilities(client, version);
  });

  connection.onShutdown(() => {
    phase = 'ended';
  });

  connection.onInitialized(async () => {
    await register();
    if (client.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(async ({ added, removed }) => {
        const gone = new Set(removed.map((it) => trimmed(it.uri)));
        folders = [...folders.filter((it) => !gone.has(it)), ...added.map((it) => trimmed(it.uri))];
        await session.scan(folders, await settings());
      });
    }
    await session.scan(folders, await settings());
  });

  connection.onDidChangeConfiguration(async ({ settings: sent }) => {
    tabSizes.clear();
    pushed = (sent as { meshwright?: unknown } | null)?.meshwright ?? pushed;
    await session.scan(folders, await settings());
  });
  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    if (changes.some((it) => it.uri.endsWith('/.gitignore'))) await session.rescan();
    else await session.reread(changes.map((it) => normalUri(it.uri)));
  });
  connection.onDidOpenTextDocument(({ textDocument: it }) => session.open(it.uri, it.languageId, it.version, it.text));
  connection.onDidChangeTextDocument(({ textDocument, contentChanges }) =>
    session.edit(textDocument.uri, textDocument.version, contentChanges),
  );
  connection.onDidCloseTextDocument(({ textDocument }) => session.close(textDocument.uri));

  connection.onCompletion(
    guarded([], async ({ textDocument, position }) => {
      // Asked first: while the editor answers, the file may change and the place with it.
      const size = await tabSize(textDocument.uri);
      const at = offsetAt(textDocument.uri, position);
      if (!at) return [];
      const list = complete(session.workspace, at.uri, at.offset, size);
      const id = offered.id + 1;
      offered = { id, list };
      const isComplete = client.resolvesDocumentation;
      return list.map((it, number) => {
        const item = toCompletionItem(it, at.lines, number, id, client);
        return isComplete ? item : withDocumentation(item, it);
      });
    }),
  );
  connection.onCompletionResolve(
    guardedOr(
      (item) => item,
      (item) => {
        const { list, position } = (item.data ?? {}) as { list?: number; position?: number };
        const completion = list === offered.id && position !== undefined ? offered.list[position] : undefined;
        return completion ? withDocumentation(item, completion) : item;
      },
    ),
  );
  connection.onHover(
    guarded(null, ({ textDocument, position }) => {
      const at = offsetAt(textDocument.uri, position);
      const found = at && hover(session.workspace, at.uri, at.offset, client.commands ? linkToFeature : undefined);
      if (!found) return null;
      const kind = client.markdownHovers ? MarkupKind.Markdown : MarkupKind.PlainText;
      return { contents: { kind, value: found.markdown }, range: toRange(at.lines, found.range) };
    }),
  );
  connection.onDefinition(
    guarded(null, ({ textDocument, position }): LspLocation[] | LocationLink[] | null => {
      const at = offsetAt(textDocument.uri, position);
      const found = at && definition(session.workspace, at.uri, at.offset);
      if (!found) return null;
      const locations = found.targets.flatMap(located);
      if (!client.locationLinks) return locations;
      return locations.map((it) => ({
        targetUri: it.uri,
        targetRange: it.range,
        targetSelectionRange: it.range,
        originSelectionRange: toRange(at.lines, found.origin),
      }));
    }),
  );
  connection.onReferences(
    guarded([], ({ textDocument, position, context }) => {
      const at = offsetAt(textDocument.uri, position);
      return at ? references(session.workspace, at.uri, at.offset, context.includeDeclaration).flatMap(located) : [];
    }),
  );
  connection.onDocumentSymbol(
    guarded([], ({ textDocument }): DocumentSymbol[] | SymbolInformation[] => {
      const uri = normalUri(textDocument.uri);
      const manifest = session.workspace.manifests.get(uri);
      if (!manifest) return [];
      const tree = symbols(session.workspace, uri).map((it) => toDocumentSymbol(it, linesOf(manifest)));
      return client.hierarchicalSymbols ? tree : tree.flatMap((it) => flatSymbols(it, textDocument.uri));
    }),
  );
  connection.onCodeAction(guarded([], codeActions));
  connection.onCodeActionResolve(
    guardedOr(
      (action) => action,
      (action) => {
        const { uri, range, title, code } = (action.data ?? {}) as {
          uri?: Uri;
          range?: Range;
          title?: string;
          code?: string;
        };
        const found =
          uri && range && fixes(session.workspace, uri, range).find((it) => it.title === title && it.code === code);
        return found ? { ...action, edit: toWorkspaceEdit(found.edits()) } : action;
      },
    ),
  );
  connection.onRequest(compareRequest, (params: unknown) =>
    compareFile(session.workspace, isCompareParams(params) && params.uri ? normalUri(params.uri) : undefined),
  );
  registerConvert(connection, session);

  function codeActions({ textDocument, range: lspRange, context }: CodeActionParams): (CodeAction | Command)[] {
    const uri = normalUri(textDocument.uri);
    const manifest = session.workspace.manifests.get(uri);
    if (!manifest || !client.codeActions) return [];
    const lines = linesOf(manifest);
    const range = { start: lines.offsetAt(lspRange.start), end: lines.offsetAt(lspRange.end) };
    const wanted = (kind: CodeActionKind) =>
      context.only === undefined || context.only.some((it) => kind === it || kind.startsWith(`${it}.`));
    const actions: CodeAction[] = [];
    if (wanted(CodeActionKind.QuickFix)) {
      for (const it of fixes(session.workspace, uri, range)) {
        const diagnostics = context.diagnostics.filter(
          (diagnostic) => diagnostic.code === it.code && sameRange(diagnostic.range, toRange(lines, it.range)),
        );
        const action: CodeAction = {
          title: it.title,
          kind: CodeActionKind.QuickFix,
          diagnostics,
          isPreferred: it.isPreferred,
        };
        actions.push(
          client.resolvesEdits
            ? { ...action, data: { uri, range: it.range, title: it.title, code: it.code } }
            : { ...action, edit: toWorkspaceEdit(it.edits()) },
        );
      }
    }
    if (client.commands && wanted(CodeActionKind.RefactorRewrite)) {
      actions.push(...convertActions(textDocument.uri, resourcesIn(session.workspace, uri, range), lspRange));
    }
    return actions;
  }

  function offsetAt(sent: string, position: Position) {
    const uri = normalUri(sent);
    const manifest = session.workspace.manifests.get(uri);
    if (!manifest) return undefined;
    const lines = linesOf(manifest);
    return { uri, lines, offset: lines.offsetAt(position) };
  }

  function located(location: Location): LspLocation[] {
    const manifest = session.workspace.manifests.get(location.uri);
    return manifest ? [toLocation({ ...location, uri: session.spelt(location.uri) }, linesOf(manifest))] : [];
  }

  function toWorkspaceEdit(edits: ReadonlyMap<Uri, readonly TextEdit[]>): WorkspaceEdit {
    const files = [...edits].flatMap(([uri, list]) => {
      const manifest = session.workspace.manifests.get(uri);
      return manifest ? [{ uri, edits: list.map((it) => toTextEdit(linesOf(manifest), it)) }] : [];
    });
    if (!client.documentChanges)
      return { changes: Object.fromEntries(files.map((it) => [session.spelt(it.uri), it.edits])) };
    return {
      documentChanges: files.map((it) => ({
        textDocument: { uri: session.spelt(it.uri), version: session.versionOf(it.uri) },
        edits: it.edits,
      })),
    };
  }

  /** Asks to be told of changes; an editor that refuses is served without. */
  async function register(): Promise<void> {
    const watchers = [
      { globPattern: '**/*.{yaml,yml}' },
      { globPattern: '**/Kustomization' },
      { globPattern: '**/.gitignore' },
      // Editors tell of a folder that is deleted, not of the files that were in it.
      { globPattern: '**/*', kind: WatchKind.Delete },
    ];
    const asked = [
      client.watchesFiles && connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }),
      client.configuration &&
        connection.client.register(DidChangeConfigurationNotification.type, { section: 'meshwright' }),
    ];
    for (const it of await Promise.allSettled(asked))
      if (it.status === 'rejected') connection.console.warn(describe(it.reason));
  }

  async function settings(): Promise<Settings> {
    const read = readSettings(client.configuration ? await askedSettings() : (pushed ?? client.settings));
    return { ...read, environments: read.environments.map(uriPath) };
  }

  async function askedSettings(): Promise<unknown> {
    try {
      return await connection.workspace.getConfiguration('meshwright');
    } catch (error) {
      connection.console.warn(describe(error));
      return undefined;
    }
  }

  /** The editor's own tab size for a file that shows no style; 2 where the editor does not tell. */
  async function tabSize(uri: Uri): Promise<number> {
    const known = tabSizes.get(uri);
    if (known !== undefined || !client.commands || !client.configuration) return known ?? 2;
    const sent: unknown = await connection.workspace.getConfiguration({ scopeUri: uri, section: 'editor.tabSize' });
    const size = typeof sent === 'number' && sent > 0 && sent <= 8 ? sent : 2;
    tabSizes.set(uri, size);
    return size;
  }

  /** A bug costs one answer and a line in the log, not the server. */
  function guarded<P, R>(otherwise: R, answer: (params: P) => R | Promise<R>): (params: P) => Promise<R> {
    return guardedOr(() => otherwise, answer);
  }

  function guardedOr<P, R>(
    otherwise: (params: P) => R,
    answer: (params: P) => R | Promise<R>,
  ): (params: P) => Promise<R> {
    return async (params) => {
      if (phase === 'new') throw new ResponseError(ErrorCodes.ServerNotInitialized, 'Nobody has said hello yet.');
      if (phase === 'ended') throw new ResponseError(ErrorCodes.InvalidRequest, 'The server has been shut down.');
      try {
        return await answer(params);
      } catch (error) {
        connection.console.error(describe(error));
        return otherwise(params);
      }
    };
  }
}

function capabilities(client: Client, version: string): InitializeResult {
  return {
    serverInfo: { name: 'meshwright', version },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      completionProvider: { triggerCharacters: [' ', ':', '-', '/', '.', '"', "'"], resolveProvider: true },
      hoverProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      documentSymbolProvider: true,
      codeActionProvider: {
        codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite],
        resolveProvider: client.resolvesEdits,
      },
      ...(client.workspaceFolders
        ? { workspace: { workspaceFolders: { supported: true, changeNotifications: true } } }
        : {}),
    },
  };
}

/** A tree of symbols for editors that know only lists. */
function flatSymbols({ name, kind, range, children = [] }: DocumentSymbol, uri: string): SymbolInformation[] {
  return [{ name, kind, location: { uri, range } }, ...children.flatMap((it) => flatSymbols(it, uri))];
}

function withDocumentation(item: CompletionItem, completion: Completion): CompletionItem {
  const value = completion.documentation();
  return value === undefined ? item : { ...item, documentation: { kind: MarkupKind.Markdown, value } };
}

function linkToFeature(featureId: string): string {
  return `command:meshwright.compare.reveal?${encodeURIComponent(JSON.stringify([featureId]))}`;
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly Uri[] {
  const uris = workspaceFolders?.map((it) => it.uri) ?? (rootUri ? [rootUri] : []);
  return uris.map(trimmed);
}

function trimmed(uri: string): Uri {
  return normalUri(uri).replace(/\/$/, '');
}

function sameRange(a: LspRange, b: LspRange): boolean {
  return (
    a.start.line === b.start.line &&
    a.start.character === b.start.character &&
    a.end.line === b.end.line &&
    a.end.character === b.end.character
  );
}
