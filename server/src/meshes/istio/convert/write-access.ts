/**
 * Policies as AuthorizationPolicies. One ALLOW policy closes all ports of the workloads it selects, for everybody it does
 * not name, so what other meshes leave open has to be opened again. A rule is never written without one of its conditions:
 * an ALLOW rule that cannot be said in full falls away, a DENY rule then denies more.
 */

import type {
  Access,
  AccessRule,
  Asked,
  Identity,
  Labels,
  Operation,
  PathMatch,
  ServiceName,
} from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { workloadsOfService } from '../../kubernetes/common/workloads.ts';
import { AuthorizationPolicy } from '../kinds.ts';
import { type Draft, type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import { writePrincipal } from './identities.ts';
import { readPathRegex } from './path-patterns.ts';
import { allowedBySource } from './source-precedence.ts';
import { writeWildcard } from './texts.ts';

export function writeAccess(drafts: Drafts): void {
  for (const it of drafts.ir.access) {
    if (it.combine === 'source-precedence') writePolicy(bySource(it, drafts), drafts);
    else writePolicy(it.combine === 'any' ? onItsPort(it, drafts) : it, drafts);
  }
}

/** Everything that a policy asked for. */
function askedOf({ target, port, protocol, effect, rules }: Access): readonly Asked<unknown>[] {
  return [target, port, protocol, effect, ...rules.flatMap(askedOfRule)].filter((it) => it !== undefined);
}

function askedOfRule(rule: AccessRule): readonly Asked<unknown>[] {
  const { clients, notClients, networks, notNetworks, operations, conditions } = rule;
  return [
    ...clients,
    ...notClients,
    ...networks,
    ...notNetworks,
    ...conditions,
    ...operations.flatMap(askedOfOperation),
  ];
}

function askedOfOperation(it: Operation): readonly Asked<unknown>[] {
  return [
    ...it.paths,
    ...it.notPaths,
    ...it.methods,
    ...it.notMethods,
    ...it.hosts,
    ...it.notHosts,
    ...it.ports,
    ...it.notPorts,
    ...it.headers,
  ];
}

function loseAll(access: Access, code: string, reason: string, ledger: Ledger): void {
  for (const it of askedOf(access)) ledger.lost(it, code, reason, 'security');
}

// ---- Other ways to add policies up ---------------------------------------------------------------------------------

const everyOperation: Operation = {
  paths: [],
  notPaths: [],
  methods: [],
  notMethods: [],
  hosts: [],
  notHosts: [],
  ports: [],
  notPorts: [],
  headers: [],
};

/** Entries of which the most exact counts, as one list of what is allowed. */
function bySource(access: Access, drafts: Drafts): Access {
  const { ledger, options } = drafts;
  const { rules, needsDefault } = allowedBySource(access, options.consulDefaultPolicy === 'allow', ledger);
  if (needsDefault && options.consulDefaultPolicy === 'unknown')
    ledger.note(
      'assumed',
      'Clients and requests that no intention names are refused, as Consul does when its ACLs deny by default.',
    );
  return { ...access, rules };
}

/** A policy on one port, as rules about this port, and one that leaves the workload's other ports open. */
function onItsPort(access: Access, drafts: Drafts): Access {
  const { port, rules } = access;
  if (port === undefined) return access;
  if (typeof port.value === 'string') return access;
  const number: Asked<number> = { value: port.value, from: port.from };
  const onPort = rules.map((rule) => ({
    ...rule,
    operations: (rule.operations.length === 0 ? [everyOperation] : rule.operations).map((it) => ({
      ...it,
      ports: [number],
    })),
  }));
  if (access.otherPorts === 'authenticated') warnOfPlaintext(access, port.value, drafts);
  // The first policy of a workload opens the ports that no policy is about.
  const siblings = drafts.ir.access.filter((it) => it.combine === 'any' && sameWorkload(it, access));
  if (siblings[0] !== access) return { ...access, rules: onPort };
  const closed = siblings.flatMap((it) =>
    typeof it.port?.value === 'number' ? [{ value: it.port.value, from: [] }] : [],
  );
  // Istio closes them by itself then.
  if (siblings.some((it) => it.otherPorts === 'nobody')) return { ...access, rules: onPort };
  const isSure = siblings.some((it) => it.otherPorts === 'authenticated');
  const place = `${access.namespace}/${access.name}`;
  drafts.ledger.note(
    'generated',
    `AuthorizationPolicy "${place}" has a rule for the ports that no policy is about: in Istio an ALLOW policy would close them too.${isSure ? '' : ' Take it out where the pods are closed by default.'}`,
  );
  const open: AccessRule = {
    clients: isSure ? [{ value: { type: 'authenticated' }, from: [] }] : [],
    notClients: [],
    networks: [],
    notNetworks: [],
    operations: [{ ...everyOperation, notPorts: closed }],
    conditions: [],
  };
  return { ...access, rules: [...onPort, open] };
}

/** Networks name clients without an identity, which a strict mode of the pods refuses before any policy is asked. */
function warnOfPlaintext({ rules }: Access, port: number, { ledger }: Drafts): void {
  for (const { clients, networks } of rules) {
    if (clients.length > 0) continue;
    for (const it of networks)
      ledger.changed(
        it,
        '',
        'needs-mtls',
        `Mutual TLS is strict for these pods, so clients without it are refused all the same: let them in by portLevelMtls of a PeerAuthentication, ${port}: PERMISSIVE. Probes of the kubelet are let in.`,
        'availability',
      );
  }
}

function sameWorkload(a: Access, b: Access): boolean {
  const key = ({ target: { value } }: Access) => JSON.stringify([value.namespace, Object.entries(value.labels).sort()]);
  return key(a) === key(b);
}

// ---- One policy ----------------------------------------------------------------------------------------------------

const actions = { allow: 'ALLOW', deny: 'DENY', audit: 'AUDIT', custom: 'CUSTOM' } as const;

function writePolicy(access: Access, drafts: Drafts): void {
  const { ledger } = drafts;
  const { target, port, protocol, effect, rules } = access;
  if (effect.value === 'custom') {
    loseAll(
      access,
      'ext-authz',
      'Which service decides is part of the mesh configuration, so it is not written.',
      ledger,
    );
    return;
  }
  if (typeof port?.value === 'string') {
    loseAll(
      access,
      'host-not-service',
      `Istio knows ports by number, and no workload tells which one "${port.value}" is.`,
      ledger,
    );
    ledger.note(
      'missing',
      `Add the workload whose container port is called "${port.value}" to the workspace.`,
      'security',
    );
    return;
  }
  const labels = labelsOf(access, drafts);
  if (!labels) {
    loseAll(
      access,
      'host-not-service',
      'The labels of its pods are not known, and without them it would hold for all workloads.',
      ledger,
    );
    const name = target.value.service?.name ?? access.name;
    ledger.note(
      'missing',
      `Add Service "${name}" of namespace "${access.namespace}" with its selector to the workspace.`,
      'security',
    );
    return;
  }
  const draft = drafts.draft(AuthorizationPolicy, access.namespace, access.name);
  const isAudit = access.combine === 'any' && effect.value === 'audit';
  if (isAudit) draft.annotations['istio.io/dry-run'] = 'true';
  if (Object.keys(labels).length > 0) draft.spec['selector'] = { matchLabels: labels };
  draft.spec['action'] = isAudit ? 'ALLOW' : actions[effect.value];
  ledger.exact(target, draft.place('spec', 'selector'));
  if (isAudit)
    ledger.changed(
      effect,
      draft.place('metadata', 'annotations', 'istio.io/dry-run'),
      'audit',
      'Istio logs what the policy would refuse, as a dry run.',
      'none',
    );
  else ledger.exact(effect, draft.place('spec', 'action'));
  if (port) ledger.exact(port, draft.place('spec', 'rules'));
  if (protocol) writeProtocol(protocol, ledger);

  const writer = new RuleWriter(access, draft, drafts);
  const written = rules.flatMap((it) => writer.write(it));
  if (written.length > 0) draft.spec['rules'] = written;
  else if (effect.value !== 'allow' && rules.length > 0) {
    // A DENY policy without rules denies nothing: there is nothing left to write.
    loseAll(access, 'authz-lost', 'None of its rules can be said in Istio.', ledger);
    return;
  }
  drafts.add(
    draft,
    askedOf(access).flatMap((it) => it.from),
  );
}

function writeProtocol(protocol: Asked<string>, ledger: Ledger): void {
  const reason = 'Istio reads the protocol from the port of the Service: its appProtocol, or how its name begins.';
  if (protocol.value === 'tcp') ledger.lost(protocol, 'protocol-sniffing', reason, 'behaviour');
  else ledger.exact(protocol, '', reason);
}

/** The labels of the protected pods; undefined when only a Service is named that is not known. */
function labelsOf({ target: { value } }: Access, drafts: Drafts): Labels | undefined {
  if (Object.keys(value.labels).length > 0 || !value.service) return value.labels;
  const selector = drafts.service(value.service)?.selector ?? {};
  return Object.keys(selector).length > 0 ? selector : undefined;
}

class RuleWriter {
  readonly #access: Access;
  readonly #draft: Draft;
  readonly #drafts: Drafts;
  #count = 0;

  constructor(access: Access, draft: Draft, drafts: Drafts) {
    this.#access = access;
    this.#draft = draft;
    this.#drafts = drafts;
  }

  get #isDeny(): boolean {
    return this.#access.effect.value === 'deny';
  }

  get #ledger(): Ledger {
    return this.#drafts.ledger;
  }

  /** Rules of the policy; several when operations ask for different headers, none when something cannot be said. */
  write(rule: AccessRule): Fields[] {
    const sources = this.#sources(rule);
    const conditions = this.#conditions(rule);
    if (!sources || !conditions) {
      for (const it of askedOfRule(rule))
        this.#ledger.lost(
          it,
          'security-stricter',
          'The rule has a part that Istio cannot say, so it is left out and allows less.',
          'availability',
        );
      return [];
    }
    const groups = this.#operations(rule);
    if (!groups) {
      for (const it of rule.clients)
        this.#ledger.lost(
          it,
          'security-stricter',
          'Nothing that the rule allows can be said in Istio, so it is left out.',
          'availability',
        );
      return [];
    }
    return groups.map(({ to, when }) => {
      const place = this.#draft.place('spec', 'rules', this.#count);
      this.#count += 1;
      for (const it of askedOfRule(rule)) this.#ledger.exact(it, place);
      const all = [...when, ...conditions];
      return {
        ...(sources.length > 0 ? { from: sources.map((source) => ({ source })) } : {}),
        ...(to.length > 0 ? { to: to.map((operation) => ({ operation })) } : {}),
        ...(all.length > 0 ? { when: all } : {}),
      };
    });
  }

  // ---- Clients -----------------------------------------------------------------------------------------------------

  #sources(rule: AccessRule): Fields[] | undefined {
    const excluded = this.#excluded(rule.notClients);
    if (!excluded) return undefined;
    const common = { ipBlocks: texts(rule.networks), notIpBlocks: texts(rule.notNetworks), ...excluded };
    if (rule.clients.some((it) => it.value.type === 'anyone') || rule.clients.length === 0)
      return hasFields(common) ? [withoutUndefined(common)] : [];
    const named = rule.clients.map((it) => this.#named(it));
    const principals = named.flatMap((it) => (it && 'principal' in it ? [it.principal] : []));
    const namespaces = named.flatMap((it) => (it && 'namespace' in it ? [it.namespace] : []));
    const sources = [
      ...(principals.length > 0 ? [withoutUndefined({ principals: unique(principals), ...common })] : []),
      ...(namespaces.length > 0 ? [withoutUndefined({ namespaces: unique(namespaces), ...common })] : []),
    ];
    // Nobody that can be named is left: without a source, the rule would be about everybody.
    return sources.length > 0 ? sources : undefined;
  }

  /** Clients that a rule is not for. Undefined when one of them has no name, so that an ALLOW rule would take it in. */
  #excluded(clients: readonly Asked<Identity>[]): Fields | undefined {
    const named = clients.map((it) => this.#named(it));
    if (named.includes(undefined) && !this.#isDeny) return undefined;
    const principals = named.flatMap((it) => (it && 'principal' in it ? [it.principal] : []));
    const namespaces = named.flatMap((it) => (it && 'namespace' in it ? [it.namespace] : []));
    return {
      ...(principals.length > 0 ? { notPrincipals: unique(principals) } : {}),
      ...(namespaces.length > 0 ? { notNamespaces: unique(namespaces) } : {}),
    };
  }

  /** How Istio names a client; undefined, and lost, when it cannot. */
  #named(asked: Asked<Identity>): { readonly principal: string } | { readonly namespace: string } | undefined {
    const { value } = asked;
    const { trustDomain } = this.#drafts.options;
    if (value.type === 'namespace') return { namespace: value.namespace };
    if (value.type === 'other' && /^[a-z0-9-]*\*?[a-z0-9-]*$/.test(value.value)) return { namespace: value.value };
    const principal =
      value.type === 'service' && value.peer === undefined
        ? `${trustDomain}/ns/${value.service.namespace}/sa/${this.#accountOf(value.service)}`
        : writePrincipal(value, trustDomain);
    if (principal !== undefined && (value.type !== 'other' || principal.includes('/'))) return { principal };
    const reason = 'Istio has no name for this client, so it is left out.';
    this.#ledger.lost(asked, 'identity-pattern', reason, this.#isDeny ? 'security' : 'availability');
    return undefined;
  }

  /** The account of a service's pods: what their workload says, else the service's own name. */
  #accountOf(service: ServiceName): string {
    const facts = this.#drafts.service(service);
    const accounts = new Set(
      facts ? workloadsOfService(this.#drafts.environment, facts).map((it) => it.serviceAccount) : [],
    );
    const [account] = accounts;
    if (account !== undefined) return account;
    this.#ledger.note(
      'assumed',
      `The pods of "${service.name}" in namespace "${service.namespace}" run as ServiceAccount "${service.name}".`,
    );
    return service.name;
  }

  // ---- Operations --------------------------------------------------------------------------------------------------

  /** Operations by the headers they ask for, since Istio has headers per rule; undefined when an ALLOW rule lost all. */
  #operations(rule: AccessRule): readonly { readonly to: Fields[]; readonly when: Fields[] }[] | undefined {
    if (rule.operations.length === 0) return [{ to: [], when: [] }];
    const groups = new Map<string, { readonly to: Fields[]; readonly when: Fields[]; takesAll: boolean }>();
    for (const operation of rule.operations) {
      const written = this.#operation(operation);
      if (!written) continue;
      const key = JSON.stringify(written.when);
      const group = groups.get(key) ?? { to: [], when: written.when, takesAll: false };
      groups.set(key, group);
      if (hasFields(written.to)) group.to.push(written.to);
      else group.takesAll = true;
    }
    if (groups.size === 0) return undefined;
    return [...groups.values()].map(({ to, when, takesAll }) => ({ to: takesAll ? [] : to, when }));
  }

  #operation(operation: Operation): { readonly to: Fields; readonly when: Fields[] } | undefined {
    const lists: Fields = {};
    const put = <T>(name: string, list: readonly Asked<T>[], write: (value: T) => readonly string[] | undefined) => {
      const texts = list.map((it) => write(it.value));
      const lost = list.filter((_, at) => texts[at] === undefined);
      const known = texts.flatMap((it) => it ?? []);
      // Every path is what an operation without paths is about.
      if (name === 'paths' && known.includes('/*')) return true;
      // A DENY rule that keeps some of its alternatives no longer denies the others.
      const isLooser = this.#isDeny && known.length > 0 && !name.startsWith('not');
      for (const it of lost) this.#loseOperation(it, name, isLooser ? 'security' : 'availability');
      if (known.length > 0) lists[name] = unique(known);
      // Without any of its alternatives the condition is gone; without one of its exceptions it admits more.
      if (lost.length === 0) return true;
      return name.startsWith('not') ? this.#isDeny : known.length > 0 || this.#isDeny;
    };
    const isWhole = [
      put('hosts', operation.hosts, (it) => one(writeWildcard(it))),
      put('notHosts', operation.notHosts, (it) => one(writeWildcard(it))),
      put('ports', operation.ports, (it) => [String(it)]),
      put('notPorts', operation.notPorts, (it) => [String(it)]),
      put('methods', operation.methods, (it) => [it]),
      put('notMethods', operation.notMethods, (it) => [it]),
      put('paths', operation.paths, writePath),
      put('notPaths', operation.notPaths, writePath),
    ].every((it) => it);
    const when: Fields[] = [];
    let hasHeaders = true;
    for (const asked of operation.headers) {
      const { name, match } = asked.value;
      const value = match.ignoreCase ? undefined : writeWildcard(match);
      if (value === undefined) {
        this.#loseOperation(asked, 'headers', 'availability');
        hasHeaders = hasHeaders && this.#isDeny;
      } else
        when.push({ key: `request.headers[${name.toLowerCase()}]`, [match.negate ? 'notValues' : 'values']: [value] });
    }
    if (isWhole && hasHeaders) return { to: lists, when };
    for (const it of askedOfOperation(operation))
      this.#ledger.lost(
        it,
        'security-stricter',
        'What is allowed here has a part that Istio cannot say, so it is left out.',
        'availability',
      );
    return undefined;
  }

  #loseOperation(asked: Asked<unknown>, name: string, risk: 'availability' | 'security'): void {
    const what = name.replace(/^not/, '').toLowerCase();
    const reason = `Policies of Istio compare ${what} as a whole, by how they begin or by how they end; regular expressions they do not know.`;
    this.#ledger.lost(asked, 'authz-regex', reason, risk);
  }

  // ---- Conditions --------------------------------------------------------------------------------------------------

  #conditions({ conditions }: AccessRule): Fields[] | undefined {
    const written: Fields[] = [];
    for (const asked of conditions) {
      const { key, values, negate } = asked.value;
      if (isKnownKey(key)) {
        written.push({ key, [negate ? 'notValues' : 'values']: [...values] });
        continue;
      }
      const reason =
        'Istio checks tokens only where a RequestAuthentication names their issuer, which is not written here.';
      this.#ledger.lost(asked, 'no-jwt', reason, 'availability');
      if (!this.#isDeny) return undefined;
    }
    return written;
  }
}

/** Attributes that policies of Istio may ask for. */
function isKnownKey(key: string): boolean {
  return /^(?:request\.(?:headers\[.+\]|auth\..+)|source\.|remote\.ip$|destination\.|connection\.sni$|experimental\.)/.test(
    key,
  );
}

/** Paths with a star at one end, or templates; undefined for regular expressions that are neither. */
function writePath({ type, value, ignoreCase }: PathMatch): readonly string[] | undefined {
  if (ignoreCase) return undefined;
  switch (type) {
    case 'exact':
      return [value];
    case 'prefix':
      return [value === '/' ? '/*' : `${value}*`];
    case 'segments': {
      const bare = value.replace(/\/+$/, '');
      return bare === '' ? ['/*'] : [bare, `${bare}/*`];
    }
    case 'regex':
      return one(readPathRegex(value));
  }
}

function one(text: string | undefined): readonly string[] | undefined {
  return text === undefined ? undefined : [text];
}

function texts(list: readonly Asked<string>[]): string[] | undefined {
  return list.length > 0 ? list.map((it) => it.value) : undefined;
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}

function hasFields(fields: object): boolean {
  return Object.values(fields).some((it) => it !== undefined);
}
