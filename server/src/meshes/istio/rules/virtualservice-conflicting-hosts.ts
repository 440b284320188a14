/** istio/virtualservice-conflicting-hosts: several VirtualServices of the mesh route the same host. */

import { namesAt } from '../../../model/environment.ts';
import type { Environment } from '../../../model/environment.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Fix, Rule } from '../../../model/rule.ts';
import { listAt, valueAt } from '../../../model/value.ts';
import { routedHostSpace } from '../declarations.ts';
import { exportScopes } from '../export.ts';
import { covers, fullHost } from '../hosts.ts';
import { VirtualService } from '../kinds.ts';

export const virtualserviceConflictingHosts: Rule = {
  id: 'istio/virtualservice-conflicting-hosts',
  severity: 'error',
  summary: 'Several VirtualServices route the same host inside the mesh, and which one wins is not defined.',
  kinds: [VirtualService],
  peers: ['IST0109', 'KIA1106'],

  *check(resource, environment) {
    if (!isForMesh(resource)) return;
    const scopes = exportScopes(resource, environment);
    for (const { text, site } of namesAt(environment, resource, 'spec.hosts[*]')) {
      const host = fullHost(text, site.namespace, site.clusterDomain);
      const rivals = rivalsOf(resource, environment, host, scopes);
      const [first] = rivals;
      if (!first) continue;
      const names = rivals.slice(0, namedRivals).map((it) => `"${environment.namespaceOf(it)}/${it.name}"`);
      const more = rivals.length > namedRivals ? ' and others' : '';
      yield {
        path: ['metadata', 'name'],
        message: `Host "${text}" is also routed by VirtualService ${names.join(', ')}${more}; which of them counts is not defined.`,
        related: rivals
          .slice(0, namedRivals)
          .map((it) => ({ resource: it, path: ['spec', 'hosts'], message: 'It routes this host too.' })),
        fixes: rivals.length > namedRivals ? [] : keepApart(resource, rivals, environment),
      };
      return; // One finding a resource: the other hosts clash with the same rivals.
    }
  },
};

/** How many rivals a message names; beyond them nobody looks for more, since thousands may route one host. */
const namedRivals = 10;

/** Rivals of different namespaces can each keep to their own. */
function keepApart(resource: Resource, rivals: readonly Resource[], environment: Environment): Fix[] {
  const all = [resource, ...rivals];
  const namespaces = new Set(all.map((it) => environment.namespaceOf(it)));
  if (namespaces.size < all.length) return [];
  const path = ['spec', 'exportTo'];
  return [
    {
      title: 'Let each count in its own namespace only',
      edits: () =>
        all.map((it) => ({
          type: valueAt(it.value, path) === undefined ? 'insert' : 'replace-value',
          resource: it,
          path,
          value: ['.'],
        })),
    },
  ];
}

function isForMesh(resource: Resource): boolean {
  const gateways = listAt(resource.value, ['spec', 'gateways']);
  return gateways.length === 0 || gateways.includes('mesh');
}

function rivalsOf(
  resource: Resource,
  environment: Environment,
  host: string,
  scopes: ReadonlySet<string>,
): readonly Resource[] {
  const rivals = new Set<Resource>();
  const isPublic = scopes.has('*');
  for (const { site } of environment.index.declared(routedHostSpace, host)) {
    if (rivals.size > namedRivals) return [...rivals];
    if (!isRival(site.resource)) continue;
    const others = exportScopes(site.resource, environment);
    // What a namespace keeps to itself also collides with what everybody sees.
    if (others.has('*') !== isPublic || [...others].some((it) => scopes.has(it))) rivals.add(site.resource);
  }
  const { wildcards, kept } = unusualHosts(environment);
  for (const { key, resource: other } of isPublic ? (host.startsWith('*') ? kept : []) : wildcards) {
    if (rivals.size > namedRivals) break;
    if (isPublic ? covers(host, key) : covers(key, host)) if (isRival(other)) rivals.add(other);
  }
  return [...rivals];

  /** The same name in the same namespace is the same VirtualService, written twice. */
  function isRival(other: Resource): boolean {
    const isSame = other.name === resource.name && environment.namespaceOf(other) === environment.namespaceOf(resource);
    return !isSame && isForMesh(other);
  }
}

interface RoutedHost {
  readonly key: string;
  readonly resource: Resource;
}

/** Hosts that collide with others than themselves: wildcards that everybody sees, and what namespaces keep to themselves. */
interface UnusualHosts {
  readonly wildcards: readonly RoutedHost[];
  readonly kept: readonly RoutedHost[];
}

/** By the list of all VirtualServices, which the index renews when one changes. */
const unusualHostsOf = new WeakMap<readonly Resource[], UnusualHosts>();

function unusualHosts(environment: Environment): UnusualHosts {
  const all = environment.index.all(VirtualService);
  const known = unusualHostsOf.get(all);
  if (known) return known;
  const wildcards: RoutedHost[] = [];
  const kept: RoutedHost[] = [];
  for (const [key, places] of environment.index.declaredIn(routedHostSpace)) {
    for (const { site } of places) {
      if (!exportScopes(site.resource, environment).has('*')) kept.push({ key, resource: site.resource });
      else if (key.startsWith('*')) wildcards.push({ key, resource: site.resource });
    }
  }
  const found = { wildcards, kept };
  unusualHostsOf.set(all, found);
  return found;
}
