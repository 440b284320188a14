/** Which fields of Istio's kinds name hosts, subsets, gateways and accounts. */

import type { Reference, Site } from '../../model/reference.ts';
import { Gateway as KubernetesGateway } from '../kubernetes/gateway/kinds.ts';
import { ServiceAccount } from '../kubernetes/common/kinds.ts';
import { sibling, spaceOf } from '../kubernetes/common/references.ts';
import { hostSpace, subsetSpace } from './declarations.ts';
import { possibleHosts, shortHost } from './hosts.ts';
import { AuthorizationPolicy, DestinationRule, Gateway, VirtualService } from './kinds.ts';
import type { Kind } from '../../model/kind.ts';

/** Where a VirtualService names a destination: routes and mirrors. */
const routes = [
  'spec.http[*].route[*].destination',
  'spec.tls[*].route[*].destination',
  'spec.tcp[*].route[*].destination',
];
const mirrors = ['spec.http[*].mirror', 'spec.http[*].mirrors[*].destination'];
const destinations = [...routes, ...mirrors];

/** `mesh` stands for every sidecar, not for a Gateway. */
const everySidecar = 'mesh';

export const routeHosts: readonly Reference[] = routes.map((it) => hostAt(VirtualService, `${it}.host`));
export const mirrorHosts: readonly Reference[] = mirrors.map((it) => hostAt(VirtualService, `${it}.host`));
export const destinationHosts: readonly Reference[] = [...routeHosts, ...mirrorHosts];
export const destinationSubsets: readonly Reference[] = destinations.map((it) => subsetAt(`${it}.subset`));
export const gatewayNames: readonly Reference[] = [
  'spec.gateways[*]',
  'spec.http[*].match[*].gateways[*]',
  'spec.tls[*].match[*].gateways[*]',
  'spec.tcp[*].match[*].gateways[*]',
].map((it) => gatewayAt(it));
export const routedHosts: Reference = hostAt(VirtualService, 'spec.hosts[*]');
export const ruledHost: Reference = hostAt(DestinationRule, 'spec.host');
export const principals: readonly Reference[] = ['principals', 'notPrincipals'].map((it) =>
  principalAt(`spec.rules[*].from[*].source.${it}[*]`),
);

export const references: readonly Reference[] = [
  ...destinationHosts,
  ...destinationSubsets,
  ...gatewayNames,
  routedHosts,
  ruledHost,
  ...principals,
];

function hostAt(from: Kind, path: string): Reference {
  return {
    from,
    path,
    noun: 'host',
    spaces: () => [hostSpace],
    keys: (text, site) => (text.startsWith('*') ? [] : possibleHosts(text, site.namespace, site.clusterDomain)),
    write: (key, site) => shortHost(key, site.namespace, site.clusterDomain),
  };
}

function subsetAt(path: string): Reference {
  const hostsAt = (site: Site) => {
    const host = sibling(site, 'host');
    return host ? possibleHosts(host, site.namespace, site.clusterDomain) : [];
  };
  return {
    from: VirtualService,
    path,
    noun: 'subset',
    spaces: () => [subsetSpace],
    keys: (text, site) => hostsAt(site).map((host) => `${host}|${text}`),
    write(key, site) {
      const [host = '', name] = key.split('|');
      return hostsAt(site).includes(host) ? name : undefined;
    },
  };
}

/** A gateway as a VirtualService names it; Flagger's Canary does so too. */
export function gatewayAt(path: string, from: Kind = VirtualService): Reference {
  return {
    from,
    path,
    noun: 'gateway',
    spaces: () => [spaceOf(Gateway), spaceOf(KubernetesGateway)],
    keys: (text, site) => (text === everySidecar ? [] : [gatewayKey(text, site)]),
    write(key, site) {
      const slash = key.indexOf('/');
      return key.slice(0, slash) === site.namespace ? key.slice(slash + 1) : key;
    },
  };
}

/** `edge`, `./edge`, `ingress/edge` and the old `edge.ingress.svc.cluster.local` as `ingress/edge`. */
function gatewayKey(text: string, site: Site): string {
  if (text.startsWith('./')) return `${site.namespace}/${text.slice(2)}`;
  if (text.includes('/')) return text;
  const [name = text, namespace] = text.split('.');
  return `${namespace ?? site.namespace}/${name}`;
}

/** `cluster.local/ns/shop/sa/web` names a ServiceAccount; patterns with `*` do not. */
function principalAt(path: string): Reference {
  return {
    from: AuthorizationPolicy,
    path,
    noun: 'ServiceAccount',
    spaces: () => [spaceOf(ServiceAccount)],
    keys(text) {
      const match = /\/ns\/([^/*]+)\/sa\/([^/*]+)$/.exec(text);
      return match ? [`${match[1]}/${match[2]}`] : [];
    },
    write(key, site) {
      const [namespace, name] = key.split('/');
      return `${site.clusterDomain}/ns/${namespace}/sa/${name}`;
    },
  };
}
