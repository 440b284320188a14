/** Which fields of the Gateway API define names that others use: the listeners of a Gateway or a ListenerSet. */

import { type Kind, kindId } from '../../../model/kind.ts';
import type { Declaration } from '../../../model/reference.ts';
import { Gateway, ListenerSet } from './kinds.ts';

/** Listeners of Gateways and ListenerSets: `gateway.networking.k8s.io/Gateway ingress/edge|https`. */
export const listenerSpace = 'gateway-api/listener';

export const declarations: readonly Declaration[] = [Gateway, ListenerSet].map((from) => ({
  from,
  path: 'spec.listeners[*].name',
  space: listenerSpace,
  keys: (text, site) => [listenerKey(from, site.namespace, site.resource.name, text)],
}));

/** The key of a listener of a Gateway or ListenerSet. */
export function listenerKey(kind: Kind, namespace: string, name: string, listener: string): string {
  return `${kindId(kind)} ${namespace}/${name}|${listener}`;
}
