/**
 * Writes who may call a service as ServiceIntentions, one for each destination. All policies about a service are put
 * together first: for every client that one of them names, and for all others (`*`), the requests that are denied and
 * those that are allowed. Consul asks only the most exact entry of a client, so each entry says all that holds for it,
 * and ends with a permission that denies the rest. What cannot be said makes the result stricter, never wider.
 */

import type { Access, AccessRule, Asked, Ir, Origin } from '../../../model/ir.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { serviceFacts, type ServiceFacts } from '../../kubernetes/common/workloads.ts';
import type { ConvertOptions } from '../../mesh.ts';
import { ServiceDefaults, ServiceIntentions } from '../kinds.ts';
import { httpProtocols } from '../protocol.ts';
import { type Client, everyone, resolveClient } from './clients.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { mayOverlap, type Permission, permissionsOf } from './permissions.ts';
import { consulName, knownServices, namesakes, registeredPort, servicesOfLabels } from './services.ts';

/** Writes the intentions of every service that a policy protects. */
export function writeAccess(ir: Ir, drafts: Drafts, options: ConvertOptions): void {
  const byService = new Map<string, { readonly service: ServiceFacts; readonly policies: Access[] }>();
  for (const access of ir.access) {
    if (!isWritable(access, drafts)) continue;
    for (const service of servicesOf(access, drafts, options)) {
      const name = consulName(drafts.environment, service);
      const known = byService.get(name) ?? { service, policies: [] };
      byService.set(name, known);
      known.policies.push(access);
    }
  }
  for (const [name, { service, policies }] of byService)
    writeIntentions({ name, namespace: service.namespace }, service, policies, drafts, options);
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
  else if (effect === 'custom')
    losePolicy(
      access,
      drafts,
      'ext-authz',
      'Consul asks an outside authorizer for every request of a service (ServiceDefaults, envoyExtensions), not for some; set it up by hand.',
    );
  return effect === 'allow' || effect === 'deny';
}

/** A port that only tells what it would refuse: everybody is let in. */
function isWatching(access: Access): boolean {
  return access.combine === 'any' && access.effect.value === 'audit';
}

function losePolicy(
  access: Access,
  { ledger }: Drafts,
  code: string,
  reason: string,
  risk: 'none' | 'security' = 'security',
): void {
  for (const it of [access.target, access.effect, access.port, access.protocol])
    if (it) ledger.lost(it, code, reason, risk);
  for (const rule of access.rules) for (const from of originsOf(rule)) ledger.lost(from, code, reason, risk);
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
      target,
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

/** Everything that asked for a rule. */
function originsOf(rule: AccessRule): readonly (readonly Origin[])[] {
  const asked: readonly Asked<unknown>[] = [
    ...rule.clients,
    ...rule.notClients,
    ...rule.networks,
    ...rule.notNetworks,
    ...rule.conditions,
    ...rule.operations.flatMap((it) => Object.values<readonly Asked<unknown>[]>({ ...it }).flat()),
  ];
  return asked.map((it) => it.from);
}

// ---- One destination -----------------------------------------------------------------------------------------------

/** A rule whose clients have names in Consul. */
interface Decision {
  readonly effect: 'allow' | 'deny';
  /** Every client but those of `except`, when it names none. */
  readonly isForAll: boolean;
  readonly clients: readonly Client[];
  readonly except: readonly Client[];
  /** Undefined when every request is meant. */
  readonly permissions: readonly Permission[] | undefined;
}

function writeIntentions(
  destination: Named,
  service: ServiceFacts,
  policies: readonly Access[],
  drafts: Drafts,
  options: ConvertOptions,
): void {
  const { ledger } = drafts;
  drafts.protect(destination);
  const relevant = policies.filter((it) => isAboutPort(it, service, drafts));
  const decisions = relevant.flatMap((it) => decisionsOf(it, service, drafts, options));
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
  const names = [...new Set(decisions.flatMap((it) => [...it.clients, ...it.except]).map((it) => it.name))];
  const writer = new SourceWriter(decisions, hasAllow, place, drafts);
  const others = writer.verdict(everyone);
  const sources: Spec[] = [];
  for (const name of names) {
    if (name === everyone) continue;
    const verdict = writer.verdict(name);
    // A client that is treated like all others needs no entry, unless that is all its rule says.
    if (sameVerdict(verdict, others) && !writer.isNamed(name)) continue;
    sources.push(writer.source(name, verdict, sources.length));
  }
  sources.push(writer.source(everyone, others, sources.length));
  if (writer.looksIntoRequests) drafts.needHttp(destination, protocolOf(relevant));
  for (const it of relevant) if (it.protocol) writeProtocol(it.protocol, destination, drafts);
  const spec = drafts.spec(ServiceIntentions, destination);
  spec['destination'] = { name: destination.name };
  spec['sources'] = [...keptSources(destination, sources, drafts), ...sources];
  if (others === 'allow' || (typeof others !== 'string' && others.isOpen))
    ledger.note(
      'implicit',
      'Intentions let in clients with a certificate of the mesh only; plaintext clients are refused.',
      'availability',
    );
}

/** Sources that an intention of the workspace names and the conversion does not; they stay. */
function keptSources(destination: Named, sources: readonly Spec[], drafts: Drafts): readonly unknown[] {
  const existing = drafts.existing(ServiceIntentions, destination.name);
  const ours = new Set(sources.map((it) => it['name']));
  return listAt(existing?.value, ['spec', 'sources']).filter((it) => !ours.has(textAt(it, ['name'])));
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

/** The rules of a policy in Consul's terms; those that cannot be kept in full are dropped or made stricter. */
function decisionsOf(
  access: Access,
  service: ServiceFacts,
  drafts: Drafts,
  options: ConvertOptions,
): readonly Decision[] {
  const { ledger } = drafts;
  const isOpen = access.combine === 'any' && (access.otherwise === 'allow' || isWatching(access));
  const open: Decision = { effect: 'allow', isForAll: true, clients: [], except: [], permissions: undefined };
  if (access.combine !== 'deny-over-allow' && access.otherwise === 'unknown')
    ledger.note('assumed', `Clients of "${service.name}" that no policy names are refused.`);
  return [
    ...access.rules.flatMap((rule) => {
      const effect = rule.effect ?? (access.effect.value === 'deny' ? 'deny' : 'allow');
      const decision = decisionOf(rule, effect, service, drafts, options);
      return decision ? [decision] : [];
    }),
    ...(isOpen ? [open] : []),
  ];
}

/** Addresses of every client. */
const everyNetwork: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);

function isAboutToken({ value }: AccessRule['conditions'][number]): boolean {
  return value.key === 'jwt' || value.key.startsWith('request.auth.');
}

function decisionOf(
  rule: AccessRule,
  effect: 'allow' | 'deny',
  service: ServiceFacts,
  drafts: Drafts,
  options: ConvertOptions,
): Decision | undefined {
  const { ledger } = drafts;
  const place = drafts.place(ServiceIntentions, named(service, drafts), 'spec.sources');
  // Fewer are let in without an allow; that nothing is left of a policy at all is told elsewhere.
  const risk = effect === 'allow' ? 'availability' : 'security';
  const drop = (code: string, reason: string): undefined => {
    for (const it of originsOf(rule)) ledger.lost(it, code, reason, risk);
  };
  // Conditions that Consul cannot see: without them an allow would be wider, a deny is only stricter.
  const isEveryNetwork = rule.networks.length > 0 && rule.networks.every((it) => everyNetwork.has(it.value));
  const unseen: readonly (readonly [readonly Asked<unknown>[], string, string])[] = [
    [isEveryNetwork ? [] : rule.networks, 'ip-authz', 'Intentions know clients by identity, not by address'],
    [rule.notNetworks, 'ip-authz', 'Intentions know clients by identity, not by address'],
    [
      rule.conditions.filter(isAboutToken),
      'no-jwt',
      'Tokens are not carried over; a JWTProvider has to be set up by hand',
    ],
    [rule.conditions.filter((it) => !isAboutToken(it)), 'authz-condition', 'Intentions cannot see this condition'],
  ];
  for (const [conditions, code, reason] of unseen) {
    if (conditions.length === 0) continue;
    if (effect === 'allow') return drop(code, `${reason}, so the rule is left out: without it, it would let more in.`);
    for (const it of conditions)
      ledger.changed(it, place, 'security-stricter', `${reason}, so the rule denies without it.`, 'availability');
  }
  if (isEveryNetwork)
    for (const it of rule.networks)
      ledger.changed(
        it,
        place,
        'needs-mtls',
        'Every client with a certificate of the mesh; Consul lets in no others.',
        'availability',
      );

  const clients: Client[] = [];
  let isForAll = rule.clients.length === 0;
  for (const asked of rule.clients) {
    const resolved = resolveClient(asked, effect, drafts, options);
    if (resolved === 'all') {
      isForAll = true;
      clients.push({ name: everyone, asked, reason: '' });
    } else clients.push(...resolved);
  }
  if (!isForAll && clients.length === 0)
    return drop('authz-lost', 'None of its clients is known to Consul, so the rule is left out.');

  const except: Client[] = [];
  for (const asked of rule.notClients) {
    // An exception from an allow has to hold for certain, one from a deny only makes it stricter when it is missing.
    const resolved = resolveClient(asked, effect === 'allow' ? 'deny' : 'allow', drafts, options, effect === 'allow');
    if (resolved === 'all')
      return drop('authz-lost', 'It excepts every client, so it holds for none that Consul knows.');
    if (resolved.length === 0 && effect === 'allow')
      return drop('complement-enumerated', 'Whom it excepts is not known to Consul, so the rule is left out.');
    except.push(...resolved);
  }

  const operations = rule.operations.map((it) => permissionsOf(it, effect, service, drafts, place));
  const isEvery = rule.operations.length === 0 || operations.some((it) => it === 'every');
  const permissions = operations.flatMap((it) => (typeof it === 'string' ? [] : it));
  if (!isEvery && permissions.length === 0)
    return drop('authz-lost', 'None of its operations can be said in Consul, so the rule is left out.');
  return { effect, isForAll, clients, except, permissions: isEvery ? undefined : permissions };
}

// ---- Sources -------------------------------------------------------------------------------------------------------

type Verdict =
  | 'allow'
  | 'deny'
  | {
      readonly deny: readonly Permission[];
      readonly allow: readonly Permission[];
      /** Whether a request that no permission takes is allowed. */
      readonly isOpen: boolean;
    };

class SourceWriter {
  looksIntoRequests = false;
  readonly #decisions: readonly Decision[];
  readonly #hasAllow: boolean;
  readonly #place: string;
  readonly #drafts: Drafts;

  constructor(decisions: readonly Decision[], hasAllow: boolean, place: string, drafts: Drafts) {
    this.#decisions = decisions;
    this.#hasAllow = hasAllow;
    this.#place = place;
    this.#drafts = drafts;
  }

  /** Whether a rule names a client, so that an entry for it is expected. */
  isNamed(name: string): boolean {
    return this.#decisions.some((it) => it.clients.some((client) => client.name === name));
  }

  /** What holds for one client when all rules are taken together. */
  verdict(name: string): Verdict {
    const mine = this.#decisions.filter((it) =>
      it.isForAll
        ? !it.except.some((client) => client.name === name)
        : it.clients.some((client) => client.name === name) && !it.except.some((client) => client.name === name),
    );
    const [denies, allows] = (['deny', 'allow'] as const).map((effect) => mine.filter((it) => it.effect === effect));
    if (denies?.some((it) => it.permissions === undefined)) return 'deny';
    const isOpen = !this.#hasAllow || (allows ?? []).some((it) => it.permissions === undefined);
    const deny = (denies ?? []).flatMap((it) => it.permissions ?? []);
    const allow = isOpen ? [] : (allows ?? []).flatMap((it) => it.permissions ?? []);
    if (isOpen && deny.length === 0) return 'allow';
    if (!isOpen && allow.length === 0) return 'deny';
    return { deny, allow, isOpen };
  }

  /** The entry of one client, with the fates of what it says. */
  source(name: string, verdict: Verdict, at: number): Spec {
    const { ledger } = this.#drafts;
    const place = `${this.#place} spec.sources[${at}]`;
    for (const client of this.#decisions.flatMap((it) => [...it.clients, ...it.except]))
      if (client.name === name) ledger.exact(client.asked, `${place}.name`, client.reason);
    if (typeof verdict === 'string') {
      this.#coverHidden(name, place);
      return { name, action: verdict };
    }
    this.looksIntoRequests = true;
    const permissions: Spec[] = [];
    const add = (action: 'allow' | 'deny', http: Spec, permission?: Permission) => {
      const known = permissions.findIndex((it) => JSON.stringify(it) === JSON.stringify({ action, http }));
      const index = known === -1 ? permissions.push({ action, http }) - 1 : known;
      permission?.record(`${place}.permissions[${index}].http`);
    };
    const { deny, allow, isOpen } = verdict;
    // Exceptions from a deny come right before it; they may only be let through where nothing else would deny them.
    const plain = deny.filter((it) => it.except.length === 0);
    const excepting = deny.filter((it) => it.except.length > 0);
    const [onlyException, ...more] = excepting;
    const keepsException = isOpen && more.length === 0;
    for (const it of plain) add('deny', it.http, it);
    if (onlyException && keepsException) {
      for (const http of onlyException.except) add('allow', http);
      add('deny', onlyException.http, onlyException);
    } else
      for (const it of excepting) {
        it.makeStricter(place);
        add('deny', it.http, it);
      }
    for (const it of allow) if (it.except.length === 0) add('allow', it.http, it);
    for (const it of inSafeOrder(
      allow.filter((each) => each.except.length > 0),
      place,
    )) {
      for (const http of it.except) add('deny', http);
      add('allow', it.http, it);
    }
    permissions.push({ action: isOpen ? 'allow' : 'deny', http: { pathPrefix: '/' } });
    ledger.note(
      'generated',
      'The last permission of each source takes every other request: otherwise the default of the ACLs would decide, not "*".',
    );
    return { name, permissions };
  }

  /** Permissions that a plain action of a source includes already. */
  #coverHidden(name: string, place: string): void {
    for (const it of this.#decisions)
      if (it.isForAll ? name === everyone : it.clients.some((client) => client.name === name))
        for (const permission of it.permissions ?? []) permission.record(`${place}.action`);
  }
}

/**
 * Permissions with exceptions in an order in which the exceptions of one do not deny what a later one allows. Where there
 * is no such order, the later ones allow less than they should, and that is reported.
 */
function inSafeOrder(permissions: readonly Permission[], place: string): readonly Permission[] {
  const rest = [...permissions];
  const ordered: Permission[] = [];
  const spoils = (a: Permission, b: Permission) =>
    a !== b && a.except.some((it) => mayOverlap(it, b.http) && !isExcepted(it, b));
  while (rest.length > 0) {
    const safe = rest.findIndex((it) => !rest.some((other) => spoils(it, other)));
    const [next] = rest.splice(Math.max(safe, 0), 1);
    if (!next) break;
    if (safe === -1) next.makeStricter(place);
    ordered.push(next);
  }
  return ordered;
}

/** Whether the other permission makes the same exception, so that it loses nothing by it. */
function isExcepted(exception: Spec, { except }: Permission): boolean {
  return except.some((it) => JSON.stringify(it) === JSON.stringify(exception));
}

function sameVerdict(a: Verdict, b: Verdict): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  const text = (it: readonly Permission[]) => JSON.stringify(it.map(({ http, except }) => [http, except]));
  return a.isOpen === b.isOpen && text(a.deny) === text(b.deny) && text(a.allow) === text(b.allow);
}
