/** The view "Compare": tells its page what the server says of the active file, and opens sources for it. */

import * as vscode from 'vscode';
import {
  type CompareParams,
  type Comparison,
  type FromPanel,
  isCitedSource,
  isComparison,
  isFromPanel,
  isKindAnswer,
  isStocked,
  type KindAnswer,
  type KindParams,
  type ToPanel,
} from '../../server/src/lsp/protocol-compare.ts';
import { insertSnippetOf, showPlacesOf } from './kind-actions.ts';
import { WebviewView } from './webview-view.ts';

/** Id of the view in package.json. */
export const comparisonViewId = 'meshwright.compare';

/** Asks the server; rejects when there is none. */
export interface AskComparison {
  comparison(params: CompareParams): Promise<unknown>;
  kind(params: KindParams): Promise<unknown>;
}

/** How long the user must stop typing before the rows in use are looked up again, in milliseconds. */
const typingPause = 400;

export class ComparisonView implements vscode.Disposable {
  readonly #view: WebviewView<FromPanel, ToPanel>;
  readonly #ask: AskComparison;
  readonly #showMeasurements: () => Promise<void>;
  readonly #log: (message: string) => void;
  readonly #disposables: vscode.Disposable[];
  #comparison: Comparison | undefined;
  /** Counts questions, so that a late answer to an old one is dropped. */
  #question = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * `ask` sends the requests `meshwright/compare` and `meshwright/kind`; `showMeasurements` opens the figures of benchmarks
   * and overhead with their sources; `log` takes what went wrong, for the output channel.
   */
  constructor(
    extensionUri: vscode.Uri,
    ask: AskComparison,
    showMeasurements: () => Promise<void>,
    log: (message: string) => void,
  ) {
    this.#ask = ask;
    this.#showMeasurements = showMeasurements;
    this.#log = log;
    this.#view = new WebviewView<FromPanel, ToPanel>(extensionUri, {
      id: comparisonViewId,
      title: 'Compare service meshes',
      bundle: 'comparison',
      isFrom: isFromPanel,
      receive: (message) => this.#receive(message),
      shown: () => this.#refreshSoon(0),
      log,
    });
    this.#disposables = [
      this.#view,
      vscode.window.onDidChangeActiveTextEditor(() => this.#refreshSoon(0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === vscode.window.activeTextEditor?.document) this.#refreshSoon(typingPause);
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const it of this.#disposables) it.dispose();
  }

  /** Opens the view at a feature. An id that the comparison does not have opens the view as it was. */
  async reveal(featureId: string): Promise<void> {
    await this.#view.openWith({ type: 'reveal', featureId });
  }

  /** Opens the view with the cursor in the search box. */
  async search(): Promise<void> {
    await this.#view.openWith({ type: 'search' });
  }

  #receive(message: FromPanel): void {
    switch (message.type) {
      case 'ready':
        return;
      case 'openSource':
        this.#openSource(message.url);
        return;
      case 'insert':
        this.#follow(this.#withKind(message.kind, insertSnippetOf));
        return;
      case 'findUses':
        this.#follow(this.#withKind(message.kind, showPlacesOf));
        return;
      case 'copy':
        this.#follow(this.#copy(message.markdown));
        return;
      case 'showMeasurements':
        this.#follow(this.#showMeasurements());
    }
  }

  #openSource(url: string): void {
    if (!this.#comparison || !isCitedSource(this.#comparison, url)) {
      this.#log(`The comparison panel asked for a page that no feature cites: ${url}`);
      return;
    }
    this.#follow(vscode.env.openExternal(vscode.Uri.parse(url, true)));
  }

  /** Does something with what there is of a kind; a kind that the comparison has nothing of is logged alone. */
  async #withKind(kind: string, act: (kind: string, answer: KindAnswer) => Promise<void>): Promise<void> {
    if (!this.#comparison || !isStocked(this.#comparison, kind)) {
      this.#log(`The comparison panel asked for a kind that no feature has: ${kind}`);
      return;
    }
    const answer = await this.#ask.kind({ kind });
    if (!isKindAnswer(answer)) throw new Error('The answer of the language server is not understood.');
    await act(kind, answer);
  }

  async #copy(markdown: string): Promise<void> {
    await vscode.env.clipboard.writeText(markdown);
    this.#view.post({ type: 'copied' });
  }

  #follow(done: Thenable<unknown>): void {
    done.then(undefined, (error: unknown) => this.#log(`The view "Compare" could not do it: ${reasonOf(error)}`));
  }

  #refreshSoon(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), delay);
  }

  /** Asks the server about the active file and passes the answer on. Never rejects: the panel shows what went wrong. */
  async #refresh(): Promise<void> {
    if (!this.#view.isShown) return;
    this.#question += 1;
    const question = this.#question;
    const document = vscode.window.activeTextEditor?.document;
    try {
      const answer = await this.#ask.comparison(document ? { uri: document.uri.toString() } : {});
      if (question !== this.#question) return;
      if (!isComparison(answer)) throw new Error('The answer of the language server is not understood.');
      this.#comparison = answer;
      const file = document?.uri.path.split('/').at(-1);
      this.#view.post({ type: 'comparison', comparison: answer, ...(file ? { file } : {}) });
      this.#view.deliverWaiting();
    } catch (error) {
      if (question !== this.#question) return;
      this.#log(`The comparison could not be read: ${reasonOf(error)}`);
      this.#view.post({
        type: 'failed',
        message: 'The language server does not answer, so there is nothing to compare yet.',
      });
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
