/** Results of conversions as read-only documents: the manifests, and the report below them. */

import * as vscode from 'vscode';
import type { ConvertAnswer } from '../../server/src/lsp/protocol-convert.ts';

export const previewScheme = 'meshwright-conversion';

export interface Conversion {
  readonly source: vscode.Uri;
  /** Id of the target mesh. */
  readonly to: string;
  readonly answer: ConvertAnswer;
  /** All new manifests as one text. */
  readonly text: string;
  readonly result: vscode.Uri;
  readonly report: vscode.Uri;
}

/** The most results that are kept; older previews then say that they are gone. */
const most = 20;

export class ConversionPreview implements vscode.Disposable {
  readonly #conversions = new Map<string, Conversion>();
  readonly #registration: vscode.Disposable;
  #count = 0;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(previewScheme, {
      provideTextDocumentContent: (uri) => {
        const conversion = this.find(uri);
        if (!conversion) return 'This preview is no longer there. Convert again to see it.\n';
        return uri.path.endsWith('.md') ? conversion.answer.report : conversion.text;
      },
    });
  }

  dispose(): void {
    this.#registration.dispose();
  }

  /** Keeps a result, so that its documents can be shown. */
  add(source: vscode.Uri, to: string, answer: ConvertAnswer): Conversion {
    this.#count += 1;
    const id = String(this.#count);
    const name = answer.outputs[0]?.path ?? `${to}.yaml`;
    const address = (path: string) => vscode.Uri.from({ scheme: previewScheme, path: `/${path}`, query: id });
    const text =
      answer.outputs.length > 0
        ? answer.outputs.map((it) => it.text).join('---\n')
        : '# No new manifests: only existing ones change, see the report.\n';
    const conversion: Conversion = {
      source,
      to,
      answer,
      text,
      result: address(name),
      report: address(`${name.replace(/\.ya?ml$/, '')} report.md`),
    };
    this.#conversions.set(id, conversion);
    for (const old of this.#conversions.keys()) if (this.#conversions.size > most) this.#conversions.delete(old);
    return conversion;
  }

  find(uri: vscode.Uri | undefined): Conversion | undefined {
    return uri?.scheme === previewScheme ? this.#conversions.get(uri.query) : undefined;
  }

  /** Opens the result beside the source and the report below it; the result has the focus. */
  async show(conversion: Conversion): Promise<void> {
    const document = await vscode.workspace.openTextDocument(conversion.result);
    await vscode.languages.setTextDocumentLanguage(document, 'yaml');
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preview: true,
    });
    await this.showReport(conversion);
    await vscode.window.showTextDocument(document, {
      ...(editor.viewColumn === undefined ? {} : { viewColumn: editor.viewColumn }),
      preview: true,
    });
  }

  /** Opens the report, rendered, in the group of an earlier report, else in a new group below. */
  async showReport({ report }: Conversion): Promise<void> {
    if (!reportColumn()) await vscode.commands.executeCommand('workbench.action.newGroupBelow');
    const column = reportColumn() ?? vscode.window.tabGroups.activeTabGroup.viewColumn;
    await vscode.commands.executeCommand('vscode.openWith', report, renderedMarkdown, {
      viewColumn: column,
      preserveFocus: true,
    });
  }
}

/** The editor that VS Code's own Markdown support renders documents with. */
const renderedMarkdown = 'vscode.markdown.preview.editor';

/** The group that shows a report; undefined when none does. */
function reportColumn(): vscode.ViewColumn | undefined {
  const isReport = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputCustom && input.uri.scheme === previewScheme;
  return vscode.window.tabGroups.all.find((it) => it.tabs.some(isReport))?.viewColumn;
}
