/** Logs of access as annotations of pods and Namespaces. Source: linkerd.io, access logging. */

import type { Asked, Telemetry } from '../../../model/ir.ts';
import { bearersOf, markOf, placeOfMark, scopeInWords } from '../../kubernetes/common/convert/bearers.ts';
import type { Draft } from './draft.ts';
import { markerOf } from './proxies.ts';

export const accessLog = 'config.linkerd.io/access-log';

/** Writes all logs of access. */
export function writeTelemetry(items: readonly Asked<Telemetry>[], draft: Draft): void {
  for (const asked of items) writeOne(asked, draft);
}

function writeOne({ value, from }: Asked<Telemetry>, draft: Draft): void {
  const { ledger, environment } = draft;
  const { scope, scopeFrom, isOn } = value;
  const bearers = bearersOf(scope, environment, true);
  const marker = markerOf(draft);
  const logging = bearers.filter((it) => markOf(it, 'annotations', accessLog) !== undefined);
  if (!isOn.value && logging.length === 0)
    return ledger.exact(from, '', 'Linkerd writes no log of access unless it is told to.');
  if (bearers.length === 0) {
    ledger.lost(
      from,
      'access-log',
      'Linkerd logs by namespace or workload, and none that these are in is known.',
      'none',
    );
    ledger.note('missing', `Add ${scopeInWords(scope)}, with their namespaces, to the workspace, then convert again.`);
    return;
  }
  const form = 'Linkerd logs what comes in over HTTP, one JSON object a line, to the standard error of the proxy.';
  const spread = 'It is told namespace by namespace: those of the workspace whose pods have proxies.';
  for (const bearer of bearers) {
    const place = placeOfMark(bearer, 'annotations', accessLog);
    // An empty value is none of the forms, so that nothing is logged.
    marker.set(bearer, 'annotations', accessLog, isOn.value ? 'json' : '', from);
    ledger.changed(isOn, place, 'access-log', scope.type === 'mesh' ? `${form} ${spread}` : form, 'none');
    ledger.exact(scopeFrom, place);
  }
  if (scope.type !== 'workload' && scope.type !== 'pods')
    ledger.note('manual', `Restart the workloads that are to log: the proxy reads it from its pod.`);
}
