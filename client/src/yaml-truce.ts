/** Peace with Red Hat's YAML extension: it leaves mesh manifests to us, and we leave to it what both mark as broken YAML. */

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient';
import { withoutRepeats } from './repeated-marks.ts';
import { isManifest } from './start.ts';
import { contributeTo, isMeshManifest, isYamlApi } from './yaml-contributor.ts';

const yamlExtension = 'redhat.vscode-yaml';

/** What its server calls itself in marks of broken YAML; those by a schema have another source. */
const yamlSource = 'YAML';

type Publish = NonNullable<Middleware['handleDiagnostics']>;

/** What our server last said of a file. */
interface Said {
  readonly diagnostics: readonly vscode.Diagnostic[];
  readonly show: Parameters<Publish>[2];
  /** Those of them that are shown. */
  shown: readonly vscode.Diagnostic[];
}

export class YamlTruce implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #disposables: readonly vscode.Disposable[];
  /** Set from the first manifest on; Red Hat's extension is not woken for other files. */
  #isOffered = false;
  /** Files about which our server says something, by uri. */
  readonly #said = new Map<string, Said>();

  /** `log` takes a line when the other extension has been told, and when it cannot be. */
  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
    this.#disposables = [
      vscode.workspace.onDidOpenTextDocument((it) => this.#offer([it])),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#offer([document])),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (!change.affectsConfiguration('meshwright.yaml.truce')) return;
        this.#offer(vscode.workspace.textDocuments);
        this.#showAgain([...this.#said.keys()].map((it) => vscode.Uri.parse(it)));
      }),
      // It may be installed while we run.
      vscode.extensions.onDidChange(() => this.#offer(vscode.workspace.textDocuments)),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => this.#showAgain(uris)),
    ];
    this.#offer(vscode.workspace.textDocuments);
  }

  dispose(): void {
    for (const it of this.#disposables) it.dispose();
  }

  /** Middleware of our client: shows the diagnostics of a file without those that the other extension shows too. */
  readonly publish: Publish = (uri, diagnostics, show) => {
    const kept = withoutThoseOfOthers(uri, diagnostics);
    if (diagnostics.length === 0) this.#said.delete(uri.toString());
    else this.#said.set(uri.toString(), { diagnostics, show, shown: kept });
    show(uri, kept);
  };

  /** The other extension may have spoken after us. Our own diagnostics come by here as well, and change nothing. */
  #showAgain(uris: readonly vscode.Uri[]): void {
    for (const uri of uris) {
      const said = this.#said.get(uri.toString());
      if (!said) continue;
      const kept = withoutThoseOfOthers(uri, said.diagnostics);
      if (kept.length === said.shown.length && kept.every((it, position) => it === said.shown[position])) continue;
      said.shown = kept;
      said.show(uri, kept);
    }
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

function withoutThoseOfOthers(uri: vscode.Uri, ours: readonly vscode.Diagnostic[]): vscode.Diagnostic[] {
  if (!isOn()) return [...ours];
  const others = vscode.languages
    .getDiagnostics(uri)
    .filter((it) => it.source === yamlSource && it.severity === vscode.DiagnosticSeverity.Error);
  return withoutRepeats(ours, others);
}

function isOn(): boolean {
  return vscode.workspace.getConfiguration('meshwright').get('yaml.truce', true);
}

/** The text of an open file that our server serves; what comes from elsewhere, git's side of a comparison, is not ours. */
function textOf(uri: string): string | undefined {
  return vscode.workspace.textDocuments.find((it) => it.uri.toString() === uri && isManifest(it))?.getText();
}
