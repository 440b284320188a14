/** Forms of offers that all meshes share: labels of pods, ports, and the rest of a split. */

import type { Environment } from '../../../model/environment.ts';
import type { Kind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { namespacesOf } from '../../../model/namespaces.ts';
import type { Offer, Selection, Suggestion } from '../../../model/offer.ts';
import type { Site } from '../../../model/reference.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord, listAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { Namespace, Service } from './kinds.ts';
import { selects, type ServiceFacts, serviceFacts, workloadsIn, workloadsOfService } from './workloads.ts';

/** What has labels: a workload by those of its pods, a namespace by its own. */
export interface Labelled {
  readonly resource: Resource;
  readonly labels: Readonly<Record<string, string>>;
}

type LabelledAt = (site: Site, environment: Environment) => readonly Labelled[];

/**
 * What selects by labels: keys and values of what `of` gives. It is also what is selected from, unless `among` says that
 * the mesh looks elsewhere too; undefined where that is not clear.
 */
export function labelOffers(
  from: Kind,
  path: string,
  of: LabelledAt = podsBeside,
  among: (...asked: Parameters<LabelledAt>) => readonly Labelled[] | undefined = of,
): readonly Offer[] {
  const labels = (site: Site, environment: Environment) => of(site, environment).map((it) => it.labels);
  const selection: Selection = {
    noun: of === everyNamespace ? 'namespace' : 'workload',
    selected(site, environment) {
      const wanted = textRecordAt(site.resource.value, site.path);
      return among(site, environment)?.flatMap((it) => (selects(wanted, it.labels) ? [it.resource] : []));
    },
  };
  return [
    {
      from,
      path: `${path}.*`,
      side: 'key',
      suggest: (site, environment) =>
        [...keysIn(labels(site, environment))].map(([value, detail]) => ({ value, detail })),
      selection,
    },
    {
      from,
      path: `${path}.*`,
      side: 'value',
      suggest: (site, environment) => valuesIn(labels(site, environment), String(site.path.at(-1))),
    },
  ];
}

/** Where expressions select pods: the key of one, and the values beside it. */
export function expressionOffers(from: Kind, path: string): readonly Offer[] {
  return [
    {
      from,
      path: `${path}[*].key`,
      side: 'value',
      suggest: (site, environment) =>
        [...keysIn(labelsBeside(site, environment))].map(([value, detail]) => ({ value, detail })),
    },
    {
      from,
      path: `${path}[*].values[*]`,
      side: 'value',
      suggest(site, environment) {
        const key = textAt(site.resource.value, [...site.path.slice(0, -2), 'key']);
        return key === undefined ? [] : valuesIn(labelsBeside(site, environment), key);
      },
    },
  ];
}

/** Ports of the containers of pods with some labels, by number and by name, with the workload that has each. */
export function containerPorts(
  environment: Environment,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): readonly Suggestion[] {
  const found = new Map<string | number, string>();
  for (const workload of workloadsIn(environment, namespace)) {
    if (!selects(labels, workload.labels)) continue;
    for (const { port, name } of workload.ports) {
      const detail = `container port of ${workload.resource.name}`;
      if (name !== undefined && !found.has(name)) found.set(name, detail);
      if (!found.has(port)) found.set(port, detail);
    }
  }
  return [...found].map(([value, detail]) => ({ value, detail }));
}

/** The workloads in the namespace of a resource. */
export function podsBeside(site: Site, environment: Environment): readonly Labelled[] {
  return workloadsIn(environment, site.namespace);
}

/** The workloads behind a Service; none where the workspace does not hold it. */
export function podsBehind(environment: Environment, service: ServiceFacts | undefined): readonly Labelled[] {
  return service ? workloadsOfService(environment, service) : [];
}

/** The Namespaces, with the label that Kubernetes puts on each. */
export function everyNamespace(_site: Site, environment: Environment): readonly Labelled[] {
  return environment.index.all(Namespace).map((resource) => ({
    resource,
    labels: {
      'kubernetes.io/metadata.name': resource.name,
      ...textRecordAt(resource.value, ['metadata', 'labels']),
    },
  }));
}

/** Labels of the pods in the namespace of a resource. */
function labelsBeside(site: Site, environment: Environment): readonly Labelled['labels'][] {
  return podsBeside(site, environment).map((it) => it.labels);
}

/** Keys of labels with their values in a few words; those that Kubernetes' controllers write are left out. */
function keysIn(labels: Iterable<Readonly<Record<string, string>>>): ReadonlyMap<string, string> {
  const values = new Map<string, Set<string>>();
  for (const each of labels) {
    for (const [key, value] of Object.entries(each)) {
      if (key === 'pod-template-hash' || key === 'controller-revision-hash') continue;
      values.set(key, (values.get(key) ?? new Set()).add(value));
    }
  }
  return new Map([...values].map(([key, of]) => [key, few([...of])]));
}

function few(texts: readonly string[]): string {
  return texts.length > 3 ? `${texts.slice(0, 3).join(', ')} …` : texts.join(', ');
}

function valuesIn(labels: Iterable<Readonly<Record<string, string>>>, key: string): readonly Suggestion[] {
  const counts = new Map<string, number>();
  for (const each of labels) {
    const value = each[key];
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].map(([value, count]) => ({ value, detail: count === 1 ? '1 workload' : `${count} workloads` }));
}

/** Ports of a Service that the fields beside name. */
export function portOffer(
  from: Kind,
  path: string,
  serviceAt: (site: Site, environment: Environment) => ServiceFacts | undefined,
): Offer {
  return {
    from,
    path,
    side: 'value',
    suggest(site, environment) {
      const service = serviceAt(site, environment);
      return (service?.ports ?? []).map(({ port, name }) => ({
        value: port,
        detail: `${name ?? 'port'} of ${service?.name}`,
      }));
    },
  };
}

/** The Service that `name` and `namespace` beside a field say; undefined for other kinds. */
export function serviceBeside({ resource, path, namespace }: Site, environment: Environment): ServiceFacts | undefined {
  const beside = valueAt(resource.value, path.slice(0, -1));
  if (!isRecord(beside) || typeof beside['name'] !== 'string') return undefined;
  const { name, namespace: home = namespace, kind = Service.name } = beside;
  return kind === Service.name && typeof home === 'string' ? serviceFacts(environment, home, name) : undefined;
}

/** What the shares of a list lack to the whole, which is 100. */
export function shareOffer(from: Kind, path: string): Offer {
  return { from, path, side: 'value', suggest: ({ resource, path: place }) => sharesLeft(resource, place) };
}

function sharesLeft(resource: Resource, path: Path): readonly Suggestion[] {
  const [list, position, field] = [path.slice(0, -2), path.at(-2), path.at(-1)];
  const shares = listAt(resource.value, list).map((it) => valueAt(it, [String(field)]));
  const others = shares.filter((it, at): it is number => at !== position && typeof it === 'number');
  const sum = others.reduce((total, it) => total + it, 0);
  // Consul counts in hundredths of a percent.
  const left = Math.round((100 - sum) * 100) / 100;
  if (left < 0) return [];
  const open = Math.max(1, shares.length - others.length);
  const even = Math.floor(left / open);
  const whole: Suggestion = { value: left, detail: others.length === 0 ? 'all' : 'completes to 100' };
  return open > 1 && even > 0 ? [{ value: even, detail: `1 of ${open} equal shares` }, whole] : [whole];
}

/** Namespaces, where a field names one. */
export function namespaceOffer(from: Kind, path: string): Offer {
  return {
    from,
    path,
    side: 'value',
    suggest: (_site, environment) => namespacesOf(environment).map((value) => ({ value, detail: 'namespace' })),
  };
}
