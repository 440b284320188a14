/**
 * Whether a resource that exists is what a new one of its name would be about: the same hosts, parent, target or pods.
 * Then the new one is a newer state of it, as when the same source is converted again, and takes its place.
 */

import { type Kind, kindId } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import { valueAt } from '../model/value.ts';
import * as istio from './istio/kinds.ts';
import { Service } from './kubernetes/common/kinds.ts';
import * as gateway from './kubernetes/gateway/kinds.ts';
import * as linkerd from './linkerd/kinds.ts';

/** Fields of the spec that say what a resource of a kind is about. */
const subjects: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>(
  (
    [
      [istio.VirtualService, ['hosts', 'gateways']],
      [istio.DestinationRule, ['host']],
      [istio.Gateway, ['selector']],
      [istio.PeerAuthentication, ['selector']],
      [istio.AuthorizationPolicy, ['selector', 'action']],
      [gateway.HTTPRoute, ['parentRefs']],
      [gateway.Gateway, ['gatewayClassName']],
      [linkerd.PolicyHTTPRoute, ['parentRefs']],
      [linkerd.AuthorizationPolicy, ['targetRef']],
      [linkerd.Server, ['podSelector', 'port']],
      // Policies of others may name these, so only the very same will do.
      [linkerd.MeshTLSAuthentication, ['identities', 'identityRefs']],
      [linkerd.NetworkAuthentication, ['networks']],
      [Service, ['selector']],
    ] as readonly (readonly [Kind, readonly string[]])[]
  ).map(([kind, fields]) => [kindId(kind), fields]),
);

/** Whether `spec` is about the same as the spec of `existing`; never for a kind of which that is not known. */
export function isSameThing(existing: Resource, kind: Kind, spec: unknown): boolean {
  const fields = subjects.get(kindId(kind));
  if (!fields || existing.part.masked.templated || !existing.part.isWellFormed) return false;
  return fields.every((it) => textOf(valueAt(existing.value, ['spec', it])) === textOf(valueAt(spec, [it])));
}

/** A value as text that does not depend on the order of keys. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, it: unknown) =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );
}
