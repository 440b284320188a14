/**
 * Writes modes of mutual TLS: ProxyDefaults for the whole mesh, ServiceDefaults for the services of a namespace or of
 * some workloads. Consul has no mode of a port, so a port that takes plaintext is led around the proxy.
 */

import type { Ir, MutualTls } from '../../../model/ir.ts';
import { serviceFacts, type ServiceFacts, workloadsOfService } from '../../kubernetes/common/workloads.ts';
import type { ConvertOptions } from '../../mesh.ts';
import { textAt } from '../../../model/value.ts';
import { Mesh, ProxyDefaults, ServiceDefaults, ServiceIntentions } from '../kinds.ts';
import type { Drafts, Named } from './drafts.ts';
import { annotation, consulName, knownServices, servicesOfLabels } from './services.ts';

/** Writes the widest scopes first, so that the narrower ones take their place. */
export function writeMutualTls(ir: Ir, drafts: Drafts, options: ConvertOptions): void {
  const rank = { mesh: 0, namespace: 1, workload: 2 };
  const sorted = [...ir.mutualTls].sort((a, b) => rank[widthOf(a)] - rank[widthOf(b)]);
  for (const it of sorted) {
    if (it.scope.type === 'mesh') writeMesh(it, ir, drafts, options);
    else writeServices(it, ir, drafts, options);
  }
}

function widthOf({ scope }: MutualTls): 'mesh' | 'namespace' | 'workload' {
  return scope.type === 'workload' && Object.keys(scope.labels).length === 0 && !scope.service
    ? 'namespace'
    : scope.type;
}

function writeMesh(asked: MutualTls, ir: Ir, drafts: Drafts, options: ConvertOptions): void {
  const { ledger } = drafts;
  const global: Named = { name: 'global', namespace: options.consulNamespace };
  const place = drafts.place(ProxyDefaults, global, 'spec.mutualTLSMode');
  const { mode } = asked;
  if (mode.value === 'unset') ledger.exact(mode, place, 'Nothing is set, so Consul is strict, as it is by itself.');
  else if (mode.value === 'disable') loseDisable(mode, drafts);
  else {
    drafts.spec(ProxyDefaults, global)['mutualTLSMode'] = mode.value;
    if (mode.value === 'strict') ledger.exact(mode, place);
    else {
      writePermissive(mode, place, drafts, options);
      // Those with policies stay strict, or nobody would be asked for them.
      for (const it of knownServices(drafts.environment))
        if (isProtected(it, ir, drafts)) {
          const named = { name: consulName(drafts.environment, it), namespace: it.namespace };
          drafts.spec(ServiceDefaults, named)['mutualTLSMode'] = 'strict';
          ledger.note('generated', `ServiceDefaults "${named.name}" stays strict: policies say who may call it.`);
        }
    }
  }
  for (const port of asked.ports)
    ledger.lost(port, 'mtls-disable', 'Consul has no mode for a port of all services.', 'availability');
}

function writeServices(asked: MutualTls, ir: Ir, drafts: Drafts, options: ConvertOptions): void {
  const { ledger } = drafts;
  const { scope, mode, ports } = asked;
  const services = servicesOf(asked, drafts);
  if (services.length === 0) {
    const where = scope.type === 'mesh' ? 'the mesh' : scope.namespace;
    const reason = `Consul sets the mode service by service, and no Service of these workloads is known.`;
    for (const it of [mode, ...ports])
      ledger.lost(
        it,
        'mesh-wide',
        reason,
        it.value === 'strict' || mode.value === 'strict' ? 'security' : 'availability',
      );
    ledger.note('missing', `The Services in ${where} that "${asked.name}" is about: add them to the workspace.`);
    return;
  }
  const settle = (some: readonly ServiceFacts[], value: string, tell: (place: string) => void) => {
    if (some.length === 0) return;
    const names = some.map((it) => ({ name: consulName(drafts.environment, it), namespace: it.namespace }));
    if (value === 'strict' || value === 'permissive')
      for (const it of names) drafts.spec(ServiceDefaults, it)['mutualTLSMode'] = value;
    tell(names.map((it) => drafts.place(ServiceDefaults, it, 'spec.mutualTLSMode')).join(', '));
  };
  // Where one port must have a certificate, all of them ask for one.
  const isForPort =
    (mode.value === 'permissive' || mode.value === 'unset') && ports.some((it) => it.value.mode === 'strict');
  const guarded = mode.value === 'permissive' ? services.filter((it) => isProtected(it, ir, drafts)) : [];
  const stricter = (reason: string) => (place: string) =>
    ledger.changed(mode, place, 'security-stricter', reason, 'availability');
  settle(guarded, 'strict', stricter(forPolicies));
  settle(
    services.filter((it) => !guarded.includes(it)),
    isForPort ? 'strict' : mode.value,
    isForPort
      ? stricter('Consul has no mode of a port. One port has to be strict, so the whole service is.')
      : (place) => settleMode(asked, place, drafts, options),
  );
  if (scope.type === 'namespace' && mode.value === 'strict')
    ledger.note(
      'assumed',
      `The services of "${scope.namespace}" are those of the workspace; others stay with the mode of the mesh.`,
    );
  for (const service of services) {
    const named = { name: consulName(drafts.environment, service), namespace: service.namespace };
    const place = drafts.place(ServiceDefaults, named, 'spec.mutualTLSMode');
    for (const port of ports) writePort(port, service, place, ir, drafts);
  }
}

function servicesOf({ scope }: MutualTls, { environment }: Drafts): readonly ServiceFacts[] {
  if (scope.type === 'mesh') return [];
  if (scope.type === 'namespace') return knownServices(environment, scope.namespace);
  if (!scope.service) return servicesOfLabels(environment, scope.namespace, scope.labels);
  const facts = serviceFacts(environment, scope.service.namespace, scope.service.name);
  return facts ? [facts] : [];
}

/** Whether policies of the source, or intentions that are there already, say who may call a service. */
function isProtected(service: ServiceFacts, { access }: Ir, { environment }: Drafts): boolean {
  const name = consulName(environment, service);
  const isAbout = ({ target: { value } }: Ir['access'][number]) =>
    value.service
      ? value.service.name === service.name && value.service.namespace === service.namespace
      : value.namespace === service.namespace &&
        servicesOfLabels(environment, value.namespace, value.labels).some((it) => it.name === service.name);
  return (
    access.some(isAbout) ||
    environment.index
      .all(ServiceIntentions)
      .some((it) => [name, '*'].includes(textAt(it.value, ['spec', 'destination', 'name']) ?? ''))
  );
}

const forPolicies =
  'Policies say who may call, and Consul asks nobody who comes in plaintext: the service takes mutual TLS alone.';

function settleMode({ scope, mode, beyond }: MutualTls, place: string, drafts: Drafts, options: ConvertOptions): void {
  const { ledger } = drafts;
  if (mode.value === 'unset') ledger.exact(mode, place, 'It inherits the mode of its namespace or of the mesh.');
  else if (mode.value === 'disable') loseDisable(mode, drafts);
  else if (mode.value === 'permissive') writePermissive(mode, place, drafts, options);
  else if (beyond) ledger.changed(mode, place, beyond.code, beyond.reason, beyond.risk);
  else ledger.exact(mode, place, scope.type === 'namespace' && place.includes(', ') ? 'Service by service.' : '');
}

function loseDisable(mode: MutualTls['mode'], { ledger }: Drafts): void {
  ledger.lost(
    mode,
    'mtls-disable',
    'Consul cannot switch mutual TLS off for a service; it stays as strict as the mesh is.',
    'availability',
  );
}

function writePermissive(mode: MutualTls['mode'], place: string, drafts: Drafts, options: ConvertOptions): void {
  const { ledger } = drafts;
  const mesh: Named = { name: 'mesh', namespace: options.consulNamespace };
  drafts.spec(Mesh, mesh)['allowEnablingPermissiveMutualTLS'] = true;
  ledger.changed(
    mode,
    place,
    'permissive-no-authz',
    'Plaintext connections reach the service without being asked for intentions; the mode also needs transparent proxying.',
    'security',
  );
  ledger.note('generated', 'Mesh "mesh" allows the permissive mode: without that Consul refuses it.');
}

function writePort(
  port: MutualTls['ports'][number],
  service: ServiceFacts,
  place: string,
  ir: Ir,
  drafts: Drafts,
): void {
  const { ledger, environment } = drafts;
  const { port: number, mode } = port.value;
  if (mode === 'strict' || mode === 'unset') {
    ledger.exact(
      port,
      place,
      mode === 'strict' ? 'The service as a whole is strict.' : 'It inherits the mode of the service.',
    );
    return;
  }
  if (isProtected(service, ir, drafts)) {
    ledger.changed(
      port,
      place,
      'security-stricter',
      'Plaintext would go around the proxy, past those who may call by the policies of the service: the port takes mutual TLS alone.',
      'availability',
    );
    return;
  }
  const workloads = workloadsOfService(environment, service);
  if (workloads.length === 0) {
    ledger.lost(
      port,
      'port-excluded',
      `Plaintext on a port takes an annotation of its pods, ${annotation.excludedInbound}: "${number}", and their workload is not known.`,
      'availability',
    );
    return;
  }
  for (const workload of workloads) {
    const known = drafts.annotationOf(workload, annotation.excludedInbound) ?? '';
    const list = known.split(',').map((it) => it.trim());
    if (!list.includes(String(number)))
      drafts.annotate(workload, annotation.excludedInbound, [...list.filter((it) => it !== ''), number].join(','));
    const target = drafts.placeOfPods(workload, annotation.excludedInbound);
    ledger.changed(
      port,
      target,
      'port-excluded',
      'Plaintext on this port goes around the proxy to the application, and no intention is asked.',
      'security',
    );
  }
  ledger.note('manual', `Restart the pods of "${service.name}": their annotations count when they start.`);
}
