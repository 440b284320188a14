/** Which fields of Gateway API routes name their parents and backends; Linkerd's own HTTPRoute reads the same way. */

import type { Kind } from '../../../model/kind.ts';
import type { Reference, Site } from '../../../model/reference.ts';
import { Service } from '../common/kinds.ts';
import { byName, sibling, siblingNamespace } from '../common/references.ts';
import { Gateway, GRPCRoute, HTTPRoute } from './kinds.ts';

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
      to: (site) => (isService(site) ? [Service] : []),
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

function isService(site: Site): boolean {
  const group = sibling(site, 'group') ?? '';
  return (group === '' || group === 'core') && (sibling(site, 'kind') ?? 'Service') === 'Service';
}

export const references: readonly Reference[] = [
  ...backendNames(HTTPRoute),
  ...backendNames(GRPCRoute),
  parentNames(HTTPRoute),
  parentNames(GRPCRoute),
];
