/**
 * Host names as Istio reads them: a name without a dot belongs to the namespace of the resource that uses it.
 * Sources: istio/istio pkg/config/host; Kiali's forms `svc.ns` and `svc.ns.svc` are accepted too.
 */

import type { ServiceName } from '../../model/ir.ts';

/** The full name of a host used in a namespace: `reviews` → `reviews.shop.svc.cluster.local`; others as written. */
export function fullHost(host: string, namespace: string, clusterDomain: string): string {
  if (host.startsWith('*')) return host;
  const labels = host.split('.');
  if (labels.length === 1) return `${host}.${namespace}.svc.${clusterDomain}`;
  if (labels.length === 3 && labels[2] === 'svc') return `${host}.${clusterDomain}`;
  return host;
}

/** Full names that a host may mean, best first: `svc.ns` may be a Service of that namespace or an outside host. */
export function possibleHosts(host: string, namespace: string, clusterDomain: string): readonly string[] {
  const full = fullHost(host, namespace, clusterDomain);
  const isPair = host.split('.').length === 2 && !host.startsWith('*');
  return isPair ? [full, `${host}.svc.${clusterDomain}`] : [full];
}

/** The Service of a host that is used in a namespace; undefined for hosts outside the cluster and wildcards. */
export function serviceOfHost(host: string, namespace: string, clusterDomain: string): ServiceName | undefined {
  const full = fullHost(host, namespace, clusterDomain);
  const suffix = `.svc.${clusterDomain}`;
  if (full.startsWith('*') || !full.endsWith(suffix)) return undefined;
  const [name, home, ...rest] = full.slice(0, -suffix.length).split('.');
  return name && home && rest.length === 0 ? { name, namespace: home } : undefined;
}

/** The shortest way to name a full host in a namespace. */
export function shortHost(full: string, namespace: string, clusterDomain: string): string {
  const own = `.${namespace}.svc.${clusterDomain}`;
  const short = full.endsWith(own) ? full.slice(0, -own.length) : '';
  return short !== '' && !short.includes('.') && !short.startsWith('*') ? short : full;
}

/** Whether one host covers another: equal, or a wildcard whose rest the other ends with. */
export function covers(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*')) return pattern === host;
  const rest = pattern.slice(1);
  return host.startsWith('*') ? host.slice(1).endsWith(rest) : host.endsWith(rest);
}
