/**
 * What Istio's resources ask for. VirtualServices and DestinationRules of one service belong together; a DestinationRule
 * that is not converted itself still tells which pods make the subsets that a route names.
 */

import type { Environment } from '../../../model/environment.ts';
import { emptyIr } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type {
  Access,
  Asked,
  ClientDefaults,
  Destination,
  GatewayIntent,
  InboundLimit,
  Ir,
  MutualTls,
  Peculiar,
  Route,
  ServiceName,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { serviceOfHost } from '../hosts.ts';
import {
  AuthorizationPolicy,
  DestinationRule,
  Gateway,
  PeerAuthentication,
  Sidecar,
  VirtualService,
} from '../kinds.ts';
import { withRoots } from './delegates.ts';
import { Place } from './place.ts';
import { readAuthorizationPolicy } from './read-access.ts';
import { readDestinationRule, readSubset, readTrafficDistribution } from './read-destinations.ts';
import { readExports } from './read-exports.ts';
import { isAboutExternal, readServiceEntries } from './read-externals.ts';
import { gatewayFacts, readGateway } from './read-gateways.ts';
import { readInboundLimits } from './read-inbound-limits.ts';
import { readPeerAuthentication } from './read-mutual-tls.ts';
import { readProxies } from './read-proxies.ts';
import { readVirtualService } from './read-routes.ts';
import { readSidecars } from './read-sidecars.ts';
import { readLimits } from './read-limits.ts';
import { readTokens } from './read-tokens.ts';
import { readWorkloads } from './read-workloads.ts';
import { unaskedOfIstio } from './unasked.ts';

/** Reads resources of Istio's kinds; others are passed over. */
export function read(resources: readonly Resource[], environment: Environment): Ir {
  const routes: Route[] = [];
  const destinations: Destination[] = [];
  const clientDefaults: Asked<ClientDefaults>[] = [];
  const inboundLimits: Asked<InboundLimit>[] = [];
  const mutualTls: MutualTls[] = [];
  const access: Access[] = [];
  const gateways: GatewayIntent[] = [];
  const peculiar: Peculiar[] = [];
  const notes: NonNullable<Ir['notes']>[number][] = [];
  for (const resource of withRoots(resources, environment)) {
    if (isOfKind(resource, VirtualService)) {
      const found = readVirtualService(resource, environment);
      routes.push(...found.routes);
      peculiar.push(...found.peculiar);
      notes.push(...found.notes);
    } else if (isOfKind(resource, DestinationRule)) {
      if (isAboutExternal(resource, environment)) continue;
      const found = readDestinationRule(resource, environment);
      destinations.push(...found.destinations);
      clientDefaults.push(...found.clientDefaults);
      peculiar.push(...found.peculiar);
      notes.push(...found.notes);
    } else if (isOfKind(resource, Service)) {
      destinations.push(...readTrafficDistribution(resource, environment));
    } else if (isOfKind(resource, Sidecar)) {
      inboundLimits.push(...readInboundLimits(resource, environment));
    } else if (isOfKind(resource, PeerAuthentication)) {
      const found = readPeerAuthentication(resource, environment);
      mutualTls.push(...found.mutualTls);
      peculiar.push(...found.peculiar);
    } else if (isOfKind(resource, AuthorizationPolicy)) {
      const found = readAuthorizationPolicy(resource, environment);
      access.push(...found.access);
      peculiar.push(...found.peculiar);
      notes.push(...found.notes);
    } else if (isOfKind(resource, Gateway)) {
      const found = readGateway(resource, environment);
      gateways.push(found.gateway);
      peculiar.push(...found.peculiar);
    }
  }
  gateways.push(...gatewayFacts(routes, resources, environment));
  destinations.push(...subsetFacts(routes, resources, environment));
  const tokens = readTokens(resources, access, environment);
  const limits = readLimits(resources, environment);
  peculiar.push(...limits.peculiar);
  peculiar.push(...tokens.peculiar);
  notes.push(...tokens.notes);
  const outside = readServiceEntries(resources, environment);
  const workloads = readWorkloads(resources, environment);
  const sidecars = readSidecars(resources, environment);
  peculiar.push(...outside.peculiar, ...workloads.peculiar, ...sidecars.peculiar);
  const { peculiar: ofProxies, ...proxies } = readProxies(resources, environment);
  peculiar.push(...ofProxies);
  return {
    ...emptyIr,
    ...proxies,
    jwt: tokens.jwt,
    rateLimits: limits.rateLimits,
    routes,
    destinations,
    clientDefaults,
    inboundLimits,
    mutualTls,
    access,
    gateways,
    externals: outside.externals,
    egress: sidecars.egress,
    outsideServices: outside.outsideServices,
    outsideWorkloads: [...outside.outsideWorkloads, ...workloads.outsideWorkloads],
    exports: readExports(resources, environment),
    peculiar,
    unasked: { ways: unaskedOfIstio, notes: unaskedNotes(routes) },
    notes,
  };
}

/** Subsets of the services that routes name, from DestinationRules that are not converted themselves. */
function subsetFacts(
  routes: readonly Route[],
  converted: readonly Resource[],
  environment: Environment,
): Destination[] {
  const wanted = new Map<string, ServiceName>();
  for (const backend of routes.flatMap(backendsOf))
    if (backend.subset !== undefined)
      wanted.set(`${backend.service.namespace}/${backend.service.name}`, backend.service);
  const known = new Set(converted);
  return environment.index.all(DestinationRule).flatMap((rule): Destination[] => {
    if (known.has(rule)) return [];
    const namespace = environment.namespaceOf(rule);
    const spec = Place.of(rule).at('spec');
    const service = serviceOfHost(spec.at('host').text ?? '', namespace, environment.settings.clusterDomain);
    if (!service || !wanted.has(`${service.namespace}/${service.name}`)) return [];
    const subsets = spec.at('subsets').items.flatMap(readSubset);
    if (subsets.length === 0) return [];
    return [{ name: rule.name, namespace, service: { value: service, from: [] }, subsets, parts: {} }];
  });
}

function backendsOf(route: Route) {
  return route.rules.flatMap(({ parts }) => [
    ...(parts.backends?.value ?? []),
    ...(parts.mirrors?.value.map((it) => it.backend) ?? []),
  ]);
}

/** Istio retries unasked, and no other mesh does. */
function unaskedNotes(routes: readonly Route[]): readonly string[] {
  const silent = routes.filter(
    (it) => it.protocol === 'http' && it.rules.some(({ parts }) => parts.backends && !parts.retries),
  );
  if (silent.length === 0) return [];
  const names = [...new Set(silent.map((it) => `${it.namespace}/${it.name}`))].join(', ');
  return [
    `Istio retries a request up to twice when it cannot connect, even where a rule names no retries (${names}); the result retries only where it says so.`,
  ];
}
