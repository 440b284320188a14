/** ExternalWorkloads, and Services whose labels offer them to other clusters. */

import { askedAt, askedLabels, askedText } from '../../../model/asked.ts';
import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  OutsidePort,
  OutsideService,
  OutsideWorkload,
  Peculiar,
  ServiceExport,
} from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, numberAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { type ServiceFacts, servicesOfPods } from '../../kubernetes/common/workloads.ts';
import { ExternalWorkload } from '../kinds.ts';

export interface ReadOutside {
  readonly outsideServices: readonly Asked<OutsideService>[];
  readonly outsideWorkloads: readonly Asked<OutsideWorkload>[];
  readonly peculiar: readonly Peculiar[];
}

/** The workloads among some resources, and the Services of the workspace that select them, as facts. */
export function readExternalWorkloads(resources: readonly Resource[], environment: Environment): ReadOutside {
  const outsideWorkloads: Asked<OutsideWorkload>[] = [];
  const services = new Map<string, ServiceFacts>();
  const peculiar: Peculiar[] = [];
  for (const resource of resources.filter((it) => isOfKind(it, ExternalWorkload))) {
    const namespace = environment.namespaceOf(resource);
    const workload = readWorkload(resource, namespace);
    if (!workload) {
      peculiar.push({
        from: askedAt(resource, ['spec']),
        code: 'no-equivalent',
        reason: 'A workload without an address cannot be reached in any mesh.',
        risk: 'availability',
      });
      continue;
    }
    outsideWorkloads.push(workload);
    peculiar.push(...moreAddresses(resource));
    for (const it of servicesOfPods(environment, namespace, textRecordAt(resource.value, ['metadata', 'labels'])))
      services.set(`${namespace}/${it.name}`, it);
  }
  return { outsideWorkloads, outsideServices: [...services.values()].map(serviceOf), peculiar };
}

function readWorkload(resource: Resource, namespace: string): Asked<OutsideWorkload> | undefined {
  const address = askedText(resource, ['spec', 'workloadIPs', 0, 'ip']);
  if (!address) return undefined;
  const tls = valueAt(resource.value, ['spec', 'meshTLS']) === undefined ? 'meshTls' : 'meshTLS';
  const [identity, serverName] = ['identity', 'serverName'].map((it) => askedText(resource, ['spec', tls, it]));
  const value: OutsideWorkload = {
    name: resource.name,
    namespace,
    address,
    // Labels of a workload are no leaves: its Service chooses it by them.
    labels: { value: askedLabels(resource, ['metadata', 'labels']).value, from: [] },
    ports: listAt(resource.value, ['spec', 'ports']).flatMap((_, at) => readPort(resource, ['spec', 'ports', at])),
    ...(identity && serverName
      ? {
          identity: {
            value: { type: 'names', identity: identity.value, serverName: serverName.value },
            from: [...identity.from, ...serverName.from],
          },
        }
      : {}),
  };
  return { value, from: askedAt(resource, ['spec']) };
}

function readPort(resource: Resource, path: Path): Asked<OutsidePort>[] {
  const number = numberAt(resource.value, [...path, 'port']);
  if (number === undefined) return [];
  const name = textAt(resource.value, [...path, 'name']);
  const protocol = textAt(resource.value, [...path, 'protocol']);
  return [
    {
      value: {
        number,
        ...(name === undefined ? {} : { name }),
        ...(protocol === undefined ? {} : { protocol: protocol.toLowerCase() }),
      },
      from: [{ resource, path }],
    },
  ];
}

function moreAddresses(resource: Resource): readonly Peculiar[] {
  const rest = listAt(resource.value, ['spec', 'workloadIPs']).slice(1);
  if (rest.length === 0) return [];
  return [
    {
      from: rest.map((_, at) => ({ resource, path: ['spec', 'workloadIPs', at + 1] })),
      code: 'no-equivalent',
      reason: 'A workload has one address elsewhere; the first one is carried over.',
      risk: 'availability',
    },
  ];
}

function serviceOf({ name, namespace, selector, ports }: ServiceFacts): Asked<OutsideService> {
  const value: OutsideService = {
    name,
    namespace,
    service: { name, namespace },
    hosts: [],
    ports: ports.map((it) => ({
      value: {
        number: it.port,
        ...(it.name === undefined ? {} : { name: it.name }),
        ...(it.appProtocol === undefined ? {} : { protocol: it.appProtocol }),
        ...(typeof it.targetPort === 'number' ? { targetPort: it.targetPort } : {}),
      },
      from: [],
    })),
    selector: { value: selector, from: [] },
  };
  return { value, from: [] };
}

// ---- Services for other clusters -----------------------------------------------------------------------------------

const exported = 'mirror.linkerd.io/exported';
const federated = 'mirror.linkerd.io/federated';

/** Services among some resources that other clusters get a copy of, or share as one. */
export function readMirrors(resources: readonly Resource[], environment: Environment): readonly Asked<ServiceExport>[] {
  return resources
    .filter((it) => isOfKind(it, Service))
    .flatMap((resource): readonly Asked<ServiceExport>[] => {
      const name = { name: resource.name, namespace: environment.namespaceOf(resource) };
      const modes = [modeOf(resource, exported), modeOf(resource, federated)].flatMap((it) => (it ? [it] : []));
      return modes.map(({ value: mode, from }) => ({
        value: { service: { value: name, from }, mode },
        from,
      }));
    });
}

function modeOf(resource: Resource, key: string): Asked<ServiceExport['mode']> | undefined {
  const label = askedText(resource, ['metadata', 'labels', key]);
  const mode = label && modes[`${key}: ${label.value}`];
  return mode && { value: mode, from: label.from };
}

const modes: Readonly<Record<string, ServiceExport['mode']>> = {
  [`${exported}: true`]: 'gateway',
  [`${exported}: remote-discovery`]: 'direct',
  [`${federated}: member`]: 'united',
};
