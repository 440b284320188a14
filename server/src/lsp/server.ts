/** Capabilities, and the life of a connection; what editors ask is answered in the modules that it registers. */

import {
  CodeActionKind,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  WatchKind,
} from 'vscode-languageserver';
import type { Files } from '../files/files.ts';
import type { Uri } from '../model/text.ts';
import type { Knowledge } from '../model/workspace.ts';
import { registerActing } from './acting.ts';
import { registerChoosing } from './choosing.ts';
import { readClient, type Client } from './client.ts';
import { registerComparing } from './comparing.ts';
import { registerConvert } from './convert.ts';
import { registerCosting } from './costing.ts';
import { Desk } from './desk.ts';
import { registerHierarchy } from './hierarchy.ts';
import { registerHints } from './hints.ts';
import { registerLens } from './lens.ts';
import { registerLookingUp } from './looking-up.ts';
import { registerMoving } from './moving.ts';
import { registerOutlines } from './outlines.ts';
import { registerPlaybooks } from './playbooks.ts';
import { registerQuestions } from './questions.ts';
import { registerReading } from './reading.ts';
import { registerRenaming } from './renaming.ts';
import { registerSchemas } from './schemas.ts';
import { describe, Session } from './session.ts';
import { type SettingsByFolder, SettingsReader } from './settings.ts';
import { registerUpgrading, wholeFileKinds } from './upgrading.ts';
import { normalUri } from './uris.ts';
import { registerWorkspaceTree } from './workspace-tree.ts';
import { registerWriting } from './writing.ts';

/** Answers an editor on a connection until it closes. `version` is what the server calls itself. */
export function serve(connection: Connection, files: Files, knowledge: Knowledge, version: string): void {
  const session = new Session(connection, files, knowledge);
  const desk = new Desk(session, connection.console, readClient({}));
  let folders: readonly Uri[] = [];
  /** Settings that came without being asked for. */
  let pushed: unknown;
  const reader = new SettingsReader(connection);
  const tabSizes = new Map<Uri, number>();

  connection.onInitialize((params) => {
    desk.client = readClient(params);
    desk.phase = 'running';
    folders = foldersOf(params);
    return capabilities(desk.client, version);
  });

  connection.onShutdown(() => {
    desk.phase = 'ended';
  });

  connection.onInitialized(async () => {
    await register();
    if (desk.client.workspaceFolders) {
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

  registerComparing(connection, desk);
  registerConvert(connection, desk);
  registerQuestions(connection, desk);
  registerWriting(connection, desk, tabSize);
  registerReading(connection, desk);
  registerHints(connection, desk);
  registerMoving(connection, desk);
  registerRenaming(connection, desk);
  registerOutlines(connection, desk);
  registerHierarchy(connection, desk);
  registerLens(connection, desk);
  registerActing(connection, desk);
  registerUpgrading(connection, desk);
  registerSchemas(connection, desk);
  registerPlaybooks(connection, desk);
  registerChoosing(connection, desk);
  registerCosting(connection, desk);
  registerWorkspaceTree(connection, desk);
  registerLookingUp(connection, desk);

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
      desk.client.watchesFiles && connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }),
      desk.client.configuration &&
        connection.client.register(DidChangeConfigurationNotification.type, { section: 'meshwright' }),
    ];
    for (const it of await Promise.allSettled(asked))
      if (it.status === 'rejected') connection.console.warn(describe(it.reason));
  }

  function settings(): Promise<SettingsByFolder> {
    return reader.read(desk.client, pushed, folders);
  }

  /** The editor's own tab size for a file that shows no style; 2 where the editor does not tell. */
  async function tabSize(uri: Uri): Promise<number> {
    const known = tabSizes.get(uri);
    if (known !== undefined || !desk.client.commands || !desk.client.configuration) return known ?? 2;
    const sent: unknown = await connection.workspace.getConfiguration({ scopeUri: uri, section: 'editor.tabSize' });
    const size = typeof sent === 'number' && sent > 0 && sent <= 8 ? sent : 2;
    tabSizes.set(uri, size);
    return size;
  }
}

function capabilities(client: Client, version: string): InitializeResult {
  return {
    serverInfo: { name: 'meshwright', version },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      completionProvider: { triggerCharacters: [' ', ':', '-', '/', '.', '"', "'"], resolveProvider: true },
      hoverProvider: true,
      inlayHintProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      renameProvider: client.preparesRenames ? { prepareProvider: true } : true,
      documentSymbolProvider: true,
      workspaceSymbolProvider: { resolveProvider: client.resolvesSymbols },
      documentLinkProvider: { resolveProvider: false },
      documentHighlightProvider: true,
      foldingRangeProvider: true,
      selectionRangeProvider: true,
      callHierarchyProvider: true,
      codeLensProvider: { resolveProvider: true },
      codeActionProvider: {
        codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, ...Object.values(wholeFileKinds)],
        resolveProvider: client.resolvesEdits,
      },
      ...(client.workspaceFolders
        ? { workspace: { workspaceFolders: { supported: true, changeNotifications: true } } }
        : {}),
    },
  };
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly Uri[] {
  const uris = workspaceFolders?.map((it) => it.uri) ?? (rootUri ? [rootUri] : []);
  return uris.map(trimmed);
}

function trimmed(uri: string): Uri {
  return normalUri(uri).replace(/\/$/, '');
}
