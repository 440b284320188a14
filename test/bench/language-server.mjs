// A language server as a child process: what an editor sends it, what it publishes, what it costs.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cpuSeconds, peakMemory } from './process-cost.mjs';

/** What the harness announces: what VS Code announces, as far as these servers ask. */
const capabilities = {
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
  textDocument: {
    synchronization: { dynamicRegistration: true },
    publishDiagnostics: {
      relatedInformation: true,
      versionSupport: true,
      codeDescriptionSupport: true,
      dataSupport: true,
    },
    completion: {
      contextSupport: true,
      insertTextMode: 2,
      completionItem: {
        snippetSupport: true,
        documentationFormat: ['markdown', 'plaintext'],
        resolveSupport: { properties: ['documentation', 'detail', 'additionalTextEdits'] },
        insertTextModeSupport: { valueSet: [1, 2] },
        labelDetailsSupport: true,
      },
    },
    hover: { contentFormat: ['markdown', 'plaintext'] },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
  },
  general: { positionEncodings: ['utf-16'] },
};

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The uri of a file. */
export const uriOf = (file) => pathToFileURL(file).href;

/** A promise that resolves after some milliseconds. */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class LanguageServer {
  #child;
  #settings;
  #folder;
  #input = Buffer.alloc(0);
  #answers = new Map();
  #lastId = 0;
  #versions = new Map();
  #published = new Map();
  #waiting = new Set();
  #startedAt = performance.now();
  #failure;

  /** Starts a server. `command` is a program with arguments, `settings` what it is told when it asks, by section. */
  constructor({ command: [program, ...args], settings = {}, folder }) {
    this.#settings = settings;
    this.#folder = folder;
    this.#child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    running.add(this.#child);
    this.#child.stdout.on('data', (chunk) => this.#take(chunk));
    this.#child.stdin.on('error', (error) => this.#fail(error));
    this.#child.once('error', (error) => this.#fail(error));
    this.#child.once('exit', (code, signal) => {
      running.delete(this.#child);
      this.#fail(new Error(`The server ended (${code ?? signal}): ${[program, ...args].join(' ')}`));
    });
  }

  /** When the process was started, on the clock of `performance.now()`. */
  get startedAt() {
    return this.#startedAt;
  }

  /** Says hello as an editor does, with `folder` as the only workspace folder. */
  async initialize() {
    const rootUri = uriOf(this.#folder);
    await this.request('initialize', {
      processId: process.pid,
      clientInfo: { name: 'meshwright-bench' },
      rootUri,
      workspaceFolders: [{ uri: rootUri, name: path.basename(this.#folder) }],
      capabilities,
      initializationOptions: {},
    });
    this.notify('initialized', {});
  }

  open(uri, text) {
    this.#versions.set(uri, 1);
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  }

  /** Replaces `[line, column, endLine, endColumn]` of an open file by a text; gives the new version. */
  change(uri, [line, column, endLine, endColumn], text) {
    const version = this.#versions.get(uri) + 1;
    this.#versions.set(uri, version);
    const range = { start: { line, character: column }, end: { line: endLine, character: endColumn } };
    this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ range, text }] });
    return version;
  }

  /** What was last published about a file, `{ diagnostics, version, at }`; undefined before the first time. */
  published(uri) {
    return this.#published.get(uri);
  }

  /** How often something was published. */
  publishes = 0;

  /**
   * Resolves with the next publish about a file that `isIt` accepts. A publish that names an older version than
   * `version` is none. Rejects after `timeout` ms, and when the server ends.
   */
  publish(uri, isIt, { version = 0, timeout = 60_000 } = {}) {
    return new Promise((resolve, reject) => {
      const waiter = {
        take: (it) => {
          if (it.uri !== uri || (it.version ?? version) < version || !isIt(it)) return;
          finish();
          resolve(it);
        },
        fail: (error) => {
          finish();
          reject(error);
        },
      };
      const timer = setTimeout(() => waiter.fail(new Error(`No such diagnostics within ${timeout} ms.`)), timeout);
      const finish = () => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
      };
      this.#waiting.add(waiter);
      if (this.#failure) waiter.fail(this.#failure);
    });
  }

  /** Resolves with the result of a request; rejects with the server's error, and after a minute. */
  request(method, params) {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const timer = setTimeout(() => {
        this.#answers.delete(id);
        reject(new Error(`${method} was not answered within a minute.`));
      }, 60_000);
      this.#answers.set(id, { resolve, reject, timer });
      this.#send({ id, method, params });
    });
  }

  notify(method, params) {
    this.#send({ method, params });
  }

  /** Processor time of the process so far in seconds; undefined where the system does not tell. */
  cpuSeconds() {
    return cpuSeconds(this.#child.pid);
  }

  /** The most memory that the process has held so far, in MB; undefined where the system does not tell. */
  peakMemory() {
    return peakMemory(this.#child.pid);
  }

  /** Shuts the server down; one that does not end within a second is killed. */
  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 1000);
    await Promise.race([this.request('shutdown').catch(() => undefined), ended]);
    this.notify('exit');
    await ended;
    clearTimeout(timer);
  }

  /** What is sent in one turn goes out in one piece, so that the server's waking up does not come between. */
  #send(message) {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const { stdin } = this.#child;
    stdin.cork();
    stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    process.nextTick(() => stdin.uncork());
  }

  #take(chunk) {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    for (;;) {
      const head = this.#input.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#input.toString('latin1', 0, head))?.[1]);
      const end = head + 4 + length;
      if (this.#input.length < end) return;
      const message = JSON.parse(this.#input.toString('utf8', head + 4, end));
      this.#input = this.#input.subarray(end);
      this.#receive(message);
    }
  }

  #receive({ id, method, params, result, error }) {
    if (method === undefined) {
      const answer = this.#answers.get(id);
      if (!answer) return;
      this.#answers.delete(id);
      clearTimeout(answer.timer);
      if (error) answer.reject(new Error(error.message));
      else answer.resolve(result);
    } else if (id !== undefined) this.#send({ id, result: this.#answerTo(method, params) });
    else if (method === 'textDocument/publishDiagnostics') {
      const published = { ...params, at: performance.now() };
      this.publishes += 1;
      this.#published.set(params.uri, published);
      for (const waiter of [...this.#waiting]) waiter.take(published);
    }
  }

  #answerTo(method, params) {
    if (method === 'workspace/configuration') return params.items.map((it) => this.#settings[it.section] ?? null);
    if (method === 'workspace/workspaceFolders')
      return [{ uri: uriOf(this.#folder), name: path.basename(this.#folder) }];
    return null;
  }

  #fail(error) {
    this.#failure ??= error;
    for (const waiter of [...this.#waiting]) waiter.fail(this.#failure);
    for (const { reject, timer } of this.#answers.values()) {
      clearTimeout(timer);
      reject(this.#failure);
    }
    this.#answers.clear();
  }
}
