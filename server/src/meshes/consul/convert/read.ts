/** Reads Consul's config entries: one module for each idea. */

import type { Environment } from '../../../model/environment.ts';
import { emptyIr, type Ir } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { ProxyDefaults, ServiceDefaults, ServiceResolver, ServiceRouter, ServiceSplitter } from '../kinds.ts';
import { readAccess, scopesOf } from './read-access.ts';
import { readAuthorizers } from './authorizers.ts';
import {
  emptyDefaults,
  ownDefaults,
  readClientDefaults,
  readInboundLimit,
  readOverrides,
  serverTimeouts,
} from './read-defaults.ts';
import { readEgress, readExternals } from './read-externals.ts';
import { readApiGateways } from './read-gateways.ts';
import { readIngressGateways } from './read-ingress.ts';
import { readLimits } from './read-limits.ts';
import { readLeftovers } from './read-mesh.ts';
import { modeOf, readMutualTls } from './read-mutual-tls.ts';
import { readProxies } from './read-proxies.ts';
import { readExports, readRegistrations } from './read-outside.ts';
import { readResolvers, unusedTimeouts } from './read-resolvers.ts';
import { Entries, readRoutes } from './read-routes.ts';
import { readProviders } from './read-tokens.ts';
import { unaskedOfConsul } from './unasked.ts';

/** What the selected entries ask for; other entries of the same services count as facts. */
export function read(resources: readonly Resource[], environment: Environment): Ir {
  const entries = new Entries(resources, environment);
  const access = readAccess(entries);
  const mutualTls = readMutualTls(entries);
  const ofServers = serverTimeouts(entries);
  const authorizers = entries.selected(ServiceDefaults).map((it) => readAuthorizers(it, environment));
  const tokens = readProviders(entries, (it) => scopesOf(it, environment));
  const { peculiar: ofProxies, ...proxies } = readProxies(resources, environment);
  const registered = readRegistrations(entries);
  const gateways = readApiGateways(resources, environment);
  const ingress = readIngressGateways(entries);
  return {
    ...emptyIr,
    ...proxies,
    routes: [...readRoutes(entries), ...gateways.routes, ...ingress.routes],
    gateways: [...gateways.gateways, ...ingress.gateways],
    destinations: [
      ...entries.selected(ServiceDefaults).flatMap((it) => ownDefaults(it, environment)),
      ...ofServers.destinations,
      ...readResolvers(entries),
      ...ingress.destinations,
      ...entries.selected(ServiceDefaults).flatMap((it) => readOverrides(it, environment)),
    ],
    clientDefaults: entries.selected(ServiceDefaults).flatMap((it) => readClientDefaults(it, environment)),
    inboundLimits: entries.selected(ServiceDefaults).flatMap((it) => readInboundLimit(it, environment)),
    mutualTls: mutualTls.modes,
    access: [...access.policies, ...authorizers.flatMap((it) => it.policies)],
    jwt: tokens.jwt,
    rateLimits: entries.selected(ServiceDefaults).flatMap((it) => readLimits(it, environment)),
    externals: readExternals(entries),
    egress: readEgress(entries),
    outsideServices: registered.outsideServices,
    outsideWorkloads: registered.outsideWorkloads,
    exports: readExports(entries),
    peculiar: [
      ...ofServers.peculiar,
      ...gateways.peculiar,
      ...ingress.peculiar,
      ...unusedTimeouts(entries),
      ...emptyDefaults(entries),
      ...mutualTls.peculiar,
      ...access.peculiar,
      ...tokens.peculiar,
      ...authorizers.flatMap((it) => it.peculiar),
      ...registered.peculiar,
      ...ofProxies,
      ...readLeftovers(entries),
    ],
    unasked: { ways: unaskedOfConsul, notes: unaskedNotes(entries) },
    notes: implicitNotes(entries),
  };
}

/** What Consul does with requests of which nobody says anything, where the result does not. */
function unaskedNotes(entries: Entries): readonly string[] {
  const isRouted = [ServiceRouter, ServiceSplitter, ServiceResolver].some((it) => entries.selected(it).length > 0);
  return isRouted
    ? [
        'Consul ends a request after 15 s even where no route says so, and takes out endpoints after five 5xx in a row; the result does so only where it says it.',
      ]
    : [];
}

/** What Consul does without being asked, where it concerns what is converted. */
function implicitNotes(entries: Entries): NonNullable<Ir['notes']> {
  const notes: NonNullable<Ir['notes']>[number][] = [];
  if (entries.selected(ProxyDefaults).some((it) => modeOf(it) === undefined || modeOf(it) === 'unset'))
    notes.push({
      kind: 'implicit',
      text: 'Consul accepts nothing but mutual TLS unless it is told otherwise; another mesh may take plaintext until it is told to be strict.',
      risk: 'security',
    });
  return notes;
}
