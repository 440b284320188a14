/** Which workloads a policy of Istio is about: by their labels, by a Service, or all of them. */

import type { Environment } from '../../../model/environment.ts';
import type { Labels, WorkloadScope } from '../../../model/ir.ts';
import { workloadKinds } from '../../kubernetes/common/kinds.ts';
import { serviceFacts, workloadOf } from '../../kubernetes/common/workloads.ts';
import type { Place } from './place.ts';
import { rootNamespace } from './read-mutual-tls.ts';

export interface Scopes {
  readonly list: readonly WorkloadScope[];
  readonly isMeshWide: boolean;
}

/** The workloads that a policy protects; a sentence when nobody but Istio can say which. */
export function scopesOf(spec: Place, namespace: string, environment: Environment): Scopes | string {
  const references = [...spec.at('targetRefs').items, ...(spec.at('targetRef').exists ? [spec.at('targetRef')] : [])];
  if (references.length > 0) {
    const list = references.map((it) => serviceScope(it, namespace, environment));
    const scopes = list.filter((it) => it !== undefined);
    if (scopes.length === list.length) return { list: scopes, isMeshWide: false };
    return 'The policy is bound to something other than a known Service: a gateway or waypoint, which only Istio has.';
  }
  const scopes = scopesByLabels(spec.at('selector', 'matchLabels').textRecord, namespace, environment);
  if (scopes.list.length > 0) return scopes;
  return 'The policy holds for the whole mesh, and this workspace holds none of its workloads.';
}

/** The workloads with some labels; without labels, of a namespace, or of all when it is the root one. */
export function scopesByLabels(labels: Labels, namespace: string, environment: Environment): Scopes {
  if (Object.keys(labels).length > 0 || namespace !== rootNamespace)
    return { list: [{ type: 'workload', namespace, labels }], isMeshWide: false };
  const namespaces = namespacesWithWorkloads(environment);
  return { list: namespaces.map((it) => ({ type: 'workload', namespace: it, labels: {} })), isMeshWide: true };
}

function serviceScope(reference: Place, namespace: string, environment: Environment): WorkloadScope | undefined {
  const name = reference.at('name').text;
  if (reference.at('kind').text !== 'Service' || name === undefined) return undefined;
  const service = serviceFacts(environment, namespace, name);
  if (!service || Object.keys(service.selector).length === 0) return undefined;
  return { type: 'workload', namespace, labels: service.selector, service: { name, namespace } };
}

function namespacesWithWorkloads(environment: Environment): readonly string[] {
  const all = workloadKinds
    .flatMap(({ kind }) => environment.index.all(kind))
    .map((it) => workloadOf(it, environment)?.namespace)
    .filter((it): it is string => it !== undefined && it !== rootNamespace);
  return [...new Set(all)].sort();
}
