/**
 * TrafficSplits: a share of the requests to one Service for each of several. Archived with SMI, read as legacy input.
 * Sources: smi-spec apis/traffic-split; linkerd-smi pkg/adaptor.
 */

import type { Environment } from '../../../../model/environment.ts';
import type { Backend, Peculiar, Route, RouteMatch } from '../../../../model/ir.ts';
import type { Resource } from '../../../../model/manifest.ts';
import { listAt, textAt, valueAt } from '../../../../model/value.ts';
import { serviceFacts, type ServicePort } from '../../common/workloads.ts';
import { HTTPRouteGroup } from '../kinds.ts';
import { matchAskedBy, readMatches } from './matches.ts';
import { thousandths } from './weights.ts';

export interface ReadSplit {
  readonly route: Route;
  readonly peculiar: readonly Peculiar[];
}

/**
 * What a TrafficSplit asks for: one rule, for the requests that its HTTPRouteGroups describe, or for all. Without rules
 * when nobody can say which requests are meant. Weights are relative, in thousandths; undefined when it names no service.
 */
export function readTrafficSplit(resource: Resource, environment: Environment): ReadSplit | undefined {
  const namespace = environment.namespaceOf(resource);
  const apex = textAt(resource.value, ['spec', 'service']);
  if (apex === undefined) return undefined;
  const backends = listAt(resource.value, ['spec', 'backends']).flatMap((it, at): Backend[] => {
    const name = textAt(it, ['service']);
    if (name === undefined) return [];
    const weight = thousandths(valueAt(it, ['weight']));
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
  const limit = limitOf(resource, namespace, environment);
  const rules =
    'missing' in limit
      ? []
      : [
          {
            matches: limit.matches,
            parts: { backends: { value: backends, from: backends.flatMap((it) => it.from) } },
          },
        ];
  const route: Route = {
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
    protocol: carriesConnections(environment, namespace, service) ? 'tcp' : 'http',
    order: 'document',
    unmatched: 'default-backend',
    rules,
  };
  return { route, peculiar: 'missing' in limit ? [unknownRequests(resource, limit.missing)] : [] };
}

/** Whether all ports of a Service say that they carry no HTTP; a split then counts for connections. */
function carriesConnections(environment: Environment, namespace: string, name: string): boolean {
  const ports = serviceFacts(environment, namespace, name)?.ports ?? [];
  const isOther = ({ name = '', appProtocol }: ServicePort) =>
    /^(?:tcp|tls|mongo|mysql|redis|linkerd\.io\/(?:tcp|opaque))(?:-|$)/.test(appProtocol ?? name);
  return ports.length > 0 && ports.every(isOther);
}

/** Which requests are split: those of the groups it names, all of which count; everything without any. */
function limitOf(
  resource: Resource,
  namespace: string,
  environment: Environment,
): { readonly matches: readonly RouteMatch[] } | { readonly missing: string } {
  const matches: RouteMatch[] = [];
  for (const [at, it] of listAt(resource.value, ['spec', 'matches']).entries()) {
    const name = textAt(it, ['name']) ?? '';
    const group = environment.index.find(HTTPRouteGroup, namespace, name);
    if (!group) return { missing: name };
    const by = { resource, path: ['spec', 'matches', at] };
    const own = readMatches(group, undefined).map((it) => matchAskedBy(it, by));
    // A group without conditions, or with one that says nothing, takes every request.
    if (own.some((match) => !match.path && !match.methods && match.headers.length === 0)) return { matches: [] };
    matches.push(...own);
  }
  return { matches };
}

/** The HTTPRouteGroup that says which requests are meant is not here; without it all requests would be split. */
function unknownRequests(resource: Resource, group: string): Peculiar {
  return {
    from: [{ resource, path: ['spec'] }],
    code: 'no-equivalent',
    reason: `Which requests are split stands in HTTPRouteGroup "${group}", which is not here; without it all would be split.`,
    risk: 'behaviour',
  };
}
