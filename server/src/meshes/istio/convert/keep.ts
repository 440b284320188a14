/** Routes of the Gateway API that Istio implements as they stand. Source: Istio, Gateway API, mesh traffic. */

import type { ConvertOptions } from '../../../model/convert-options.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { GRPCRoute, HTTPRoute } from '../../kubernetes/gateway/kinds.ts';

/** Whether a route of Services stays what it is: its annotations for other meshes count no more, its rules do. */
export function keeps(resource: Resource, { istioInput }: ConvertOptions): boolean {
  if (istioInput !== 'keep-gateway-api' || !(isOfKind(resource, HTTPRoute) || isOfKind(resource, GRPCRoute)))
    return false;
  const parents = listAt(resource.value, ['spec', 'parentRefs']);
  return parents.length > 0 && parents.every((it) => textAt(it, ['kind']) === 'Service');
}
