/** The view "Cost": asks the server what meshes cost, opens sources for its page, and copies the estimate. */

import * as vscode from 'vscode';
import {
  type CostAnswer,
  type CostParams,
  costRequest,
  type FromCost,
  isCitedByCost,
  isCostAnswer,
  isFromCost,
  type ToCost,
} from '../../server/src/lsp/protocol-cost.ts';
import type { Ask } from './start.ts';
import { WebviewView } from './webview-view.ts';

/** Id of the view in package.json. */
const costViewId = 'meshwright.cost';

export class CostView implements vscode.Disposable {
  readonly #view: WebviewView<FromCost, ToCost>;
  readonly #ask: Ask;
  readonly #log: (message: string) => void;
  #answer: CostAnswer | undefined;
  /** Counts questions, so that a late answer to an old one is dropped. */
  #question = 0;

  /** `ask` sends requests to the server; `log` takes what went wrong, for the output channel. */
  constructor(extensionUri: vscode.Uri, ask: Ask, log: (message: string) => void) {
    this.#ask = ask;
    this.#log = log;
    this.#view = new WebviewView<FromCost, ToCost>(extensionUri, {
      id: costViewId,
      title: 'What a mesh costs to run',
      bundle: 'cost',
      isFrom: isFromCost,
      receive: (message) => this.#receive(message),
      // The page asks by itself, since it alone knows the numbers that were filled in.
      shown: () => {},
      log,
    });
  }

  dispose(): void {
    this.#view.dispose();
  }

  /** Opens the view where the figures stand with their sources. */
  async showSources(): Promise<void> {
    await this.#view.openWith({ type: 'showSources' });
  }

  #receive(message: FromCost): void {
    switch (message.type) {
      case 'ready':
        return;
      case 'ask':
        void this.#refresh({ inputs: message.inputs, ...(message.counts ? { counts: true } : {}) });
        return;
      case 'openSource':
        this.#openSource(message.url);
        return;
      case 'compare':
        this.#follow(vscode.commands.executeCommand('meshwright.compare.reveal', message.featureId));
        return;
      case 'copy':
        if (this.#answer) this.#follow(this.#copy(this.#answer.markdown));
    }
  }

  #openSource(url: string): void {
    if (!this.#answer || !isCitedByCost(this.#answer.estimate, url)) {
      this.#log(`The view "Cost" asked for a page that no figure cites: ${url}`);
      return;
    }
    this.#follow(vscode.env.openExternal(vscode.Uri.parse(url, true)));
  }

  async #copy(markdown: string): Promise<void> {
    await vscode.env.clipboard.writeText(markdown);
    this.#view.post({ type: 'copied' });
  }

  #follow(done: Thenable<unknown>): void {
    done.then(undefined, (error: unknown) => this.#log(`The view "Cost" could not do it: ${reasonOf(error)}`));
  }

  /** Asks the server and passes the answer on. Never rejects: the page shows what went wrong. */
  async #refresh(params: CostParams): Promise<void> {
    this.#question += 1;
    const question = this.#question;
    try {
      const answer = await this.#ask<unknown>(costRequest, params);
      if (question !== this.#question) return;
      if (!isCostAnswer(answer)) throw new Error('The answer of the language server is not understood.');
      this.#answer = answer;
      this.#view.post({ type: 'estimate', estimate: answer.estimate });
      this.#view.deliverWaiting();
    } catch (error) {
      if (question !== this.#question) return;
      this.#log(`The costs could not be reckoned: ${reasonOf(error)}`);
      this.#view.post({
        type: 'failed',
        message: 'The language server does not answer, so there is nothing to reckon yet.',
      });
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
