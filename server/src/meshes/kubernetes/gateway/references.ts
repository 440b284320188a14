/**
 * Which fields of the Gateway API name parents, listeners, backends, classes and certificates; Linkerd's own HTTPRoute
 * reads the same way as the routes here.
 */

import type { Kind } from '../../../model/kind.ts';
import type { Reference, Site } from '../../../model/reference.ts';
import { ConfigMap, Secret, Service } from '../common/kinds.ts';
import { byName, kindSaid, namespaceAt, sibling, siblingNamespace } from '../common/references.ts';
import { ServiceImport } from '../multicluster/kinds.ts';
import { listenerKey, listenerSpace } from './declarations.ts';
import {
  BackendTLSPolicy,
  Gateway,
  GatewayClass,
  GRPCRoute,
  HTTPRoute,
  ListenerSet,
  ReferenceGrant,
  TCPRoute,
  TLSRoute,
  UDPRoute,
  XBackendTrafficPolicy,
} from './kinds.ts';

/** The backends of a route's rules, mirrors included. */
export function backendNames(from: Kind): readonly Reference[] {
  return [
    'spec.rules[*].backendRefs[*].name',
    'spec.rules[*].filters[*].requestMirror.backendRef.name',
    'spec.rules[*].backendRefs[*].filters[*].requestMirror.backendRef.name',
  ].map((path) =>
    byName({
      from,
      path,
      noun: 'Service',
      to: (site) => [Service, ServiceImport].filter((it) => isBackend(site, it)),
      namespace: siblingNamespace,
    }),
  );
}

/** What a route is attached to; `others` are parent kinds beside Gateway and Service, by `group/kind`. */
export function parentNames(from: Kind, others: readonly Kind[] = []): Reference {
  const kinds = [Gateway, ListenerSet, Service, ...others];
  return byName({
    from,
    path: 'spec.parentRefs[*].name',
    noun: 'parent',
    to: (site) => {
      const name = sibling(site, 'kind') ?? Gateway.name;
      const group = sibling(site, 'group') ?? (name === Service.name ? undefined : Gateway.group);
      return kinds.filter(
        (it) =>
          it.name === name && (group === undefined || it.group === group || (group === 'core' && it.group === '')),
      );
    },
    namespace: siblingNamespace,
  });
}

function isBackend(site: Site, kind: Kind): boolean {
  const group = sibling(site, 'group') ?? '';
  return (group === 'core' ? '' : group) === kind.group && (sibling(site, 'kind') ?? Service.name) === kind.name;
}

/** A listener of the Gateway or ListenerSet that is named beside it. */
export function listenerNames(from: Kind, path: string): Reference {
  const prefixOf = (site: Site) => {
    const [kind] = kindSaid(site, [Gateway, ListenerSet], Gateway);
    const name = sibling(site, 'name');
    return kind && name !== undefined ? listenerKey(kind, siblingNamespace(site), name, '') : undefined;
  };
  return {
    from,
    path,
    noun: 'listener',
    spaces: () => [listenerSpace],
    keys(text, site) {
      const prefix = prefixOf(site);
      return prefix === undefined ? [] : [prefix + text];
    },
    write(key, site) {
      const prefix = prefixOf(site);
      return prefix !== undefined && key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
    },
  };
}

const routes = [HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, UDPRoute];

/** A Secret in a listener, unless another kind is said. */
function certificates(from: Kind): Reference {
  return byName({
    from,
    path: 'spec.listeners[*].tls.certificateRefs[*].name',
    noun: 'Secret',
    to: (site) => kindSaid(site, [Secret], Secret),
    namespace: siblingNamespace,
  });
}

export const references: readonly Reference[] = [
  ...routes.flatMap((it) => [
    ...backendNames(it),
    parentNames(it),
    listenerNames(it, 'spec.parentRefs[*].sectionName'),
  ]),
  byName({ from: Gateway, path: 'spec.gatewayClassName', noun: 'GatewayClass', to: [GatewayClass] }),
  certificates(Gateway),
  certificates(ListenerSet),
  byName({
    from: ListenerSet,
    path: 'spec.parentRef.name',
    noun: 'Gateway',
    to: (site) => kindSaid(site, [Gateway], Gateway),
    namespace: siblingNamespace,
  }),
  ...[BackendTLSPolicy, XBackendTrafficPolicy].map((from) =>
    byName({ from, path: 'spec.targetRefs[*].name', noun: 'Service', to: (site) => kindSaid(site, [Service]) }),
  ),
  byName({
    from: BackendTLSPolicy,
    path: 'spec.validation.caCertificateRefs[*].name',
    noun: 'ConfigMap',
    to: (site) => kindSaid(site, [ConfigMap, Secret]),
  }),
  namespaceAt(ReferenceGrant, 'spec.from[*].namespace'),
  byName({
    from: ReferenceGrant,
    path: 'spec.to[*].name',
    noun: 'target',
    to: (site) => kindSaid(site, [Service, ServiceImport, Secret, ConfigMap, Gateway]),
  }),
];
