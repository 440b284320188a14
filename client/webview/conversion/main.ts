/** The report page: shows what became of each field, and opens its lines in source and result. */

import { render } from 'lit';
import { isToReport, type FromReport, type ReportPage } from '../../../server/src/lsp/protocol-report.ts';
import { reportView } from './report-view.ts';
import { type ReportState, restoredState, shownByDefault, withToggledFate, withToggledGroup } from './report-state.ts';
import './style.css';

interface VsCodeApi {
  postMessage(message: FromReport): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();

let report: ReportPage | undefined;
let state: ReportState | undefined = restoredState(vscode.getState());

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (!isToReport(event.data)) return;
  ({ report } = event.data);
  // What a person has chosen for one report holds for it alone.
  if (state?.of !== JSON.stringify(report.counts)) state = shownByDefault(report);
  draw();
});
draw();
vscode.postMessage({ type: 'ready' });

function change(next: ReportState): void {
  state = next;
  vscode.setState(state);
  draw();
}

function draw(): void {
  const shown = report && (state ?? shownByDefault(report));
  render(
    reportView(report, shown, {
      toggleFate: (fate) => shown && change(withToggledFate(shown, fate)),
      toggleGroup: (name) => shown && change(withToggledGroup(shown, name)),
      open: (place) => vscode.postMessage({ type: 'open', place }),
    }),
    document.body,
  );
}
