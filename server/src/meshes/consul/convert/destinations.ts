/**
 * Writes how clients talk to a service: what belongs to the service into its ServiceResolver, what Consul leaves to each
 * client (limits, passive health checks) into the ServiceDefaults of every known client.
 */

import type { Asked, Destination, Ir, Labels, ServiceName, Subset } from '../../../model/ir.ts';
import { forOnePort, loseWhole } from '../../../model/one-port.ts';
import { serviceFacts, workloadsOfService, selects } from '../../kubernetes/common/workloads.ts';
import { type ConvertOptions, type DestinationWriters, writeParts } from '../../mesh.ts';
import { ServiceDefaults, ServiceResolver } from '../kinds.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { durationText } from './durations.ts';
import { filterOfLabels, metaKey, subsetName } from './filters.ts';
import { writeLoadBalancer, writeLocality } from './load-balancers.ts';
import { annotation, consulName, isRegisteredPort, nameOf, namesakes } from './services.ts';
import { clientsOf, findClients, writeLimits, writeOutlier } from './upstreams.ts';

/** Writes all destinations: subsets first, since routes and policies refer to them. */
export function writeDestinations(ir: Ir, drafts: Drafts, options: ConvertOptions): void {
  for (const destination of forOnePort(ir.destinations, isPortOf(drafts), drafts.ledger)) {
    const service = destination.service.value;
    const named = { name: consulName(drafts.environment, service), namespace: service.namespace };
    const others = namesakes(drafts.environment, service);
    if (others.length > 0) {
      loseDestination(destination, drafts, others);
      continue;
    }
    for (const subset of destination.subsets) writeSubset(subset, destination, named, drafts);
    writePolicy(destination, named, ir, drafts, options);
  }
}

function loseDestination(
  { service, client, subsets, parts }: Destination,
  { ledger }: Drafts,
  others: readonly string[],
) {
  const reason = `Consul knows services by name alone, and there is a Service "${service.value.name}" in ${others.join(', ')} too.`;
  const asked: (Asked<unknown> | undefined)[] = [service, client, ...subsets, ...Object.values({ ...parts })];
  for (const it of asked) if (it) loseWhole(it, { code: 'name-collision', reason, risk: 'availability' }, ledger);
}

// ---- Subsets -------------------------------------------------------------------------------------------------------

function writeSubset(asked: Asked<Subset>, { service }: Destination, named: Named, drafts: Drafts): void {
  const { ledger } = drafts;
  const { name, labels, filter } = asked.value;
  const id = subsetName(name);
  const place = drafts.place(ServiceResolver, named, `spec.subsets.${id}`);
  const text = labels ? filterOfLabels(labels) : filter;
  if (text === undefined) {
    ledger.lost(
      asked,
      'filter-not-label-equality',
      'Consul knows subsets by equal labels only where it cannot read the filter.',
    );
    return;
  }
  const spec = drafts.spec(ServiceResolver, named);
  spec['subsets'] = { ...(spec['subsets'] as Spec | undefined), [id]: text === '' ? {} : { filter: text } };
  ledger.exact(asked, place, id === name ? '' : `Names of subsets are lower-case, so it is "${id}".`);
  if (labels) annotatePods(labels, service.value, id, drafts);
}

/** Consul does not copy labels of pods: what a filter compares has to be said in annotations of the pods. */
function annotatePods(labels: Labels, service: ServiceName, subset: string, drafts: Drafts): void {
  const { environment, ledger } = drafts;
  const facts = serviceFacts(environment, service.namespace, service.name);
  const pods = facts ? workloadsOfService(environment, facts).filter((it) => selects(labels, it.labels)) : [];
  const keys = Object.entries(labels).map(([label, value]) => ({ key: `${annotation.meta}${metaKey(label)}`, value }));
  let isChanged = false;
  for (const workload of pods)
    for (const { key, value } of keys) isChanged = drafts.annotate(workload, key, value) || isChanged;
  if (pods.length === 0 && keys.length > 0)
    ledger.note(
      'manual',
      `Give the pods of subset "${subset}" of "${service.name}" the annotation ${keys.map((it) => `${it.key}: ${it.value}`).join(', ')}; until then it is empty. Their workload is not in the workspace.`,
      'availability',
    );
  else if (isChanged)
    ledger.note(
      'manual',
      `Roll out the changed pod annotations of "${service.name}" before its routes: Consul reads no pod labels, so a subset is empty until its pods carry them.`,
      'availability',
    );
}

// ---- Policies ------------------------------------------------------------------------------------------------------

function writePolicy(destination: Destination, named: Named, ir: Ir, drafts: Drafts, options: ConvertOptions): void {
  const { ledger } = drafts;
  const { service, client, visibility, parts, subset } = destination;
  const place = drafts.place(
    client ? ServiceDefaults : ServiceResolver,
    client ? nameOf(client.value, drafts) : named,
    '',
  );
  const isOfClients = !client && Object.keys(parts).length > 0 && Object.keys(parts).every(isClientSide);
  if (isOfClients) {
    const clients = findClients(destination, ir, drafts);
    const places = clients.map((it) => drafts.place(ServiceDefaults, it, 'spec.upstreamConfig.overrides'));
    ledger.exact(
      service,
      places.join(', '),
      places.length > 0 ? '' : 'Nothing is left that Consul would have to be told.',
    );
  } else ledger.exact(service, `${place} metadata.name`);
  if (client) ledger.exact(client, place);
  if (visibility) writeVisibility(visibility, parts, place, drafts);
  if (subset !== undefined) {
    const reason = `Consul has one policy for all of "${named.name}"; that of the subset "${subset}" is not carried over.`;
    for (const asked of Object.values<Asked<unknown> | undefined>({ ...parts }))
      if (asked) loseWhole(asked, { code: 'subset-policy', reason, risk: 'behaviour' }, ledger);
    return;
  }
  writeParts(parts, writersFor(destination, ir, drafts, options), named, ledger);
}

/** Whether Consul leaves a part of a destination to each client. */
function isClientSide(part: string): boolean {
  return part === 'limits' || part === 'outlier';
}

/** What each client says for itself is for some of them as well; what the service says is for all. */
function writeVisibility(
  visibility: Asked<readonly string[]>,
  parts: Destination['parts'],
  place: string,
  { ledger }: Drafts,
): void {
  if (Object.keys(parts).every(isClientSide))
    ledger.exact(visibility, place, 'The clients of these namespaces say it, each for itself.');
  else
    ledger.changed(
      visibility,
      place,
      'scope-widened',
      'What Consul keeps with the service holds for the clients of all namespaces.',
    );
}

/** Whether a port of a service is the one that Consul knows. */
function isPortOf({ environment }: Drafts) {
  return (service: ServiceName, port: number) => isRegisteredPort(environment, service, port) === true;
}

function writersFor(
  destination: Destination,
  ir: Ir,
  drafts: Drafts,
  options: ConvertOptions,
): DestinationWriters<Named> {
  const { ledger } = drafts;
  return {
    protocol: (asked, named) => {
      const known = protocols[asked.value];
      const place = drafts.place(ServiceDefaults, named, 'spec.protocol');
      if (known === undefined) {
        ledger.lost(asked, 'protocol-sniffing', `Consul has no protocol "${asked.value}"; the service stays tcp.`);
        return;
      }
      drafts.spec(ServiceDefaults, named)['protocol'] = known;
      if (known === asked.value) ledger.exact(asked, place);
      else ledger.exact(asked, place, `Consul calls it ${known}.`);
    },
    loadBalancer: (asked, named) => writeLoadBalancer(asked, named, drafts),
    locality: (asked, named) => writeLocality(asked, named, drafts, options),
    retryBudget: {
      code: 'retry-budget',
      lost: 'Consul counts the retries of a request; it does not limit their share of the traffic.',
      risk: 'availability',
    },
    connectTimeout: (asked, named) => {
      if (!destination.client) {
        drafts.spec(ServiceResolver, named)['connectTimeout'] = durationText(asked.value);
        ledger.exact(asked, drafts.place(ServiceResolver, named, 'spec.connectTimeout'));
        return;
      }
      const { spec, place } = drafts.override(nameOf(destination.client.value, drafts), named.name);
      spec['connectTimeoutMs'] = asked.value;
      ledger.exact(asked, `${place}.connectTimeoutMs`);
    },
    limits: (asked, named) => writeLimits(asked, named, clientsOf(destination, ir, drafts), drafts),
    outlier: (asked, named) =>
      writeOutlier(asked, named, clientsOf(destination, ir, drafts), ir.proxy === 'linkerd', drafts),
    defaultSubset: (asked, named) => {
      drafts.spec(ServiceResolver, named)['defaultSubset'] = subsetName(asked.value);
      ledger.exact(asked, drafts.place(ServiceResolver, named, 'spec.defaultSubset'));
    },
    failover: (asked, named) => {
      drafts.spec(ServiceResolver, named)['failover'] = {
        '*': {
          targets: asked.value.targets.map((it) => ({
            service: consulName(drafts.environment, it.service),
            ...(it.subset !== undefined && { serviceSubset: subsetName(it.subset) }),
          })),
        },
      };
      ledger.exact(asked, drafts.place(ServiceResolver, named, 'spec.failover'));
    },
    clientTls: (asked) => {
      if (asked.value.mode === 'mesh') ledger.exact(asked, '', 'Consul always uses mutual TLS inside the mesh.');
      else if (asked.value.mode === 'disable')
        ledger.lost(asked, 'mtls-disable', 'Consul always uses mutual TLS inside the mesh.', 'availability');
      else
        ledger.lost(
          asked,
          'tls-origination',
          'In Consul a terminating gateway opens TLS to services outside the mesh; it is not set up here.',
          'security',
        );
    },
    requestTimeout: {
      code: 'scope',
      lost: 'Consul has a timeout for the requests of all clients of a service only.',
    },
  };
}

const protocols: Readonly<Record<string, string>> = {
  http: 'http',
  http2: 'http2',
  grpc: 'grpc',
  'grpc-web': 'http',
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  tcp: 'tcp',
  tls: 'tcp',
  https: 'tcp',
  opaque: 'tcp',
  mongo: 'tcp',
  mysql: 'tcp',
  redis: 'tcp',
};
