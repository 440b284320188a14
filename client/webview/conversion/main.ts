/** The report page: shows what became of each field, and opens its lines in source and result. */

import { render } from 'lit';
import {
  type FromReport,
  isToReport,
  type ReportPage,
  type ToReport,
} from '../../../server/src/lsp/protocol-report.ts';
import { connect } from '../host.ts';
import { reportView } from './report-view.ts';
import { type ReportState, restoredState, shownByDefault, withToggledFate, withToggledGroup } from './report-state.ts';
import './style.css';

const host = connect<FromReport, ToReport>(isToReport, receive);

let report: ReportPage | undefined;
let state: ReportState | undefined = restoredState(host.keptState());

draw();
host.tell({ type: 'ready' });

function receive(message: ToReport): void {
  ({ report } = message);
  // What a person has chosen for one report holds for it alone.
  if (state?.of !== JSON.stringify(report.counts)) state = shownByDefault(report);
  draw();
}

function change(next: ReportState): void {
  state = next;
  host.keepState(state);
  draw();
}

function draw(): void {
  const shown = report && (state ?? shownByDefault(report));
  render(
    reportView(report, shown, {
      toggleFate: (fate) => shown && change(withToggledFate(shown, fate)),
      toggleGroup: (name) => shown && change(withToggledGroup(shown, name)),
      open: (place) => host.tell({ type: 'open', place }),
    }),
    document.body,
  );
}
