/** Results of conversions as read-only documents, with the report below them and marks in their sources. */

import * as vscode from 'vscode';
import type { ConvertAnswer } from '../../server/src/lsp/protocol-convert.ts';
import type { Place, ReportPage } from '../../server/src/lsp/protocol-report.ts';
import { ConversionMarks } from './conversion-marks.ts';
import { ConversionReport } from './conversion-report.ts';

export const previewScheme = 'meshwright-conversion';

export interface Conversion {
  /** What was converted: a file, or a folder. */
  readonly source: vscode.Uri;
  /** Id of the target mesh. */
  readonly to: string;
  readonly answer: ConvertAnswer;
  /** All new manifests as one text. */
  readonly text: string;
  readonly result: vscode.Uri;
}

/** The most results that are kept; older previews then say that they are gone. */
const most = 20;

export class ConversionPreview implements vscode.Disposable {
  readonly #conversions = new Map<string, Conversion>();
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
      vscode.workspace.registerTextDocumentContentProvider(previewScheme, {
        provideTextDocumentContent: (uri) =>
          this.find(uri)?.text ?? 'This preview is no longer there. Convert again to see it.\n',
      }),
    ];
  }

  dispose(): void {
    for (const it of this.#disposables) it.dispose();
  }

  /** Keeps a result, so that its document can be shown. */
  add(source: vscode.Uri, to: string, answer: ConvertAnswer): Conversion {
    this.#count += 1;
    const id = String(this.#count);
    const name = answer.outputs[0]?.path.split('/').at(-1) ?? `${to}.yaml`;
    const text =
      answer.outputs.length > 0
        ? answer.outputs.map((it) => it.text).join(separator)
        : '# No new manifests: only existing ones change, see the report.\n';
    const result = vscode.Uri.from({ scheme: previewScheme, path: `/${name}`, query: id });
    const conversion: Conversion = { source, to, answer, text, result };
    this.#conversions.set(id, conversion);
    for (const old of this.#conversions.keys()) if (this.#conversions.size > most) this.#conversions.delete(old);
    return conversion;
  }

  find(uri: vscode.Uri | undefined): Conversion | undefined {
    return uri?.scheme === previewScheme ? this.#conversions.get(uri.query) : undefined;
  }

  /** Opens the result beside the source and the report below it; the result has the focus. */
  async show(conversion: Conversion): Promise<void> {
    const editor = await this.#showResult(conversion, vscode.ViewColumn.Beside);
    await this.showReport(conversion);
    await this.#showResult(conversion, editor.viewColumn);
  }

  /** Opens the report, and marks in the sources what it tells of. */
  async showReport({ answer }: Conversion): Promise<void> {
    this.#marks.show(answer.page);
    await this.#report.show(answer.page);
  }

  async #showResult({ result }: Conversion, viewColumn: vscode.ViewColumn | undefined): Promise<vscode.TextEditor> {
    const document = await vscode.workspace.openTextDocument(result);
    await vscode.languages.setTextDocumentLanguage(document, 'yaml');
    return vscode.window.showTextDocument(document, {
      ...(viewColumn === undefined ? {} : { viewColumn }),
      preview: true,
    });
  }

  /** Shows a place of a report, in the group where its file is open already. */
  async #open({ uri, output, range }: Place, page: ReportPage): Promise<void> {
    const conversion = [...this.#conversions.values()].find((it) => it.answer.page === page);
    const target = uri === undefined ? conversion?.result : vscode.Uri.parse(uri, true);
    if (!target || !conversion) return;
    const above = uri === undefined ? linesAbove(conversion.answer, output ?? 0) : 0;
    const { start, end } = range;
    const selection = new vscode.Range(start.line + above, start.character, end.line + above, end.character);
    const viewColumn = columnOf(target) ?? vscode.ViewColumn.One;
    const editor = await vscode.window.showTextDocument(target, { viewColumn, selection, preview: true });
    editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Takes the marks away with the last thing that explains them. */
  #tidy(): void {
    const isResult = ({ input }: vscode.Tab) =>
      input instanceof vscode.TabInputText && input.uri.scheme === previewScheme;
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
