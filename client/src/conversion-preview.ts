/** Results of conversions as read-only documents, with the report below them and marks in their sources. */

import * as vscode from 'vscode';
import type { ConvertAnswer, ConvertParams } from '../../server/src/lsp/protocol-convert.ts';
import type { Place, ReportPage } from '../../server/src/lsp/protocol-report.ts';
import { ConversionMarks } from './conversion-marks.ts';
import { ConversionReport } from './conversion-report.ts';

export const previewScheme = 'meshwright-conversion';

/** Results of folders can be read and not written from here: their commands have been asked before. */
const folderScheme = 'meshwright-converted-folder';

/** What a conversion gave, as a document. */
export interface Result {
  readonly answer: ConvertAnswer;
  /** All new manifests as one text. */
  readonly text: string;
  readonly result: vscode.Uri;
}

export interface Conversion extends Result {
  /** What was asked for. */
  readonly params: ConvertParams;
  /** The file that was converted. */
  readonly source: vscode.Uri;
}

/** The most results that are kept; older previews then say that they are gone. */
const most = 20;

export class ConversionPreview implements vscode.Disposable {
  readonly #results = new Map<string, Result>();
  readonly #conversions = new WeakMap<Result, Conversion>();
  readonly #report: ConversionReport;
  readonly #marks = new ConversionMarks();
  readonly #disposables: vscode.Disposable[];
  #count = 0;

  /** `log` takes what went wrong, for the output channel. */
  constructor(extensionUri: vscode.Uri, log: (message: string) => void) {
    this.#report = new ConversionReport(extensionUri, (place, page) => this.#open(place, page), log);
    this.#disposables = [
      this.#report,
      this.#marks,
      this.#report.onDidClose(() => this.#tidy()),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.length > 0) this.#tidy();
      }),
      ...[previewScheme, folderScheme].map((scheme) =>
        vscode.workspace.registerTextDocumentContentProvider(scheme, {
          provideTextDocumentContent: (uri) =>
            this.#results.get(uri.query)?.text ?? 'This preview is no longer there. Convert again to see it.\n',
        }),
      ),
    ];
  }

  dispose(): void {
    for (const it of this.#disposables) it.dispose();
  }

  /** Keeps the result of a file, so that its document can be shown and written. */
  add(params: ConvertParams, answer: ConvertAnswer): Conversion {
    const result = this.#keep(previewScheme, answer, params.to);
    const conversion: Conversion = { ...result, params, source: vscode.Uri.parse(params.uri, true) };
    this.#conversions.set(result, conversion);
    return conversion;
  }

  /** Keeps the result of a folder, so that its report can lead there. */
  addFolder(folder: vscode.Uri, answer: ConvertAnswer): Result {
    return this.#keep(folderScheme, answer, folder.path.split('/').at(-1) ?? 'converted');
  }

  #keep(scheme: string, answer: ConvertAnswer, otherwise: string): Result {
    this.#count += 1;
    const id = String(this.#count);
    const name = answer.outputs[0]?.path.split('/').at(-1) ?? `${otherwise}.yaml`;
    const text =
      answer.outputs.length > 0
        ? answer.outputs.map((it) => it.text).join(separator)
        : '# No new manifests: only existing ones change, see the report.\n';
    const result: Result = { answer, text, result: vscode.Uri.from({ scheme, path: `/${name}`, query: id }) };
    this.#results.set(id, result);
    for (const old of this.#results.keys()) if (this.#results.size > most) this.#results.delete(old);
    return result;
  }

  find(uri: vscode.Uri | undefined): Conversion | undefined {
    const result = uri?.scheme === previewScheme ? this.#results.get(uri.query) : undefined;
    return result && this.#conversions.get(result);
  }

  /** Opens the result beside the source and the report below it; the result has the focus. */
  async show(conversion: Conversion): Promise<void> {
    const editor = await this.#showResult(conversion, vscode.ViewColumn.Beside);
    await this.showReport(conversion);
    await this.#showResult(conversion, editor.viewColumn);
  }

  /** Opens the report, and marks in the sources what it tells of. */
  async showReport({ answer }: Result): Promise<void> {
    this.#marks.show(answer.page);
    await this.#report.show(answer.page);
  }

  async #showResult({ result }: Result, viewColumn: vscode.ViewColumn | undefined): Promise<vscode.TextEditor> {
    const document = await vscode.workspace.openTextDocument(result);
    await vscode.languages.setTextDocumentLanguage(document, 'yaml');
    return vscode.window.showTextDocument(document, {
      ...(viewColumn === undefined ? {} : { viewColumn }),
      preview: true,
    });
  }

  /** Shows a place of a report, in the group where its file is open already. */
  async #open({ uri, output, range }: Place, page: ReportPage): Promise<void> {
    const result = [...this.#results.values()].find((it) => it.answer.page === page);
    const target = uri === undefined ? result?.result : vscode.Uri.parse(uri, true);
    if (!target || !result) return;
    const above = uri === undefined ? linesAbove(result.answer, output ?? 0) : 0;
    const { start, end } = range;
    const selection = new vscode.Range(start.line + above, start.character, end.line + above, end.character);
    const viewColumn = columnOf(target) ?? vscode.ViewColumn.One;
    const editor = await vscode.window.showTextDocument(target, { viewColumn, selection, preview: true });
    editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Takes the marks away with the last thing that explains them. */
  #tidy(): void {
    const isResult = ({ input }: vscode.Tab) =>
      input instanceof vscode.TabInputText && [previewScheme, folderScheme].includes(input.uri.scheme);
    const isShown = vscode.window.tabGroups.all.some((it) => it.tabs.some(isResult));
    if (!isShown && !this.#report.isOpen) this.#marks.clear();
  }
}

const separator = '---\n';

/** How many lines stand above an output in the text of all of them. */
function linesAbove({ outputs }: ConvertAnswer, output: number): number {
  const above = outputs.slice(0, output).map((it) => it.text + separator);
  return above.join('').split('\n').length - 1;
}

/** The group that has a file open. */
function columnOf(uri: vscode.Uri): vscode.ViewColumn | undefined {
  const isIt = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
  return vscode.window.tabGroups.all.find((it) => it.tabs.some(isIt))?.viewColumn;
}
