/**
 * The one mutable variable of the server: the current workspace. It changes when an editor types, when files change on
 * disk, when settings change; after each change diagnostics of open files are published. A snapshot that is not the
 * current one any more is stale, and whoever works on it stops.
 */

import type { Connection } from 'vscode-languageserver';
import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import type { Files } from '../files/files.ts';
import { marksEnvironment } from '../model/kustomization.ts';
import type { Uri } from '../model/text.ts';
import {
  applyChange,
  type Change,
  createWorkspace,
  type Knowledge,
  settingsIn,
  sortSome,
  type Workspace,
} from '../model/workspace.ts';
import { diagnose } from '../queries/diagnose.ts';
import type { Depth } from '../queries/findings.ts';
import type { SettingsByFolder } from './settings.ts';
import { linesOf, toDiagnostic } from './to-lsp.ts';
import { normalUri } from './uris.ts';

/** How long nobody types before what an edit means elsewhere is looked at, in ms. */
const settleDelay = 150;

/** The longest stretch of reading files before the editor is listened to again, in ms. */
const turn = 8;

/** How many turns of the event loop a message needs at most from the pipe to its answer: read, decoded, queued, handled. */
const messageTurns = 4;

export class Session {
  readonly #connection: Pick<Connection, 'sendDiagnostics' | 'console'>;
  readonly #files: Files;
  /** Open files; each document has its uri as the editor spells it. */
  readonly #open = new Map<Uri, TextDocument>();
  readonly #published = new Map<Uri, string>();
  readonly #quick = new Set<Uri>();
  #workspace: Workspace;
  #isScanned = false;
  #tellScanned: () => void = () => undefined;
  /** Resolves when all files have been read once, so that an answer about the workspace is about all of it. */
  readonly scanned = new Promise<void>((resolve) => {
    this.#tellScanned = resolve;
  });
  #settleTimer: NodeJS.Timeout | undefined;
  #reading = Promise.resolve();
  readonly #settledListeners: (() => void)[] = [];

  constructor(connection: Pick<Connection, 'sendDiagnostics' | 'console'>, files: Files, knowledge: Knowledge) {
    this.#connection = connection;
    this.#files = files;
    this.#workspace = createWorkspace(knowledge);
  }

  get workspace(): Workspace {
    return this.#workspace;
  }

  /** Tells a listener whenever a change has been followed up: typing or reading rests, and all that is open is judged. */
  onSettled(listener: () => void): void {
    this.#settledListeners.push(listener);
  }

  /** A uri as the editor spells it: exactly so for open files. */
  spelt(uri: Uri): string {
    return this.#open.get(uri)?.uri ?? uri;
  }

  /** The version of an open file; null for closed ones. */
  versionOf(uri: Uri): number | null {
    return this.#open.get(uri)?.version ?? null;
  }

  /** Reads the files of folders; open files keep what the editor says. Resolves when all are read. */
  scan(folders: readonly Uri[], { settings, folderSettings }: SettingsByFolder): Promise<void> {
    this.#change({ folders, settings, folderSettings });
    this.#settleSoon();
    return this.#afterOthers(() => this.#readFolders(folders));
  }

  open(sent: string, languageId: string, version: number, text: string): void {
    if (!isServed(sent)) return;
    const uri = normalUri(sent);
    this.#open.set(uri, TextDocument.create(sent, languageId, version, text));
    this.#change({ files: new Map([[uri, text]]) });
    this.#publishSoon(uri);
  }

  edit(sent: string, version: number, changes: TextDocumentContentChangeEvent[]): void {
    const uri = normalUri(sent);
    const document = this.#open.get(uri);
    if (!document) return;
    TextDocument.update(document, changes, version);
    this.#change({ files: new Map([[uri, document.getText()]]) });
    this.#publishSoon(uri);
  }

  /** Reads all folders again, after what decides which files are read has changed. */
  rescan(): Promise<void> {
    return this.scan(this.#workspace.folders, this.#workspace);
  }

  /** What the editor closed counts again as it is on disk, if it is one of the folders' files. */
  async close(sent: string): Promise<void> {
    const uri = normalUri(sent);
    if (!this.#open.delete(uri)) return;
    this.#published.delete(uri);
    this.#connection.sendDiagnostics({ uri: sent, diagnostics: [] });
    await this.#afterOthers(async () => {
      const text = await this.#readIncluded(uri);
      if (!this.#open.has(uri)) this.#change({ files: new Map([[uri, text]]) });
    });
    this.#settleSoon();
  }

  /** Reads files that changed on disk; those that are open are the editor's. A folder that is gone takes its files along. */
  reread(uris: readonly Uri[]): Promise<void> {
    return this.#afterOthers(() => this.#rereadNow(uris));
  }

  async #rereadNow(uris: readonly Uri[]): Promise<void> {
    const unknown = new Set<Uri>();
    await this.#takeIn(markersFirst(uris.filter(isServed)), async (uri) => {
      const text = await this.#readIncluded(uri);
      if (text !== undefined || this.#workspace.manifests.has(uri)) return { text };
      unknown.add(uri);
      return undefined;
    });
    const below = [...this.#workspace.manifests.keys()].filter((it) => isBelow(it, unknown));
    await this.#takeIn(below, async (uri) => {
      const text = await this.#files.read(uri);
      return text === undefined ? { text } : undefined;
    });
    this.#settleSoon();
  }

  /**
   * Takes over what `read` gives for each file: its text, `{ text: undefined }` for one that is gone, nothing for one
   * that stays as it is. Open files are the editor's. Between stretches of reading the editor is listened to.
   */
  async #takeIn(
    uris: readonly Uri[],
    read: (uri: Uri) => Promise<{ readonly text: string | undefined } | undefined>,
  ): Promise<void> {
    let started = performance.now();
    let wasMarker = false;
    for (const uri of uris) {
      if (wasMarker && !marksEnvironment(uri)) await this.#sort();
      wasMarker = marksEnvironment(uri);
      if (this.#open.has(uri)) continue;
      const found = await read(uri);
      if (!found || this.#open.has(uri)) continue;
      this.#change({ files: new Map([[uri, found.text]]) });
      if (performance.now() - started < turn) continue;
      await nextTurn();
      started = performance.now();
    }
  }

  /** One reading after the other, so that what was read earlier never covers what was read later. */
  #afterOthers(read: () => Promise<void>): Promise<void> {
    const reading = this.#reading.then(read);
    this.#reading = reading.catch((error: unknown) => this.#connection.console.error(describe(error)));
    return reading;
  }

  /** The text of a file that a scan would read; undefined for others. */
  async #readIncluded(uri: Uri): Promise<string | undefined> {
    for (const folder of this.#workspace.folders)
      if (await this.#files.includes(folder, uri, settingsIn(this.#workspace, folder).exclude))
        return this.#files.read(uri);
    return undefined;
  }

  async #readFolders(folders: readonly Uri[]): Promise<void> {
    await this.#sort();
    const before = [...this.#workspace.manifests.keys()];
    const seen = new Set<Uri>();
    for (const folder of folders) {
      const { exclude } = settingsIn(this.#workspace, folder);
      for await (const uri of this.#files.list(folder, exclude)) seen.add(uri);
    }
    await this.#takeIn(markersFirst(seen), async (uri) => {
      const text = await this.#readOrLog(uri);
      return text === undefined ? undefined : { text };
    });
    const gone = before.filter((it) => !seen.has(it) && !this.#open.has(it));
    if (gone.length > 0) this.#change({ files: new Map(gone.map((it) => [it, undefined])) });
    await this.#sort();
    this.#isScanned = true;
    this.#tellScanned();
    await this.#settle();
  }

  /** Sorts what new settings, folders or markers move, a turn at a time, so that no question has to wait for all of it. */
  async #sort(): Promise<void> {
    for (;;) {
      const started = performance.now();
      if (sortSome(this.#workspace, () => performance.now() - started >= turn)) return;
      await nextTurn();
    }
  }

  /** One file that a disk cannot give costs that file, not the others. */
  async #readOrLog(uri: Uri): Promise<string | undefined> {
    try {
      return await this.#files.read(uri);
    } catch (error) {
      this.#connection.console.error(describe(error));
      return undefined;
    }
  }

  #change(change: Change): void {
    this.#workspace = applyChange(this.#workspace, change);
  }

  /**
   * Publishes a file as soon as what has been typed so far is taken in and what was asked with it is answered, since a
   * completion often waits right behind its keystroke. What it means elsewhere follows when typing rests.
   */
  #publishSoon(uri: Uri): void {
    if (this.#quick.size === 0) afterTurns(messageTurns, () => this.#publishQuick());
    this.#quick.add(uri);
    this.#settleSoon();
  }

  #publishQuick(): void {
    const uris = [...this.#quick];
    this.#quick.clear();
    for (const uri of uris) this.#publish(uri, this.#isScanned ? 'quick' : 'own');
  }

  #settleSoon(): void {
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => {
      this.#settle().catch((error: unknown) => this.#connection.console.error(describe(error)));
    }, settleDelay);
  }

  async #settle(): Promise<void> {
    if (!this.#isScanned) return;
    await this.#sort();
    const { workspace } = this;
    for (const uri of this.#open.keys()) {
      await nextTurn();
      if (workspace !== this.#workspace) return this.#settleSoon();
      this.#publish(uri, 'full');
    }
    for (const listener of this.#settledListeners) listener();
  }

  #publish(uri: Uri, depth: Depth): void {
    const document = this.#open.get(uri);
    const manifest = this.#workspace.manifests.get(uri);
    if (!document || !manifest) return;
    try {
      const index = linesOf(manifest);
      const diagnostics = diagnose(this.#workspace, uri, depth).map((it) =>
        toDiagnostic(it, index, (other) => this.#linesOf(other)),
      );
      const text = `${document.version} ${JSON.stringify(diagnostics)}`;
      if (this.#published.get(uri) === text) return;
      this.#published.set(uri, text);
      this.#connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics });
    } catch (error) {
      this.#connection.console.error(describe(error));
    }
  }

  #linesOf(uri: Uri) {
    const manifest = this.#workspace.manifests.get(uri);
    return manifest && linesOf(manifest);
  }
}

/** Files in an order in which no file has to change its environment: what marks environments comes first. */
function markersFirst(uris: Iterable<Uri>): readonly Uri[] {
  const all = [...uris];
  return [...all.filter(marksEnvironment), ...all.filter((it) => !marksEnvironment(it))];
}

/** Diff views, history and output channels show text that nobody edits. */
function isServed(uri: Uri): boolean {
  return /^(?:file|untitled|vscode-remote|vscode-vfs|vscode-userdata|memfs|inmemory):/.test(uri);
}

function afterTurns(count: number, action: () => void): void {
  setImmediate(() => (count === 1 ? action() : afterTurns(count - 1, action)));
}

/** Whether a file lies in one of the folders, at any depth. */
function isBelow(uri: Uri, folders: ReadonlySet<Uri>): boolean {
  for (let at = uri.lastIndexOf('/'); at > 0 && folders.size > 0; at = uri.lastIndexOf('/', at - 1))
    if (folders.has(uri.slice(0, at))) return true;
  return false;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An error with its stack, for the log. */
export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
