/** Hosts outside of the mesh as ServiceEntries, and the TLS that is opened to them as DestinationRules. */

import type { Asked, ExternalPort, ExternalService, ExternalTls } from '../../../model/ir.ts';
import { DestinationRule, ServiceEntry } from '../kinds.ts';
import { type Draft, type Drafts, type Fields, withoutUndefined } from './drafts.ts';

/** Writes an entry for each host or set of hosts, with a rule beside it where TLS is opened. */
export function writeExternals(items: readonly Asked<ExternalService>[], drafts: Drafts): void {
  for (const { value, from } of items) if (!value.isFact) writeExternal(value, from, drafts);
}

function writeExternal(external: ExternalService, from: Asked<unknown>['from'], drafts: Drafts): void {
  const { ledger } = drafts;
  if (external.ports.length === 0) {
    const reason = 'Nothing says on which port it is called, and a ServiceEntry needs one.';
    ledger.lost(from, 'no-equivalent', reason, 'availability');
    ledger.note(
      'missing',
      `The port of "${external.name}", which has to be named to let clients reach it.`,
      'availability',
    );
    return;
  }
  if (external.hosts.length === 0 && external.ports.some((it) => it.protocol.value !== 'tcp')) {
    const reason = 'A ServiceEntry for requests or TLS has to name their hosts, and this is for all of them.';
    ledger.lost(from, 'wildcard-destination', reason, 'availability');
    ledger.note('missing', `The hosts that clients of "${external.name}" call.`, 'availability');
    return;
  }
  const draft = drafts.draft(ServiceEntry, homeOf(external, drafts), external.name);
  const hosts = writeHosts(external, draft, drafts);
  writeVisibility(external, draft, drafts);
  if (external.addresses.length > 0) draft.spec['addresses'] = external.addresses.map((it) => it.value);
  for (const [at, it] of external.addresses.entries()) ledger.exact(it, draft.place('spec', 'addresses', at));
  draft.spec['ports'] = external.ports.map((it, at) => writePort(it, at, draft, drafts));
  draft.spec['location'] = 'MESH_EXTERNAL';
  writeResolution(external, hosts, draft, drafts);
  writeClients(external, draft, drafts);
  drafts.add(draft, from);
  if (external.tls) writeTls(external, external.tls, hosts, drafts);
}

/** What is for the whole mesh stands beside Istio itself. */
function homeOf({ namespace }: ExternalService, { options }: Drafts): string {
  return namespace === '' ? options.istioNamespace : namespace;
}

function writeHosts(external: ExternalService, draft: Draft, { ledger }: Drafts): readonly string[] {
  const known = external.hosts.map((it) => it.value);
  // An entry needs a name even where clients call addresses alone.
  const hosts = known.length > 0 ? known : [`${external.name}.${draft.namespace}.external`];
  draft.spec['hosts'] = hosts;
  for (const [at, it] of external.hosts.entries()) ledger.exact(it, draft.place('spec', 'hosts', at));
  if (known.length === 0)
    ledger.note(
      'generated',
      `The host "${hosts[0]}" is a name that nobody calls: a ServiceEntry needs one, and clients call an address.`,
    );
  return hosts;
}

function writeVisibility({ visibility }: ExternalService, draft: Draft, { ledger }: Drafts): void {
  if (!visibility) return;
  draft.spec['exportTo'] = visibility.value.map((it) => (it === draft.namespace ? '.' : it));
  ledger.exact(visibility, draft.place('spec', 'exportTo'));
}

function writePort(port: ExternalPort, at: number, draft: Draft, { ledger }: Drafts): Fields {
  const { number, name, protocol, targetPort } = port;
  const place = (key: string) => draft.place('spec', 'ports', at, key);
  ledger.exact(number, place('number'));
  ledger.exact(protocol, place('protocol'));
  if (name) ledger.exact(name, place('name'));
  if (targetPort) ledger.exact(targetPort, place('targetPort'));
  return withoutUndefined({
    number: number.value,
    name: name?.value ?? `${protocol.value}-${number.value}`,
    protocol: protocol.value.toUpperCase(),
    targetPort: targetPort?.value,
  });
}

/** Names are looked up by Istio where each stands for one host; elsewhere the connection goes where the client dialled. */
function writeResolution(external: ExternalService, hosts: readonly string[], draft: Draft, { ledger }: Drafts): void {
  const { resolution, endpoints } = external;
  const place = draft.place('spec', 'resolution');
  const isByClient = external.hosts.length === 0 || hosts.some((it) => it.startsWith('*'));
  draft.spec['resolution'] = isByClient ? 'NONE' : 'DNS';
  for (const it of endpoints)
    ledger.lost(it, 'dns-resolution', 'Istio looks the name up; the list is not needed.', 'availability');
  if (!resolution) return;
  if (isByClient === (resolution.value === 'client')) ledger.exact(resolution, place);
  else if (isByClient)
    ledger.changed(resolution, place, 'dns-resolution', 'The connection goes to the address that the client dialled.');
  else
    ledger.changed(
      resolution,
      place,
      'dns-resolution',
      'Istio looks the name up itself, and does not go to the address that the client dialled.',
      'none',
    );
}

function writeClients({ clients, name }: ExternalService, draft: Draft, { ledger }: Drafts): void {
  if (!clients) return;
  if (clients.value.isForAll) ledger.exact(clients, draft.place(), 'Every client of the mesh may call it.');
  else
    ledger.lost(
      clients,
      'authz-lost',
      `Sidecars ask no policy before they call a host outside of the mesh, so every client that knows "${name}" may. Send its traffic through an egress gateway with an AuthorizationPolicy.`,
      'security',
    );
}

function writeTls(external: ExternalService, tls: ExternalTls, hosts: readonly string[], drafts: Drafts): void {
  const { ledger } = drafts;
  for (const [at, host] of hosts.entries()) {
    const name = at === 0 ? external.name : `${external.name}-${at + 1}`;
    const draft = drafts.draft(DestinationRule, homeOf(external, drafts), name);
    draft.spec['host'] = host;
    if (external.visibility)
      draft.spec['exportTo'] = external.visibility.value.map((it) => (it === draft.namespace ? '.' : it));
    const { mode, sni, caFile, certFile, keyFile } = tls;
    draft.spec['trafficPolicy'] = {
      tls: withoutUndefined({
        mode: mode.value === 'mutual' ? 'MUTUAL' : 'SIMPLE',
        clientCertificate: certFile?.value,
        privateKey: keyFile?.value,
        caCertificates: caFile?.value,
        sni: sni?.value,
      }),
    };
    const place = (key: string) => draft.place('spec', 'trafficPolicy', 'tls', key);
    const where = 'TLS begins in the sidecar of the client now';
    ledger.exact(mode, place('mode'));
    if (sni) ledger.exact(sni, place('sni'));
    const files = { caCertificates: caFile, clientCertificate: certFile, privateKey: keyFile };
    for (const [key, file] of Object.entries(files)) {
      if (!file) continue;
      const reason = `${where}: mount the file there, or name a Secret by credentialName.`;
      ledger.changed(file, place(key), 'tls-origination', reason, 'availability');
    }
    drafts.add(draft, mode.from);
  }
}
