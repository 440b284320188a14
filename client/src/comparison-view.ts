/** The view "Compare": holds the panel, tells it what the server says of the active file, and opens sources for it. */

import * as vscode from 'vscode';
import {
  type CompareParams,
  type Comparison,
  isCitedSource,
  isComparison,
  isFromPanel,
  type ToPanel,
} from '../../server/src/lsp/protocol-compare.ts';
import { createNonce, webviewHtml } from './webview-html.ts';

/** Id of the view in package.json. */
export const comparisonViewId = 'meshwright.compare';

/** Asks the server; rejects when there is none. */
export type AskComparison = (params: CompareParams) => Promise<unknown>;

/** How long the user must stop typing before the rows in use are looked up again, in milliseconds. */
const typingPause = 400;

export class ComparisonView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #ask: AskComparison;
  readonly #log: (message: string) => void;
  readonly #disposables: vscode.Disposable[] = [];
  #view: vscode.WebviewView | undefined;
  /** Whether the panel's script runs and listens. */
  #isReady = false;
  #comparison: Comparison | undefined;
  /** Messages for a panel that is not there yet. */
  #waiting: ToPanel[] = [];
  /** Counts questions, so that a late answer to an old one is dropped. */
  #question = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `ask` sends the request `meshwright/compare`; `log` takes what went wrong, for the output channel. */
  constructor(extensionUri: vscode.Uri, ask: AskComparison, log: (message: string) => void) {
    this.#extensionUri = extensionUri;
    this.#ask = ask;
    this.#log = log;
    this.#disposables.push(
      vscode.window.registerWebviewViewProvider(comparisonViewId, this),
      vscode.window.onDidChangeActiveTextEditor(() => this.#refreshSoon(0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === vscode.window.activeTextEditor?.document) this.#refreshSoon(typingPause);
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const it of this.#disposables) it.dispose();
  }

  /** Opens the view at a feature. An id that the comparison does not have opens the view as it was. */
  async reveal(featureId: string): Promise<void> {
    await this.#openWith({ type: 'reveal', featureId });
  }

  /** Opens the view with the cursor in the search box. */
  async search(): Promise<void> {
    await this.#openWith({ type: 'search' });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    this.#isReady = false;
    const folder = vscode.Uri.joinPath(this.#extensionUri, 'dist', 'webview');
    const { webview } = view;
    webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [folder] };
    const listeners = [
      webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      view.onDidChangeVisibility(() => {
        // A hidden panel is unloaded; it says that it is ready when it comes back.
        if (view.visible) this.#refreshSoon(0);
        else this.#isReady = false;
      }),
      view.onDidDispose(() => {
        for (const it of listeners) it.dispose();
        if (this.#view === view) {
          this.#view = undefined;
          this.#isReady = false;
        }
      }),
    ];
    webview.html = webviewHtml({
      title: 'Compare service meshes',
      script: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'main.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'main.css')).toString(),
      cspSource: webview.cspSource,
      nonce: createNonce(),
    });
  }

  async #openWith(message: ToPanel): Promise<void> {
    this.#waiting.push(message);
    await vscode.commands.executeCommand(`${comparisonViewId}.focus`);
    if (this.#isReady) this.#deliverWaiting();
  }

  #receive(message: unknown): void {
    if (!isFromPanel(message)) {
      this.#log(`The comparison panel sent a message that is not understood: ${JSON.stringify(message)}`);
      return;
    }
    if (message.type === 'ready') {
      this.#isReady = true;
      void this.#refresh();
      return;
    }
    const { url } = message;
    if (!this.#comparison || !isCitedSource(this.#comparison, url)) {
      this.#log(`The comparison panel asked for a page that no feature cites: ${url}`);
      return;
    }
    vscode.env.openExternal(vscode.Uri.parse(url, true)).then(undefined, (error: unknown) => {
      this.#log(`Could not open ${url}: ${reasonOf(error)}`);
    });
  }

  #refreshSoon(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), delay);
  }

  /** Asks the server about the active file and passes the answer on. Never rejects: the panel shows what went wrong. */
  async #refresh(): Promise<void> {
    if (!this.#isReady || !this.#view?.visible) return;
    this.#question += 1;
    const question = this.#question;
    const document = vscode.window.activeTextEditor?.document;
    try {
      const answer = await this.#ask(document ? { uri: document.uri.toString() } : {});
      if (question !== this.#question) return;
      if (!isComparison(answer)) throw new Error('The answer of the language server is not understood.');
      this.#comparison = answer;
      const file = document?.uri.path.split('/').at(-1);
      this.#post(file ? { type: 'comparison', comparison: answer, file } : { type: 'comparison', comparison: answer });
      this.#deliverWaiting();
    } catch (error) {
      if (question !== this.#question) return;
      this.#log(`The comparison could not be read: ${reasonOf(error)}`);
      this.#post({
        type: 'failed',
        message: 'The language server does not answer, so there is nothing to compare yet.',
      });
    }
  }

  #deliverWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const it of waiting) this.#post(it);
  }

  #post(message: ToPanel): void {
    this.#view?.webview.postMessage(message).then(undefined, (error: unknown) => {
      this.#log(`The comparison panel could not be reached: ${reasonOf(error)}`);
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
