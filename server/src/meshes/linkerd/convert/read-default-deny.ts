/**
 * Namespaces and pods that let nobody in on ports without a Server: the default inbound policy `deny`. Policies elsewhere
 * add up as Servers do, so it is a policy that allows nothing. Source: linkerd.io, authorization policy.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Access, Ir, Peculiar, WorkloadScope } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { type Mark, readMarks } from '../../kubernetes/common/convert/read-marks.ts';
import { podSelectorOf, workloadOf, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { inboundPolicy } from './annotations.ts';

/** Reads which namespaces and workloads are closed as a whole. */
export function readDefaultDeny(
  resources: readonly Resource[],
  environment: Environment,
): Pick<Ir, 'access' | 'peculiar'> {
  const access: Access[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of resources) {
    const mark = readMarks(resource, environment)?.marks.find(
      (it) => it.key === inboundPolicy && it.part === 'annotations',
    );
    if (mark?.value !== 'deny') continue;
    const workload = workloadOf(resource, environment);
    if (!workload) {
      const others = workloadsIn(environment, resource.name).filter(
        ({ annotations }) => (annotations[inboundPolicy] ?? 'deny') !== 'deny',
      );
      if (others.length === 0) access.push(closed('allow-nothing', resource.name, {}, mark));
      else peculiar.push(lost(mark, `${others.map((it) => it.resource.name).join(', ')} in it would be closed, too`));
      continue;
    }
    const labels = podSelectorOf(workload);
    if (Object.keys(labels).length === 0) peculiar.push(lost(mark, 'these have none'));
    else access.push(closed(`${resource.name}-default`, workload.namespace, labels, mark));
  }
  return { access, peculiar };
}

function closed(name: string, namespace: string, labels: WorkloadScope['labels'], { from }: Mark): Access {
  return {
    name,
    namespace,
    target: { value: { type: 'workload', namespace, labels }, from: [] },
    effect: { value: 'allow', from },
    combine: 'any',
    otherwise: 'deny',
    rules: [],
  };
}

function lost({ from }: Mark, why: string): Peculiar {
  const reason = `Ports without a Server let nobody in. Elsewhere a policy says so for pods by their labels or for a namespace, and ${why}.`;
  return { from, code: 'cluster-networks', reason, risk: 'security' };
}
