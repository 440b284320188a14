/**
 * Writes who may call a service as ServiceIntentions, one for each destination. All policies about a service are put
 * together first: for every client that one of them names, and for all others (`*`), the requests that are denied and
 * those that are allowed. Consul asks only the most exact entry of a client, so each entry says all that holds for it,
 * and ends with a permission that denies the rest. What cannot be said makes the result stricter, never wider.
 */

import { askedOfAccess, originsOf } from '../../../model/access-origins.ts';
import type { Access, Asked, Ir } from '../../../model/ir.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { serviceFacts, type ServiceFacts } from '../../kubernetes/common/workloads.ts';
import type { ConvertOptions } from '../../mesh.ts';
import { ServiceDefaults, ServiceIntentions } from '../kinds.ts';
import { httpProtocols } from '../protocol.ts';
import { type Decision, decisionsOf, isWatching } from './access-decisions.ts';
import { SourceWriter } from './access-sources.ts';
import { writeAuthorizer } from './authorizers.ts';
import { everyone } from './clients.ts';
import type { Drafts, Named } from './drafts.ts';
import { consulName, knownServices, namesakes, registeredPort, servicesOfLabels } from './services.ts';

/** Writes the intentions of every service that a policy protects. */
export function writeAccess(ir: Ir, drafts: Drafts, options: ConvertOptions): void {
  const byService = new Map<string, { readonly service: ServiceFacts; readonly policies: Access[] }>();
  for (const access of ir.access) {
    if (!isWritable(access, drafts)) continue;
    const services = servicesOf(access, drafts, options);
    if (access.effect.value === 'custom') {
      if (services.length > 0) writeAuthorizer(access, services, drafts);
      continue;
    }
    for (const service of services) {
      const name = consulName(drafts.environment, service);
      const known = byService.get(name) ?? { service, policies: [] };
      byService.set(name, known);
      known.policies.push(access);
    }
  }
  for (const [name, { service, policies }] of byService)
    writeIntentions({ name, namespace: service.namespace }, service, policies, drafts);
}

/** Whether Consul has the effect at all; else the policy is reported as lost. */
function isWritable(access: Access, drafts: Drafts): boolean {
  const effect = access.effect.value;
  if (isWatching(access)) return true;
  if (effect === 'audit')
    losePolicy(
      access,
      drafts,
      'audit',
      'Consul cannot watch requests without deciding them; nothing is refused by it.',
      'none',
    );
  return effect !== 'audit';
}

function losePolicy(
  access: Access,
  { ledger }: Drafts,
  code: string,
  reason: string,
  risk: 'none' | 'security' = 'security',
): void {
  ledger.lost(originsOf(askedOfAccess(access)), code, reason, risk);
}

/** The Services in front of what a policy protects, without those that Consul cannot tell apart. */
function servicesOf(access: Access, drafts: Drafts, options: ConvertOptions): readonly ServiceFacts[] {
  const { environment, ledger } = drafts;
  const { target } = access;
  const { namespace, labels, service } = target.value;
  const isRoot = namespace === '' || namespace === options.istioNamespace;
  const isMeshWide = isRoot && Object.keys(labels).length === 0 && !service;
  const facts = service && serviceFacts(environment, service.namespace, service.name);
  const found = facts
    ? [facts]
    : isMeshWide
      ? knownServices(environment)
      : service && Object.keys(labels).length === 0
        ? []
        : servicesOfLabels(environment, namespace, labels);
  const distinct = found.filter((it) => namesakes(environment, it).length === 0);
  if (found.length === 0) {
    losePolicy(
      access,
      drafts,
      'authz-lost',
      'Consul protects services by name, and no Service of these workloads is known, so nothing is written.',
    );
    ledger.note('missing', `The Services that "${access.name}" protects: add them to the workspace.`, 'security');
  } else if (distinct.length < found.length)
    losePolicy(
      access,
      drafts,
      'name-collision',
      'Consul knows services by name alone, and several namespaces have a Service of this name.',
    );
  else if (isMeshWide || Object.keys(labels).length === 0)
    ledger.changed(
      // A policy for all pods of a namespace may say so by having no selector.
      [target, ...askedOfAccess(access)].find((it) => it.from.length > 0) ?? target,
      distinct.map((it) => drafts.place(ServiceIntentions, named(it, drafts), 'spec.destination.name')).join(', '),
      'mesh-wide',
      'Consul protects services by name: those in the workspace are covered, one that is added later is not.',
      'security',
    );
  return distinct;
}

function named(service: ServiceFacts, { environment }: Drafts): Named {
  return { name: consulName(environment, service), namespace: service.namespace };
}

// ---- One destination -----------------------------------------------------------------------------------------------

function writeIntentions(destination: Named, service: ServiceFacts, policies: readonly Access[], drafts: Drafts): void {
  const { ledger } = drafts;
  drafts.protect(destination);
  const relevant = policies.filter((it) => isAboutPort(it, service, drafts));
  const decisions = relevant.flatMap((it) => decisionsOf(it, service, drafts));
  const hasAllow = relevant.some((it) => it.effect.value !== 'deny');
  const asked = relevant.filter((it) => it.rules.length > 0);
  if (relevant.length === 0) return;
  if (asked.length === relevant.length && decisions.length === 0) {
    for (const it of relevant)
      losePolicy(it, drafts, 'authz-lost', 'None of its rules can be written for Consul, so no intention is.');
    return;
  }
  const place = drafts.place(ServiceIntentions, destination, '');
  for (const it of relevant) {
    ledger.exact(it.target, `${place} spec.destination.name`);
    if (isWatching(it))
      ledger.changed(
        it.effect,
        `${place} spec.sources`,
        'audit',
        'Everybody is let in, as in the source, but Consul does not tell whom it would have refused.',
        'none',
      );
    const isDefaultDeny = it.effect.value === 'allow' && it.combine === 'deny-over-allow';
    ledger.exact(
      it.effect,
      `${place} spec.sources`,
      isDefaultDeny ? 'A policy that allows denies everything else; that is written out.' : '',
    );
  }
  const kept = keptSources(destination, decisions, drafts);
  const open = kept.filter((it) => textAt(it, ['action']) !== 'deny').map((it) => textAt(it, ['name']) ?? '');
  if (open.length > 0 && hasAllow)
    ledger.note(
      'assumed',
      `The intentions of "${destination.name}" go on letting in whom no policy of the source names: ${open.join(', ')}.`,
      'security',
    );
  const writer = new SourceWriter(decisions, hasAllow, destination, drafts);
  const { sources, jwt, others } = writer.write(kept.length);
  if (writer.looksIntoRequests) drafts.needHttp(destination, protocolOf(relevant));
  for (const it of relevant) if (it.protocol) writeProtocol(it.protocol, destination, drafts);
  const spec = drafts.spec(ServiceIntentions, destination);
  spec['destination'] = { name: destination.name };
  if (jwt !== undefined) spec['jwt'] = jwt;
  spec['sources'] = [...kept, ...sources];
  const isForAnyone = decisions.some((it) => it.effect === 'allow' && it.isForAll && it.clients.length === 0);
  if (others === 'allow' || (typeof others !== 'string' && (others.rest !== 'deny' || isForAnyone)))
    ledger.note(
      'implicit',
      'Intentions let in clients with a certificate of the mesh only; plaintext clients are refused.',
      'availability',
    );
}

/** Sources that an intention of the workspace names and the conversion does not; they stay. */
function keptSources(destination: Named, decisions: readonly Decision[], drafts: Drafts): readonly unknown[] {
  const existing = drafts.existing(ServiceIntentions, destination.name);
  const ours = new Set([everyone, ...decisions.flatMap((it) => [...it.clients, ...it.except]).map((it) => it.name)]);
  return listAt(existing?.value, ['spec', 'sources']).filter((it) => !ours.has(textAt(it, ['name']) ?? ''));
}

/** What a port speaks, as its policy says, unless other entries of the service need another protocol. */
function writeProtocol(asked: Asked<string>, destination: Named, drafts: Drafts): void {
  const { ledger } = drafts;
  if (httpProtocols.has(asked.value)) drafts.needHttp(destination, asked.value);
  const place = drafts.place(ServiceDefaults, destination, 'spec.protocol');
  const protocol = drafts.httpProtocol(destination) ?? 'tcp';
  if (protocol !== asked.value)
    ledger.changed(
      asked,
      place,
      'merge-conflict',
      `Consul takes "${destination.name}" for ${protocol}, since other entries say so or need it.`,
    );
  else
    ledger.exact(asked, place, protocol === 'tcp' ? 'Consul takes a service for tcp unless it is told otherwise.' : '');
}

function protocolOf(policies: readonly Access[]): string {
  const said = policies.find((it) => it.protocol)?.protocol?.value.toLowerCase() ?? '';
  if (said.includes('grpc')) return 'grpc';
  return said === 'http2' || said === 'http/2' ? 'http2' : 'http';
}

/** Whether a policy is about the one port of a service that Consul protects. */
function isAboutPort(access: Access, service: ServiceFacts, drafts: Drafts): boolean {
  const { port } = access;
  if (!port) return true;
  const registered = registeredPort(drafts.environment, service);
  const only = service.ports.length === 1 ? service.ports[0] : undefined;
  const isIt =
    registered?.port === port.value ||
    (registered?.name !== undefined && registered.name === port.value) ||
    (only !== undefined && (only.targetPort ?? only.port) === port.value);
  if (isIt) {
    drafts.ledger.exact(
      port,
      drafts.place(ServiceIntentions, named(service, drafts), ''),
      'It is the one port that Consul knows of the service.',
    );
    return true;
  }
  losePolicy(
    access,
    drafts,
    'port-not-addressable',
    `Consul knows one port of "${service.name}", and it is not ${port.value}; the policy of this port is not carried over.`,
  );
  return false;
}
