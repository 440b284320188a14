/** Logs of access as Telemetries. One Telemetry counts for some pods, so that one which is there already is changed. */

import type { Asked, Telemetry as TelemetryIntent } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { valueAt } from '../../../model/value.ts';
import { podSelectorOf, workloadOf } from '../../kubernetes/common/workloads.ts';
import { Telemetry } from '../kinds.ts';
import type { Drafts } from './drafts.ts';

/** Writes all logs of access. */
export function writeTelemetry(items: readonly Asked<TelemetryIntent>[], drafts: Drafts): void {
  for (const { value } of items) writeOne(value, drafts);
}

function writeOne({ name, scope, scopeFrom, isOn }: TelemetryIntent, drafts: Drafts): void {
  const { environment, ledger, options } = drafts;
  const workload = scope.type === 'workload' ? workloadOf(scope.resource, environment) : undefined;
  const labels = scope.type === 'pods' ? scope.labels : workload ? podSelectorOf(workload) : {};
  const namespace =
    scope.type === 'mesh'
      ? options.istioNamespace
      : scope.type === 'workload'
        ? (workload?.namespace ?? '')
        : scope.namespace;
  if (workload && Object.keys(labels).length === 0)
    return ledger.lost(isOn, 'selector-expression', 'Istio chooses pods by labels, and these have none.', 'none');
  const selector = Object.keys(labels).length > 0 ? { matchLabels: labels } : undefined;
  const accessLogging = [isOn.value ? { providers: [{ name: 'envoy' }] } : { disabled: true }];
  const existing = environment.index
    .all(Telemetry)
    .find(
      (it) =>
        environment.namespaceOf(it) === namespace &&
        JSON.stringify(valueAt(it.value, ['spec', 'selector'])) === JSON.stringify(selector) &&
        valueAt(it.value, ['spec', 'targetRefs']) === undefined,
    );
  let place: string;
  if (existing) {
    place = placeText('Telemetry', namespace, existing.name, 'spec.accessLogging');
    drafts.change(existing, ['spec', 'accessLogging'], accessLogging);
  } else {
    const draft = drafts.draft(Telemetry, namespace, name);
    place = draft.place('spec', 'accessLogging');
    if (selector) draft.spec['selector'] = selector;
    draft.spec['accessLogging'] = accessLogging;
    drafts.add(draft, [...isOn.from, ...scopeFrom]);
  }
  const reason = 'Istio logs calls that go out as well as those that come in, in the form that its MeshConfig has.';
  if (isOn.value) ledger.changed(isOn, place, 'access-log', reason, 'none');
  else ledger.exact(isOn, place);
  ledger.exact(scopeFrom, place);
}
