/** How many connections pods take: what Sidecars say of the proxies of their pods. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, InboundLimit } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { servicesOfSelector } from '../../kubernetes/common/workloads.ts';
import { originsOf, Place } from './place.ts';

/** The limit of a Sidecar for each Service in front of its pods; a Sidecar without a selector is for its namespace. */
export function readInboundLimits(resource: Resource, environment: Environment): readonly Asked<InboundLimit>[] {
  const namespace = environment.namespaceOf(resource);
  const spec = Place.of(resource).at('spec');
  const limit = spec.at('inboundConnectionPool', 'tcp', 'maxConnections');
  if (limit.number === undefined) return [];
  const maxConnections = limit.asked(limit.number);
  const selector = spec.at('workloadSelector', 'labels');
  // Where it also says what its pods may call, its labels have their fate there.
  const own = spec.at('outboundTrafficPolicy', 'mode').exists ? [] : originsOf(selector);
  return servicesOfSelector(environment, namespace, selector.textRecord).map(({ name }) => ({
    value: { service: { value: { name, namespace }, from: own }, maxConnections },
    from: [...originsOf(limit), ...own],
  }));
}
