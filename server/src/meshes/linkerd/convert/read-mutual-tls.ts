/**
 * Whom ports without a Server let in, by annotations of Namespaces and pods. Source: linkerd.io, authorization policy;
 * linkerd2 policy-controller/k8s/index/src/inbound.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Ir, MutualTls, Origin, Peculiar, WorkloadScope } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { type Mark, readMarks } from '../../kubernetes/common/convert/read-marks.ts';
import { podSelectorOf, type Workload, workloadOf, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { inboundPolicy } from './annotations.ts';
import { portsIn } from './proxy-settings.ts';

const requireIdentity = 'config.linkerd.io/proxy-require-identity-inbound-ports';

type ReadMutualTls = Pick<Ir, 'mutualTls' | 'peculiar'>;

/** Reads the default policy of Namespaces and workloads, and the ports of theirs that ask for an identity. */
export function readMutualTls(resources: readonly Resource[], environment: Environment): ReadMutualTls {
  const mutualTls: MutualTls[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of resources) {
    const read = readMarks(resource, environment);
    const of = (key: string) => read?.marks.find((it) => it.key === key && it.part === 'annotations');
    const workload = workloadOf(resource, environment);
    const [policy, ports] = [of(inboundPolicy), of(requireIdentity)];
    // Who is let in by `deny` is a matter of access, not of mutual TLS.
    const mode = policy && policy.value !== 'deny' ? modeOf(policy) : undefined;
    if (mode && 'reason' in mode) peculiar.push(mode);
    const known = mode && 'mode' in mode ? mode : undefined;
    const strictPorts = ports ? portsOf(ports) : [];
    if (workload && (known || strictPorts.length > 0)) {
      const item = ofPods(workload, known, strictPorts);
      if (Object.keys(item.scope.labels).length > 0) mutualTls.push(item);
      else peculiar.push(withoutLabels(item));
    }
    if (workload || !read) continue;
    if (known)
      mutualTls.push({ name: 'default', scope: { type: 'namespace', namespace: resource.name }, ...known, ports: [] });
    if (!ports || strictPorts.length === 0) continue;
    // Elsewhere modes of ports belong to some workloads, so that each of the namespace gets them.
    const workloads = workloadsIn(environment, resource.name).filter((it) => !(requireIdentity in it.annotations));
    mutualTls.push(...workloads.map((it) => ofPods(it, undefined, strictPorts)));
    if (workloads.length === 0) peculiar.push(withoutPods(ports, resource.name));
  }
  return { mutualTls, peculiar };
}

type Known = Pick<MutualTls, 'mode' | 'beyond'>;

type ModeOfPods = MutualTls & { readonly scope: WorkloadScope };

function ofPods(workload: Workload, known: Known | undefined, ports: MutualTls['ports']): ModeOfPods {
  const { resource, namespace } = workload;
  const scope = { type: 'workload', namespace, labels: podSelectorOf(workload) } as const;
  return { name: resource.name, scope, mode: { value: 'unset', from: [] }, ...known, ports };
}

/** A policy in the words of other meshes: whether plaintext is taken, and what else it refuses. */
function modeOf({ value, from }: Mark): Known | Peculiar {
  switch (value) {
    case 'all-authenticated':
      return { mode: { value: 'strict', from } };
    case 'all-unauthenticated':
      return { mode: { value: 'permissive', from } };
    case 'cluster-authenticated':
      return {
        mode: { value: 'strict', from },
        beyond: {
          code: 'cluster-networks',
          reason: 'Clients with an identity are let in from networks outside of the cluster as well.',
          risk: 'security',
        },
      };
    case 'audit':
      return {
        mode: { value: 'permissive', from },
        beyond: {
          code: 'audit',
          reason: 'Everybody is let in, as before; nobody logs whom a policy would refuse.',
          risk: 'none',
        },
      };
    default:
      return lost(from, value);
  }
}

function lost(from: readonly Origin[], value: string): Peculiar {
  const reason = `What "${value}" says of ports without a Server is not carried over.`;
  return { from, code: 'cluster-networks', reason, risk: 'security' };
}

function withoutLabels({ mode, ports }: MutualTls): Peculiar {
  return {
    from: [...mode.from, ...ports.flatMap((it) => it.from)],
    code: 'selector-expression',
    reason: 'Elsewhere labels say which pods a mode is for, and these have none.',
    risk: mode.value === 'strict' || ports.length > 0 ? 'security' : 'availability',
  };
}

function portsOf(mark: Mark): MutualTls['ports'] {
  return portsIn(mark.value).map((port) => ({ value: { port, mode: 'strict' }, from: mark.from }));
}

function withoutPods({ from }: Mark, namespace: string): Peculiar {
  return {
    from,
    code: 'per-workload',
    reason: `Elsewhere a mode of a port belongs to some workloads, and none of namespace "${namespace}" is known.`,
    risk: 'security',
  };
}
