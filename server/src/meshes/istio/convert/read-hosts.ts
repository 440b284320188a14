/** What the hosts of a VirtualService are: Services of the cluster, wildcards that stand for some, or other names. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Origin, RouteTarget } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { listAt } from '../../../model/value.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { covers, fullHost, serviceOfHost } from '../hosts.ts';
import { VirtualService } from '../kinds.ts';
import type { Place } from './place.ts';

/**
 * The targets that one host of a VirtualService stands for; `silent` are leaves that go where it goes. A wildcard stands
 * for the Services that the workspace knows, but for those that another VirtualService names in full.
 */
export function readHost(
  host: Place,
  silent: readonly Origin[],
  virtualService: Resource,
  environment: Environment,
): readonly Asked<RouteTarget>[] {
  const { text } = host;
  if (text === undefined) return [];
  const from = [host.origin, ...silent];
  const namespace = environment.namespaceOf(virtualService);
  const { clusterDomain } = environment.settings;
  const service = serviceOfHost(text, namespace, clusterDomain);
  if (service) return [{ value: { type: 'service', service }, from }];
  const gateways = listAt(virtualService.value, ['spec', 'gateways']);
  const isMesh = gateways.length === 0 || gateways.includes('mesh');
  const isGateway = gateways.some((it) => it !== 'mesh');
  const services = isMesh && text.startsWith('*') ? servicesOf(text, virtualService, environment) : [];
  const expanded = services.map(
    (it): Asked<RouteTarget> => ({
      value: { type: 'service', service: it, pattern: text },
      from,
    }),
  );
  const itself: Asked<RouteTarget> = { value: { type: 'host', host: text }, from };
  return expanded.length > 0 && !isGateway ? expanded : [itself, ...expanded];
}

function servicesOf(pattern: string, virtualService: Resource, environment: Environment) {
  const { clusterDomain } = environment.settings;
  const named = new Set(
    environment.index
      .all(VirtualService)
      .flatMap((it) =>
        it === virtualService
          ? []
          : listAt(it.value, ['spec', 'hosts']).flatMap((host) =>
              typeof host === 'string' ? [fullHost(host, environment.namespaceOf(it), clusterDomain)] : [],
            ),
      ),
  );
  return environment.index
    .all(Service)
    .map((it) => ({ name: it.name, namespace: environment.namespaceOf(it) }))
    .filter(({ name, namespace }) => {
      const full = `${name}.${namespace}.svc.${clusterDomain}`;
      return covers(pattern, full) && !named.has(full);
    });
}
