/** Workloads: what makes pods, and what is known of these pods before they run. */

import type { Environment } from '../../../model/environment.ts';
import { groupBy } from '../../../model/group.ts';
import { addTo } from '../../../model/group.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord, listAt, numberAt, recordAt, textAt, textRecordAt } from '../../../model/value.ts';
import { isOfKind, type Kind } from '../../../model/kind.ts';
import { Service, workloadKinds } from './kinds.ts';

export interface Workload {
  readonly resource: Resource;
  readonly namespace: string;
  /** Path of the pod template; empty for a Pod. */
  readonly template: Path;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `default` when the template names none. */
  readonly serviceAccount: string;
  readonly ports: readonly ContainerPort[];
}

export interface ContainerPort {
  readonly port: number;
  readonly name: string | undefined;
}

/** The workloads of a namespace. */
export function workloadsIn(environment: Environment, namespace: string): readonly Workload[] {
  return workloadKinds.flatMap(({ kind }) => workloadsByNamespace(environment, kind).get(namespace) ?? []);
}

/** The workloads of all namespaces; proportional to the workspace. */
export function everyWorkload(environment: Environment): readonly Workload[] {
  return workloadKinds.flatMap(({ kind }) => [...workloadsByNamespace(environment, kind).values()].flat());
}

function workloadsByNamespace(environment: Environment, kind: Kind): ReadonlyMap<string, readonly Workload[]> {
  const all = environment.index.all(kind);
  let byNamespace = workloadsOf.get(all);
  if (!byNamespace) {
    const workloads = all.map((it) => workloadOf(it, environment)).filter((it) => it !== undefined);
    byNamespace = groupBy(workloads, (it) => it.namespace);
    workloadsOf.set(all, byNamespace);
  }
  return byNamespace;
}

/** By namespace; the index gives the same list of a kind until a resource of it changes. */
const workloadsOf = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly Workload[]>>();

/** A resource as a workload; undefined when it makes no pods. */
export function workloadOf(resource: Resource, environment: Environment): Workload | undefined {
  const row = workloadKinds.find(({ kind }) => isOfKind(resource, kind));
  if (!row) return undefined;
  const at = (...path: string[]): Path => [...row.template, ...path];
  return {
    resource,
    namespace: environment.namespaceOf(resource),
    template: row.template,
    labels: textRecordAt(resource.value, at('metadata', 'labels')),
    annotations: textRecordAt(resource.value, at('metadata', 'annotations')),
    serviceAccount: textAt(resource.value, at('spec', 'serviceAccountName')) ?? 'default',
    ports: listAt(resource.value, at('spec', 'containers')).flatMap(portsOf),
  };
}

function portsOf(container: unknown): ContainerPort[] {
  return listAt(container, ['ports']).flatMap((it) => {
    const port = numberAt(it, ['containerPort']);
    return port === undefined ? [] : [{ port, name: textAt(it, ['name']) }];
  });
}

/** The labels by which a workload finds its pods, else all that its pods have. */
export function podSelectorOf({ resource, labels }: Workload): Readonly<Record<string, string>> {
  const own = textRecordAt(resource.value, ['spec', 'selector', 'matchLabels']);
  return Object.keys(own).length > 0 ? own : labels;
}

/** Whether labels hold all pairs of a selector; an empty selector selects everything. */
export function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** Whether labels meet a selector of `matchLabels` and `matchExpressions`, as Kubernetes reads it; a template may. */
export function selectorMatches(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  if (!selects(textRecordAt(selector, ['matchLabels']), labels)) return false;
  if (
    Object.keys(recordAt(selector, ['matchLabels'])).length !==
    Object.keys(textRecordAt(selector, ['matchLabels'])).length
  )
    return true; // A value from a template may match.
  return listAt(selector, ['matchExpressions']).every((it) => {
    const key = textAt(it, ['key']) ?? '';
    const values = listAt(it, ['values']);
    const label = labels[key];
    switch (textAt(it, ['operator'])) {
      case 'In':
        return label !== undefined && values.includes(label);
      case 'NotIn':
        return label === undefined || !values.includes(label);
      case 'Exists':
        return label !== undefined;
      case 'DoesNotExist':
        return label === undefined;
      default:
        return true;
    }
  });
}

export interface ServicePort {
  readonly port: number;
  readonly name: string | undefined;
  readonly targetPort: number | string | undefined;
  readonly appProtocol: string | undefined;
}

/** A Service of the workspace as conversions and rules need it. */
export interface ServiceFacts {
  readonly resource: Resource;
  readonly name: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
}

/** What the workspace knows of a Service; undefined when it does not hold it. */
export function serviceFacts(environment: Environment, namespace: string, name: string): ServiceFacts | undefined {
  const resource = environment.index.find(Service, namespace, name);
  if (!resource) return undefined;
  return {
    resource,
    name,
    namespace,
    selector: textRecordAt(resource.value, ['spec', 'selector']),
    ports: listAt(resource.value, ['spec', 'ports'])
      .filter(isRecord)
      .flatMap((it) => {
        const port = numberAt(it, ['port']);
        const target = it['targetPort'];
        if (port === undefined) return [];
        return [
          {
            port,
            name: textAt(it, ['name']),
            targetPort: typeof target === 'number' || typeof target === 'string' ? target : undefined,
            appProtocol: textAt(it, ['appProtocol']),
          },
        ];
      }),
  };
}

/** The workloads behind a Service. */
export function workloadsOfService(environment: Environment, service: ServiceFacts): readonly Workload[] {
  if (Object.keys(service.selector).length === 0) return [];
  return workloadsIn(environment, service.namespace).filter((it) => selects(service.selector, it.labels));
}

/** The Services in front of pods with these labels. */
export function servicesOfPods(
  environment: Environment,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): readonly ServiceFacts[] {
  const byPair = servicesBySelector(environment).get(namespace);
  const candidates = Object.entries(labels).flatMap(([key, value]) => byPair?.get(`${key}=${value}`) ?? []);
  return candidates
    .filter(({ facts }) => selects(facts.selector, labels))
    .sort((a, b) => a.position - b.position)
    .map((it) => it.facts);
}

/**
 * The Services in front of pods that a selector means: those that choose the same labels, and those in front of the known
 * workloads with these labels.
 */
export function servicesOfSelector(
  environment: Environment,
  namespace: string,
  selector: Readonly<Record<string, string>>,
): readonly ServiceFacts[] {
  const workloads = workloadsIn(environment, namespace).filter((it) => selects(selector, it.labels));
  const found = [selector, ...workloads.map((it) => it.labels)].flatMap((it) =>
    servicesOfPods(environment, namespace, it),
  );
  return [...new Map(found.map((it) => [it.name, it])).values()];
}

/** A Service with its place among all. */
interface Choosing {
  readonly facts: ServiceFacts;
  readonly position: number;
}

/**
 * The Services that choose pods, by namespace and by the first pair of their selector: who asks for the Services of some
 * labels looks at those that one of the labels may meet, not at all of them.
 */
function servicesBySelector(environment: Environment): ReadonlyMap<string, ReadonlyMap<string, readonly Choosing[]>> {
  const all = environment.index.all(Service);
  let known = choosing.get(all);
  if (!known) {
    const byNamespace = new Map<string, Map<string, Choosing[]>>();
    for (const [position, resource] of all.entries()) {
      const namespace = environment.namespaceOf(resource);
      const facts = serviceFacts(environment, namespace, resource.name);
      const [pair] = Object.entries(facts?.selector ?? {});
      if (!facts || !pair) continue;
      const byPair = byNamespace.get(namespace) ?? new Map<string, Choosing[]>();
      byNamespace.set(namespace, byPair);
      addTo(byPair, pair.join('='), { facts, position });
    }
    known = byNamespace;
    choosing.set(all, known);
  }
  return known;
}

/** By the list of all Services, which the index gives anew when one of them changes. */
const choosing = new WeakMap<readonly Resource[], ReadonlyMap<string, ReadonlyMap<string, readonly Choosing[]>>>();
