/**
 * Destinations outside of the mesh: ServiceDefaults with a destination, the terminating gateway that serves it, and the
 * intentions that say who may call it; and whether unknown destinations can be called at all.
 */

import { askedAt, askedNumber, askedText, askedTexts } from '../../../model/asked.ts';
import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  EgressPolicy,
  ExternalClients,
  ExternalProtocol,
  ExternalService,
  ExternalTls,
  Origin,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, textAt, valueAt } from '../../../model/value.ts';
import { Mesh, ServiceDefaults, ServiceIntentions, TerminatingGateway } from '../kinds.ts';
import { protocolOf } from '../protocol.ts';
import type { Entries } from './read-routes.ts';
import { serviceNamed } from './services.ts';

/** The destinations that the selected entries are about: their own, and those of a gateway or of intentions. */
export function readExternals(entries: Entries): readonly Asked<ExternalService>[] {
  const { environment } = entries;
  const names = new Set([
    ...entries.selected(ServiceDefaults).map((it) => it.name),
    ...entries.selected(TerminatingGateway).flatMap((it) => namesServed(it)),
    ...entries.selected(ServiceIntentions).map((it) => textAt(it.value, ['spec', 'destination', 'name'])),
  ]);
  return environment.index
    .all(ServiceDefaults)
    .filter((it) => names.has(it.name) && isExternal(it))
    .map((it) => readExternal(it, environment));
}

/** Whether intentions are about a destination outside of the mesh; they are read together with it. */
export function isAboutExternal(intentions: Resource, environment: Environment): boolean {
  const name = textAt(intentions.value, ['spec', 'destination', 'name']);
  return environment.index.all(ServiceDefaults).some((it) => it.name === name && isExternal(it));
}

function isExternal(defaults: Resource): boolean {
  return valueAt(defaults.value, ['spec', 'destination']) !== undefined;
}

function namesServed(gateway: Resource): readonly string[] {
  return listAt(gateway.value, ['spec', 'services']).flatMap((it) => textAt(it, ['name']) ?? []);
}

function readExternal(defaults: Resource, environment: Environment): Asked<ExternalService> {
  const addresses = askedTexts(defaults, ['spec', 'destination', 'addresses']);
  const port = askedNumber(defaults, ['spec', 'destination', 'port']);
  const protocol = askedText(defaults, ['spec', 'protocol']);
  const served = servedBy(defaults.name, environment);
  const tls = served && readTls(served);
  const clients = readClients(defaults.name, environment);
  const homes = clients && !clients.value.isForAll ? clients.value.services.map((it) => it.namespace) : [];
  const home = environment.namespaceOf(defaults);
  const value: ExternalService = {
    name: defaults.name,
    // Entries beside Consul itself are nobody's.
    namespace: home === installNamespace ? (homes[0] ?? '') : home,
    hosts: addresses.filter((it) => !isAddress(it.value)),
    addresses: addresses.filter((it) => isAddress(it.value)),
    ports: port
      ? [
          {
            number: port,
            protocol: {
              value: protocols[protocolOf(environment, defaults.name).name] ?? 'tcp',
              from: protocol?.from ?? [],
            },
          },
        ]
      : [],
    ...(homes.length > 0 ? { visibility: { value: [...new Set(homes)], from: [] } } : {}),
    resolution: { value: 'proxy', from: served && !tls ? [originAt(served, 'name')] : [] },
    endpoints: [],
    ...(tls ? { tls } : {}),
    ...(clients ? { clients } : {}),
  };
  return { value, from: askedAt(defaults, ['spec', 'destination'], ['spec', 'protocol']) };
}

const protocols: Readonly<Record<string, ExternalProtocol>> = { http: 'http', http2: 'http2', grpc: 'grpc' };

/** The namespace of Consul, as its documentation has it. */
const installNamespace = 'consul';

function isAddress(text: string): boolean {
  return /^[0-9.]+$/.test(text) || text.includes(':');
}

export interface Served {
  readonly gateway: Resource;
  readonly path: Path;
}

/** Where a gateway names a service. */
export function servedBy(name: string, environment: Environment): Served | undefined {
  for (const gateway of environment.index.all(TerminatingGateway)) {
    const at = listAt(gateway.value, ['spec', 'services']).findIndex((it) => textAt(it, ['name']) === name);
    if (at !== -1) return { gateway, path: ['spec', 'services', at] };
  }
  return undefined;
}

export function originAt({ gateway, path }: Served, key: string): Origin {
  return { resource: gateway, path: [...path, key] };
}

/** TLS that the gateway opens: where it has files for it, or a name to ask for. */
function readTls(served: Served): ExternalTls | undefined {
  const text = (key: string) => askedText(served.gateway, [...served.path, key]);
  const [caFile, certFile, keyFile] = [text('caFile'), text('certFile'), text('keyFile')];
  const sni = text('sni');
  if (!caFile && !certFile) return undefined;
  return {
    mode: { value: certFile ? 'mutual' : 'simple', from: [originAt(served, 'name')] },
    ...(sni ? { sni } : {}),
    ...(caFile ? { caFile } : {}),
    ...(certFile ? { certFile } : {}),
    ...(keyFile ? { keyFile } : {}),
  };
}

/** Who may call, by the intentions of the destination; undefined when there are none. */
function readClients(name: string, environment: Environment): Asked<ExternalClients> | undefined {
  const found = environment.index
    .all(ServiceIntentions)
    .find((it) => textAt(it.value, ['spec', 'destination', 'name']) === name);
  if (!found) return undefined;
  const home = environment.namespaceOf(found);
  const sources = listAt(found.value, ['spec', 'sources']);
  const allowed = sources.filter((it) => textAt(it, ['action']) === 'allow').map((it) => textAt(it, ['name']));
  const value: ExternalClients = {
    isForAll: allowed.includes('*') && sources.every((it) => textAt(it, ['action']) === 'allow'),
    services: allowed.flatMap((it) => (it === undefined || it === '*' ? [] : [serviceNamed(environment, it, home)])),
  };
  return { value, from: askedAt(found, ['spec']) };
}

/** Whether clients may call destinations that nothing names: one setting for the whole mesh. */
export function readEgress(entries: Entries): readonly Asked<EgressPolicy>[] {
  const path: Path = ['spec', 'transparentProxy', 'meshDestinationsOnly'];
  return entries.selected(Mesh).flatMap((mesh): readonly Asked<EgressPolicy>[] => {
    const isClosed = valueAt(mesh.value, path);
    if (typeof isClosed !== 'boolean') return [];
    const from = [{ resource: mesh, path }];
    const otherwise = { value: isClosed ? ('deny' as const) : ('allow' as const), from };
    return [{ value: { name: mesh.name, namespace: '', otherwise, networks: [] }, from }];
  });
}
