/** consul/intentions-same-destination: two ServiceIntentions are about one service. */

import type { Environment } from '../../../model/environment.ts';
import { addTo } from '../../../model/group.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Fix, Rule } from '../../../model/rule.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { ServiceIntentions } from '../kinds.ts';

/** Source: consul-k8s api/v1alpha1, serviceintentions_webhook.go: a destination may be named once. */
export const intentionsSameDestination: Rule = {
  id: 'consul/intentions-same-destination',
  severity: 'error',
  summary: 'Two ServiceIntentions have the same destination; Consul keeps one entry a service and refuses the second.',
  kinds: [ServiceIntentions],
  peers: [],

  *check(resource, environment) {
    const name = textAt(resource.value, ['spec', 'destination', 'name']);
    if (name === undefined) return;
    const all = byDestination(environment).get(destinationOf(resource, environment)) ?? [];
    const others = all.filter((it) => !isSame(it, resource, environment));
    const [other] = others;
    if (!other) return;
    yield {
      path: ['spec', 'destination', 'name'],
      message: `ServiceIntentions "${other.name}" have the destination "${name}" too; Consul takes one entry a service.`,
      related: others.map((it) => ({
        resource: it,
        path: ['spec', 'destination', 'name'],
        message: 'The same destination.',
      })),
      fixes: others.length === 1 ? merge(resource, other) : [],
    };
  },
};

/** By the list of all ServiceIntentions, which the index renews when one changes. */
const groups = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly Resource[]>>();

function byDestination(environment: Environment): ReadonlyMap<string, readonly Resource[]> {
  const all = environment.index.all(ServiceIntentions);
  const known = groups.get(all);
  if (known) return known;
  const made = new Map<string, Resource[]>();
  for (const it of all) addTo(made, destinationOf(it, environment), it);
  groups.set(all, made);
  return made;
}

/** The service, with the Consul namespace that is written, else the Kubernetes one, which mirroring makes of it. */
function destinationOf(resource: Resource, environment: Environment): string {
  const destination = ['spec', 'destination'];
  const namespace = textAt(resource.value, [...destination, 'namespace']) ?? environment.namespaceOf(resource);
  return `${namespace}/${textAt(resource.value, [...destination, 'name']) ?? ''}`;
}

function isSame(a: Resource, b: Resource, environment: Environment): boolean {
  return a.name === b.name && environment.namespaceOf(a) === environment.namespaceOf(b);
}

/** Moves the sources of the other one here, where both stand in a list; the empty one is left to be deleted by hand. */
function merge(resource: Resource, other: Resource): Fix[] {
  const own = listAt(resource.value, ['spec', 'sources']);
  const added = listAt(other.value, ['spec', 'sources']);
  if (own.length === 0 || added.length === 0) return [];
  return [
    {
      title: `Take over the sources of "${other.name}"`,
      edits: () =>
        added.map((value, position) => ({
          type: 'insert' as const,
          resource,
          path: ['spec', 'sources', own.length + position],
          value,
        })),
    },
  ];
}
