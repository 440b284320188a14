/** Which pods, and which port of them, a Server is about. */

import type { Environment } from '../../../model/environment.ts';
import type { Labels, WorkloadScope } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { listAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { selects, workloadsIn } from '../../kubernetes/common/workloads.ts';

/** The labels that choose the pods; undefined when more than equal labels does. */
export function labelsOf(server: Resource): Labels | undefined {
  const [labels, ...rest] = labelSetsOf(server) ?? [];
  return rest.length === 0 ? labels : undefined;
}

/**
 * The labels that choose the pods, one set for each value that an expression allows; undefined when an expression is
 * about more than values.
 */
export function labelSetsOf(server: Resource): readonly Labels[] | undefined {
  if (valueAt(server.value, ['spec', 'podSelector']) === undefined) return undefined;
  let sets: readonly Labels[] = [textRecordAt(server.value, ['spec', 'podSelector', 'matchLabels'])];
  for (const it of listAt(server.value, ['spec', 'podSelector', 'matchExpressions'])) {
    const key = textAt(it, ['key']);
    const values = [...new Set(listAt(it, ['values']))];
    if (textAt(it, ['operator']) !== 'In' || key === undefined || values.length === 0) return undefined;
    if (!values.every((value) => typeof value === 'string')) return undefined;
    // A label can have but one value.
    sets = sets.flatMap((labels) =>
      values.filter((value) => (labels[key] ?? value) === value).map((value) => ({ ...labels, [key]: value })),
    );
  }
  return sets;
}

/** The number of the port; its name when no workload tells the number. */
export function portOf(server: Resource, scope: WorkloadScope, environment: Environment): number | string | undefined {
  const port = valueAt(server.value, ['spec', 'port']);
  if (typeof port === 'number') return port;
  if (typeof port !== 'string') return undefined;
  if (/^\d+$/.test(port)) return Number(port);
  const workloads = workloadsIn(environment, scope.namespace).filter((it) => selects(scope.labels, it.labels));
  return workloads.flatMap((it) => it.ports).find((it) => it.name === port)?.port ?? port;
}
