/** Who may call, as Servers with routes and policies: one Server for each port of the pods that are protected. */

import type { Access, AccessRule, Labels, Origin, WorkloadScope } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import { placeText } from '../../../model/report.ts';
import { listAt, numberAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import {
  selects,
  serviceFacts,
  servicesOfPods,
  type Workload,
  workloadsIn,
} from '../../kubernetes/common/workloads.ts';
import {
  AuthorizationPolicy,
  MeshTLSAuthentication,
  NetworkAuthentication,
  PolicyHTTPRoute,
  Server,
} from '../kinds.ts';
import { type Fate, type Port, usableRules } from './access-rules.ts';
import { accessTable, networksOf, type Row, type Table, type TableRule } from './access-table.ts';
import { type Account, everyNetwork, type Grant, knownAccounts, type Named } from './clients.ts';
import { type Draft, shortName } from './draft.ts';
import { writeIdentity } from './identities.ts';
import { modeOn } from './mutual-tls.ts';
import { pathOf, rootCell } from './path-cells.ts';
import { isHttp } from './services.ts';

/** Pods that the same policies protect. */
interface Unit {
  readonly namespace: string;
  readonly labels: Labels;
  readonly accesses: readonly Access[];
  readonly workloads: readonly Workload[];
}

/** Writes all access policies; gives the Servers that were made, as `namespace/labels/port`. */
export function writeAccess(draft: Draft): void {
  const usable = draft.ir.access.filter((it) => {
    if (it.effect.value === 'allow' || it.effect.value === 'deny') return true;
    refuse(it, draft);
    return false;
  });
  for (const unit of unitsOf(usable, draft)) writeUnit(unit, draft);
}

function refuse(access: Access, draft: Draft): void {
  const from = allOrigins(access);
  if (access.effect.value === 'audit')
    draft.ledger.lost(from, 'audit', 'Linkerd can audit a whole port, not log what some rules match.', 'none');
  else draft.ledger.lost(from, 'ext-authz', 'Linkerd asks nobody else whether a request may pass.', 'security');
}

function allOrigins({ target, port, protocol, effect, rules }: Access): readonly Origin[] {
  const inRules = rules.flatMap((it) => [
    ...[...it.clients, ...it.notClients, ...it.networks, ...it.notNetworks, ...it.conditions],
    ...it.operations.flatMap((one) => Object.values(one).flat()),
  ]);
  return [target, port, protocol, effect, ...inRules].flatMap((it) => it?.from ?? []);
}

// ---- What protects which pods --------------------------------------------------------------------------------------

/**
 * Pods grouped by the policies that hold for them: on one port only one Server counts, so all policies for a pod must
 * meet in it.
 */
function unitsOf(accesses: readonly Access[], draft: Draft): readonly Unit[] {
  const scopes = accesses.flatMap((access) => {
    const scope = scopeOf(access.target.value, draft);
    if (scope) return [{ access, scope }];
    lose(
      access,
      draft,
      `Service "${access.target.value.service?.name ?? ''}" in namespace "${access.target.value.namespace}"`,
    );
    return [];
  });
  const units: Unit[] = [];
  const done = new Set<Workload['resource']>();
  for (const { scope } of scopes) {
    const workloads = workloadsFor(scope, draft);
    if (workloads.length === 0 && Object.keys(scope.labels).length > 0 && !units.some((it) => sameScope(it, scope))) {
      // Wider policies hold for these pods, too.
      const own = scopes.filter((it) => contains(it.scope, scope)).map((it) => it.access);
      units.push({ ...scope, accesses: own, workloads: [] });
    }
    for (const workload of workloads) {
      if (done.has(workload.resource)) continue;
      done.add(workload.resource);
      const holding = scopes.filter((it) => covers(it.scope, workload));
      const narrow = holding.filter((it) => Object.keys(it.scope.labels).length > 0);
      const [first] = narrow;
      const isOne = first && holding.every((it) => sameScope(it.scope, first.scope));
      const labels = isOne ? first.scope.labels : selectorOf(workload);
      const known = units.find((it) => it.namespace === workload.namespace && sameLabels(it.labels, labels));
      if (known) units[units.indexOf(known)] = { ...known, workloads: [...known.workloads, workload] };
      else
        units.push({
          namespace: workload.namespace,
          labels,
          accesses: holding.map((it) => it.access),
          workloads: [workload],
        });
    }
  }
  for (const { access, scope } of scopes)
    if (!units.some((it) => (it.workloads.length > 0 ? it.accesses.includes(access) : sameScope(it, scope))))
      lose(
        access,
        draft,
        `a workload with container ports in namespace "${scope.namespace}"`,
        units.some((it) => it.accesses.includes(access))
          ? 'Written only for pods that another policy names'
          : undefined,
      );
  return units;
}

type Scope = Pick<WorkloadScope, 'namespace' | 'labels'>;

function scopeOf(scope: WorkloadScope, draft: Draft): Scope | undefined {
  if (!scope.service || Object.keys(scope.labels).length > 0) return scope;
  const facts = serviceFacts(draft.environment, scope.service.namespace, scope.service.name);
  if (!facts || Object.keys(facts.selector).length === 0) return undefined;
  return { namespace: facts.namespace, labels: facts.selector };
}

function workloadsFor(scope: Scope, draft: Draft): readonly Workload[] {
  return workloadsIn(draft.environment, scope.namespace).filter((it) => covers(scope, it));
}

function covers(scope: Scope, workload: Workload): boolean {
  return scope.namespace === workload.namespace && selects(scope.labels, workload.labels);
}

/** Whether all pods of the second scope are in the first. */
function contains(a: Scope, b: Scope): boolean {
  return a.namespace === b.namespace && selects(a.labels, b.labels);
}

function sameScope(a: Scope, b: Scope): boolean {
  return a.namespace === b.namespace && sameLabels(a.labels, b.labels);
}

function sameLabels(a: Labels, b: Labels): boolean {
  return Object.keys(a).length === Object.keys(b).length && selects(a, b);
}

function selectorOf({ resource, labels }: Workload): Labels {
  const own = textRecordAt(resource.value, ['spec', 'selector', 'matchLabels']);
  return Object.keys(own).length > 0 ? own : labels;
}

/** Records a whole policy as lost for want of a fact; what it closed stays open. */
function lose(access: Access, draft: Draft, missing: string, written = 'Not written'): void {
  draft.ledger.lost(
    allOrigins(access),
    'authz-lost',
    `${written}: the workspace does not hold ${missing}.`,
    'security',
  );
  draft.ledger.note('missing', `Add the manifest of ${missing} to the workspace, then convert again.`, 'security');
}

// ---- One Server for each port --------------------------------------------------------------------------------------

function writeUnit(unit: Unit, draft: Draft): void {
  const ports = portsOf(unit, draft);
  if (ports.length === 0) {
    for (const it of unit.accesses)
      lose(
        it,
        draft,
        `a workload with labels ${labelText(unit.labels)} and container ports in namespace "${unit.namespace}"`,
      );
    return;
  }
  if (unit.workloads.length === 0)
    draft.ledger.note(
      'assumed',
      `The pods with labels ${labelText(unit.labels)} in ${unit.namespace} have no HTTP probes: the workspace does not hold them.`,
      'availability',
    );
  for (const port of ports) writeServer(unit, port, ports.length === 1, draft);
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** The ports to protect: those that the policies name, and, where one names none, all that the pods have. */
function portsOf(unit: Unit, draft: Draft): readonly Port[] {
  const found = new Set<number>();
  const containers = unit.workloads.flatMap((it) => it.ports);
  const services = servicesOfPods(draft.environment, unit.namespace, unit.workloads[0]?.labels ?? unit.labels);
  for (const access of unit.accesses) {
    const named = access.port?.value;
    const number = typeof named === 'string' ? containers.find((it) => it.name === named)?.port : named;
    if (number !== undefined) found.add(number);
    if (named !== undefined) continue;
    for (const it of containers) found.add(it.port);
    if (containers.length === 0)
      for (const it of services.flatMap((one) => one.ports)) {
        const target = it.targetPort ?? it.port;
        if (typeof target === 'number') found.add(target);
      }
    for (const rule of access.rules) for (const it of rule.operations) for (const one of it.ports) found.add(one.value);
  }
  const isOpaque = (number: number) => {
    const name = containers.find((it) => it.port === number)?.name;
    const ports = services
      .flatMap((it) => it.ports)
      .filter((it) => (it.targetPort ?? it.port) === number || (name !== undefined && it.targetPort === name));
    return ports.length > 0 && ports.every((it) => !isHttp(it));
  };
  const isTcp = unit.accesses.some((it) => it.protocol?.value === 'tcp');
  return [...found].sort((a, b) => a - b).map((number) => ({ number, isHttp: !isTcp && !isOpaque(number) }));
}

const proxyProtocols: Readonly<Record<string, string>> = {
  http: 'HTTP/1',
  http2: 'HTTP/2',
  grpc: 'gRPC',
  tcp: 'opaque',
};

function writeServer(unit: Unit, port: Port, isOnlyPort: boolean, draft: Draft): void {
  const accesses = unit.accesses.filter((it) => isAbout(it, port, unit));
  if (accesses.length === 0) return;
  const usable = usableRules(accesses, port, draft);
  if (usable.isReduced && usable.rules.length === 0) {
    return loseAll(
      accesses,
      'Nothing that it allows can be said, so it is left out rather than refusing everyone.',
      draft,
    );
  }
  const table = tableFor(unit, port, accesses, usable.rules, draft);
  if (table.rows.some((it) => pathOf(it.cell, table.cells).value.length > longestPath))
    return loseAll(
      accesses,
      'Its paths are too many to be told apart by patterns of the length that a route allows.',
      draft,
    );
  const isPlain = table.rows.every((it) => it.cell === rootCell && it.method === undefined && it.headers.length === 0);
  const grants = isPlain ? (table.rows[0]?.grants ?? []) : [];
  const open = openPolicy(grants);
  const from = accesses.flatMap(allOrigins);
  const server = serverFor(unit, port, accesses, open ?? 'deny', draft);
  const writer = new PolicyWriter(draft, unit.namespace, server, baseName(accesses, server, port, isOnlyPort), from);
  if (!isPlain) writer.onRoutes(table);
  else if (!open) writer.onServer(grants);
  noteOtherPolicies(server, unit.namespace, draft);

  const place = placeText('Server', unit.namespace, server, 'spec');
  for (const access of accesses) {
    draft.ledger.exact(access.target, `${place}.podSelector`);
    draft.ledger.exact(access.effect, `${place}.accessPolicy`);
    if (access.port) draft.ledger.exact(access.port, `${place}.port`);
    if (access.protocol) draft.ledger.exact(access.protocol, `${place}.proxyProtocol`);
  }
  const places = {
    port: `${place}.port`,
    clients: writer.firstPolicy
      ? placeText('AuthorizationPolicy', unit.namespace, writer.firstPolicy, 'spec.requiredAuthenticationRefs')
      : `${place}.accessPolicy`,
    request: writer.firstRoute
      ? placeText('HTTPRoute', unit.namespace, writer.firstRoute, 'spec.rules')
      : `${place}.accessPolicy`,
  };
  settle(usable.fates, places, table.isGuess, draft);
}

/** How long the pattern of a path may be, by the CRD. */
const longestPath = 1024;

function loseAll(accesses: readonly Access[], reason: string, draft: Draft): void {
  for (const it of accesses) draft.ledger.lost(allOrigins(it), 'authz-lost', reason, 'security');
}

function tableFor(
  unit: Unit,
  port: Port,
  accesses: readonly Access[],
  rules: readonly TableRule[],
  draft: Draft,
): Table {
  const labels = unit.workloads[0]?.labels ?? unit.labels;
  return accessTable({
    model: accesses.some((it) => it.combine === 'source-precedence') ? 'first' : 'any',
    rules,
    isOpen: isOpenOtherwise(accesses, draft),
    isStrict: modeOn(draft, unit.namespace, labels, port.number) === 'strict',
    // Without routes a Server lets probes in by itself.
    probes: port.isHttp && rules.some((it) => it.operations.length > 0) ? probesOf(unit, port.number) : [],
    accounts: knownAccounts(draft.environment),
  });
}

/** Creates the Server, or takes over the one that protects the port already; gives its name. */
function serverFor(unit: Unit, port: Port, accesses: readonly Access[], accessPolicy: string, draft: Draft): string {
  const existing = existingServer(unit, port.number, draft);
  if (existing) {
    draft.changeAccessPolicy(existing, accessPolicy);
    return existing.name;
  }
  const name = nameOf(unit, port, draft);
  const protocol = accesses.find((it) => it.protocol)?.protocol;
  const proxyProtocol = protocol && proxyProtocols[protocol.value];
  draft.create(Server, unit.namespace, name, {
    spec: {
      podSelector: { matchLabels: unit.labels },
      port: port.number,
      ...(proxyProtocol === undefined ? {} : { proxyProtocol }),
      accessPolicy,
    },
    from: accesses.flatMap(allOrigins),
  });
  return name;
}

/** What routes and policies are called after: the one policy they come from, else the Server. */
function baseName(accesses: readonly Access[], server: string, { number }: Port, isOnlyPort: boolean): string {
  const [only, ...more] = accesses;
  if (!only || more.length > 0) return server;
  return isOnlyPort ? only.name : `${only.name}-${number}`;
}

function settle(
  fates: readonly Fate[],
  places: Readonly<Record<Fate['kind'], string>>,
  isGuess: boolean,
  draft: Draft,
): void {
  const guess =
    'Linkerd names who may call, so all other accounts that the workspace knows are named; others are refused.';
  for (const it of fates) {
    const place = places[it.kind];
    if (it.code !== undefined) draft.ledger.changed(it.from, place, it.code, it.reason ?? '', it.risk);
    else if (it.kind === 'clients' && isGuess)
      draft.ledger.changed(it.from, place, 'complement-enumerated', guess, 'availability');
    else draft.ledger.exact(it.from, place, it.reason);
  }
}

function isAbout(access: Access, { number }: Port, unit: Unit): boolean {
  const named = access.port?.value;
  if (named === undefined || named === number) return true;
  return unit.workloads.some((it) => it.ports.some((one) => one.port === number && one.name === named));
}

/** Whether what no rule allows is let in: with deny policies alone, or where the source says so. */
function isOpenOtherwise(accesses: readonly Access[], draft: Draft): boolean {
  if (accesses.every((it) => it.combine !== 'source-precedence'))
    return accesses.every((it) => it.effect.value === 'deny' && it.otherwise !== 'deny');
  const otherwise = accesses.map((it) =>
    it.otherwise === 'unknown' ? draft.options.consulDefaultPolicy : it.otherwise,
  );
  const isSaid = accesses.every((it) => it.combine === 'source-precedence' && it.rules.some(isForEveryone));
  if (otherwise.includes('unknown') && !isSaid)
    draft.ledger.note(
      'assumed',
      'Clients that no rule names are refused: nothing says what happens to them.',
      'availability',
    );
  return otherwise.every((it) => it === 'allow');
}

/** Whether a rule decides about all clients that none before it names, and all of their requests. */
function isForEveryone({ clients, operations, conditions }: AccessRule): boolean {
  return clients.some((it) => it.value.type === 'authenticated') && operations.length + conditions.length === 0;
}

/** An access policy that says it all; undefined when it takes policies of its own. */
function openPolicy(grants: readonly Grant[]): 'all-authenticated' | 'all-unauthenticated' | undefined {
  const [only, ...more] = grants;
  if (!only || more.length > 0 || networksOf(only)) return undefined;
  if (only.who.type === 'anyone') return 'all-unauthenticated';
  return only.who.type === 'authenticated' ? 'all-authenticated' : undefined;
}

/** `reviews-9080`: what people call the pods, and the port. */
function nameOf(unit: Unit, { number }: Port, draft: Draft): string {
  const service = unit.accesses.map((it) => it.target.value.service?.name).find((it) => it !== undefined);
  const label = unit.labels['app.kubernetes.io/name'] ?? unit.labels['app'];
  const isPlain = Object.keys(unit.labels).length === 1;
  const workload = unit.workloads[0]?.resource.name;
  const name =
    service ??
    (isPlain ? label : undefined) ??
    (unit.workloads.length === 1 ? workload : undefined) ??
    label ??
    unit.accesses[0]?.name ??
    'server';
  return draft.nameFor(Server, unit.namespace, shortName(`${name}-${number}`), {
    podSelector: { matchLabels: unit.labels },
    port: number,
  });
}

/** A Server of the workspace for this port of these pods: a second one would not count. */
function existingServer(unit: Unit, port: number, draft: Draft) {
  return draft.environment.index.all(Server).find((it) => {
    if (draft.environment.namespaceOf(it) !== unit.namespace) return false;
    if (!sameLabels(textRecordAt(it.value, ['spec', 'podSelector', 'matchLabels']), unit.labels)) return false;
    const own = valueAt(it.value, ['spec', 'port']);
    return own === port || unit.workloads.some((one) => one.ports.some((at) => at.port === port && at.name === own));
  });
}

/** Policies add up: what others stand on a Server already let in more than the source did. */
function noteOtherPolicies(server: string, namespace: string, draft: Draft): void {
  const others = draft.environment.index
    .all(AuthorizationPolicy)
    .filter(
      (it) =>
        draft.environment.namespaceOf(it) === namespace &&
        textAt(it.value, ['spec', 'targetRef', 'kind']) === Server.name &&
        textAt(it.value, ['spec', 'targetRef', 'name']) === server &&
        !draft.hasNamed(AuthorizationPolicy, namespace, it.name),
    );
  if (others.length === 0) return;
  draft.ledger.note(
    'assumed',
    `Policies of Server "${server}" in ${namespace} go on letting clients in beside the new ones: ` +
      `${others.map((it) => it.name).join(', ')}.`,
    'security',
  );
}

/** Paths of HTTP probes of a port: a Server with routes no longer lets them in by itself. */
function probesOf(unit: Unit, port: number): readonly string[] {
  const found = new Set<string>();
  for (const { resource, template, ports } of unit.workloads) {
    for (const container of listAt(resource.value, [...template, 'spec', 'containers'])) {
      for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
        const get = valueAt(container, [probe, 'httpGet']);
        const number = numberAt(get, ['port']) ?? ports.find((it) => it.name === textAt(get, ['port']))?.port;
        if (get !== undefined && number === port) found.add((textAt(get, ['path']) ?? '/').split('?')[0] ?? '/');
      }
    }
  }
  return [...found].sort();
}

// ---- Routes, policies and authentications --------------------------------------------------------------------------

const probeNetworks = 'kubelet-probes';
const anyNetwork = 'any-network';

const networksMade = new WeakMap<Draft, Map<string, string>>();

class PolicyWriter {
  readonly #draft: Draft;
  readonly #namespace: string;
  readonly #server: string;
  readonly #base: string;
  readonly #from: readonly Origin[];
  firstPolicy: string | undefined;
  firstRoute: string | undefined;

  constructor(draft: Draft, namespace: string, server: string, base: string, from: readonly Origin[]) {
    this.#draft = draft;
    this.#namespace = namespace;
    this.#server = server;
    this.#base = base;
    this.#from = from;
  }

  /** Policies on the Server itself: the decision is the same for every request. */
  onServer(grants: readonly Grant[]): void {
    this.#policies(Server, this.#server, this.#base, grants, anyNetwork);
  }

  /** A route for each decision. Nothing stands on the Server, since that would count on every route. */
  onRoutes({ cells, rows }: Table): void {
    const groups = new Map<string, Row[]>();
    for (const row of rows) {
      const isRest = row.cell === rootCell && row.method === undefined && row.headers.length === 0;
      const key = isRest ? 'rest' : `${row.isProbe} ${JSON.stringify(row.grants)}`;
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    let count = 0;
    for (const [key, group] of groups) {
      const isProbe = group[0]?.isProbe === true;
      const wanted =
        key === 'rest' ? `${this.#server}-default` : isProbe ? `${this.#server}-probes` : `${this.#base}-${count}`;
      if (key !== 'rest' && !isProbe) count += 1;
      const parentRefs = [{ group: Server.group, kind: Server.name, name: this.#server }];
      const name = this.#draft.nameFor(PolicyHTTPRoute, this.#namespace, shortName(wanted), { parentRefs });
      if (key !== 'rest' && !isProbe) this.firstRoute ??= name;
      this.#draft.create(PolicyHTTPRoute, this.#namespace, name, {
        spec: {
          parentRefs,
          rules: chunked(group.map((row) => matchOf(row, pathOf(row.cell, cells)))).map((matches) => ({ matches })),
        },
        from: this.#from,
      });
      this.#policies(PolicyHTTPRoute, name, name, group[0]?.grants ?? [], isProbe ? probeNetworks : anyNetwork);
      if (key === 'rest')
        this.#note(
          name,
          group[0]?.grants.length === 0
            ? 'answers everything else with 403; without it the answer would be 404.'
            : 'holds who may do everything else; on the Server that would count on every route.',
        );
      if (isProbe) this.#note(name, 'lets probes in: a Server with routes no longer does so by itself.');
    }
  }

  #note(name: string, text: string): void {
    this.#draft.ledger.note('generated', `${placeText('HTTPRoute', this.#namespace, name, '')} ${text}`);
  }

  #policies(kind: Kind, target: string, wanted: string, grants: readonly Grant[], networkName: string): void {
    for (const grant of grants.flatMap(separated)) {
      const targetRef = { group: kind.group, kind: kind.name, name: target };
      const name = this.#draft.nameFor(AuthorizationPolicy, this.#namespace, shortName(wanted), { targetRef });
      if (networkName !== probeNetworks) this.firstPolicy ??= name;
      this.#draft.create(AuthorizationPolicy, this.#namespace, name, {
        spec: {
          targetRef,
          requiredAuthenticationRefs: this.#references(grant, name, networkName),
        },
        from: this.#from,
      });
    }
  }

  #references(grant: Grant, name: string, networkName: string): readonly Readonly<Record<string, string>>[] {
    const networks = networksOf(grant);
    const references = this.#identities(grant, name);
    if (networks) {
      const spec = { networks };
      const own = this.#draft.nameFor(NetworkAuthentication, this.#namespace, shortName(`${name}-networks`), spec);
      this.#draft.create(NetworkAuthentication, this.#namespace, own, { spec, from: this.#from });
      return [...references, reference(NetworkAuthentication, own)];
    }
    if (references.length > 0) return references;
    return [reference(NetworkAuthentication, this.#everyNetwork(networkName))];
  }

  /** The NetworkAuthentication that lets in every address; one for all policies of the namespace. */
  #everyNetwork(wanted: string): string {
    const made = networksMade.get(this.#draft) ?? new Map<string, string>();
    networksMade.set(this.#draft, made);
    const id = `${this.#namespace}/${wanted}`;
    const known = made.get(id);
    if (known !== undefined) return known;
    const spec = { networks: everyNetwork.map((cidr) => ({ cidr })) };
    const name = this.#draft.nameFor(NetworkAuthentication, this.#namespace, wanted, spec);
    made.set(id, name);
    this.#draft.create(NetworkAuthentication, this.#namespace, name, { spec, from: this.#from });
    return name;
  }

  #identities({ who }: Grant, name: string): readonly Readonly<Record<string, string>>[] {
    if (who.type === 'anyone') return [];
    const identities = who.type === 'named' ? who.identities : [];
    const [only, ...more] = identities;
    if (only?.type === 'account' && only.trustDomain === undefined && more.length === 0)
      return [{ kind: 'ServiceAccount', name: only.name, namespace: only.namespace }];
    const refs = identities.filter((it) => it.type === 'namespace' || it.trustDomain === undefined).map(identityRef);
    const texts = identities.filter(isForeign).map((it) => this.#foreign(it));
    const spec = {
      ...(refs.length === 0 ? {} : { identityRefs: refs }),
      ...(who.type === 'authenticated' ? { identities: ['*'] } : texts.length === 0 ? {} : { identities: texts }),
    };
    const own = this.#draft.nameFor(MeshTLSAuthentication, this.#namespace, shortName(`${name}-clients`), spec);
    this.#draft.create(MeshTLSAuthentication, this.#namespace, own, { spec, from: this.#from });
    return [reference(MeshTLSAuthentication, own)];
  }

  #foreign(account: Account): string {
    return writeIdentity(account, this.#draft.options.controlNamespace.linkerd, account.trustDomain ?? '');
  }
}

/** References and texts of identities exclude each other, so accounts of other trust domains get a grant of their own. */
function separated(grant: Grant): readonly Grant[] {
  if (grant.who.type !== 'named') return [grant];
  const foreign = grant.who.identities.filter(isForeign);
  const own = grant.who.identities.filter((it) => !isForeign(it));
  return [own, foreign].flatMap((identities): Grant[] =>
    identities.length === 0 ? [] : [{ ...grant, who: { type: 'named', identities } }],
  );
}

function isForeign(it: Named): it is Account {
  return it.type === 'account' && it.trustDomain !== undefined;
}

function identityRef(it: Named): Readonly<Record<string, string>> {
  return it.type === 'namespace'
    ? { kind: 'Namespace', name: it.namespace }
    : { kind: 'ServiceAccount', name: it.name, namespace: it.namespace };
}

function reference(kind: Kind, name: string): Readonly<Record<string, string>> {
  return { group: kind.group, kind: kind.name, name };
}

function matchOf({ headers, method }: Row, path: { readonly type: string; readonly value: string }) {
  return { path, ...(headers.length === 0 ? {} : { headers }), ...(method === undefined ? {} : { method }) };
}

/** A rule holds 64 matches at most. */
function chunked<T>(values: readonly T[]): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let at = 0; at < values.length; at += 64) chunks.push(values.slice(at, at + 64));
  return chunks;
}
