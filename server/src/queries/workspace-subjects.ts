/** What a resource is about: the Services whose traffic it leads, shapes or judges, or hosts that nobody here defines. */

import { Service } from '../meshes/kubernetes/common/kinds.ts';
import {
  selectorMatches,
  servicesOfPods,
  servicesOfSelector,
  workloadsIn,
} from '../meshes/kubernetes/common/workloads.ts';
import { type SubjectRow, subjectOf } from '../meshes/subjects.ts';
import { type Environment, type EnvironmentIndex, namesAt, type Reads } from '../model/environment.ts';
import { isOfKind, kindId } from '../model/kind.ts';
import { declarationsAt, definitionsOf, referencesAt } from '../model/lookup.ts';
import type { Resource } from '../model/manifest.ts';
import type { Named } from '../model/reference.ts';
import type { Path } from '../model/text.ts';
import { expand, listAt, textRecordAt, valueAt } from '../model/value.ts';

/** A host by its resource, a Service or a gateway; or by the text that names it where there is none. */
export interface Subject {
  readonly name: string;
  readonly namespace: string;
  readonly resource: Resource | undefined;
}

/** From a policy over a route to a Server, and from there to its pods; nothing goes further. */
const mostSteps = 3;

const kept = new WeakMap<
  Resource,
  { readonly environment: Environment; readonly subjects: readonly Subject[]; readonly reads: Reads }
>();

/**
 * What a resource is about, each once; empty for what is about a whole namespace or mesh. An answer is kept until a table
 * of the index that it read has changed.
 */
export function subjectsOf(environment: Environment, resource: Resource): readonly Subject[] {
  const index = environment.index as EnvironmentIndex;
  const known = kept.get(resource);
  if (known?.environment === environment && index.isCurrent(known.reads)) return known.subjects;
  const { answer, reads } = index.track(() => unique(find(environment, resource, mostSteps)));
  kept.set(resource, { environment, subjects: answer, reads });
  return answer;
}

/** Services that are named come first, then hosts that are only named, then gateways, then the Services of pods. */
function find(environment: Environment, resource: Resource, steps: number): readonly Subject[] {
  if (isOfKind(resource, Service)) return [ofResource(environment, resource)];
  const row = subjectOf(kindId({ group: resource.group, name: resource.kind }));
  if (!row || steps === 0) return [];
  if (row.role === 'gateway') return [ofResource(environment, resource)];
  const named = (row.names ?? []).flatMap((pattern) => namedBy(environment, resource, pattern, row, steps));
  const services = named.filter((it) => it.resource === undefined || isOfKind(it.resource, Service));
  if (services.length > 0) return services;
  const hosts = (row.hosts ?? []).flatMap((pattern) => textsAt(environment, resource, pattern));
  if (hosts.length > 0) return hosts;
  if (named.length > 0) return named;
  return (row.pods ?? []).flatMap((path) => behind(environment, resource, path));
}

function namedBy(
  environment: Environment,
  resource: Resource,
  pattern: string,
  row: SubjectRow,
  steps: number,
): readonly Subject[] {
  return [...namesAt(environment, resource, pattern)].flatMap((named) => {
    const found = meant(environment, named).filter((it) => it !== resource);
    const services = found.filter((it) => isOfKind(it, Service));
    if (services.length > 0) return services.map((it) => ofResource(environment, it));
    const further = found.flatMap((it) => find(environment, it, steps - 1));
    if (further.length > 0 || !row.hosts?.includes(pattern)) return further;
    return isHost(named.text) ? [ofText(environment, resource, named.text)] : [];
  });
}

/** The resources that a name may mean, by the rows that read it as a use and by those that read it as a definition. */
function meant(environment: Environment, named: Named): readonly Resource[] {
  const { resource, path } = named.site;
  const used = referencesAt(environment, resource, path).flatMap((it) => definitionsOf(environment, it, named));
  const defined = declarationsAt(environment, resource, path).flatMap((row) =>
    row.keys(named.text, named.site).flatMap((key) => environment.index.declared(row.space, key)),
  );
  return [...new Set([...used, ...defined].map((it) => it.site.resource))];
}

function textsAt(environment: Environment, resource: Resource, pattern: string): readonly Subject[] {
  return [...expand(resource.value, pattern)].flatMap(({ value }) =>
    typeof value === 'string' && isHost(value) ? [ofText(environment, resource, value)] : [],
  );
}

/** A star stands for all hosts, which is none in particular. */
function isHost(text: string): boolean {
  return text !== '' && text !== '*';
}

/** The Services in front of the pods that a map of labels or a selector chooses; none where it chooses all. */
function behind(environment: Environment, resource: Resource, path: Path): readonly Subject[] {
  const selector = valueAt(resource.value, path);
  const namespace = environment.namespaceOf(resource);
  const [labels = {}] = [['matchLabels'], ['labels'], []]
    .map((it) => textRecordAt(selector, it))
    .filter((it) => Object.keys(it).length > 0);
  const hasExpressions = listAt(selector, ['matchExpressions']).length > 0;
  if (!hasExpressions && Object.keys(labels).length === 0) return [];
  const services = hasExpressions
    ? workloadsIn(environment, namespace)
        .filter((it) => selectorMatches(selector, it.labels))
        .flatMap((it) => servicesOfPods(environment, namespace, it.labels))
    : servicesOfSelector(environment, namespace, labels);
  return services.map((it) => ofResource(environment, it.resource));
}

function ofResource(environment: Environment, resource: Resource): Subject {
  const isService = isOfKind(resource, Service);
  return {
    name: isService ? resource.name : `${resource.kind} ${resource.name}`,
    namespace: environment.namespaceOf(resource),
    resource,
  };
}

function ofText(environment: Environment, resource: Resource, text: string): Subject {
  return { name: text, namespace: environment.namespaceOf(resource), resource: undefined };
}

function unique(subjects: readonly Subject[]): readonly Subject[] {
  return [...new Map(subjects.map((it) => [`${it.namespace}/${it.name}`, it])).values()];
}
