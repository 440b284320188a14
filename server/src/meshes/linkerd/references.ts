/** Which fields of Linkerd's kinds name Servers, routes, authentications and accounts. */

import type { Kind } from '../../model/kind.ts';
import type { Reference, Site } from '../../model/reference.ts';
import { Namespace, ServiceAccount } from '../kubernetes/common/kinds.ts';
import { byName, sibling, siblingNamespace, spaceOf } from '../kubernetes/common/references.ts';
import { GRPCRoute, HTTPRoute } from '../kubernetes/gateway/kinds.ts';
import { backendNames, parentNames } from '../kubernetes/gateway/references.ts';
import { AuthorizationPolicy, MeshTLSAuthentication, NetworkAuthentication, PolicyHTTPRoute, Server } from './kinds.ts';

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
const identities: Reference = {
  from: MeshTLSAuthentication,
  path: 'spec.identities[*]',
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

export const references: readonly Reference[] = [
  target,
  authentications,
  identityRefs,
  identities,
  parentNames(PolicyHTTPRoute, [Server]),
  ...backendNames(PolicyHTTPRoute),
];

/** The kind that `group` and `kind` beside a name say; Linkerd compares both without case, and `core` is the core group. */
function kindBeside(site: Site, kinds: readonly Kind[]): readonly Kind[] {
  const name = sibling(site, 'kind')?.toLowerCase();
  const group = sibling(site, 'group')?.toLowerCase() ?? '';
  return kinds.filter(
    (it) => it.name.toLowerCase() === name && (it.group === group || (it.group === '' && group === 'core')),
  );
}
