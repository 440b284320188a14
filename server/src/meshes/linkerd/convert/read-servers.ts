/** Which pods, and which port of them, a Server is about. */

import type { Environment } from '../../../model/environment.ts';
import type { WorkloadScope } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { listAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { selects, workloadsIn } from '../../kubernetes/common/workloads.ts';

/** The labels that choose the pods; undefined when more than equal labels does. */
export function labelsOf(server: Resource): Readonly<Record<string, string>> | undefined {
  if (valueAt(server.value, ['spec', 'podSelector']) === undefined) return undefined;
  const labels = { ...textRecordAt(server.value, ['spec', 'podSelector', 'matchLabels']) };
  for (const it of listAt(server.value, ['spec', 'podSelector', 'matchExpressions'])) {
    const key = textAt(it, ['key']);
    const [value, ...rest] = listAt(it, ['values']);
    if (textAt(it, ['operator']) !== 'In' || key === undefined || typeof value !== 'string' || rest.length > 0)
      return undefined;
    labels[key] = value;
  }
  return labels;
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
