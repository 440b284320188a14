/** Limits of requests at a service, a feature of Consul Enterprise: `rateLimits` of ServiceDefaults. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Ir, Origin, PathMatch, RateLimit } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, numberAt, textAt } from '../../../model/value.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { serviceOfEntry } from './read-routes.ts';
import { registeredPort } from './services.ts';

const kinds = { pathExact: 'exact', pathPrefix: 'prefix', pathRegex: 'regex' } as const;

/** The limits that the ServiceDefaults of a service ask for; none in most. */
export function readLimits(defaults: Resource, environment: Environment): Ir['rateLimits'] {
  const base: Path = ['spec', 'rateLimits', 'instanceLevel'];
  const at = (...path: Path): readonly Origin[] => [{ resource: defaults, path: [...base, ...path] }];
  const number = (...path: Path) => numberAt(defaults.value, [...base, ...path]);
  const routes = listAt(defaults.value, [...base, 'routes']);
  const [perSecond, burst] = [number('requestsPerSecond'), number('requestsMaxBurst')];
  if (perSecond === undefined && routes.length === 0) return [];
  const service = serviceOfEntry(environment, defaults);
  const facts = serviceFacts(environment, service.namespace, service.name);
  const port = facts && registeredPort(environment, facts)?.port;
  const value: RateLimit = {
    name: service.name,
    namespace: service.namespace,
    target: {
      value: { type: 'workload', namespace: service.namespace, labels: facts?.selector ?? {}, service },
      from: [],
    },
    ...(port !== undefined && { port: { value: port, from: [] } }),
    ...(perSecond !== undefined && {
      total: {
        perSecond: { value: perSecond, from: at('requestsPerSecond') },
        ...(burst !== undefined && { burst: { value: burst, from: at('requestsMaxBurst') } }),
      },
    }),
    overrides: [],
    routes: routes.flatMap((it, position): RateLimit['routes'][number][] => {
      const own = numberAt(it, ['requestsPerSecond']);
      const most = numberAt(it, ['requestsMaxBurst']);
      return [
        {
          value: {
            path: pathOf(it),
            ...(own !== undefined && { perSecond: own }),
            ...(most !== undefined && { burst: most }),
          },
          from: at('routes', position),
        },
      ];
    }),
  };
  const asked: Asked<RateLimit> = { value, from: at() };
  return [asked];
}

function pathOf(route: unknown): PathMatch {
  for (const key of ['pathExact', 'pathPrefix', 'pathRegex'] as const) {
    const value = textAt(route, [key]);
    if (value !== undefined) return { type: kinds[key], value };
  }
  return { type: 'prefix', value: '/' };
}
