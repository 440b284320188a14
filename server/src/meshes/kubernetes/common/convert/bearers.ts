/** What carries labels and annotations for pods: templates of workloads, and Namespaces in meshes that read those too. */

import type { Environment } from '../../../../model/environment.ts';
import type { ProxyScope } from '../../../../model/ir.ts';
import type { Resource } from '../../../../model/manifest.ts';
import { placeText } from '../../../../model/report.ts';
import { type Path, pathText } from '../../../../model/text.ts';
import { textRecordAt } from '../../../../model/value.ts';
import { injectedNamespaces } from '../injection.ts';
import { Namespace } from '../kinds.ts';
import { selects, serviceFacts, type Workload, workloadOf, workloadsIn, workloadsOfService } from '../workloads.ts';

export type Bearer =
  | { readonly type: 'workload'; readonly workload: Workload }
  /** The resource is undefined where the workspace does not hold the Namespace. */
  | { readonly type: 'namespace'; readonly namespace: string; readonly resource: Resource | undefined };

export type Marks = 'labels' | 'annotations';

/** Where a mark stands in a resource; the bearer's own metadata, or that of its pods. */
export function pathOfMark(bearer: Bearer, part: Marks, key: string): Path {
  return [...(bearer.type === 'workload' ? bearer.workload.template : []), 'metadata', part, key];
}

/** The place of a mark, the way reports name places. */
export function placeOfMark(bearer: Bearer, part: Marks, key: string): string {
  const path = pathText(pathOfMark(bearer, part, key));
  if (bearer.type === 'namespace') return placeText('Namespace', '', bearer.namespace, path);
  const { resource, namespace } = bearer.workload;
  return placeText(resource.kind, namespace, resource.name, path);
}

/** The value of a mark that a bearer has in the workspace. */
export function markOf(bearer: Bearer, part: Marks, key: string): string | undefined {
  return textRecordAt(
    bearer.type === 'workload' ? bearer.workload.resource.value : bearer.resource?.value,
    pathOfMark(bearer, part, key).slice(0, -1),
  )[key];
}

/** Bearers of what holds for some pods. With `byNamespace` a Namespace speaks for its pods, else each workload does. */
export function bearersOf(scope: ProxyScope, environment: Environment, byNamespace: boolean): readonly Bearer[] {
  switch (scope.type) {
    case 'workload': {
      const workload = workloadOf(scope.resource, environment);
      return workload ? [{ type: 'workload', workload }] : [];
    }
    case 'pods':
      return workloadsOfScope(scope, environment).map((workload) => ({ type: 'workload', workload }));
    case 'namespace':
      return byNamespace
        ? [namespaceBearer(environment, scope.namespace)]
        : workloadsIn(environment, scope.namespace).map((workload) => ({ type: 'workload', workload }));
    case 'mesh':
      return injectedNamespaces(environment).flatMap((namespace) =>
        bearersOf({ type: 'namespace', namespace }, environment, byNamespace),
      );
  }
}

/** What is left to do when marks of a namespace change; one sentence for all of them, since one restart is enough. */
export function restartText(namespace: string): string {
  return `Restart the workloads of namespace ${namespace}: only new pods take over what their namespace says of proxies.`;
}

/** A Namespace as a bearer, whether the workspace holds it or not. */
export function namespaceBearer(environment: Environment, namespace: string): Bearer {
  return { type: 'namespace', namespace, resource: environment.index.find(Namespace, '', namespace) };
}

function workloadsOfScope(
  scope: ProxyScope & { readonly type: 'pods' },
  environment: Environment,
): readonly Workload[] {
  const { namespace, labels, service } = scope;
  if (Object.keys(labels).length > 0)
    return workloadsIn(environment, namespace).filter((it) => selects(labels, it.labels));
  const facts = service && serviceFacts(environment, service.namespace, service.name);
  return facts ? workloadsOfService(environment, facts) : [];
}

/** Some pods in words, for a note: `the workloads of namespace "shop"`. */
export function scopeInWords(scope: ProxyScope): string {
  switch (scope.type) {
    case 'workload':
      return `${scope.resource.kind} "${scope.resource.name}"`;
    case 'pods': {
      const labels = Object.entries(scope.labels).map(([key, value]) => `${key}=${value}`);
      const which = labels.length > 0 ? labels.join(',') : `Service "${scope.service?.name ?? ''}"`;
      return `the workloads of ${which} in namespace "${scope.namespace}"`;
    }
    case 'namespace':
      return `the workloads of namespace "${scope.namespace}"`;
    case 'mesh':
      return 'the workloads of the mesh';
  }
}
