/** Which fields of Gateway API routes name their parents and backends; Linkerd's own HTTPRoute reads the same way. */

import type { Kind } from '../../../model/kind.ts';
import type { Reference, Site } from '../../../model/reference.ts';
import { Service } from '../common/kinds.ts';
import { byName, sibling, siblingNamespace } from '../common/references.ts';
import { ServiceImport } from '../multicluster/kinds.ts';
import { Gateway, GRPCRoute, HTTPRoute, TCPRoute, TLSRoute, UDPRoute } from './kinds.ts';

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
  const kinds = [Gateway, Service, ...others];
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

export const references: readonly Reference[] = [
  ...[HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, UDPRoute].flatMap((it) => [...backendNames(it), parentNames(it)]),
];
