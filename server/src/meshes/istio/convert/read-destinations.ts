/** DestinationRules: how clients talk to a service, as a whole, by subset and by port. */

import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  ClientDefaults,
  Destination,
  DestinationParts,
  Ir,
  Peculiar,
  ServiceName,
  Subset,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { servicesOfSelector } from '../../kubernetes/common/workloads.ts';
import { serviceOfHost } from '../hosts.ts';
import { DestinationRule } from '../kinds.ts';
import { originsOf, Place } from './place.ts';
import { rootNamespace } from './read-mutual-tls.ts';
import { readPolicy } from './read-traffic-policy.ts';

export interface ReadDestinations {
  readonly destinations: readonly Destination[];
  readonly clientDefaults: readonly Asked<ClientDefaults>[];
  readonly peculiar: readonly Peculiar[];
  readonly notes: NonNullable<Ir['notes']>;
}

const nothing: ReadDestinations = { destinations: [], clientDefaults: [], peculiar: [], notes: [] };

/** What a DestinationRule asks for; nothing but losses when its host is no Service, or when its clients are not known. */
export function readDestinationRule(resource: Resource, environment: Environment): ReadDestinations {
  const namespace = environment.namespaceOf(resource);
  const spec = Place.of(resource).at('spec');
  const host = spec.at('host');
  const services = servicesOf(host.text ?? '', namespace, environment);
  const clients = readClients(spec, namespace, environment);
  if (clients === 'unknown') {
    const reason =
      'The rule holds only for clients with certain labels, and no Service stands in front of them in this workspace.';
    return { ...nothing, peculiar: [{ from: [spec.origin], code: 'client-scope', reason, risk: 'behaviour' }] };
  }
  if (services === 'every') {
    if (clients) return { ...nothing, clientDefaults: clients.map((it) => defaultsOf(resource, it, spec)) };
    return { ...nothing, peculiar: lostHost(spec) };
  }
  if (services.length === 0) return { ...nothing, peculiar: lostHost(spec) };
  const isPattern = host.text?.includes('*') ?? false;
  const destinations = services.flatMap((service) =>
    (clients ?? [undefined]).flatMap((client) => readFor(resource, spec, service, client, isPattern, environment)),
  );
  const text = `"${host.text}" stands for ${services.map((it) => `"${it.name}"`).join(', ')}, the Services of this workspace that fit; those that are added later need settings of their own.`;
  return { ...nothing, destinations, notes: isPattern ? [{ kind: 'assumed', text, risk: 'behaviour' }] : [] };
}

function readFor(
  resource: Resource,
  spec: Place,
  service: ServiceName,
  client: Asked<ServiceName> | undefined,
  isPattern: boolean,
  environment: Environment,
): readonly Destination[] {
  const namespace = environment.namespaceOf(resource);
  // Clients with certain labels are those of the rule's own namespace, whatever it exports.
  const visibility = client ? undefined : readVisibility(spec, service, namespace);
  const policy = spec.at('trafficPolicy');
  const base: Destination = {
    name: isPattern ? service.name : resource.name,
    namespace: isPattern ? service.namespace : namespace,
    service: {
      value: service,
      from: originsOf(spec.at('host'), ...(visibility || client ? [] : [spec.at('exportTo')])),
    },
    ...(client ? { client } : {}),
    ...(visibility ? { visibility } : {}),
    subsets: spec.at('subsets').items.flatMap(readSubset),
    parts: readPolicy(policy),
  };
  const part = (parts: DestinationParts, more: Partial<Destination>): Destination => ({
    ...base,
    service: { value: service, from: [] },
    subsets: [],
    parts,
    ...more,
  });
  const bySubset = spec.at('subsets').items.flatMap((it): Destination[] => {
    const [subset, own] = [it.at('name').text, it.at('trafficPolicy')];
    return subset === undefined || !own.exists ? [] : [part(readPolicy(own), { subset })];
  });
  const byPort = policy.at('portLevelSettings').items.flatMap((it): Destination[] => {
    const port = it.at('port', 'number');
    return port.number === undefined ? [] : [part(readPolicy(it), { port: port.asked(port.number) })];
  });
  return [base, ...byPort, ...bySubset];
}

/** Values of `trafficDistribution` that keep requests in the zone of the client while it has endpoints. */
const inZone: ReadonlySet<string> = new Set(['PreferClose', 'PreferSameZone']);

/** What a Service asks for by Istio's annotation: the same as its field `spec.trafficDistribution`, which all meshes read. */
export function readTrafficDistribution(resource: Resource, environment: Environment): readonly Destination[] {
  const place = Place.of(resource).at('metadata', 'annotations', 'networking.istio.io/traffic-distribution');
  if (!inZone.has(place.text ?? '')) return [];
  const service = { name: resource.name, namespace: environment.namespaceOf(resource) };
  return [{ ...service, service: { value: service, from: [] }, subsets: [], parts: { locality: place.asked('zone') } }];
}

/** The subsets of a rule as facts for the routes that name them. */
export function readSubset(place: Place): Asked<Subset>[] {
  const [name, labels] = [place.at('name'), place.at('labels')];
  if (name.text === undefined) return [];
  return [{ value: { name: name.text, labels: labels.textRecord }, from: originsOf(name, labels) }];
}

// ---- Which service -------------------------------------------------------------------------------------------------

/**
 * The Services that a host means: one, all that fit a pattern and have no rule of their own, or every service there is.
 * A more specific rule takes the place of a pattern as a whole.
 */
function servicesOf(host: string, namespace: string, environment: Environment): readonly ServiceName[] | 'every' {
  const { clusterDomain } = environment.settings;
  if (!host.includes('*')) {
    const service = serviceOfHost(host, namespace, clusterDomain);
    return service ? [service] : [];
  }
  if (host === '*' || `.svc.${clusterDomain}`.endsWith(host.replace(/^\*/, ''))) return 'every';
  const home = new RegExp(`^\\*\\.([a-z0-9-]+)\\.svc\\.${clusterDomain.replaceAll('.', '\\.')}$`).exec(host)?.[1];
  if (home === undefined) return [];
  const own = new Set(
    environment.index
      .all(DestinationRule)
      .map((it) =>
        serviceOfHost(Place.of(it).at('spec', 'host').text ?? '', environment.namespaceOf(it), clusterDomain),
      )
      .flatMap((it) => (it && it.namespace === home ? [it.name] : [])),
  );
  return environment.index
    .all(Service)
    .filter((it) => environment.namespaceOf(it) === home && !own.has(it.name))
    .map((it) => ({ name: it.name, namespace: home }));
}

function lostHost(spec: Place): Peculiar[] {
  const host = spec.at('host').text ?? '';
  const lost: Peculiar[] = [
    {
      from: [spec.origin],
      code: host.includes('*') ? 'wildcard-destination' : 'host-not-service',
      reason: host.includes('*')
        ? `"${host}" stands for many services; write a rule for each of them first.`
        : `"${host}" is no Service of the cluster.`,
      risk: 'behaviour',
    },
  ];
  const tls = spec.at('trafficPolicy', 'tls');
  const mode = tls.at('mode').text;
  if (mode === 'SIMPLE' || mode === 'MUTUAL') {
    lost.push({
      from: [tls.origin],
      code: 'tls-origination',
      reason: `The proxy opened TLS to "${host}"; without it the request leaves as the application sends it, in plaintext.`,
      risk: 'security',
    });
  }
  return lost;
}

// ---- Which clients -------------------------------------------------------------------------------------------------

/**
 * Namespaces whose clients follow a rule; undefined for all. A rule that stands neither beside the service nor in the
 * namespace of Istio itself counts for clients of its own namespace alone, whatever it exports.
 * Source: istio/istio pilot/pkg/model/push_context.go, `destinationRule`.
 */
function readVisibility(spec: Place, service: ServiceName, namespace: string): Destination['visibility'] {
  const exportTo = spec.at('exportTo');
  const names = exportTo.texts;
  if (namespace !== service.namespace && namespace !== rootNamespace)
    return { value: [namespace], from: originsOf(spec.at('host'), exportTo) };
  if (names.length === 0 || names.includes('*')) return undefined;
  return { value: names.map((it) => (it === '.' ? namespace : it)), from: originsOf(exportTo) };
}

/** The Services whose pods a `workloadSelector` means; undefined for all clients. */
function readClients(
  spec: Place,
  namespace: string,
  environment: Environment,
): readonly Asked<ServiceName>[] | 'unknown' | undefined {
  const selector = spec.at('workloadSelector', 'matchLabels').textRecord;
  if (Object.keys(selector).length === 0) return undefined;
  const found = servicesOfSelector(environment, namespace, selector);
  if (found.length === 0) return 'unknown';
  const from = originsOf(spec.at('workloadSelector'), spec.at('exportTo'));
  return found.map(({ name }) => ({ value: { name, namespace }, from }));
}

/** A rule of some clients for all services: what they have no rule of its own for follows it. */
function defaultsOf(resource: Resource, client: Asked<ServiceName>, spec: Place): Asked<ClientDefaults> {
  const { limits, outlier, connectTimeout } = readPolicy(spec.at('trafficPolicy'));
  const value: ClientDefaults = {
    name: resource.name,
    client,
    ...(limits ? { limits } : {}),
    ...(outlier ? { outlier } : {}),
    ...(connectTimeout ? { connectTimeout } : {}),
  };
  return {
    value,
    from: [
      ...originsOf(spec.at('host'), spec.at('exportTo')),
      ...client.from,
      ...[limits, outlier, connectTimeout].flatMap((it) => it?.from ?? []),
    ],
  };
}
