/** Peace with Red Hat's YAML extension: told once, when the first mesh manifest is open, to leave such files to us. */

import * as vscode from 'vscode';
import { isManifest } from './start.ts';
import { contributeTo, isMeshManifest, isYamlApi } from './yaml-contributor.ts';

const yamlExtension = 'redhat.vscode-yaml';

export class YamlTruce implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #disposables: readonly vscode.Disposable[];
  /** Set from the first manifest on; Red Hat's extension is not woken for other files. */
  #isOffered = false;

  /** `log` takes a line when the other extension has been told, and when it cannot be. */
  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
    this.#disposables = [
      vscode.workspace.onDidOpenTextDocument((it) => this.#offer([it])),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#offer([document])),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('meshwright.yaml.truce')) this.#offer(vscode.workspace.textDocuments);
      }),
      // It may be installed while we run.
      vscode.extensions.onDidChange(() => this.#offer(vscode.workspace.textDocuments)),
    ];
    this.#offer(vscode.workspace.textDocuments);
  }

  dispose(): void {
    for (const it of this.#disposables) it.dispose();
  }

  #offer(documents: readonly vscode.TextDocument[]): void {
    if (this.#isOffered || !isOn()) return;
    const extension = vscode.extensions.getExtension<unknown>(yamlExtension);
    if (!extension) return;
    if (!documents.some((it) => isManifest(it) && isMeshManifest(it.getText()))) return;
    this.#isOffered = true;
    this.#agree(extension).catch((error: unknown) => this.#log.warn(`Red Hat YAML does not start: ${String(error)}`));
  }

  async #agree(extension: vscode.Extension<unknown>): Promise<void> {
    const api = await extension.activate();
    if (!isYamlApi(api)) this.#log.warn('This version of Red Hat YAML takes no schemas from others.');
    else if (contributeTo(api, textOf, isOn)) this.#log.info('Red Hat YAML leaves mesh manifests to Meshwright.');
    else this.#log.warn('Red Hat YAML already has a contributor that calls itself Meshwright.');
  }
}

function isOn(): boolean {
  return vscode.workspace.getConfiguration('meshwright').get('yaml.truce', true);
}

/** The text of an open file that our server serves; what comes from elsewhere, git's side of a comparison, is not ours. */
function textOf(uri: string): string | undefined {
  return vscode.workspace.textDocuments.find((it) => it.uri.toString() === uri && isManifest(it))?.getText();
}
