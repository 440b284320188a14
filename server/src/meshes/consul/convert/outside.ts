/**
 * Workloads outside of the cluster as Registrations. These have no proxy: the mesh reaches them by way of a terminating
 * gateway, which is where its encryption ends.
 */

import type { Asked, HealthCheck, OutsideService, OutsideWorkload, ServiceExport } from '../../../model/ir.ts';
import { leavesOf } from '../../../model/report.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { selects } from '../../kubernetes/common/workloads.ts';
import { ExportedServices, PeeringAcceptor, PeeringDialer, Registration, ServiceDefaults } from '../kinds.ts';
import { httpProtocols } from '../protocol.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { durationText } from './durations.ts';
import { serveBy, terminatingGateway } from './externals.ts';
import { consulName, namesakes } from './services.ts';

/** Writes what Consul has to know of services whose workloads are not all pods. */
export function writeOutsideServices(items: readonly Asked<OutsideService>[], drafts: Drafts): void {
  for (const { value } of items) writeService(value, drafts);
}

function writeService(value: OutsideService, drafts: Drafts): void {
  const { ledger } = drafts;
  const { hosts, ports, selector } = value;
  const named = namedOf(value);
  const workloads = workloadsOf(value, drafts);
  if (workloads.length === 0) {
    const reason = 'No workload outside of the cluster is known to belong to it, so there is nothing to register.';
    for (const it of [...hosts, ...ports, selector]) ledger.lost(it, 'no-equivalent', reason, 'availability');
    ledger.note('missing', `The WorkloadEntries or ExternalWorkloads that "${value.name}" selects.`, 'availability');
    return;
  }
  const gateway = terminatingGateway(drafts);
  const places = ports.map((port, at) => {
    const own = nameFor(named, port.value.number, at);
    const said = port.value.protocol ?? port.value.name?.split('-')[0] ?? 'tcp';
    drafts.spec(ServiceDefaults, own)['protocol'] = httpProtocols.has(said) ? said : 'tcp';
    const place = drafts.place(ServiceDefaults, own, 'spec.protocol');
    if (at === 0) ledger.exact(port, place);
    else
      ledger.changed(
        port,
        place,
        'port-not-addressable',
        `A service has one port in Consul: clients have to call this one by the name "${own.name}".`,
        'availability',
      );
    return serveBy(gateway, { name: own.name }, drafts);
  });
  for (const it of hosts)
    ledger.changed(
      it,
      places.join(', '),
      'no-mesh-proxy',
      'A registered workload has no proxy: traffic to it leaves the mesh at the terminating gateway, and is not encrypted from there on.',
      'security',
    );
  ledger.exact(selector, `Registration/${workloads[0]?.name ?? ''} spec.service.name`);
  if (hosts.length === 0)
    ledger.note(
      'implicit',
      `Traffic to "${named.name}" leaves the mesh at the terminating gateway, and is not encrypted from there on: a registered workload has no proxy.`,
      'security',
    );
  ledger.note('manual', `Give the ACL role of the terminating gateway service:write on "${named.name}".`);
}

/** The name for a port of a service: the first has that of the service. */
function nameFor(service: Named, port: number, at: number): Named {
  return at === 0 ? service : { ...service, name: `${service.name}-${port}` };
}

function namedOf({ service, name, namespace }: OutsideService): Named {
  return service ?? { name, namespace };
}

function workloadsOf({ namespace, selector }: OutsideService, { ir }: Drafts): readonly OutsideWorkload[] {
  return ir.outsideWorkloads
    .map((it) => it.value)
    .filter((it) => it.namespace === namespace && selects(selector.value, it.labels.value));
}

/** Registers each workload, once for each port of its service. */
export function writeOutsideWorkloads(items: readonly Asked<OutsideWorkload>[], drafts: Drafts): void {
  for (const { value, from } of items) writeWorkload(value, from, drafts);
}

function writeWorkload(workload: OutsideWorkload, from: Asked<unknown>['from'], drafts: Drafts): void {
  const { ledger } = drafts;
  const { address, labels, weight, locality, identity, health, ports, service } = workload;
  const home = servicesOf(workload, drafts)[0];
  const all = portsOf(workload, home);
  if (!home || all.length === 0 || address.value.startsWith('unix:')) {
    const reason = home
      ? 'A registration needs an address and a port, and one of them is not known.'
      : 'A registration names the service of its workload, and nothing in the workspace says which this one belongs to.';
    ledger.lost(from, 'no-equivalent', reason, 'availability');
    ledger.note('missing', `The service and port of the workload "${workload.name}".`, 'availability');
    return;
  }
  const named = namedOf(home);
  const names = all.map(({ served }) => (all.length > 1 ? `${workload.name}-${served}` : workload.name));
  for (const [at, { served, port }] of all.entries()) {
    const name = names[at] ?? workload.name;
    const own = nameFor(named, served, at);
    const check = health && checkOf(health.value, workload, port, name, own.name);
    Object.assign(drafts.spec(Registration, { name, namespace: '' }), {
      node: workload.name,
      address: address.value,
      service: {
        id: name,
        name: own.name,
        address: address.value,
        port,
        ...(Object.keys(metaOf(labels.value)).length > 0 ? { meta: metaOf(labels.value) } : {}),
        ...(weight ? { weights: { passing: weight.value, warning: 1 } } : {}),
        ...(locality && drafts.options.consulEdition === 'enterprise' ? { locality: placeOf(locality.value) } : {}),
      },
      ...(check ? { check } : {}),
    });
  }
  const place = (path: string) => names.map((it) => `${Registration.name}/${it} ${path}`).join(', ');
  ledger.exact(address, place('spec.service.address'));
  ledger.exact(labels, place('spec.service.meta'));
  if (service) ledger.exact(service, place('spec.service.name'));
  for (const it of ports) ledger.exact(it, place('spec.service.port'));
  if (weight) ledger.exact(weight, place('spec.service.weights.passing'));
  if (health)
    ledger.changed(
      health,
      place('spec.check.definition'),
      'no-equivalent',
      'A server of Consul asks the workload from afar, where the source asked on its machine.',
      'none',
    );
  if (locality && drafts.options.consulEdition === 'enterprise')
    ledger.changed(
      locality,
      place('spec.service.locality'),
      'locality',
      'Consul knows regions and zones, nothing finer.',
    );
  else if (locality) ledger.lost(locality, 'enterprise', 'Only Consul Enterprise prefers places.', 'availability');
  if (identity)
    ledger.lost(
      identity,
      'vm-identity',
      'A registered workload has no identity in the mesh: nobody can be sure who answers behind the terminating gateway.',
      'availability',
    );
}

function servicesOf(workload: OutsideWorkload, { ir }: Drafts): readonly OutsideService[] {
  const { namespace, labels, service } = workload;
  const all = ir.outsideServices.map((it) => it.value).filter((it) => it.namespace === namespace);
  return all.filter((it) =>
    service ? it.service?.name === service.value.name : selects(it.selector.value, labels.value),
  );
}

/** The ports of the service, each with the port of the workload for it; its own where the service is not known. */
function portsOf(
  { ports }: OutsideWorkload,
  service: OutsideService | undefined,
): readonly { readonly served: number; readonly port: number }[] {
  const own = new Map(ports.flatMap(({ value }) => (value.name === undefined ? [] : [[value.name, value.number]])));
  if (service && service.ports.length > 0)
    return service.ports.map(({ value }) => ({
      served: value.number,
      port: own.get(value.name ?? '') ?? value.targetPort ?? value.number,
    }));
  return ports.map((it) => ({ served: it.value.number, port: it.value.number }));
}

/** Labels whose keys Consul takes for metadata. */
function metaOf(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => /^[A-Za-z0-9_-]+$/.test(key)));
}

function placeOf(locality: string): Spec {
  const [region, zone] = locality.split('/');
  return { region, ...(zone === undefined ? {} : { zone }) };
}

function checkOf(health: HealthCheck, workload: OutsideWorkload, port: number, id: string, service: string): Spec {
  const host = health.host ?? workload.address.value;
  const at = `${host}:${health.port ?? port}`;
  const target =
    health.type === 'http'
      ? { http: `${health.scheme ?? 'http'}://${at}${health.path ?? '/'}` }
      : { [health.type]: at };
  return {
    name: `${id} health`,
    checkId: `${id}-health`,
    serviceId: id,
    serviceName: service,
    status: 'passing',
    definition: {
      ...target,
      intervalDuration: durationText(health.interval ?? 10_000),
      ...(health.timeout === undefined ? {} : { timeoutDuration: durationText(health.timeout) }),
    },
  };
}

// ---- Services for other clusters -----------------------------------------------------------------------------------

/** Exports each service to the peers that may call it: those that are named, else all that the workspace knows. */
export function writeExports(items: readonly Asked<ServiceExport>[], drafts: Drafts): void {
  const { environment, ledger, options } = drafts;
  const peers = [PeeringAcceptor, PeeringDialer].flatMap((it) => environment.index.all(it)).map((it) => it.name);
  const entry: Named = { name: 'default', namespace: options.consulNamespace };
  for (const { value, from } of items) {
    const { service, consumers } = value;
    const others = namesakes(environment, service.value);
    if (others.length > 0) {
      const reason = `Consul knows services by name alone, and there is a Service "${service.value.name}" in ${others.join(', ')} too.`;
      ledger.lost(from, 'name-collision', reason, 'availability');
      continue;
    }
    const wanted = [...new Set(consumers?.value ?? peers)].sort();
    if (wanted.length === 0) {
      ledger.lost(
        from,
        'multicluster-name',
        'Consul exports a service to peers by their names, and the workspace knows none.',
        'availability',
      );
      ledger.note('missing', 'The peers that may call exported services: a PeeringAcceptor or PeeringDialer for each.');
      continue;
    }
    const name = consulName(environment, service.value);
    const spec = drafts.spec(ExportedServices, entry);
    const known = drafts.existing(ExportedServices, 'default');
    const services: unknown[] = Array.isArray(spec['services'])
      ? spec['services']
      : [...listAt(known?.value, ['spec', 'services'])];
    spec['services'] = services;
    const found = services.findIndex((it) => textAt(it, ['name']) === name);
    const at = found === -1 ? services.length : found;
    services[at] = { name, consumers: wanted.map((peer) => ({ peer })) };
    const place = drafts.place(ExportedServices, entry, `spec.services[${at}]`);
    const reason =
      'Clients of another cluster call it by the name of the peer too, or by a resolver that redirects to it; intentions have to let them in.';
    ledger.changed(service, `${place}.name`, 'multicluster-name', reason, 'availability');
    // An export that is its name alone has no leaf to say it at.
    if (from.every((it) => leavesOf(it.resource).length === 0)) ledger.note('implicit', reason, 'availability');
    if (consumers) ledger.exact(consumers, `${place}.consumers`);
  }
}
