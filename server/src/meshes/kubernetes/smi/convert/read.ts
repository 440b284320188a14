/**
 * TrafficSplits: a share of the requests to one Service for each of several. Archived with SMI, read as legacy input.
 * Sources: smi-spec apis/traffic-split; linkerd-smi pkg/adaptor.
 */

import type { Environment } from '../../../../model/environment.ts';
import type { Backend, Origin, Peculiar, Route } from '../../../../model/ir.ts';
import type { Resource } from '../../../../model/manifest.ts';
import { listAt, textAt, valueAt } from '../../../../model/value.ts';

/**
 * What a TrafficSplit asks for: a route, or, for a split that holds for some requests only, why there is none. Weights
 * are relative, in thousandths; undefined when it names no service.
 */
export function readTrafficSplit(resource: Resource, environment: Environment): Route | Peculiar | undefined {
  const namespace = environment.namespaceOf(resource);
  const apex = textAt(resource.value, ['spec', 'service']);
  if (apex === undefined) return undefined;
  if (listAt(resource.value, ['spec', 'matches']).length > 0) return limitedSplit(resource);
  const backends = listAt(resource.value, ['spec', 'backends']).flatMap((it, at): Backend[] => {
    const name = textAt(it, ['service']);
    if (name === undefined) return [];
    const weight = quantity(valueAt(it, ['weight']));
    return [
      {
        // A backend may be named by its full name; only the first label is the Service.
        service: { name: name.split('.')[0] ?? name, namespace },
        ...(weight === undefined ? {} : { weight }),
        from: [{ resource, path: ['spec', 'backends', at] }],
      },
    ];
  });
  const service = apex.split('.')[0] ?? apex;
  return {
    name: resource.name,
    namespace,
    targets: [
      {
        value: { type: 'service', service: { name: service, namespace } },
        from: [{ resource, path: ['spec', 'service'] }],
      },
    ],
    gateways: [],
    isMesh: true,
    protocol: 'http',
    order: 'document',
    unmatched: 'default-backend',
    rules: [{ matches: [], parts: { backends: { value: backends, from: backends.flatMap((it) => it.from) } } }],
  };
}

/** `800m` is 800, `1` is 1000: thousandths, so that all versions of the kind count alike. */
function quantity(value: unknown): number | undefined {
  if (typeof value === 'number') return value * 1000;
  const parts = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(m?)$/.exec(value) : null;
  if (!parts) return undefined;
  return parts[2] === 'm' ? Number(parts[1]) : Number(parts[1]) * 1000;
}

/** The HTTPRouteGroup that says which requests are meant is served by nobody; without it all requests would be split. */
function limitedSplit(resource: Resource): Peculiar {
  const from: Origin[] = [{ resource, path: ['spec'] }];
  return {
    from,
    code: 'no-equivalent',
    reason: 'Which requests are split stands in an HTTPRouteGroup, which is not read; without it all would be split.',
    risk: 'behaviour',
  };
}
