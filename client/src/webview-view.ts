/** What the views with a page of their own share: the page itself, messages both ways, and how it comes and goes. */

import * as vscode from 'vscode';
import { createNonce, webviewHtml } from './webview-html.ts';

export interface ViewPage<From> {
  /** Id of the view in package.json. */
  readonly id: string;
  /** Title of the page, for screen readers. */
  readonly title: string;
  /** Name of script and style sheet below `dist/webview`. */
  readonly bundle: string;
  /** Whether a message is one that the page may send; others are logged and dropped. */
  readonly isFrom: (message: unknown) => message is From;
  /** Takes what the page sends; `ready` has been taken care of. */
  receive(message: From): void;
  /** Called when the page is ready and in sight: now is the time to tell it what it shows. */
  shown(): void;
  /** Takes what went wrong, for the output channel. */
  log(message: string): void;
}

/** A view of the activity bar whose content is a page. It is unloaded while it is hidden. */
export class WebviewView<From extends { readonly type: string }, To extends object>
  implements vscode.WebviewViewProvider, vscode.Disposable
{
  readonly #extensionUri: vscode.Uri;
  readonly #page: ViewPage<From>;
  readonly #registration: vscode.Disposable;
  #view: vscode.WebviewView | undefined;
  /** Whether the page's script runs and listens. */
  #isReady = false;
  /** Messages for a page that is not there yet. */
  #waiting: To[] = [];

  constructor(extensionUri: vscode.Uri, page: ViewPage<From>) {
    this.#extensionUri = extensionUri;
    this.#page = page;
    this.#registration = vscode.window.registerWebviewViewProvider(page.id, this);
  }

  dispose(): void {
    this.#registration.dispose();
  }

  /** Whether somebody sees the page, and it listens. */
  get isShown(): boolean {
    return this.#isReady && this.#view?.visible === true;
  }

  /** Opens the view; the message reaches the page as soon as it has been told what it shows. */
  async openWith(message: To): Promise<void> {
    this.#waiting.push(message);
    await vscode.commands.executeCommand(`${this.#page.id}.focus`);
    if (this.#isReady) this.deliverWaiting();
  }

  /** Sends what has waited for the page; call it when the page has what it shows. */
  deliverWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const it of waiting) this.post(it);
  }

  post(message: To): void {
    this.#view?.webview.postMessage(message).then(undefined, (error: unknown) => {
      this.#page.log(`The view "${this.#page.title}" could not be reached: ${String(error)}`);
    });
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
        // A hidden page is unloaded; it says that it is ready when it comes back.
        if (view.visible) this.#tell();
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
    const { title, bundle } = this.#page;
    webview.html = webviewHtml({
      title,
      script: webview.asWebviewUri(vscode.Uri.joinPath(folder, `${bundle}.js`)).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(folder, `${bundle}.css`)).toString(),
      cspSource: webview.cspSource,
      nonce: createNonce(),
    });
  }

  #receive(message: unknown): void {
    if (!this.#page.isFrom(message)) {
      this.#page.log(
        `The view "${this.#page.title}" sent a message that is not understood: ${JSON.stringify(message)}`,
      );
      return;
    }
    if (message.type !== 'ready') {
      this.#page.receive(message);
      return;
    }
    this.#isReady = true;
    this.#tell();
  }

  #tell(): void {
    if (this.isShown) this.#page.shown();
  }
}
