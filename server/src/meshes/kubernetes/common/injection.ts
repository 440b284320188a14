/** Which label or annotation asks which mesh for a proxy, and whose pods get one. */

import type { Environment } from '../../../model/environment.ts';
import type { MeshId } from '../../../model/mesh-id.ts';
import { textRecordAt } from '../../../model/value.ts';
import { Namespace } from './kinds.ts';
import { everyWorkload, type Workload } from './workloads.ts';

export interface InjectionKey {
  readonly mesh: MeshId;
  readonly map: 'labels' | 'annotations';
  readonly name: string;
  /** Values that ask for a proxy; others of a known key ask for none. */
  readonly values: RegExp;
}

/** Keys of Namespaces and pods, the ones that count first before the others of a mesh. */
export const injectionKeys: readonly InjectionKey[] = [
  { mesh: 'istio', map: 'labels', name: 'istio-injection', values: /^enabled$/ },
  { mesh: 'istio', map: 'labels', name: 'istio.io/rev', values: /./ },
  { mesh: 'istio', map: 'labels', name: 'istio.io/dataplane-mode', values: /^ambient$/ },
  { mesh: 'istio', map: 'labels', name: 'sidecar.istio.io/inject', values: /^true$/ },
  {
    mesh: 'linkerd',
    map: 'annotations',
    name: 'linkerd.io/inject',
    values: /^(?:enabled|ingress)$/,
  },
  {
    mesh: 'consul',
    map: 'annotations',
    name: 'consul.hashicorp.com/connect-inject',
    values: /^(?:1|t|true)$/i,
  },
];

/**
 * Whether the pods are a gateway that Istio's injector makes whole: their container is the proxy, so that no other mesh has
 * one to add. Source: istio.io, installing gateways.
 */
export function isInjectedGateway({ annotations }: Pick<Workload, 'annotations'>): boolean {
  return /(?:^|,)\s*gateway\s*(?:,|$)/.test(annotations['inject.istio.io/templates'] ?? '');
}

/** Namespaces whose pods get a proxy of some mesh: by themselves, or those of a workload in them. In the order of names. */
export function injectedNamespaces(environment: Environment): readonly string[] {
  const asking = environment.index
    .all(Namespace)
    .filter((it) => asks((map) => textRecordAt(it.value, ['metadata', map])))
    .map((it) => it.name);
  const byPods = everyWorkload(environment)
    .filter((it) => asks((map) => it[map]))
    .map((it) => it.namespace);
  return [...new Set([...asking, ...byPods])].sort();
}

/** Whether pods of a workload, or their namespace, ask for a proxy; what the pods say themselves counts. */
export function isInjected(environment: Environment, workload: Workload): boolean {
  const own = injectionKeys.filter((it) => workload[it.map][it.name] !== undefined);
  if (own.length > 0) return own.some((it) => it.values.test(workload[it.map][it.name] ?? ''));
  const home = environment.index.find(Namespace, '', workload.namespace);
  return home !== undefined && asks((map) => textRecordAt(home.value, ['metadata', map]));
}

function asks(marks: (map: 'labels' | 'annotations') => Readonly<Record<string, string>>): boolean {
  return injectionKeys.some(({ map, name, values }) => values.test(marks(map)[name] ?? ''));
}
