/**
 * Hosts outside of the mesh as routes on the EgressNetwork of their clients: by the server name of TLS, by the host of
 * HTTP, by address and port for other connections. Source: linkerd2 policy-controller/grpc/src/outbound.
 */

import type { Asked, ExternalPort, ExternalService, Origin } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import { placeText } from '../../../model/report.ts';
import { HTTPRoute, TCPRoute, TLSRoute } from '../../kubernetes/gateway/kinds.ts';
import { shortName } from '../../kubernetes/common/convert/short-name.ts';
import { EgressNetwork } from '../kinds.ts';
import type { Draft } from './draft.ts';
import { globalEgress } from './read-egress.ts';
import { homesOf, networkIn, policyIn } from './write-egress.ts';
import { hostRouteFor } from './write-host-routes.ts';

/** Writes routes for each host, wherever it has clients that need them. */
export function writeExternals(items: readonly Asked<ExternalService>[], draft: Draft): void {
  for (const { value, from } of items) if (!value.isFact) writeExternal(value, from, draft);
}

function writeExternal(external: ExternalService, from: readonly Origin[], draft: Draft): void {
  const { ledger } = draft;
  const homes = homesOf(external, draft);
  if (external.ports.length === 0) {
    ledger.lost(from, 'no-equivalent', 'A route to what is outside has to name the port.', 'availability');
    ledger.note('missing', `The port of "${external.name}".`, 'availability');
    return;
  }
  const places = homes.flatMap((namespace) =>
    external.ports.flatMap((port) => writePort(external, port, namespace, from, draft)),
  );
  writeScope(external, homes, from, draft);
  writeResolution(external, [...new Set(places)].map((it) => `${it} spec.rules[0]`).join(', '), draft);
  writeTls(external, draft);
  writeClients(external, draft);
}

function writeScope(external: ExternalService, homes: readonly string[], from: readonly Origin[], draft: Draft): void {
  const { ledger } = draft;
  const { visibility } = external;
  if (visibility) {
    const places = homes.map((it) => `${networkIn(it, from, draft).place} metadata.namespace`).join(', ');
    if (homes.length === 0) ledger.exact(visibility, '', 'No client knows it, so no route is needed.');
    else ledger.exact(visibility, places, 'A network is for the clients of its namespace.');
  } else if (!homes.includes(globalEgress))
    ledger.note(
      'assumed',
      `Clients of namespaces without an EgressNetwork call "${external.name}" without a route: nothing closes what is outside for them.`,
    );
}

// ---- One port ------------------------------------------------------------------------------------------------------

/** Writes the route of a port; gives its place, if there is one. */
function writePort(
  external: ExternalService,
  port: ExternalPort,
  namespace: string,
  from: readonly Origin[],
  draft: Draft,
): readonly string[] {
  const { ledger } = draft;
  const { number, name, protocol, targetPort } = port;
  if (name) ledger.lost(name, 'metrics-only', 'Linkerd names ports outside by their number.', 'none');
  const isByAddress = protocol.value === 'tcp' || external.hosts.length === 0;
  if (isByAddress && policyIn(namespace, draft) === 'allow') {
    const reason = `Clients of "${namespace}" may call everything outside, so no route is needed.`;
    for (const it of [...external.hosts, ...external.addresses, number, protocol]) ledger.exact(it, '', reason);
  } else if (isByAddress && external.addresses.length === 0) {
    const reason =
      'Without TLS or HTTP Linkerd sees an address and no name, and a route for all addresses on this port would open more than this host.';
    for (const it of [...external.hosts, number, protocol]) ledger.lost(it, 'l4-match', reason, 'availability');
    ledger.note('missing', `The addresses of "${external.name}" (spec.addresses).`, 'availability');
  } else return [writeRoute(external, port, namespace, isByAddress, from, draft)];
  if (targetPort) loseTarget(port, draft);
  return [];
}

function loseTarget({ number, targetPort }: ExternalPort, { ledger }: Draft): void {
  if (!targetPort) return;
  const reason = `Linkerd connects to the port that the client called, which is ${number.value}; clients have to call ${targetPort.value}.`;
  ledger.lost(targetPort, 'no-equivalent', reason, 'availability');
}

function writeRoute(
  external: ExternalService,
  port: ExternalPort,
  namespace: string,
  isByAddress: boolean,
  from: readonly Origin[],
  draft: Draft,
): string {
  const { ledger } = draft;
  const { number, protocol, targetPort } = port;
  // An application that speaks TLS itself calls the port outside, which takes TLS.
  const called = opensTls(external, port) ? (targetPort ?? number) : number;
  const network = isByAddress ? ownNetwork(external, namespace, from, draft) : networkIn(namespace, from, draft).name;
  const [kind, version] = kindFor(external, port);
  const ref = { group: EgressNetwork.group, kind: EgressNetwork.name, name: network, namespace, port: called.value };
  // Hosts that have routes of their own are in these.
  const routed = new Map(
    external.hosts.flatMap((it) => {
      const place = hostRouteFor(draft, namespace, it.value, number.value);
      return place === undefined ? [] : [[it, place] as const];
    }),
  );
  const hosts = external.hosts.filter((it) => !routed.has(it));
  for (const [host, place] of routed) ledger.exact(host, `${place} spec.hostnames[0]`);
  const [already] = routed.values();
  if (already !== undefined && hosts.length === 0) {
    for (const it of external.addresses) ledger.exact(it, already, 'The host that the client names decides.');
    ledger.exact(number, `${already} spec.parentRefs[0].port`);
    ledger.exact(protocol, already);
    loseTarget(port, draft);
    return already;
  }
  const spec = {
    ...(isByAddress ? {} : { hostnames: hosts.map((it) => it.value) }),
    parentRefs: [ref],
    rules: [{ backendRefs: [ref] }],
  };
  const wanted = external.ports.length > 1 ? shortName(`${external.name}-${number.value}`) : external.name;
  const name = draft.nameFor(kind, namespace, wanted, spec);
  draft.create(kind, namespace, name, { ...(version ? { version } : {}), spec, from });
  const place = (path: string) => placeText(kind.name, namespace, name, path);
  for (const [at, it] of hosts.entries())
    if (isByAddress)
      ledger.exact(it, place('spec.parentRefs[0]'), 'Its clients call the addresses that the network is about.');
    else ledger.exact(it, place(`spec.hostnames[${at}]`));
  for (const it of external.addresses)
    if (isByAddress) ledger.exact(it, placeText(EgressNetwork.name, namespace, network, 'spec.networks'));
    else
      ledger.exact(it, place('spec.hostnames'), 'The host that the client names decides, whatever address it dials.');
  if (called === number) {
    ledger.exact(number, place('spec.parentRefs[0].port'));
    loseTarget(port, draft);
  } else {
    const reason = `The application has to call port ${called.value} with TLS instead of ${number.value} without.`;
    ledger.changed(number, place('spec.parentRefs[0].port'), 'tls-origination', reason, 'availability');
    ledger.exact(called, place('spec.parentRefs[0].port'));
  }
  if (opensTls(external, port))
    ledger.changed(
      protocol,
      place(''),
      'tls-origination',
      'Linkerd opens no TLS: the application has to speak it itself from now on.',
      'availability',
    );
  else ledger.exact(protocol, place(''));
  if (version)
    ledger.note(
      'manual',
      `Install ${kind.name} of version ${version}, from the experimental channel of the Gateway API: Linkerd reads no other.`,
    );
  return place('').trim();
}

/** Whether the source opened TLS for an application that sends requests in plaintext. */
function opensTls({ tls }: ExternalService, { protocol }: ExternalPort): boolean {
  return tls !== undefined && protocol.value !== 'tls' && protocol.value !== 'tcp';
}

/** The kind of route that sees what the application sends, and its version where Linkerd reads one alone. */
function kindFor(external: ExternalService, port: ExternalPort): readonly [Kind, string?] {
  const { protocol } = port;
  if (protocol.value === 'tcp') return [TCPRoute, 'v1alpha2'];
  if (protocol.value === 'tls' || opensTls(external, port)) return [TLSRoute, 'v1alpha2'];
  return [HTTPRoute];
}

/** A network for some addresses, which is more exact than that of all, and closed but for its routes. */
function ownNetwork(external: ExternalService, namespace: string, from: readonly Origin[], draft: Draft): string {
  const known = draft.hasNamed(EgressNetwork, namespace, external.name);
  if (known) return external.name;
  networkIn(namespace, from, draft);
  const spec = {
    trafficPolicy: 'Deny',
    networks: external.addresses.map((it) => ({ cidr: blockOf(it.value) })),
  };
  const name = draft.nameFor(EgressNetwork, namespace, external.name, spec);
  draft.create(EgressNetwork, namespace, name, { spec, from });
  return name;
}

/** An address as a block of one. */
function blockOf(address: string): string {
  if (address.includes('/')) return address;
  return address.includes(':') ? `${address}/128` : `${address}/32`;
}

// ---- What goes along -----------------------------------------------------------------------------------------------

function writeResolution({ resolution, endpoints }: ExternalService, place: string, { ledger }: Draft): void {
  const reason = 'Linkerd connects to the address that the client looked up itself.';
  if (resolution?.value === 'client') ledger.exact(resolution, place, reason);
  else if (resolution)
    ledger.changed(
      resolution,
      place,
      'dns-resolution',
      resolution.value === 'list' ? `${reason} A list of addresses does not count.` : reason,
      resolution.value === 'list' ? 'availability' : 'none',
    );
  for (const it of endpoints) ledger.lost(it, 'dns-resolution', reason, 'availability');
}

function writeTls({ tls, name }: ExternalService, { ledger }: Draft): void {
  if (!tls) return;
  const { mode, ...others } = tls;
  ledger.lost(
    mode,
    'tls-origination',
    `Linkerd opens no TLS for the application: what speaks plaintext to "${name}" sends it out in plaintext until it speaks TLS itself.`,
    'security',
  );
  for (const it of Object.values(others))
    ledger.lost(it, 'tls-origination', 'The application has to do this together with TLS.', 'availability');
}

function writeClients({ clients, name }: ExternalService, { ledger }: Draft): void {
  if (!clients) return;
  if (clients.value.isForAll) ledger.exact(clients, '', 'Every client of the mesh may call it.');
  else
    ledger.lost(
      clients,
      'authz-lost',
      `A network knows namespaces, not the workloads in them, so every client beside those that may call "${name}" may call it too.`,
      'security',
    );
}
