/** Fields that a conversion loses or changes, marked in their sources for as long as its result is shown. */

import * as vscode from 'vscode';
import type { ReportLine, ReportPage } from '../../server/src/lsp/protocol-report.ts';

export class ConversionMarks implements vscode.Disposable {
  readonly #marks = vscode.languages.createDiagnosticCollection('meshwright-conversion');
  readonly #listener: vscode.Disposable;

  constructor() {
    // Marks say nothing of a text that has changed since.
    this.#listener = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) this.#marks.delete(document.uri);
    });
  }

  dispose(): void {
    this.#listener.dispose();
    this.#marks.dispose();
  }

  /** Marks what the report names, in place of the marks of the report before. */
  show({ groups, meshName }: ReportPage): void {
    this.#marks.clear();
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const line of groups.flatMap((it) => it.lines)) {
      const uri = line.place?.uri;
      const mark = uri === undefined ? undefined : markOf(line, meshName);
      if (uri === undefined || !mark) continue;
      const marks = byFile.get(uri) ?? [];
      byFile.set(uri, marks);
      marks.push(mark);
    }
    for (const [uri, marks] of byFile) this.#marks.set(vscode.Uri.parse(uri, true), marks);
  }

  clear(): void {
    this.#marks.clear();
  }
}

function markOf({ fate, place, reason, code, risk }: ReportLine, meshName: string): vscode.Diagnostic | undefined {
  if (!place || fate === 'exact') return undefined;
  const words = fate === 'lost' ? `Not carried over to ${meshName}` : `Different in ${meshName}`;
  const { start, end } = place.range;
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  const text = `${words}: ${reason}${risk === 'security' ? ' This weakens security.' : ''}`;
  const mark = new vscode.Diagnostic(range, text, vscode.DiagnosticSeverity.Information);
  mark.source = 'meshwright conversion';
  mark.code = code;
  return mark;
}
