/** The language status item: which meshes the active file speaks, and how many findings it has. */

import * as vscode from 'vscode';
import { isManifest } from './start.ts';

/** API groups by the mesh they belong to; the Gateway API belongs to all. */
const groups: readonly (readonly [RegExp, string])[] = [
  [/\bistio\.io\//, 'Istio'],
  [/\blinkerd\.io\//, 'Linkerd'],
  [/\bconsul\.hashicorp\.com\//, 'Consul'],
  [/\bgateway\.networking\.k8s\.io\//, 'Gateway API'],
  [/\bsmi-spec\.io\//, 'SMI'],
];

export class Status implements vscode.Disposable {
  readonly #item: vscode.LanguageStatusItem;
  readonly #disposables: vscode.Disposable[];

  constructor() {
    this.#item = vscode.languages.createLanguageStatusItem('meshwright', [{ language: 'yaml' }, { language: 'helm' }]);
    this.#item.name = 'Meshwright';
    this.#item.command = { command: 'meshwright.compare.focus', title: 'Compare' };
    this.#disposables = [
      this.#item,
      vscode.window.onDidChangeActiveTextEditor(() => this.#update()),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        const active = vscode.window.activeTextEditor?.document.uri.toString();
        if (uris.some((it) => it.toString() === active)) this.#update();
      }),
    ];
    this.#update();
  }

  dispose(): void {
    for (const it of this.#disposables) it.dispose();
  }

  #update(): void {
    const document = vscode.window.activeTextEditor?.document;
    const isMesh = document !== undefined && isManifest(document);
    void vscode.commands.executeCommand('setContext', 'meshwright.isMeshFile', isMesh);
    if (!isMesh) {
      this.#item.text = 'No mesh resources';
      this.#item.detail = '';
      this.#item.severity = vscode.LanguageStatusSeverity.Information;
      return;
    }
    const versions = [
      ...document.getText().matchAll(/^[ \t]*(?:- )?["']?apiVersion["']?[ \t]*:[ \t]*["']?([^\s"'#]+)/gm),
    ].map((it) => it[1] ?? '');
    const meshes = groups.filter(([pattern]) => versions.some((it) => pattern.test(it))).map(([, name]) => name);
    const findings = vscode.languages
      .getDiagnostics(document.uri)
      .filter((it) => it.source === 'meshwright' && it.severity <= vscode.DiagnosticSeverity.Warning);
    this.#item.text = meshes.length > 0 ? meshes.join(', ') : 'Kubernetes';
    this.#item.detail =
      findings.length === 0 ? 'no findings' : findings.length === 1 ? '1 finding' : `${findings.length} findings`;
    this.#item.severity =
      findings.length === 0 ? vscode.LanguageStatusSeverity.Information : vscode.LanguageStatusSeverity.Warning;
  }
}
