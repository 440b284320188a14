/** The language status item: which meshes the active file is for and in which release, how many findings it has, and which schemas serve it. */

import * as vscode from 'vscode';
import type { SchemasParams, ServedKind } from '../../server/src/lsp/protocol-schemas.ts';
import { isManifest } from './start.ts';

/** Asks the server which schemas serve a file; gives nothing while it does not run. */
export type AskForSchemas = (params: SchemasParams) => Promise<readonly ServedKind[]>;

/** More kinds than that are counted, not named. */
const namedKinds = 4;

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
  readonly #ask: AskForSchemas;
  readonly #log: (message: string) => void;
  /** Counts the updates, so that an answer to an older question is not shown. */
  #updates = 0;

  constructor(ask: AskForSchemas, log: (message: string) => void) {
    this.#ask = ask;
    this.#log = log;
    this.#item = vscode.languages.createLanguageStatusItem('meshwright', [{ language: 'yaml' }, { language: 'helm' }]);
    this.#item.name = 'Meshwright';
    this.#item.command = { command: 'meshwright.compare.focus', title: vscode.l10n.t('Compare') };
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
    this.#updates += 1;
    const document = vscode.window.activeTextEditor?.document;
    const isMesh = document !== undefined && isManifest(document);
    void vscode.commands.executeCommand('setContext', 'meshwright.isMeshFile', isMesh);
    if (!isMesh) {
      this.#item.text = vscode.l10n.t('No mesh resources');
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
    const count =
      findings.length === 0
        ? vscode.l10n.t('no findings')
        : findings.length === 1
          ? vscode.l10n.t('1 finding')
          : vscode.l10n.t('{0} findings', findings.length);
    this.#item.text = textOf(meshes, count);
    this.#item.detail = '';
    this.#item.severity =
      findings.length === 0 ? vscode.LanguageStatusSeverity.Information : vscode.LanguageStatusSeverity.Warning;
    this.#showSchemas(document.uri.toString(), meshes, count).catch((error: unknown) => this.#log(String(error)));
  }

  /** Adds the release of each mesh, and which schema serves each kind of the file. */
  async #showSchemas(uri: string, meshes: readonly string[], count: string): Promise<void> {
    const update = this.#updates;
    const kinds = await this.#ask({ uri });
    if (update !== this.#updates || kinds.length === 0) return;
    const releases = new Map(kinds.flatMap(({ speaks }) => (speaks ? [[speaks.name, speaks.release]] : [])));
    this.#item.text = textOf(
      meshes.map((it) => releases.get(it) ?? it),
      count,
    );
    this.#item.detail = schemaTexts(kinds).join(' · ');
  }
}

/** `Istio 1.31, Gateway API 1.6.1 · 2 findings`. */
function textOf(meshes: readonly string[], count: string): string {
  return `${meshes.length > 0 ? meshes.join(', ') : 'Kubernetes'} · ${count}`;
}

/** `VirtualService v1 – built in, Istio 1.31`; those of the workspace first, since they are what surprises. */
function schemaTexts(kinds: readonly ServedKind[]): readonly string[] {
  const sorted = [...kinds.filter((it) => it.uri !== undefined), ...kinds.filter((it) => it.uri === undefined)];
  const texts = sorted.slice(0, namedKinds).map((it) => `${it.kind} – ${it.source}`);
  return sorted.length > namedKinds ? [...texts, vscode.l10n.t('{0} more', sorted.length - namedKinds)] : texts;
}
