/** Workloads that are no pods as WorkloadEntries, and the ServiceEntry that makes a service of them. */

import type { Asked, OutsideService, OutsideWorkload } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { selects } from '../../kubernetes/common/workloads.ts';
import { ServiceEntry, WorkloadEntry } from '../kinds.ts';
import { type Draft, type Drafts, withoutUndefined } from './drafts.ts';

/** Writes a ServiceEntry for each service whose workloads are not all pods. */
export function writeOutsideServices(items: readonly Asked<OutsideService>[], drafts: Drafts): void {
  for (const asked of items) writeService(asked, drafts);
}

function writeService({ value, from }: Asked<OutsideService>, drafts: Drafts): void {
  const { ledger, clusterDomain } = drafts;
  const { service, ports, selector } = value;
  const host = service ? `${service.name}.${service.namespace}.svc.${clusterDomain}` : undefined;
  const hosts = value.hosts.map((it) => it.value);
  if (ports.length === 0) {
    ledger.lost(from, 'no-equivalent', 'Nothing says on which port it is called.', 'availability');
    ledger.note('missing', `The port of "${value.name}", which nothing in the workspace names.`, 'availability');
    return;
  }
  if (service && drafts.service(service)) {
    const reason = 'The Service exists, and Istio lets it select workloads that are no pods too.';
    const place = placeText(Service.name, service.namespace, service.name, 'spec.selector');
    for (const it of [...value.hosts, ...ports, selector]) ledger.exact(it, place, reason);
    return;
  }
  const draft = drafts.draft(ServiceEntry, value.namespace, value.name);
  draft.spec['hosts'] = host === undefined ? hosts : [host];
  draft.spec['ports'] = ports.map(({ value: port }) => ({
    number: port.number,
    name: port.name ?? `${portProtocol(port.protocol).toLowerCase()}-${port.number}`,
    protocol: portProtocol(port.protocol ?? port.name?.split('-')[0]),
    ...(port.targetPort === undefined || port.targetPort === port.number ? {} : { targetPort: port.targetPort }),
  }));
  draft.spec['location'] = 'MESH_INTERNAL';
  draft.spec['resolution'] = workloadsOf(value, drafts).some((it) => !isAddress(it.address.value)) ? 'DNS' : 'STATIC';
  draft.spec['workloadSelector'] = { labels: selector.value };
  for (const it of value.hosts) ledger.exact(it, draft.place('spec', 'hosts', 0));
  for (const [at, it] of ports.entries()) ledger.exact(it, draft.place('spec', 'ports', at));
  ledger.exact(selector, draft.place('spec', 'workloadSelector'));
  drafts.add(draft, from);
}

function workloadsOf({ namespace, selector }: OutsideService, { ir }: Drafts): readonly OutsideWorkload[] {
  const all = ir.outsideWorkloads.map((it) => it.value).filter((it) => it.namespace === namespace);
  return all.filter((it) => selects(selector.value, it.labels.value));
}

/** Names of machines are looked up, addresses stand for themselves. */
function isAddress(text: string): boolean {
  return /^[0-9.]+$/.test(text) || text.includes(':');
}

/** Istio's word for what a port speaks; TCP for what it does not know. */
function portProtocol(protocol: string | undefined): string {
  const known = ['HTTP', 'HTTP2', 'HTTPS', 'GRPC', 'TLS', 'TCP', 'MONGO', 'MYSQL', 'REDIS'];
  const word = protocol?.toUpperCase() ?? '';
  return known.includes(word) ? word : word === 'KUBERNETES.IO/H2C' ? 'HTTP2' : 'TCP';
}

/** Writes a WorkloadEntry for each workload. */
export function writeOutsideWorkloads(items: readonly Asked<OutsideWorkload>[], drafts: Drafts): void {
  for (const { value, from } of items) writeWorkload(value, from, drafts);
}

function writeWorkload(workload: OutsideWorkload, from: Asked<unknown>['from'], drafts: Drafts): void {
  const { ledger } = drafts;
  const { address, labels, ports, identity, weight, locality, health, service } = workload;
  const draft = drafts.draft(WorkloadEntry, workload.namespace, workload.name);
  const account = identity?.value.type === 'account' ? identity.value.account : accountIn(identity?.value.identity);
  Object.assign(
    draft.spec,
    withoutUndefined({
      address: address.value,
      labels: Object.keys(labels.value).length > 0 ? labels.value : undefined,
      ports: portsOf(ports),
      serviceAccount: account,
      weight: weight?.value,
      locality: locality?.value,
    }),
  );
  ledger.exact(address, draft.place('spec', 'address'));
  ledger.exact(labels, draft.place('spec', 'labels'));
  if (service) ledger.exact(service, draft.place('spec', 'labels'), 'Its service chooses it by this label.');
  for (const it of ports)
    if (it.value.name === undefined || isPortName(it.value.name)) ledger.exact(it, draft.place('spec', 'ports'));
    else ledger.lost(it, 'no-equivalent', `Istio takes no port with the name "${it.value.name}".`);
  if (weight) ledger.exact(weight, draft.place('spec', 'weight'));
  if (locality) ledger.exact(locality, draft.place('spec', 'locality'));
  if (identity) writeIdentity(identity, account, draft, drafts);
  if (health)
    ledger.lost(
      health,
      'no-equivalent',
      'Istio asks a workload that registered itself for its health (WorkloadGroup, probe), not one of a list.',
      'availability',
    );
  drafts.add(draft, from);
}

function portsOf(ports: OutsideWorkload['ports']): Readonly<Record<string, number>> | undefined {
  const named = ports.flatMap(({ value: { name, number } }) =>
    name !== undefined && isPortName(name) ? [[name, number] as const] : [],
  );
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

/** Whether a port may be called so; the API server refuses any other. */
function isPortName(name: string): boolean {
  return name.length < 63 && /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(name);
}

/** The ServiceAccount that a SPIFFE name of a mesh has in it. */
function accountIn(identity: string | undefined): string | undefined {
  return /^spiffe:\/\/[^/]+\/ns\/[^/]+\/sa\/([^/]+)$/.exec(identity ?? '')?.[1];
}

function writeIdentity(
  identity: NonNullable<OutsideWorkload['identity']>,
  account: string | undefined,
  draft: Draft,
  { ledger }: Drafts,
): void {
  if (account !== undefined) ledger.exact(identity, draft.place('spec', 'serviceAccount'));
  else
    ledger.lost(
      identity,
      'vm-identity',
      'In Istio a workload has the identity of a ServiceAccount, and this one has none: policies that name it have to name an account.',
      'availability',
    );
}
