/** Which fields of Istio's kinds name hosts, subsets, gateways, accounts, namespaces, Secrets and providers. */

import type { Reference, Site } from '../../model/reference.ts';
import { GatewayClass, Gateway as KubernetesGateway } from '../kubernetes/gateway/kinds.ts';
import { Namespace, Pod, Secret, Service, ServiceAccount } from '../kubernetes/common/kinds.ts';
import {
  byName,
  fieldOf,
  kindSaid,
  namespaceAt,
  sibling,
  siblingNamespace,
  spaceOf,
} from '../kubernetes/common/references.ts';
import { hostSpace, providerSpace, subsetSpace } from './declarations.ts';
import { possibleHosts, serviceOfHost, shortHost } from './hosts.ts';
import {
  AuthorizationPolicy,
  DestinationRule,
  Gateway,
  RequestAuthentication,
  ServiceEntry,
  Sidecar,
  Telemetry,
  TrafficExtension,
  VirtualService,
  WasmPlugin,
  WorkloadEntry,
  WorkloadGroup,
} from './kinds.ts';
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
export const destinationSubsets: readonly Reference[] = destinations.map((it) =>
  subsetAt(VirtualService, `${it}.subset`),
);
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

/** Who calls, by account or by namespace. */
const source = 'spec.rules[*].from[*].source';
const callers: readonly Reference[] = [
  ...['serviceAccounts', 'notServiceAccounts'].map((it) => shortAccountAt(`${source}.${it}[*]`)),
  ...['namespaces', 'notNamespaces'].map((it) => namespaceAt(AuthorizationPolicy, `${source}.${it}[*]`)),
];

/** What a policy is for. Source: istio/istio, pkg/config/schema/gvk and validation of target references. */
const targets: readonly Reference[] = [
  AuthorizationPolicy,
  RequestAuthentication,
  Telemetry,
  TrafficExtension,
  WasmPlugin,
].flatMap((from) =>
  ['spec.targetRef.name', 'spec.targetRefs[*].name'].map((path) =>
    byName({
      from,
      path,
      noun: 'target',
      to: (site) => kindSaid(site, [KubernetesGateway, GatewayClass, Service, ServiceEntry]),
      namespace: siblingNamespace,
    }),
  ),
);

/** Certificates in Secrets, looked for beside the proxy, which mostly is the namespace of the resource. */
const credentials: readonly Reference[] = [
  { from: Gateway, path: 'spec.servers[*].tls' },
  { from: Sidecar, path: 'spec.ingress[*].tls' },
  ...['spec', 'spec.subsets[*]'].flatMap((it) =>
    ['trafficPolicy.tls', 'trafficPolicy.portLevelSettings[*].tls'].map((path) => ({
      from: DestinationRule,
      path: `${it}.${path}`,
    })),
  ),
].map(({ from, path }) => byName({ from, path: `${path}.credentialName`, noun: 'Secret', to: [Secret] }));

const providers: readonly Reference[] = [
  { from: AuthorizationPolicy, path: 'spec.provider.name' },
  ...['tracing', 'metrics', 'accessLogging'].map((it) => ({
    from: Telemetry,
    path: `spec.${it}[*].providers[*].name`,
  })),
].map(({ from, path }) => ({
  from,
  path,
  noun: 'provider',
  spaces: () => [providerSpace],
  keys: (text) => [text],
  write: (key) => key,
}));

const waypointNamespace = 'istio.io/use-waypoint-namespace';
const waypoints: readonly Reference[] = [Namespace, Service, ServiceEntry, Pod, WorkloadEntry].map((from) =>
  byName({
    from,
    path: 'metadata.labels["istio.io/use-waypoint"]',
    noun: 'waypoint',
    to: [KubernetesGateway],
    namespace: (site) =>
      fieldOf(site, ['metadata', 'labels', waypointNamespace]) ??
      (from === Namespace ? site.resource.name : site.namespace),
  }),
);

const exported: readonly Reference[] = [VirtualService, DestinationRule, ServiceEntry].map((from) =>
  namespaceAt(from, 'spec.exportTo[*]'),
);

export const references: readonly Reference[] = [
  ...destinationHosts,
  ...destinationSubsets,
  ...gatewayNames,
  routedHosts,
  ruledHost,
  ...principals,
  ...callers,
  ...targets,
  ...credentials,
  ...providers,
  ...waypoints,
  ...exported,
  sidecarHost('spec.egress[*].hosts[*]'),
  hostAt(Sidecar, 'spec.outboundTrafficPolicy.egressProxy.host'),
  subsetAt(Sidecar, 'spec.outboundTrafficPolicy.egressProxy.subset'),
  fullHostAt(VirtualService, 'spec.tls[*].match[*].sniHosts[*]'),
  byName({
    from: VirtualService,
    path: 'spec.http[*].delegate.name',
    noun: 'VirtualService',
    to: [VirtualService],
    namespace: siblingNamespace,
  }),
  accountAt(WorkloadEntry, 'spec.serviceAccount'),
  accountAt(WorkloadGroup, 'spec.template.serviceAccount'),
  accountAt(ServiceEntry, 'spec.endpoints[*].serviceAccount'),
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

function subsetAt(from: Kind, path: string): Reference {
  const hostsAt = (site: Site) => {
    const host = sibling(site, 'host');
    return host ? possibleHosts(host, site.namespace, site.clusterDomain) : [];
  };
  return {
    from,
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

/** A host that is read as it is written. */
function fullHostAt(from: Kind, path: string): Reference {
  return {
    from,
    path,
    noun: 'host',
    spaces: () => [hostSpace],
    keys: (text) => (text.startsWith('*') ? [] : [text]),
    write: (key) => key,
  };
}

/** `shop/reviews.shop.svc.cluster.local`, or `.` or `*` for the namespace; the host is a whole one. */
function sidecarHost(path: string): Reference {
  return {
    from: Sidecar,
    path,
    noun: 'host',
    spaces: () => [hostSpace],
    keys(text, site) {
      const [scope = '', host = ''] = text.split('/');
      if (host === '' || host.startsWith('*')) return [];
      const home = serviceOfHost(host, site.namespace, site.clusterDomain)?.namespace;
      const wanted = scope === '.' ? site.namespace : scope;
      return wanted === '*' || home === undefined || home === wanted ? [host] : [];
    },
    write(key, site) {
      const home = serviceOfHost(key, site.namespace, site.clusterDomain)?.namespace ?? '*';
      return `${home === site.namespace ? '.' : home}/${key}`;
    },
  };
}

/** `shop/web`, or `web` for an account of the policy's own namespace. */
function shortAccountAt(path: string): Reference {
  return {
    from: AuthorizationPolicy,
    path,
    noun: 'ServiceAccount',
    spaces: () => [spaceOf(ServiceAccount)],
    keys: (text, site) => [text.includes('/') ? text : `${site.namespace}/${text}`],
    write(key, site) {
      const slash = key.indexOf('/');
      return key.slice(0, slash) === site.namespace ? key.slice(slash + 1) : key;
    },
  };
}

function accountAt(from: Kind, path: string): Reference {
  return byName({ from, path, noun: 'ServiceAccount', to: [ServiceAccount] });
}
