/** Which fields of Linkerd's kinds name Servers, routes, authentications, accounts and Services. */

import type { Kind } from '../../model/kind.ts';
import type { Reference, Site } from '../../model/reference.ts';
import { Namespace, Service, ServiceAccount } from '../kubernetes/common/kinds.ts';
import { byName, sibling, siblingNamespace, spaceOf } from '../kubernetes/common/references.ts';
import { GRPCRoute, HTTPRoute, TCPRoute, TLSRoute } from '../kubernetes/gateway/kinds.ts';
import { backendNames, parentNames } from '../kubernetes/gateway/references.ts';
import {
  AuthorizationPolicy,
  EgressNetwork,
  HTTPLocalRateLimitPolicy,
  MeshTLSAuthentication,
  NetworkAuthentication,
  PolicyHTTPRoute,
  Server,
  ServerAuthorization,
  ServiceProfile,
} from './kinds.ts';

/** What a policy protects. */
export const target: Reference = byName({
  from: AuthorizationPolicy,
  path: 'spec.targetRef.name',
  noun: 'target',
  to: (site) => kindBeside(site, [Server, PolicyHTTPRoute, HTTPRoute, GRPCRoute, Namespace]),
});

/** Who may call, as a policy says it. */
export const authentications: Reference = byName({
  from: AuthorizationPolicy,
  path: 'spec.requiredAuthenticationRefs[*].name',
  noun: 'authentication',
  to: (site) => kindBeside(site, [MeshTLSAuthentication, NetworkAuthentication, ServiceAccount]),
  namespace: siblingNamespace,
});

const identityRefs: Reference = byName({
  from: MeshTLSAuthentication,
  path: 'spec.identityRefs[*].name',
  noun: 'identity',
  to: (site) => kindBeside(site, [ServiceAccount, Namespace]),
  namespace: siblingNamespace,
});

/** `web.shop.serviceaccount.identity.linkerd.cluster.local` names a ServiceAccount; `*` and suffixes do not. */
const identities: readonly Reference[] = [
  identity(MeshTLSAuthentication, 'spec.identities[*]'),
  identity(ServerAuthorization, 'spec.client.meshTLS.identities[*]'),
];

function identity(from: Kind, path: string): Reference {
  return {
    from,
    path,
    noun: 'ServiceAccount',
    spaces: () => [spaceOf(ServiceAccount)],
    keys(text) {
      const match = /^([^.*]+)\.([^.]+)\.serviceaccount\.identity\./.exec(text);
      return match ? [`${match[2]}/${match[1]}`] : [];
    },
    write(key, site) {
      const [namespace, name] = key.split('/');
      return `${name}.${namespace}.serviceaccount.identity.linkerd.${site.clusterDomain}`;
    },
  };
}

/** `web.shop.svc.cluster.local`, and in an override with its port behind it, names a Service by its whole name. */
function authority(path: string): Reference {
  return {
    from: ServiceProfile,
    path,
    noun: 'Service',
    spaces: () => [spaceOf(Service)],
    keys(text, site) {
      const [host = ''] = text.split(':');
      const [name, namespace, ...domain] = host.split('.');
      return namespace !== undefined && domain.join('.') === `svc.${site.clusterDomain}`
        ? [`${namespace}/${name}`]
        : [];
    },
    write(key, site) {
      const [namespace, name] = key.split('/');
      return `${name}.${namespace}.svc.${site.clusterDomain}`;
    },
  };
}

/** Parents and backends of Linkerd's own that routes of the Gateway API have as well. */
function ownKinds(from: Kind, path: string, kinds: readonly Kind[]): Reference {
  return byName({ from, path, noun: 'target', to: (site) => kindBeside(site, kinds), namespace: siblingNamespace });
}

const routes = [HTTPRoute, GRPCRoute, TLSRoute, TCPRoute];
const backends = 'spec.rules[*].backendRefs[*].name';

export const references: readonly Reference[] = [
  target,
  authentications,
  identityRefs,
  ...identities,
  parentNames(PolicyHTTPRoute, [Server, EgressNetwork]),
  ...backendNames(PolicyHTTPRoute),
  ...routes.map((it) => ownKinds(it, 'spec.parentRefs[*].name', [Server, EgressNetwork])),
  ...[PolicyHTTPRoute, ...routes].map((it) => ownKinds(it, backends, [EgressNetwork])),
  byName({ from: ServerAuthorization, path: 'spec.server.name', noun: 'Server', to: [Server] }),
  byName({
    from: ServerAuthorization,
    path: 'spec.client.meshTLS.serviceAccounts[*].name',
    noun: 'ServiceAccount',
    to: [ServiceAccount],
    namespace: siblingNamespace,
  }),
  byName({
    from: HTTPLocalRateLimitPolicy,
    path: 'spec.targetRef.name',
    noun: 'Server',
    to: (site) => kindBeside(site, [Server]),
  }),
  byName({
    from: HTTPLocalRateLimitPolicy,
    path: 'spec.overrides[*].clientRefs[*].name',
    noun: 'ServiceAccount',
    to: (site) => kindBeside(site, [ServiceAccount]),
    namespace: siblingNamespace,
  }),
  authority('metadata.name'),
  authority('spec.dstOverrides[*].authority'),
];

/** The kind that `group` and `kind` beside a name say; Linkerd compares both without case, and `core` is the core group. */
function kindBeside(site: Site, kinds: readonly Kind[]): readonly Kind[] {
  const name = sibling(site, 'kind')?.toLowerCase();
  const group = sibling(site, 'group')?.toLowerCase() ?? '';
  return kinds.filter(
    (it) => it.name.toLowerCase() === name && (it.group === group || (it.group === '' && group === 'core')),
  );
}
