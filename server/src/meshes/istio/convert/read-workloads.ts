/** WorkloadEntries, and the health checks that a WorkloadGroup has for them. A group alone is a template of no workload. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, HealthCheck, OutsideWorkload, Peculiar } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { selects } from '../../kubernetes/common/workloads.ts';
import { ServiceEntry, WorkloadEntry, WorkloadGroup } from '../kinds.ts';
import { originsOf, Place } from './place.ts';
import { readWorkload } from './read-externals.ts';

export interface ReadWorkloads {
  readonly outsideWorkloads: readonly Asked<OutsideWorkload>[];
  readonly peculiar: readonly Peculiar[];
}

/**
 * The workloads among some resources, and those of the workspace that a chosen ServiceEntry selects, since a service is
 * written together with its workloads.
 */
export function readWorkloads(resources: readonly Resource[], environment: Environment): ReadWorkloads {
  const outsideWorkloads: Asked<OutsideWorkload>[] = [];
  const peculiar: Peculiar[] = [];
  const chosen = new Set(resources);
  const selectors = resources
    .filter((it) => isOfKind(it, ServiceEntry))
    .map((it) => ({
      namespace: environment.namespaceOf(it),
      labels: Place.of(it).at('spec', 'workloadSelector', 'labels').textRecord,
    }))
    .filter((it) => Object.keys(it.labels).length > 0);
  for (const entry of environment.index.all(WorkloadEntry)) {
    const namespace = environment.namespaceOf(entry);
    const spec = Place.of(entry).at('spec');
    const labels = spec.at('labels').textRecord;
    const isSelected = selectors.some((it) => it.namespace === namespace && selects(it.labels, labels));
    if (!chosen.has(entry) && !isSelected) continue;
    const network = originsOf(spec.at('network'));
    if (network.length > 0) peculiar.push({ from: network, ...noNetwork });
    const workload = readWorkload(spec, entry.name, namespace);
    const health = healthOf(labels, namespace, environment);
    if (workload) outsideWorkloads.push(health ? { ...workload, value: { ...workload.value, health } } : workload);
    else peculiar.push({ from: [spec.origin], ...noAddress });
  }
  for (const group of resources.filter((it) => isOfKind(it, WorkloadGroup))) peculiar.push(...lostOf(group));
  return { outsideWorkloads, peculiar };
}

const noNetwork = {
  code: 'no-equivalent',
  reason: 'Other meshes do not tell networks apart by name; the address has to be reachable from every client.',
  risk: 'availability',
} as const;

const noAddress = {
  code: 'no-equivalent',
  reason: 'Without an address it is reached by way of the gateway of its network, which only Istio knows.',
  risk: 'availability',
} as const;

/** The check of the group whose labels a workload has. */
function healthOf(
  labels: Readonly<Record<string, string>>,
  namespace: string,
  environment: Environment,
): Asked<HealthCheck> | undefined {
  for (const group of environment.index.all(WorkloadGroup)) {
    const spec = Place.of(group).at('spec');
    const own = spec.at('metadata', 'labels').textRecord;
    if (environment.namespaceOf(group) !== namespace || Object.keys(own).length === 0 || !selects(own, labels))
      continue;
    return readProbe(spec.at('probe'));
  }
  return undefined;
}

function readProbe(probe: Place): Asked<HealthCheck> | undefined {
  const [http, tcp, grpc] = [probe.at('httpGet'), probe.at('tcpSocket'), probe.at('grpc')];
  const place = [http, tcp, grpc].find((it) => it.exists);
  if (!place) return undefined;
  const [interval, timeout] = [probe.at('periodSeconds'), probe.at('timeoutSeconds')];
  const [host, port, path, scheme] = [place.at('host'), place.at('port'), place.at('path'), place.at('scheme')];
  const value: HealthCheck = {
    type: place === http ? 'http' : place === tcp ? 'tcp' : 'grpc',
    ...(host.text === undefined ? {} : { host: host.text }),
    ...(port.number === undefined ? {} : { port: port.number }),
    ...(path.text === undefined ? {} : { path: path.text }),
    ...(scheme.text === undefined ? {} : { scheme: scheme.text.toLowerCase() }),
    ...(interval.number === undefined ? {} : { interval: interval.number * 1000 }),
    ...(timeout.number === undefined ? {} : { timeout: timeout.number * 1000 }),
  };
  return { value, from: originsOf(host, port, path, scheme, interval, timeout) };
}

function lostOf(group: Resource): readonly Peculiar[] {
  const spec = Place.of(group).at('spec');
  const probe = spec.at('probe');
  const lost: readonly Peculiar[] = [
    {
      from: originsOf(spec.at('template'), spec.at('metadata')),
      code: 'template-only',
      reason:
        'A group is a template for workloads that register themselves with Istio; the workloads are written, not the template.',
      risk: 'behaviour',
    },
    {
      from: originsOf(
        probe.at('exec'),
        probe.at('initialDelaySeconds'),
        probe.at('successThreshold'),
        probe.at('failureThreshold'),
        probe.at('httpGet', 'httpHeaders'),
        probe.at('grpc', 'service'),
      ),
      code: 'no-equivalent',
      reason: 'Istio checks the health of the workload on its machine, and only there this can be done.',
      risk: 'behaviour',
    },
  ];
  return lost.filter((it) => it.from.length > 0);
}
