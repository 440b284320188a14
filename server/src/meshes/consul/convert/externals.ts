/**
 * Hosts outside of the mesh as destinations: ServiceDefaults for each host and port, a terminating gateway that serves
 * them, and intentions of who may call. Whether clients may call anything else is one setting of the whole mesh.
 */

import type { Asked, EgressPolicy, ExternalPort, ExternalService, Origin } from '../../../model/ir.ts';
import { listAt, textAt, valueAt } from '../../../model/value.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { everyWorkload, servicesOfPods } from '../../kubernetes/common/workloads.ts';
import { Mesh, ServiceDefaults, ServiceIntentions, TerminatingGateway } from '../kinds.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { annotation, consulName, knownServices } from './services.ts';

/** Writes a destination for each host and port. */
export function writeExternals(items: readonly Asked<ExternalService>[], drafts: Drafts): void {
  for (const { value, from } of items) if (!value.isFact) writeExternal(value, from, drafts);
}

function writeExternal(external: ExternalService, from: readonly Origin[], drafts: Drafts): void {
  const { ledger } = drafts;
  const { hosts, addresses, ports } = external;
  const isDialled = (it: Asked<string>) => !it.value.includes('*') && !it.value.includes('/');
  const dialled = (hosts.length > 0 ? hosts : addresses.map(single)).filter(isDialled);
  if (external.isHeldBack) {
    const reason =
      'The source lets out only what its rules take. Consul has no such rules for destinations, and opens none without them.';
    ledger.lost(from, 'host-not-service', reason, 'availability');
    return;
  }
  loseWildcards(external, drafts);
  if (dialled.length === 0 || ports.length === 0) {
    const reason = 'A destination of Consul is a host or an address with its port, and nothing of the kind is left.';
    ledger.lost(from, 'wildcard-destination', reason, 'availability');
    ledger.note(
      'missing',
      `Name the hosts that clients of "${external.name}" call, each with its port.`,
      'availability',
    );
    return;
  }
  const destinations = dialled.flatMap((host) => ports.map((port) => ({ host, port })));
  const gateway = terminatingGateway(drafts);
  const names = destinations.map(({ host, port }) => {
    const base = nameOf(external, host, dialled.length, drafts);
    const named: Named = {
      name: ports.length > 1 ? `${base}-${portOf(port).value}` : base,
      namespace: external.namespace === '' ? drafts.options.consulNamespace : external.namespace,
    };
    writeDestination(host, port, named, drafts);
    serve(external, named, gateway, drafts);
    return named;
  });
  if (hosts.length > 0)
    for (const it of addresses)
      ledger.lost(it, 'no-equivalent', 'Consul finds out the address of a host by DNS.', 'availability');
  writeSources(external, names, drafts);
  ledger.note(
    'manual',
    `Give the ACL role of the terminating gateway service:write on ${names.map((it) => `"${it.name}"`).join(', ')}. Destinations are reached where proxies are transparent.`,
  );
}

/** An address without the length of a block of one. */
function single(asked: Asked<string>): Asked<string> {
  return { ...asked, value: asked.value.replace(/^([0-9.]+)\/32$|^(.*:.*)\/128$/, '$1$2') };
}

function loseWildcards({ hosts, addresses }: ExternalService, { ledger }: Drafts): void {
  for (const it of hosts)
    if (it.value.includes('*'))
      ledger.lost(
        it,
        'wildcard-destination',
        `A destination of Consul is one host; name those below ${it.value.replace('*.', '')} that clients call.`,
        'availability',
      );
  if (hosts.length > 0) return;
  for (const it of addresses)
    if (single(it).value.includes('/'))
      ledger.lost(it, 'wildcard-destination', 'A destination of Consul is one address, not a block.', 'availability');
}

/** A host has its own name; one address that of the source, unless a Service has it. */
function nameOf(external: ExternalService, host: Asked<string>, count: number, { environment }: Drafts): string {
  if (external.hosts.length > 0) return slug(host.value);
  const isFree = environment.index.all(Service).every((it) => it.name !== external.name);
  return count === 1 && isFree ? external.name : `${external.name}-${slug(host.value)}`;
}

/** `api.example.com` → `api-example-com`, which can be the name of a service. */
function slug(host: string): string {
  return host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** The gateway calls the port that the client called: where they differ, clients have to call the one outside. */
function portOf({ number, targetPort }: ExternalPort): Asked<number> {
  return targetPort ?? number;
}

function writeDestination(host: Asked<string>, port: ExternalPort, named: Named, drafts: Drafts): void {
  const { ledger } = drafts;
  const { number, name, protocol, targetPort } = port;
  const place = (path: string) => drafts.place(ServiceDefaults, named, path);
  const spec = drafts.spec(ServiceDefaults, named);
  // What the application encrypts itself is bytes to Consul.
  const spoken = protocol.value === 'tls' ? 'tcp' : protocol.value;
  spec['protocol'] = spoken;
  spec['destination'] = { addresses: [host.value], port: portOf(port).value };
  ledger.exact(host, place('spec.destination.addresses[0]'));
  ledger.exact(
    protocol,
    place('spec.protocol'),
    protocol.value === 'tls' ? 'The application speaks TLS itself, and the gateway passes it on.' : '',
  );
  if (name) ledger.lost(name, 'metrics-only', 'Consul names no ports.', 'none');
  if (targetPort) {
    ledger.exact(targetPort, place('spec.destination.port'));
    ledger.changed(
      number,
      place('spec.destination.port'),
      'port-not-addressable',
      `The gateway calls the port that the client called: clients have to call ${targetPort.value} instead of ${number.value}.`,
      'availability',
    );
  } else ledger.exact(number, place('spec.destination.port'));
}

// ---- The gateway ---------------------------------------------------------------------------------------------------

/** The terminating gateway of the workspace; the one that Consul's chart makes, when there is none. */
export function terminatingGateway({ environment, options, ledger }: Drafts): Named {
  const [existing] = environment.index.all(TerminatingGateway);
  if (existing) return { name: existing.name, namespace: environment.namespaceOf(existing) };
  ledger.note(
    'assumed',
    'The terminating gateway is called "terminating-gateway", as Consul\'s chart names it; it has to be installed.',
    'availability',
  );
  return { name: 'terminating-gateway', namespace: options.consulNamespace };
}

/** Has the gateway serve a service, with fields of its own; gives the place of its entry. */
export function serveBy(gateway: Named, service: Spec, drafts: Drafts): string {
  const spec = drafts.spec(TerminatingGateway, gateway);
  const known = drafts.existing(TerminatingGateway, gateway.name);
  const services: unknown[] = Array.isArray(spec['services'])
    ? spec['services']
    : [...listAt(known?.value, ['spec', 'services'])];
  spec['services'] = services;
  const name = service['name'];
  const found = services.findIndex((it) => textAt(it, ['name']) === name);
  const at = found === -1 ? services.length : found;
  services[at] = service;
  return drafts.place(TerminatingGateway, gateway, `spec.services[${at}]`);
}

function serve(
  { tls, name, resolution, endpoints }: ExternalService,
  named: Named,
  gateway: Named,
  drafts: Drafts,
): void {
  const { ledger } = drafts;
  const { mode, sni, caFile, certFile, keyFile } = tls ?? {};
  const files = { caFile, certFile, keyFile };
  const place = serveBy(
    gateway,
    {
      name: named.name,
      ...Object.fromEntries(Object.entries(files).flatMap(([key, it]) => (it ? [[key, it.value]] : []))),
      ...(sni ? { sni: sni.value } : {}),
    },
    drafts,
  );
  const reason = 'The terminating gateway looks the name up.';
  if (resolution)
    ledger.changed(resolution, place, 'dns-resolution', reason, resolution.value === 'list' ? 'availability' : 'none');
  for (const it of endpoints)
    ledger.lost(it, 'dns-resolution', `${reason} A list of addresses does not count.`, 'availability');
  if (!mode) return;
  if (caFile)
    ledger.changed(
      mode,
      place,
      'tls-origination',
      'TLS begins in the terminating gateway now; up to there the mesh encrypts by itself.',
      'none',
    );
  else {
    ledger.lost(
      mode,
      'tls-origination',
      `The gateway opens TLS to "${name}" only where it has a file of authorities (caFile); without it the request leaves in plaintext.`,
      'security',
    );
    ledger.note(
      'missing',
      `The file of authorities in the terminating gateway for "${named.name}" (caFile).`,
      'security',
    );
  }
  if (sni) ledger.exact(sni, `${place}.sni`);
  for (const [key, it] of Object.entries(files))
    if (it)
      ledger.changed(
        it,
        `${place}.${key}`,
        'cert-files',
        'The file has to be in the terminating gateway.',
        'availability',
      );
}

// ---- Who may call --------------------------------------------------------------------------------------------------

function writeSources(external: ExternalService, destinations: readonly Named[], drafts: Drafts): void {
  const { ledger } = drafts;
  const { visibility, clients } = external;
  const names = visibility && clientsIn(visibility.value, drafts);
  for (const named of destinations) {
    const spec = drafts.spec(ServiceIntentions, named);
    spec['destination'] = { name: named.name };
    spec['sources'] = names
      ? [...names.map((name) => ({ name, action: 'allow' })), { name: '*', action: 'deny' }]
      : [{ name: '*', action: 'allow' }];
  }
  const place = destinations.map((it) => drafts.place(ServiceIntentions, it, 'spec.sources')).join(', ');
  if (clients) ledger.exact(clients, place);
  if (!visibility) return;
  const where = visibility.value.map((it) => `"${it}"`).join(', ');
  ledger.changed(
    visibility,
    place,
    'namespace-enumerated',
    names?.length
      ? `Consul knows no namespaces: the services of ${where} in the workspace may call it; one that is added later has to be named.`
      : `No service of ${where} is known, so nobody may call it.`,
    'availability',
  );
  if (names?.length === 0)
    ledger.note('missing', `The Services of ${where}, whose pods call "${external.name}".`, 'availability');
}

/** The services of some namespaces by Consul's names, those that only pods say among them. */
function clientsIn(namespaces: readonly string[], { environment }: Drafts): readonly string[] {
  const wanted = new Set(namespaces);
  const names = namespaces.flatMap((it) => knownServices(environment, it)).map((it) => consulName(environment, it));
  for (const workload of everyWorkload(environment)) {
    if (!wanted.has(workload.namespace)) continue;
    const said = workload.annotations[annotation.service];
    const isNamed = servicesOfPods(environment, workload.namespace, workload.labels).length > 0;
    if (said) names.push(...said.split(',').map((it) => it.trim()));
    else if (!isNamed) names.push(workload.resource.name);
  }
  return [...new Set(names)].sort();
}

// ---- Everything else -----------------------------------------------------------------------------------------------

/** Closes what is outside where a policy says so: for the whole mesh, since Consul has no other scope. */
export function writeEgress(items: readonly Asked<EgressPolicy>[], drafts: Drafts): void {
  const { ledger, options } = drafts;
  const mesh: Named = { name: 'mesh', namespace: options.consulNamespace };
  const isDenied = items.some(({ value }) => value.otherwise.value === 'deny');
  const existing = drafts.existing(Mesh, 'mesh');
  const isClosed = valueAt(existing?.value, ['spec', 'transparentProxy', 'meshDestinationsOnly']) === true;
  const place = drafts.place(Mesh, mesh, 'spec.transparentProxy.meshDestinationsOnly');
  if (isDenied) drafts.spec(Mesh, mesh)['transparentProxy'] = { meshDestinationsOnly: true };
  if (isDenied && !isClosed && items.every(({ value }) => value.otherwise.from.length === 0))
    ledger.note('generated', `${place} closes what nothing names, as the installation of the source does.`);
  for (const { value } of items) {
    const { otherwise, labels, networks, namespace } = value;
    const isWhole = namespace === '' && !labels && networks.length === 0;
    const asked = [otherwise, ...(labels ? [labels] : []), ...networks];
    for (const it of asked)
      if (otherwise.value === 'deny' && isWhole) ledger.exact(it, place);
      else if (otherwise.value === 'deny')
        ledger.changed(
          it,
          place,
          'mesh-wide',
          'Consul has one setting for the whole mesh: clients of all namespaces may call what is named and nothing else.',
          'availability',
        );
      else if (isDenied || isClosed)
        ledger.lost(
          it,
          'mesh-wide',
          'Consul has one setting for the whole mesh, and it has to stay closed for other clients: name the hosts that these call.',
          'availability',
        );
      else ledger.exact(it, '', 'Consul lets everything out unless Mesh "mesh" says otherwise.');
  }
}
