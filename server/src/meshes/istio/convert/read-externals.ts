/**
 * ServiceEntries: hosts outside of the mesh, with the TLS that a DestinationRule of the host opens to them, and services
 * of workloads that are no pods. Source: istio.io ServiceEntry reference.
 */

import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  ExternalPort,
  ExternalProtocol,
  ExternalService,
  ExternalTls,
  OutsideService,
  OutsideServicePort,
  OutsideWorkload,
  Peculiar,
} from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { selects } from '../../kubernetes/common/workloads.ts';
import { serviceOfHost } from '../hosts.ts';
import { DestinationRule, ServiceEntry, VirtualService, WorkloadEntry } from '../kinds.ts';
import { originsOf, Place } from './place.ts';
import { rootNamespace } from './read-mutual-tls.ts';

export interface ReadExternals {
  readonly externals: readonly Asked<ExternalService>[];
  readonly outsideServices: readonly Asked<OutsideService>[];
  readonly outsideWorkloads: readonly Asked<OutsideWorkload>[];
  readonly peculiar: readonly Peculiar[];
}

/**
 * What ServiceEntries among some resources ask for. A DestinationRule of an outside host is read together with the
 * entry that knows the host, and a WorkloadEntry with the entry of its service, whichever of them is converted.
 * For a route of an outside host its entry is a fact.
 */
export function readServiceEntries(resources: readonly Resource[], environment: Environment): ReadExternals {
  const externals: Asked<ExternalService>[] = [];
  const outsideServices: Asked<OutsideService>[] = [];
  const outsideWorkloads: Asked<OutsideWorkload>[] = [];
  const peculiar: Peculiar[] = [];
  const ruled = new Set(resources.filter((it) => isOfKind(it, DestinationRule)).map(hostOf));
  const routed = new Set(
    resources.filter((it) => isOfKind(it, VirtualService)).flatMap((it) => Place.of(it).at('spec', 'hosts').texts),
  );
  const chosen = new Set(resources);
  const workloads = resources
    .filter((it) => isOfKind(it, WorkloadEntry))
    .map((it) => ({ namespace: environment.namespaceOf(it), labels: Place.of(it).at('spec', 'labels').textRecord }));
  for (const entry of environment.index.all(ServiceEntry)) {
    const spec = Place.of(entry).at('spec');
    const hosts = spec.at('hosts').texts;
    const isMeant =
      chosen.has(entry) ||
      hosts.some((it) => ruled.has(it)) ||
      selectsAny(spec, environment.namespaceOf(entry), workloads);
    const isFact = !isMeant && !isInternal(spec) && hosts.some((it) => routed.has(it));
    if (!isMeant && !isFact) continue;
    if (isInternal(spec)) {
      const service = readOutsideService(entry, environment);
      outsideServices.push(service);
      outsideWorkloads.push(...endpointsAsWorkloads(entry, service, environment));
      peculiar.push(...lostOf(spec, ['subjectAltNames'], 'no-equivalent', names));
    } else {
      const rule = ruleOf(spec, environment);
      const external = readExternal(entry, rule, environment);
      externals.push(isFact ? { ...external, value: { ...external.value, isFact } } : external);
      peculiar.push(...lostOfExternal(spec), ...(rule ? lostOfRule(rule) : []));
    }
  }
  return { externals, outsideServices, outsideWorkloads, peculiar };
}

/** Whether a DestinationRule is about a host that a ServiceEntry brings into the mesh; then it is read with that. */
export function isAboutExternal(rule: Resource, environment: Environment): boolean {
  const host = hostOf(rule);
  return environment.index.all(ServiceEntry).some((it) => {
    const spec = Place.of(it).at('spec');
    return !isInternal(spec) && spec.at('hosts').texts.includes(host);
  });
}

/** Whether the workloads of an entry are among some. */
function selectsAny(
  spec: Place,
  namespace: string,
  workloads: readonly { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }[],
): boolean {
  const labels = spec.at('workloadSelector', 'labels').textRecord;
  if (!isInternal(spec) || Object.keys(labels).length === 0) return false;
  return workloads.some((it) => it.namespace === namespace && selects(labels, it.labels));
}

function isInternal(spec: Place): boolean {
  return spec.at('location').text === 'MESH_INTERNAL';
}

function hostOf(rule: Resource): string {
  return Place.of(rule).at('spec', 'host').text ?? '';
}

// ---- Outside hosts -------------------------------------------------------------------------------------------------

function readExternal(entry: Resource, rule: Resource | undefined, environment: Environment): Asked<ExternalService> {
  const namespace = environment.namespaceOf(entry);
  const spec = Place.of(entry).at('spec');
  const [location, resolution, exportTo] = [spec.at('location'), spec.at('resolution'), spec.at('exportTo')];
  const visible = exportTo.texts.flatMap((it) => (it === '.' ? [namespace] : it === '~' ? [] : [it]));
  const isForAll = !exportTo.exists || exportTo.items.length === 0 || visible.includes('*');
  const silent = originsOf(location, ...(isForAll ? [exportTo] : []));
  const tls = rule && readTls(rule);
  const endpoints = spec.at('endpoints').items;
  const value: ExternalService = {
    name: entry.name,
    namespace: namespace === rootNamespace && isForAll ? '' : namespace,
    hosts: spec
      .at('hosts')
      .items.flatMap((it, at) =>
        it.text === undefined ? [] : [{ value: it.text, from: [it.origin, ...(at === 0 ? silent : [])] }],
      ),
    addresses: spec.at('addresses').items.flatMap((it) => (it.text === undefined ? [] : [it.asked(it.text)])),
    ports: spec.at('ports').items.flatMap(readPort),
    ...(isForAll ? {} : { visibility: exportTo.asked(visible) }),
    ...(resolution.text === undefined
      ? {}
      : { resolution: resolution.asked(resolutions[resolution.text] ?? 'client') }),
    endpoints: endpoints.flatMap((it) => {
      const [address, ports] = [it.at('address'), it.at('ports')];
      if (address.text === undefined) return [];
      return [{ value: { address: address.text, ports: numbersOf(ports) }, from: originsOf(address, ports) }];
    }),
    ...(tls ? { tls } : {}),
  };
  return { value, from: originsOf(spec, ...(rule ? [Place.of(rule).at('spec')] : [])) };
}

const resolutions: Readonly<Record<string, 'proxy' | 'client' | 'list'>> = {
  NONE: 'client',
  STATIC: 'list',
  DNS: 'proxy',
  DNS_ROUND_ROBIN: 'proxy',
  DYNAMIC_DNS: 'proxy',
};

function readPort(port: Place): ExternalPort[] {
  const [number, name, protocol, target] = ['number', 'name', 'protocol', 'targetPort'].map((it) => port.at(it));
  if (number?.number === undefined) return [];
  const isOther = target?.number !== undefined && target.number !== number.number;
  const same = !isOther && target ? originsOf(target) : [];
  return [
    {
      number: { value: number.number, from: [number.origin, ...same] },
      ...(name?.text === undefined ? {} : { name: name.asked(name.text) }),
      protocol: {
        value: protocols[protocol?.text?.toUpperCase() ?? ''] ?? 'tcp',
        from: protocol ? originsOf(protocol) : [],
      },
      ...(isOther && target?.number !== undefined ? { targetPort: target.asked(target.number) } : {}),
    },
  ];
}

const protocols: Readonly<Record<string, ExternalProtocol>> = {
  HTTP: 'http',
  HTTP2: 'http2',
  GRPC: 'grpc',
  'GRPC-WEB': 'grpc',
  TLS: 'tls',
  HTTPS: 'tls',
};

function numbersOf(map: Place): Readonly<Record<string, number>> {
  return Object.fromEntries(map.entries.flatMap(([key, it]) => (it.number === undefined ? [] : [[key, it.number]])));
}

/** The DestinationRule of an entry's host, which may lie anywhere. */
function ruleOf(spec: Place, environment: Environment): Resource | undefined {
  const hosts = new Set(spec.at('hosts').texts);
  return environment.index.all(DestinationRule).find((it) => hosts.has(hostOf(it)));
}

/** TLS that the rule opens: for the host, or for one of its ports. */
function readTls(rule: Resource): ExternalTls | undefined {
  const spec = Place.of(rule).at('spec');
  const policy = spec.at('trafficPolicy');
  const ports = policy.at('portLevelSettings').items;
  const place = [policy, ...ports].find((it) => it.at('tls', 'mode').exists);
  const mode = place?.at('tls', 'mode');
  if (!place || (mode?.text !== 'SIMPLE' && mode?.text !== 'MUTUAL')) return undefined;
  const text = (name: string): Asked<string> | undefined => {
    const it = place.at('tls', name);
    return it.text === undefined ? undefined : it.asked(it.text);
  };
  const [sni, caFile, certFile, keyFile] = [
    text('sni'),
    text('caCertificates'),
    text('clientCertificate'),
    text('privateKey'),
  ];
  return {
    mode: {
      value: mode.text === 'SIMPLE' ? 'simple' : 'mutual',
      from: originsOf(mode, spec.at('host'), spec.at('exportTo'), place.at('port')),
    },
    ...(sni ? { sni } : {}),
    ...(caFile ? { caFile } : {}),
    ...(certFile ? { certFile } : {}),
    ...(keyFile ? { keyFile } : {}),
  };
}

const names = 'Which names the certificates of its workloads must have, only Istio checks for hosts of its own list.';

function lostOfExternal(spec: Place): readonly Peculiar[] {
  const below = spec
    .at('endpoints')
    .items.flatMap((it) =>
      lostOf(
        it,
        ['labels', 'locality', 'weight', 'network', 'serviceAccount'],
        'no-equivalent',
        'Other meshes do not choose among the places of an outside host.',
      ),
    );
  return [
    ...below,
    ...lostOf(spec, ['subjectAltNames'], 'no-equivalent', names),
    ...lostOf(
      spec,
      ['workloadSelector'],
      'no-equivalent',
      'Workloads are chosen by labels for services of the mesh only; this host is said to be outside of it.',
    ),
  ];
}

/** What a rule of an outside host says beside TLS. */
function lostOfRule(rule: Resource): readonly Peculiar[] {
  const spec = Place.of(rule).at('spec');
  const policy = spec.at('trafficPolicy');
  const tls = readTls(rule);
  const kept = new Set(['sni', 'caCertificates', 'clientCertificate', 'privateKey', 'mode']);
  const isKept = (key: string) => tls !== undefined && key === 'tls';
  const rest = [policy, ...policy.at('portLevelSettings').items].flatMap((it) =>
    it.entries
      .filter(([key]) => !isKept(key) && key !== 'portLevelSettings' && key !== 'port')
      .map(([, place]) => place),
  );
  const ofTls = [policy, ...policy.at('portLevelSettings').items]
    .flatMap((it) => it.at('tls').entries)
    .filter(([key]) => tls !== undefined && !kept.has(key))
    .map(([, place]) => place);
  const others = [spec.at('subsets'), spec.at('workloadSelector')];
  return [
    {
      from: originsOf(...rest, ...others),
      code: 'host-not-service',
      reason:
        'How clients talk to a host outside of the mesh is set for TLS alone; other meshes have no such policy of it.',
      risk: 'behaviour' as const,
    },
    {
      from: originsOf(...ofTls),
      code: 'tls-origination',
      reason:
        'How the certificate of the host is checked, and where that of the client comes from, is set up elsewhere.',
      risk: 'security' as const,
    },
  ].filter((it) => it.from.length > 0);
}

function lostOf(place: Place, keys: readonly string[], code: string, reason: string): readonly Peculiar[] {
  const from = originsOf(...keys.map((it) => place.at(it)));
  return from.length === 0 ? [] : [{ from, code, reason, risk: 'behaviour' }];
}

// ---- Services of workloads that are no pods ------------------------------------------------------------------------

function readOutsideService(entry: Resource, environment: Environment): Asked<OutsideService> {
  const namespace = environment.namespaceOf(entry);
  const spec = Place.of(entry).at('spec');
  const silent = originsOf(spec.at('location'), spec.at('resolution'), spec.at('exportTo'), spec.at('addresses'));
  const hosts = spec.at('hosts').items;
  const [service] = hosts.flatMap(
    (it) => serviceOfHost(it.text ?? '', namespace, environment.settings.clusterDomain) ?? [],
  );
  const labels = spec.at('workloadSelector', 'labels');
  const value: OutsideService = {
    name: entry.name,
    namespace: service?.namespace ?? namespace,
    ...(service ? { service } : {}),
    hosts: hosts.flatMap((it, at) =>
      it.text === undefined ? [] : [{ value: it.text, from: [it.origin, ...(at === 0 ? silent : [])] }],
    ),
    ports: spec.at('ports').items.flatMap(readServicePort),
    selector: labels.exists
      ? labels.asked(labels.textRecord)
      : { value: selectorOf(entry, spec), from: originsOf(spec.at('workloadSelector')) },
  };
  return { value, from: originsOf(spec) };
}

function readServicePort(port: Place): Asked<OutsideServicePort>[] {
  const [number, name, protocol, target] = ['number', 'name', 'protocol', 'targetPort'].map((it) => port.at(it));
  if (number?.number === undefined) return [];
  return [
    port.asked({
      number: number.number,
      ...(name?.text === undefined ? {} : { name: name.text }),
      ...(protocol?.text === undefined ? {} : { protocol: protocol.text.toLowerCase() }),
      ...(target?.number === undefined ? {} : { targetPort: target.number }),
    }),
  ];
}

/** The labels that all inline endpoints share; the name of the entry when they have none. */
function selectorOf(entry: Resource, spec: Place): Readonly<Record<string, string>> {
  const [first, ...rest] = spec.at('endpoints').items.map((it) => it.at('labels').textRecord);
  const shared = Object.entries(first ?? {}).filter(([key, value]) => rest.every((it) => it[key] === value));
  return shared.length > 0 ? Object.fromEntries(shared) : { app: entry.name };
}

/** Endpoints that stand in the entry itself, each a workload. */
function endpointsAsWorkloads(
  entry: Resource,
  { value: service }: Asked<OutsideService>,
  environment: Environment,
): readonly Asked<OutsideWorkload>[] {
  return Place.of(entry)
    .at('spec', 'endpoints')
    .items.flatMap((it, at) => {
      const found = readWorkload(it, `${entry.name}-${at + 1}`, environment.namespaceOf(entry), service.selector.value);
      return found ? [found] : [];
    });
}

/** A workload as endpoints, WorkloadEntries and templates of WorkloadGroups write it; undefined without an address. */
export function readWorkload(
  place: Place,
  name: string,
  namespace: string,
  given: Readonly<Record<string, string>> = {},
): Asked<OutsideWorkload> | undefined {
  const [address, ports, labels, account, weight, locality] = [
    place.at('address'),
    place.at('ports'),
    place.at('labels'),
    place.at('serviceAccount'),
    place.at('weight'),
    place.at('locality'),
  ];
  if (address.text === undefined || address.text === '') return undefined;
  const value: OutsideWorkload = {
    name,
    namespace,
    address: address.asked(address.text),
    labels: { value: { ...given, ...labels.textRecord }, from: originsOf(labels) },
    ports: ports.entries.flatMap(([key, it]) =>
      it.number === undefined ? [] : [it.asked({ number: it.number, name: key })],
    ),
    ...(account.text === undefined ? {} : { identity: account.asked({ type: 'account', account: account.text }) }),
    ...(weight.number === undefined ? {} : { weight: weight.asked(weight.number) }),
    ...(locality.text === undefined ? {} : { locality: locality.asked(locality.text) }),
  };
  return { value, from: originsOf(place) };
}
