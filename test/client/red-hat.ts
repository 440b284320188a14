/** Red Hat's YAML support as a neighbour: its server, and the part of its extension that asks contributors for schemas. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type {
  CodeLens,
  CompletionItem,
  CompletionList,
  Diagnostic,
  MarkupContent,
  Position,
} from 'vscode-languageserver-types';
import type { YamlApi } from '../../client/src/yaml-contributor.ts';

interface Contributor {
  readonly requestSchema: (resource: string) => string | undefined;
  readonly requestSchemaContent: (uri: string) => string | undefined;
  readonly label: string | undefined;
}

/**
 * The contributors of the extension, asked as it asks them: in the order of their registration; all that know a file,
 * but alone the first whose label the text matches. A label with a colon is a key and its value.
 */
export class Contributors implements YamlApi {
  readonly #byScheme = new Map<string, Contributor>();
  readonly #textOf: (uri: string) => string | undefined;

  constructor(textOf: (uri: string) => string | undefined) {
    this.#textOf = textOf;
  }

  registerContributor(
    scheme: string,
    requestSchema: Contributor['requestSchema'],
    requestSchemaContent: Contributor['requestSchemaContent'],
    label?: string,
  ): boolean {
    if (this.#byScheme.has(scheme)) return false;
    const [key, value] = label?.split(':') ?? [];
    const pattern = key && value ? `${key}:[\t ]+${value.trim().replace('.', '\\.')}` : label;
    this.#byScheme.set(scheme, { requestSchema, requestSchemaContent, label: pattern });
    return true;
  }

  /** The answer to `custom/schema/request`; undefined in it is null on the wire. */
  schemasOf(resource: string): (string | undefined)[] {
    const found: string[] = [];
    for (const { label, requestSchema } of this.#byScheme.values()) {
      const text = this.#textOf(resource);
      if (label && text !== undefined && new RegExp(label, 'g').test(text)) return [requestSchema(resource)];
      const uri = requestSchema(resource);
      if (uri) found.push(uri);
    }
    return found;
  }

  /** The answer to `custom/schema/content`; null where nobody knows the address. */
  contentOf(uri: string): string | null {
    return this.#byScheme.get(new URL(uri).protocol.slice(0, -1))?.requestSchemaContent(uri) ?? null;
  }
}

export interface RedHatOptions {
  /** `yaml.schemas`: globs of files by the uri of their schema. */
  readonly schemas: Readonly<Record<string, readonly string[]>>;
}

/** The real yaml-language-server as a process, with contributors at the other end. Ends with the test. */
export class RedHat {
  readonly contributors = new Contributors((uri) => this.#texts.get(uri));
  readonly #texts = new Map<string, string>();
  readonly #process: ChildProcess;
  readonly #connection: ProtocolConnection;
  readonly #published = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();

  private constructor(bin: string, { schemas }: RedHatOptions) {
    this.#process = spawn(process.execPath, [bin, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout, stdin } = this.#process;
    if (!stdout || !stdin) throw new Error('The server has no standard input and output.');
    this.#connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    const yaml = {
      validate: true,
      hover: true,
      completion: true,
      schemas,
      // Nothing that asks the network.
      schemaStore: { enable: false, url: '' },
      kubernetesCRDStore: { enable: false },
    };
    const settings: Readonly<Record<string, unknown>> = { yaml };
    this.#connection.onRequest('workspace/configuration', ({ items }: { items: readonly { section: string }[] }) =>
      items.map((it) => settings[it.section] ?? null),
    );
    this.#connection.onRequest('client/registerCapability', () => null);
    this.#connection.onRequest('custom/schema/request', (resource: string) => this.contributors.schemasOf(resource));
    this.#connection.onRequest('custom/schema/content', (uri: string) => this.contributors.contentOf(uri));
    this.#connection.onNotification(
      'textDocument/publishDiagnostics',
      (it: { uri: string; diagnostics: readonly Diagnostic[] }) => this.#published.get(it.uri)?.(it.diagnostics),
    );
    this.#connection.listen();
  }

  static async start(t: TestContext, options: RedHatOptions): Promise<RedHat> {
    const file = pathToFileURL(path.resolve('test/bench/other-server.mjs')).href;
    const { otherServer, ensureOtherServer }: { otherServer: string; ensureOtherServer(): Promise<void> } =
      await import(file);
    await ensureOtherServer();
    const redHat = new RedHat(path.join(otherServer, 'bin', 'yaml-language-server'), options);
    t.after(() => redHat.#stop());
    await redHat.#connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
        textDocument: { completion: { completionItem: { snippetSupport: true } } },
      },
    });
    await redHat.#connection.sendNotification('initialized', {});
    await redHat.#connection.sendNotification('yaml/registerCustomSchemaRequest');
    return redHat;
  }

  /** Opens a file; resolves with the first diagnostics of it. */
  open(uri: string, text: string): Promise<readonly Diagnostic[]> {
    this.#texts.set(uri, text);
    return new Promise((resolve, reject) => {
      this.#published.set(uri, resolve);
      this.#connection
        .sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } })
        .catch(reject);
    });
  }

  async completions(uri: string, position: Position): Promise<readonly CompletionItem[]> {
    const params = { textDocument: { uri }, position };
    const answer = await this.#connection.sendRequest<CompletionList | CompletionItem[] | null>(
      'textDocument/completion',
      params,
    );
    return Array.isArray(answer) ? answer : (answer?.items ?? []);
  }

  /** The Markdown of a hover; empty where it shows nothing, which editors take as no hover. */
  async hoverText(uri: string, position: Position): Promise<string> {
    const params = { textDocument: { uri }, position };
    const hover = await this.#connection.sendRequest<{ contents: MarkupContent } | null>('textDocument/hover', params);
    return hover?.contents.value ?? '';
  }

  codeLenses(uri: string): Promise<readonly CodeLens[] | null> {
    return this.#connection.sendRequest('textDocument/codeLens', { textDocument: { uri } });
  }

  async #stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    await this.#connection.sendRequest('shutdown');
    await this.#connection.sendNotification('exit');
    await ended;
    this.#connection.dispose();
  }
}

/** A resource of a mesh with a slip. */
export const virtualService = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: checkout
spec:
  hosts: [checkout]
  htttp: []
`;

/** One of Kubernetes itself with a slip. */
export const service = `apiVersion: v1
kind: Service
metadata:
  name: checkout
spec:
  prts: []
`;
