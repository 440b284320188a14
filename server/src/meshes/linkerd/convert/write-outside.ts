/** Workloads that are no pods as ExternalWorkloads behind a Service, and Services that other clusters get. */

import type {
  Asked,
  OutsidePort,
  OutsideService,
  OutsideServicePort,
  OutsideWorkload,
  ServiceExport,
} from '../../../model/ir.ts';
import { leavesOf, placeText } from '../../../model/report.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { selects } from '../../kubernetes/common/workloads.ts';
import { ExternalWorkload } from '../kinds.ts';
import type { Draft } from './draft.ts';
import { linkerdProtocol } from './services.ts';

/** Writes a Service for each that the workspace does not have; its ordinary selector finds pods and others alike. */
export function writeOutsideServices(items: readonly Asked<OutsideService>[], draft: Draft): void {
  for (const asked of items) writeService(asked, draft);
}

function writeService({ value, from }: Asked<OutsideService>, draft: Draft): void {
  const { ledger } = draft;
  const { namespace, hosts, ports, selector } = value;
  const name = value.service?.name ?? value.name;
  const place = (path: string) => placeText(Service.name, namespace, name, path);
  if (ports.length === 0) {
    ledger.lost(from, 'no-equivalent', 'Nothing says on which port it is called.', 'availability');
    ledger.note('missing', `The port of "${value.name}", which nothing in the workspace names.`, 'availability');
    return;
  }
  if (draft.service({ name, namespace })) {
    for (const it of [...hosts, ...ports, selector])
      ledger.exact(it, place(''), 'The Service exists; it finds workloads by its selector.');
    return;
  }
  draft.create(Service, namespace, name, {
    spec: {
      selector: selector.value,
      ports: ports.map(({ value: port }) => {
        const known = linkerdProtocol(port.protocol ?? port.name?.split('-')[0] ?? '');
        const isHttp = port.protocol === 'http' || port.protocol === undefined;
        return {
          ...(port.name === undefined && ports.length === 1 ? {} : { name: port.name ?? `port-${port.number}` }),
          port: port.number,
          targetPort: targetOf(port, value, draft),
          ...(known === '' || isHttp ? {} : { appProtocol: known }),
        };
      }),
    },
    from,
  });
  for (const it of hosts)
    if (value.service) ledger.exact(it, place('metadata.name'));
    else
      ledger.changed(
        it,
        place('metadata.name'),
        'host-not-service',
        `Linkerd knows Services by their names in the cluster: clients have to call ${name}.${namespace}.`,
        'availability',
      );
  for (const [at, it] of ports.entries()) ledger.exact(it, place(`spec.ports[${at}]`));
  ledger.exact(selector, place('spec.selector'));
}

/** The port of the workloads: its name where one of them has a number of its own for it. */
function targetOf(port: OutsideServicePort, service: OutsideService, { ir }: Draft): number | string {
  const number = port.targetPort ?? port.number;
  const isMoved = ir.outsideWorkloads.some(
    ({ value }) =>
      value.namespace === service.namespace &&
      selects(service.selector.value, value.labels.value) &&
      value.ports.some((it) => it.value.name === port.name && it.value.number !== number),
  );
  return isMoved && port.name !== undefined ? port.name : number;
}

/** Writes an ExternalWorkload for each workload that has an IP address. */
export function writeOutsideWorkloads(items: readonly Asked<OutsideWorkload>[], draft: Draft): void {
  for (const { value, from } of items) writeWorkload(value, from, draft);
}

function writeWorkload(workload: OutsideWorkload, from: Asked<unknown>['from'], draft: Draft): void {
  const { ledger } = draft;
  const { address, labels, ports, weight, locality, health, service } = workload;
  if (!/^[0-9.]+$|:/.test(address.value) || address.value.startsWith('unix:')) {
    const reason = 'Linkerd reaches a workload outside by an IP address, and this is none.';
    ledger.lost(from, 'no-equivalent', reason, 'availability');
    ledger.note('missing', `An IP address of "${workload.name}" instead of ${address.value}.`, 'availability');
    return;
  }
  const { namespace, name } = workload;
  const place = (path: string) => placeText(ExternalWorkload.name, namespace, name, path);
  const written = portsOf(workload, draft);
  const workloadIPs = [{ ip: address.value }];
  draft.create(ExternalWorkload, namespace, draft.nameFor(ExternalWorkload, namespace, name, { workloadIPs }), {
    labels: labels.value,
    spec: {
      meshTLS: namesOf(workload, draft),
      workloadIPs,
      ...(written.length > 0
        ? {
            ports: written.map((it) => ({
              ...(it.name === undefined ? {} : { name: it.name }),
              port: it.number,
              protocol: 'TCP',
            })),
          }
        : {}),
    },
    from,
  });
  ledger.exact(address, place('spec.workloadIPs[0].ip'));
  ledger.exact(labels, place('metadata.labels'));
  if (service) ledger.exact(service, place('metadata.labels'), 'Its Service chooses it by this label.');
  for (const [at, it] of ports.entries()) ledger.exact(it, place(`spec.ports[${at}]`));
  if (weight)
    ledger.lost(
      weight,
      'no-equivalent',
      'Linkerd weighs workloads of a Service by how fast they answer, and by nothing else.',
    );
  if (locality)
    ledger.lost(locality, 'locality', 'Linkerd does not know in which zone a workload outside is.', 'availability');
  if (health)
    ledger.lost(health, 'no-equivalent', 'Linkerd does not check the health of workloads outside.', 'availability');
}

/** The ports of its service, with the numbers that it has for them, and those that it has beside. */
function portsOf(workload: OutsideWorkload, draft: Draft): readonly OutsidePort[] {
  const own = workload.ports.map((it) => it.value);
  const served = servicesOf(workload, draft).flatMap((it) => it.ports.map(({ value }) => value));
  const known = served.map((port) => {
    const moved = own.find((it) => it.name !== undefined && it.name === port.name);
    return { number: moved?.number ?? port.targetPort ?? port.number, ...(port.name ? { name: port.name } : {}) };
  });
  const beside = own.filter(({ number }) => known.every((it) => it.number !== number));
  return [...known, ...beside];
}

function servicesOf({ namespace, labels, service }: OutsideWorkload, { ir }: Draft): readonly OutsideService[] {
  return ir.outsideServices
    .map((it) => it.value)
    .filter((it) => it.namespace === namespace)
    .filter((it) => service?.value.name === it.service?.name || selects(it.selector.value, labels.value));
}

/** The two names that Linkerd asks for; a source that knows accounts or nothing gets those of the documentation. */
function namesOf(
  { identity, name, namespace }: OutsideWorkload,
  draft: Draft,
): { readonly identity: string; readonly serverName: string } {
  const { ledger, environment } = draft;
  const { clusterDomain } = environment.settings;
  const place = placeText(ExternalWorkload.name, namespace, name, 'spec.meshTLS');
  if (identity?.value.type === 'names') {
    ledger.exact(identity, place);
    return { identity: identity.value.identity, serverName: identity.value.serverName };
  }
  const names = {
    identity: `spiffe://root.linkerd.${clusterDomain}/${name}`,
    serverName: `${name}.${clusterDomain}`,
  };
  if (identity)
    ledger.changed(
      identity,
      place,
      'vm-identity',
      'A workload outside gets its identity from SPIRE on its machine, and has no ServiceAccount: policies have to name this identity.',
      'availability',
    );
  ledger.note(
    'assumed',
    `"${name}" has the identity ${names.identity} and the server name ${names.serverName}; write what its certificate says. Its machine has to run the proxy of Linkerd.`,
    'availability',
  );
  return names;
}

// ---- Services for other clusters -----------------------------------------------------------------------------------

const labelOf = {
  gateway: ['mirror.linkerd.io/exported', 'true'],
  direct: ['mirror.linkerd.io/exported', 'true'],
  united: ['mirror.linkerd.io/federated', 'member'],
} as const;

/** Labels each Service that other clusters get. By way of a gateway, which needs nothing of the networks between them. */
export function writeExports(items: readonly Asked<ServiceExport>[], draft: Draft): void {
  const { ledger } = draft;
  for (const { value, from } of items) {
    const { service, consumers, mode } = value;
    const { name, namespace } = service.value;
    const facts = draft.service(service.value);
    if (!facts) {
      ledger.lost(
        from,
        'multicluster-name',
        'A label on the Service says it, and the Service is not known.',
        'availability',
      );
      ledger.note('missing', `Service "${name}", whose label exports it: add it to the workspace.`, 'availability');
      continue;
    }
    const [key, label] = labelOf[mode];
    draft.change(facts.resource, ['metadata', 'labels', key], label);
    const reason = `Clients of another cluster call it ${mode === 'united' ? `${name}-federated` : `${name}-<cluster>`}, with the name that the Link gives this cluster.`;
    const place = `${placeText(Service.name, namespace, name, '')} metadata.labels["${key}"]`;
    ledger.changed(service, place, 'multicluster-name', reason, 'availability');
    // An export that is its name alone has no leaf to say it at.
    if (from.every((it) => leavesOf(it.resource).length === 0)) ledger.note('implicit', reason, 'availability');
    if (consumers) ledger.lost(consumers, 'multicluster-name', 'Every cluster that is linked to this one gets it.');
  }
}
