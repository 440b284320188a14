/** An editor at the other end of a real server: a process that speaks the protocol over its standard input and output. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Diagnostic, DocumentSymbol, Position, Range } from 'vscode-languageserver-types';

/** What a test says that its editor can do; see `everything`. */
export interface EditorOptions {
  readonly capabilities?: object;
  readonly initializationOptions?: unknown;
  /** Workspace folders as uris. */
  readonly folders?: readonly string[];
  /** Answers to questions about settings, by section, for a folder of its own by uri and section with a space between. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** Whether it answers the server's own requests with errors. */
  readonly refuses?: boolean;
}

const codeActionLiteralSupport = { codeActionKind: { valueSet: ['quickfix', 'refactor.rewrite'] } };

/** Capabilities that every editor of today has, and nothing else. */
export const modest = {
  textDocument: {
    codeAction: { codeActionLiteralSupport },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    hover: { contentFormat: ['markdown', 'plaintext'] },
  },
};

/** Capabilities of an editor that can do all that the server asks for. */
export const everything = {
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceEdit: { documentChanges: true },
  },
  textDocument: {
    definition: { linkSupport: true },
    ...modest.textDocument,
    codeAction: { codeActionLiteralSupport, resolveSupport: { properties: ['edit'] } },
    completion: {
      completionItem: {
        snippetSupport: true,
        insertTextModeSupport: { valueSet: [1, 2] },
        resolveSupport: { properties: ['documentation'] },
      },
    },
  },
};

export interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** An answer with an error. */
export class RequestError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

const patience = 10_000;
const serverFile = path.resolve('dist/server.js');

/** The process alone: sends and receives messages, knows no protocol. */
export class ServerProcess {
  readonly child: ChildProcess;
  /** Resolves with the exit code, or with the name of the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  #input = Buffer.alloc(0);
  readonly #take: (message: Message) => void;

  constructor(take: (message: Message) => void) {
    this.#take = take;
    this.child = spawn(process.execPath, [serverFile, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    this.child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(code ?? signal)));
  }

  send(message: object): void {
    this.sendText(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  /** Sends a body that may be no message at all. */
  sendText(body: string): void {
    this.child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #read(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    for (;;) {
      const end = this.#input.indexOf('\r\n\r\n');
      const length = /Content-Length: (\d+)/i.exec(this.#input.subarray(0, Math.max(end, 0)).toString())?.[1];
      if (end === -1 || length === undefined || this.#input.length < end + 4 + Number(length)) return;
      const body = this.#input.subarray(end + 4, end + 4 + Number(length)).toString();
      this.#input = this.#input.subarray(end + 4 + Number(length));
      this.#take(JSON.parse(body) as Message);
    }
  }
}

export class Editor {
  readonly process: ServerProcess;
  /** What the server said of itself. */
  capabilities: Readonly<Record<string, unknown>> = {};
  /** All that was published, oldest first. */
  readonly published: Published[] = [];
  /** Methods of the notifications that came, but for diagnostics. */
  readonly told: string[] = [];
  /** Methods that the server registered later, with their options. */
  readonly registered = new Map<string, unknown>();
  /** Methods by which the server asked for something, oldest first. */
  readonly asked: string[] = [];
  /** What it told the user. */
  readonly messages: string[] = [];
  /** What it wrote to its log. */
  readonly log: string[] = [];
  configuration: Readonly<Record<string, unknown>>;
  readonly #refuses: boolean;
  #lastId = 0;
  readonly #answers = new Map<number | string, (message: Message) => void>();
  readonly #listeners = new Set<() => void>();
  readonly #versions = new Map<string, number>();

  private constructor(options: EditorOptions) {
    this.configuration = options.configuration ?? {};
    this.#refuses = options.refuses ?? false;
    this.process = new ServerProcess((message) => this.#take(message));
  }

  /** Starts a server and says hello; it ends with the test. */
  static async start(t: TestContext, options: EditorOptions = {}): Promise<Editor> {
    const editor = new Editor(options);
    t.after(() => editor.process.child.kill('SIGKILL'));
    const { capabilities } = await editor.request<{ capabilities: Record<string, unknown> }>('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: (options.folders ?? []).map((uri) => ({ uri, name: path.basename(uri) })),
      capabilities: options.capabilities ?? modest,
      ...(options.initializationOptions === undefined ? {} : { initializationOptions: options.initializationOptions }),
    });
    editor.capabilities = capabilities;
    editor.notify('initialized', {});
    return editor;
  }

  /** Rejects with a `RequestError` where the server answers with an error. */
  request<Answer>(method: string, params?: unknown): Promise<Answer> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.process.send({ id, method, ...(params === undefined ? {} : { params }) });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No answer to ${method}.\n${this.log.join('\n')}`)), patience);
      this.#answers.set(id, ({ result, error }) => {
        clearTimeout(timer);
        if (error) reject(new RequestError(error.code, error.message));
        else resolve(result as Answer);
      });
    });
  }

  notify(method: string, params?: unknown): void {
    this.process.send({ method, ...(params === undefined ? {} : { params }) });
  }

  open(uri: string, text: string, languageId = 'yaml'): void {
    this.#versions.set(uri, 1);
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  }

  /** Sends edits one after another; gives the new version. */
  change(uri: string, ...contentChanges: readonly { readonly range?: Range; readonly text: string }[]): number {
    const version = (this.#versions.get(uri) ?? 0) + 1;
    this.#versions.set(uri, version);
    this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
    return version;
  }

  close(uri: string): void {
    this.notify('textDocument/didClose', { textDocument: { uri } });
  }

  /** A request about a place in a file. */
  at<Answer>(method: string, uri: string, position: Position, more: object = {}): Promise<Answer> {
    return this.request(`textDocument/${method}`, { textDocument: { uri }, position, ...more });
  }

  /** What was last published about a file. */
  last(uri: string): Published | undefined {
    return this.published.findLast((it) => it.uri === uri);
  }

  /** The first state of a file's diagnostics, from now on, that fits; fails after a while with what they are instead. */
  until(uri: string, fits: (published: Published) => boolean, what = 'the expected diagnostics'): Promise<Published> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const last = this.last(uri);
        if (!last || !fits(last)) return;
        this.#listeners.delete(check);
        clearTimeout(timer);
        resolve(last);
      };
      const timer = setTimeout(() => {
        this.#listeners.delete(check);
        const state = JSON.stringify(this.last(uri) ?? 'nothing published', undefined, 1);
        reject(new Error(`${uri} never showed ${what}; it shows ${state}\n${this.log.join('\n')}`));
      }, patience);
      this.#listeners.add(check);
      check();
    });
  }

  /** The first state that has exactly these rules, in order of place. */
  untilCodes(uri: string, codes: readonly string[]): Promise<Published> {
    return this.until(uri, (it) => codesOf(it).join() === codes.join(), `[${codes.join()}]`);
  }

  outline(uri: string): Promise<readonly DocumentSymbol[]> {
    return this.request('textDocument/documentSymbol', { textDocument: { uri } });
  }

  /** Until a file that is not open has been read from disk. */
  untilRead(uri: string): Promise<void> {
    return eventually(async () => assert.notEqual((await this.outline(uri)).length, 0, `${uri} is not read`));
  }

  /** Says goodbye; gives the exit code. */
  async stop(): Promise<number | string | null> {
    await this.request('shutdown');
    this.notify('exit');
    return this.process.ended;
  }

  #take(message: Message): void {
    const { id, method, params } = message;
    if (method === undefined) {
      if (id !== undefined) this.#answers.get(id)?.(message);
      return;
    }
    if (id !== undefined && this.#refuses) this.process.send({ id, error: { code: -32601, message: 'No.' } });
    else if (id !== undefined) this.process.send({ id, result: this.#answer(method, params) });
    if (method === 'textDocument/publishDiagnostics') {
      this.published.push(params as Published);
      for (const it of this.#listeners) it();
    } else if (id === undefined) this.told.push(method);
    if (method === 'window/showMessage') this.messages.push((params as { message: string }).message);
    if (method === 'window/logMessage') this.log.push((params as { message: string }).message);
  }

  #answer(method: string, params: unknown): unknown {
    this.asked.push(method);
    if (method === 'workspace/configuration')
      return (params as { items: readonly { section?: string; scopeUri?: string }[] }).items.map(
        ({ section = '', scopeUri }) =>
          this.configuration[`${scopeUri} ${section}`] ?? this.configuration[section] ?? null,
      );
    if (method === 'client/registerCapability')
      for (const it of (params as { registrations: readonly { method: string; registerOptions?: unknown }[] })
        .registrations)
        this.registered.set(it.method, it.registerOptions);
    return null;
  }
}

/** A folder of its own for a test, with files by path; gone after the test. */
export function makeFolder(t: TestContext, files: Readonly<Record<string, string>> = {}) {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'meshwright-test-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string | Uint8Array) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return pathToFileURL(file).href;
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const uriOf = (name: string) => pathToFileURL(path.join(folder, name)).href;
  return { folder, uri: pathToFileURL(folder).href, uriOf, write };
}

/** Where the n-th occurrence of a word starts, plus some characters. */
export function placeOf(text: string, word: string, plus = 0, occurrence = 1): Position {
  let offset = -1;
  for (let it = 0; it < occurrence; it += 1) offset = text.indexOf(word, offset + 1);
  assert.notEqual(offset, -1, `"${word}" does not occur ${occurrence} times`);
  const lines = text.slice(0, offset + plus).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

/** The range of the n-th occurrence of a word. */
export function rangeOf(text: string, word: string, occurrence = 1): Range {
  return { start: placeOf(text, word, 0, occurrence), end: placeOf(text, word, word.length, occurrence) };
}

export function codesOf({ diagnostics }: Published): readonly string[] {
  return diagnostics.map((it) => String(it.code));
}

/** Tries until it holds; fails with the last failure after a few seconds. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await check();
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
