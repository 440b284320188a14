/** The report of a conversion beside its result: a page whose lines lead to source and target. */

import * as vscode from 'vscode';
import {
  type FromReport,
  isFromReport,
  isNamedIn,
  type Place,
  type ReportPage,
  type ToReport,
} from '../../server/src/lsp/protocol-report.ts';
import { createNonce, webviewHtml } from './webview-html.ts';

/** Shows the place of a report: lines of a file, or of a result by its number. */
export type OpenPlace = (place: Place, from: ReportPage) => Promise<void>;

const viewType = 'meshwright.conversionReport';

/** One page for all conversions; the newest one replaces what was there. */
export class ConversionReport implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #open: OpenPlace;
  readonly #log: (message: string) => void;
  readonly #closed = new vscode.EventEmitter<void>();
  /** Fires when the user closes the page. */
  readonly onDidClose = this.#closed.event;
  #panel: vscode.WebviewPanel | undefined;
  #report: ReportPage | undefined;

  constructor(extensionUri: vscode.Uri, open: OpenPlace, log: (message: string) => void) {
    this.#extensionUri = extensionUri;
    this.#open = open;
    this.#log = log;
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#closed.dispose();
  }

  get isOpen(): boolean {
    return this.#panel !== undefined;
  }

  /** Opens the page in its group, else in a new one below what is shown; the focus stays where it is. */
  async show(report: ReportPage): Promise<void> {
    this.#report = report;
    if (this.#panel) {
      this.#panel.title = titleOf(report);
      this.#post();
      if (!this.#panel.visible) this.#panel.reveal(undefined, true);
      return;
    }
    if (vscode.window.tabGroups.activeTabGroup.tabs.length > 0)
      await vscode.commands.executeCommand('workbench.action.newGroupBelow');
    const viewColumn = vscode.window.tabGroups.activeTabGroup.viewColumn;
    const folder = vscode.Uri.joinPath(this.#extensionUri, 'dist', 'webview');
    const panel = vscode.window.createWebviewPanel(
      viewType,
      titleOf(report),
      { viewColumn, preserveFocus: true },
      { enableScripts: true, enableForms: false, enableFindWidget: true, localResourceRoots: [folder] },
    );
    this.#panel = panel;
    const icon = (name: string) => vscode.Uri.joinPath(this.#extensionUri, 'media', name);
    panel.iconPath = { light: icon('mesh.svg'), dark: icon('mesh-dark.svg') };
    const { webview } = panel;
    webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#closed.fire();
    });
    webview.html = webviewHtml({
      title: titleOf(report),
      script: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'conversion.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'conversion.css')).toString(),
      cspSource: webview.cspSource,
      nonce: createNonce(),
    });
  }

  #receive(message: unknown): void {
    if (!isFromReport(message)) {
      this.#log(`The report sent a message that is not understood: ${JSON.stringify(message)}`);
      return;
    }
    this.#answer(message).catch((error: unknown) => this.#log(`The report could not be followed: ${String(error)}`));
  }

  async #answer(message: FromReport): Promise<void> {
    if (message.type === 'ready') this.#post();
    else if (this.#report && isNamedIn(this.#report, message.place)) await this.#open(message.place, this.#report);
    else this.#log('The report asked for a place that it does not name.');
  }

  #post(): void {
    if (!this.#panel || !this.#report) return;
    const message: ToReport = { type: 'report', report: this.#report };
    this.#panel.webview.postMessage(message).then(undefined, (error: unknown) => {
      this.#log(`The report could not be shown: ${String(error)}`);
    });
  }
}

function titleOf({ meshName }: ReportPage): string {
  return `Conversion to ${meshName}`;
}
