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
      const names = rivals.map((it) => `"${environment.namespaceOf(it)}/${it.name}"`);
      yield {
        path: ['metadata', 'name'],
        message: `Host "${text}" is also routed by VirtualService ${names.join(', ')}; which of them counts is not defined.`,
        related: rivals.map((it) => ({ resource: it, path: ['spec', 'hosts'], message: 'It routes this host too.' })),
        fixes: keepApart(resource, rivals, environment),
      };
      return; // One finding a resource: the other hosts clash with the same rivals.
    }
  },
};

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
  for (const { site } of environment.index.declared(routedHostSpace, host)) {
    if (isRival(site.resource) && [...exportScopes(site.resource, environment)].some((it) => scopes.has(it)))
      rivals.add(site.resource);
  }
  // What a namespace keeps to itself also collides with what everybody sees, wildcards included.
  for (const [other, places] of environment.index.declaredIn(routedHostSpace)) {
    if (other !== host && !other.startsWith('*') && !host.startsWith('*')) continue;
    for (const { site } of places) {
      if (!isRival(site.resource)) continue;
      const others = exportScopes(site.resource, environment);
      const oneIsPrivate = scopes.has('*') !== others.has('*');
      if (oneIsPrivate && (scopes.has('*') ? covers(host, other) : covers(other, host))) rivals.add(site.resource);
    }
  }
  return [...rivals];

  /** The same name in the same namespace is the same VirtualService, written twice. */
  function isRival(other: Resource): boolean {
    const isSame = other.name === resource.name && environment.namespaceOf(other) === environment.namespaceOf(resource);
    return !isSame && isForMesh(other);
  }
}
