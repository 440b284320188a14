/** Registrations of workloads outside of the cluster, and services that are exported to other clusters. */

import { askedAt, askedNumber, askedText } from '../../../model/asked.ts';
import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  HealthCheck,
  Labels,
  Origin,
  OutsideService,
  OutsideWorkload,
  Peculiar,
  ServiceExport,
  ServiceName,
} from '../../../model/ir.ts';
import { labelValueFault, nameFault } from '../../../model/label-syntax.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, textAt, textRecordAt } from '../../../model/value.ts';
import { ExportedServices, Registration, ServiceDefaults } from '../kinds.ts';
import { protocolOf } from '../protocol.ts';
import { parseDuration } from './durations.ts';
import { originAt, servedBy } from './read-externals.ts';
import type { Entries } from './read-routes.ts';
import { knownServices, serviceNamed } from './services.ts';

export interface ReadRegistrations {
  readonly outsideServices: readonly Asked<OutsideService>[];
  readonly outsideWorkloads: readonly Asked<OutsideWorkload>[];
  readonly peculiar: readonly Peculiar[];
}

/** The workloads that the selected entries register, with the services that they make up. */
export function readRegistrations(entries: Entries): ReadRegistrations {
  const { environment } = entries;
  const outsideWorkloads: Asked<OutsideWorkload>[] = [];
  const peculiar: Peculiar[] = [];
  const ports = new Map<string, { readonly service: ServiceName; readonly ports: Asked<number>[] }>();
  for (const resource of entries.selected(Registration)) {
    const workload = readWorkload(resource, environment);
    if (!workload) {
      peculiar.push({
        from: askedAt(resource, ['spec']),
        code: 'no-equivalent',
        reason: 'A workload without an address or a service cannot be called in any mesh.',
        risk: 'availability',
      });
      continue;
    }
    outsideWorkloads.push(workload);
    const service = workload.value.service?.value;
    if (!service) continue;
    const known = ports.get(service.name) ?? { service, ports: [] };
    ports.set(service.name, known);
    const port = askedNumber(resource, ['spec', 'service', 'port']);
    if (port) known.ports.push(port);
  }
  return {
    outsideWorkloads,
    outsideServices: [...ports.values()].map((it) => serviceOf(it.service, it.ports, environment)),
    peculiar,
  };
}

function readWorkload(resource: Resource, environment: Environment): Asked<OutsideWorkload> | undefined {
  const name = askedText(resource, ['spec', 'service', 'name']);
  const own = askedText(resource, ['spec', 'service', 'address']);
  const node = askedText(resource, ['spec', 'address']);
  const address = own ?? node;
  if (!name || !address) return undefined;
  const service = homeOf(name.value, environment);
  const port = askedNumber(resource, ['spec', 'service', 'port']);
  const weight = askedNumber(resource, ['spec', 'service', 'weights', 'passing']);
  const locality = localityOf(resource);
  const health = readCheck(resource);
  const meta = readMeta(resource, name.value);
  const value: OutsideWorkload = {
    name: resource.name,
    namespace: service.namespace,
    address: { value: address.value, from: [...(own?.from ?? []), ...(node?.from ?? [])] },
    labels: { value: { app: name.value, ...meta.value }, from: meta.from },
    ports: port ? [{ value: { number: port.value }, from: port.from }] : [],
    ...(weight ? { weight } : {}),
    ...(locality ? { locality } : {}),
    ...(health ? { health } : {}),
    service: { value: service, from: name.from },
  };
  return { value, from: askedAt(resource, ['spec']) };
}

/** Metadata that can be labels. */
function readMeta(resource: Resource, service: string): Asked<Labels> {
  const path: Path = ['spec', 'service', 'meta'];
  const entries = Object.entries(textRecordAt(resource.value, path)).filter(
    ([key, value]) =>
      (key !== 'app' || value === service) && nameFault(key) === undefined && labelValueFault(value) === undefined,
  );
  return {
    value: Object.fromEntries(entries),
    from: entries.map(([key]): Origin => ({ resource, path: [...path, key] })),
  };
}

/** A registration is of the whole cluster; its service lies where other entries of its name lie. */
function homeOf(name: string, environment: Environment): ServiceName {
  const defaults = environment.index.all(ServiceDefaults).find((it) => it.name === name);
  const home = defaults ? environment.namespaceOf(defaults) : environment.settings.defaultNamespace;
  return serviceNamed(environment, name, home);
}

function localityOf(resource: Resource): Asked<string> | undefined {
  for (const path of [
    ['spec', 'service', 'locality'],
    ['spec', 'locality'],
  ] satisfies Path[]) {
    const parts = ['region', 'zone'].map((it) => askedText(resource, [...path, it]));
    const known = parts.flatMap((it) => (it ? [it] : []));
    if (parts[0]) return { value: known.map((it) => it.value).join('/'), from: known.flatMap((it) => it.from) };
  }
  return undefined;
}

function readCheck(resource: Resource): Asked<HealthCheck> | undefined {
  const path: Path = ['spec', 'check', 'definition'];
  const type = (['http', 'tcp', 'grpc'] as const).find((it) => textAt(resource.value, [...path, it]) !== undefined);
  if (!type) return undefined;
  const [interval, timeout] = ['intervalDuration', 'timeoutDuration'].map((it) =>
    parseDuration(textAt(resource.value, [...path, it]) ?? ''),
  );
  return {
    value: {
      type,
      ...(interval === undefined ? {} : { interval }),
      ...(timeout === undefined ? {} : { timeout }),
    },
    from: askedAt(resource, ['spec', 'check']),
  };
}

function serviceOf(
  service: ServiceName,
  ports: readonly Asked<number>[],
  environment: Environment,
): Asked<OutsideService> {
  const numbers = [...new Set(ports.map((it) => it.value))];
  const { name: protocol, source } = protocolOf(environment, service.name);
  const served = servedBy(service.name, environment);
  const said = source && isOfKind(source, ServiceDefaults) ? askedAt(source, ['spec', 'protocol']) : [];
  const value: OutsideService = {
    ...service,
    service,
    hosts: [],
    ports: numbers.map((number) => ({
      value: { number, name: `${protocol}-${number}`, protocol },
      from: [
        ...ports.filter((it) => it.value === number).flatMap((it) => it.from),
        ...said,
        ...(served ? [originAt(served, 'name')] : []),
      ],
    })),
    selector: { value: { app: service.name }, from: [] },
  };
  return { value, from: ports.flatMap((it) => it.from) };
}

/** Whether a service is made of registered workloads; what it speaks is read together with them. */
export function isRegistered(name: string, environment: Environment): boolean {
  return environment.index.all(Registration).some((it) => textAt(it.value, ['spec', 'service', 'name']) === name);
}

// ---- Services for other clusters -----------------------------------------------------------------------------------

/** The services that the selected entries export; `*` stands for those of the workspace. */
export function readExports(entries: Entries): readonly Asked<ServiceExport>[] {
  const { environment } = entries;
  return entries.selected(ExportedServices).flatMap((resource) =>
    listAt(resource.value, ['spec', 'services']).flatMap((service, at): readonly Asked<ServiceExport>[] => {
      const path: Path = ['spec', 'services', at];
      const name = askedText(resource, [...path, 'name']);
      if (!name) return [];
      const peers = listAt(service, ['consumers']).flatMap((_, each) => {
        const peer = askedText(resource, [...path, 'consumers', each, 'peer']);
        return peer ? [peer] : [];
      });
      const consumers =
        peers.length > 0 ? { value: peers.map((it) => it.value), from: peers.flatMap((it) => it.from) } : undefined;
      const services =
        name.value === '*'
          ? knownServices(environment).map((it) => ({ name: it.name, namespace: it.namespace }))
          : [serviceNamed(environment, name.value, environment.settings.defaultNamespace)];
      return services.map((it) => ({
        value: { service: { value: it, from: name.from }, ...(consumers ? { consumers } : {}), mode: 'direct' },
        from: [...name.from, ...(consumers?.from ?? [])],
      }));
    }),
  );
}
