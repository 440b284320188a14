/** The view "Choose": tells its page what is asked and what answers come to, and opens rows and records for it. */

import * as vscode from 'vscode';
import {
  type Chooser,
  chooserRequest,
  type ChooseParams,
  chooseRequest,
  type FromChooser,
  isChoiceAnswer,
  isChooser,
  isFromChooser,
  isNamedRow,
  isRecordAnswer,
  recordRequest,
  type ToChooser,
} from '../../server/src/lsp/protocol-choose.ts';
import type { Ask } from './start.ts';
import { WebviewView } from './webview-view.ts';

/** Id of the view in package.json. */
const chooseViewId = 'meshwright.choose';

export class ChooseView implements vscode.Disposable {
  readonly #view: WebviewView<FromChooser, ToChooser>;
  readonly #ask: Ask;
  readonly #log: (message: string) => void;
  #chooser: Chooser | undefined;
  /** Counts questions, so that a late answer to an old one is dropped. */
  #question = 0;

  /** `ask` sends requests to the server; `log` takes what went wrong, for the output channel. */
  constructor(extensionUri: vscode.Uri, ask: Ask, log: (message: string) => void) {
    this.#ask = ask;
    this.#log = log;
    this.#view = new WebviewView<FromChooser, ToChooser>(extensionUri, {
      id: chooseViewId,
      title: 'Choose a service mesh',
      bundle: 'choose',
      isFrom: isFromChooser,
      receive: (message) => this.#receive(message),
      shown: () => void this.#guarded(() => this.#tell(false)),
      log,
    });
  }

  dispose(): void {
    this.#view.dispose();
  }

  #receive(message: FromChooser): void {
    switch (message.type) {
      case 'fill':
        void this.#guarded(() => this.#tell(true));
        return;
      case 'choose':
        void this.#guarded(() => this.#choose(message));
        return;
      case 'record':
        void this.#guarded(() => this.#record(message));
        return;
      case 'reveal':
        void this.#guarded(() => this.#reveal(message.featureId));
    }
  }

  /** Tells the page what is asked, and whether it should take over what the workspace answers. */
  async #tell(fills: boolean): Promise<void> {
    const chooser = await this.#ask<unknown>(chooserRequest, {});
    if (!isChooser(chooser)) throw new Error('The answer of the language server is not understood.');
    this.#chooser = chooser;
    this.#view.post({ type: 'chooser', chooser, fills });
    this.#view.deliverWaiting();
  }

  async #choose({ answers, filled }: ChooseParams): Promise<void> {
    this.#question += 1;
    const question = this.#question;
    const choice = await this.#ask<unknown>(chooseRequest, { answers, filled });
    if (question !== this.#question) return;
    if (!isChoiceAnswer(choice)) throw new Error('The answer of the language server is not understood.');
    this.#view.post({ type: 'choice', choice });
  }

  /** Opens the record as a new document, to be completed and saved. */
  async #record({ answers, filled }: ChooseParams): Promise<void> {
    const record = await this.#ask<unknown>(recordRequest, { answers, filled });
    if (!isRecordAnswer(record)) throw new Error('The answer of the language server is not understood.');
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: record.text });
    await vscode.window.showTextDocument(document, { preview: false });
  }

  async #reveal(featureId: string): Promise<void> {
    if (this.#chooser && isNamedRow(this.#chooser, featureId))
      await vscode.commands.executeCommand('meshwright.compare.reveal', featureId);
    else this.#log(`The chooser asked for a row that it does not name: ${featureId}`);
  }

  /** Does something for the page; what goes wrong, the page shows and the log tells. */
  async #guarded(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#log(`The chooser could not be answered: ${error instanceof Error ? error.message : String(error)}`);
      this.#view.post({
        type: 'failed',
        message: 'The language server does not answer, so nothing can be ranked yet.',
      });
    }
  }
}
