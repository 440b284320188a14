/**
 * Rules of an access without anything that a Linkerd policy cannot say. What is left out never opens a door: an allow
 * rule loses the alternative, a deny rule only the condition. Source: conversion.md §4.4.5.
 */

import { askedOfRule, originsOf } from '../../../model/access-origins.ts';
import type {
  Access,
  AccessRule,
  Asked,
  Identity,
  Operation,
  Origin,
  PathMatch,
  Risk,
  TextMatch,
} from '../../../model/ir.ts';
import { type GatewayText, standardMethods, writeText } from '../../kubernetes/gateway/convert/matches.ts';
import { noteUnnamedAccount } from '../../kubernetes/common/convert/shared-accounts.ts';
import { serviceFacts, workloadsOfService } from '../../kubernetes/common/workloads.ts';
import { sameText, type TableOperation, type TableRule } from './access-table.ts';
import { anyone, type Named, type Who } from './clients.ts';
import type { Draft } from './draft.ts';
import { cellsFor, hasCell } from './path-cells.ts';

/** Where the rules are written: which port, and whether it carries HTTP. */
export interface Port {
  readonly number: number;
  readonly isHttp: boolean;
}

/** What became of a leaf, to be recorded once its place is known. */
export interface Fate {
  readonly from: readonly Origin[];
  readonly kind: 'clients' | 'request' | 'port';
  readonly code?: string;
  readonly reason?: string;
  readonly risk?: Risk;
}

export interface UsableRules {
  readonly rules: readonly TableRule[];
  /** Of leaves that are written. */
  readonly fates: readonly Fate[];
  /** Whether an allow rule had to be left out as a whole. */
  readonly isReduced: boolean;
}

/** The usable rules of some accesses for one port. Losses are recorded at once. */
export function usableRules(accesses: readonly Access[], port: Port, draft: Draft): UsableRules {
  const sources = accesses.flatMap((access) =>
    access.rules.map((rule) => ({
      rule,
      effect: rule.effect ?? (access.effect.value === 'deny' ? ('deny' as const) : ('allow' as const)),
    })),
  );
  const paths = sources.flatMap(({ rule }) =>
    rule.operations.flatMap((it) => [...it.paths, ...it.notPaths].map((one) => one.value)),
  );
  const cells = cellsFor(paths);
  const context: Context = { draft, port, headers: [], isKnown: (path) => hasCell(path, cells) };
  const rules: TableRule[] = [];
  const fates: Fate[] = [];
  let isReduced = false;
  for (const { rule, effect } of sources) {
    const usable = usableRule(rule, effect, context);
    if (usable === 'elsewhere') continue;
    if (!usable) {
      isReduced = isReduced || effect === 'allow';
      loseRule(rule, effect, draft);
      // Where the first rule that fits decides, none after it may let in what this one would have looked at closer.
      const closed =
        rule.effect === 'allow' ? usableRule({ ...rule, conditions: [], tokens: [] }, 'deny', context) : undefined;
      if (closed && closed !== 'elsewhere') rules.push(closed.rule);
      continue;
    }
    rules.push(usable.rule);
    fates.push(...usable.fates);
  }
  return { rules, fates, isReduced };
}

/** What a rule that is left out says beside the part for which it is; that has its own reason already. */
function loseRule(rule: AccessRule, effect: Effect, { ledger }: Draft): void {
  const from = originsOf(askedOfRule(rule));
  if (effect === 'allow')
    ledger.lost(
      from,
      'security-stricter',
      'The rule has a part that Linkerd cannot say, so it is left out and allows less.',
      'availability',
    );
  else
    ledger.lost(
      from,
      'no-deny',
      'None of whom or what it denies can be said in Linkerd, so it is left out.',
      'security',
    );
}

interface Context {
  readonly draft: Draft;
  readonly port: Port;
  /** Headers that rows tell apart so far; of one header all must be exact values, or the same. */
  readonly headers: GatewayText[];
  readonly isKnown: (path: PathMatch) => boolean;
}

type Effect = 'allow' | 'deny';
type Result = { readonly rule: TableRule; readonly fates: readonly Fate[] };

/** A rule with what it may keep; undefined when it is lost, `elsewhere` when it is about other ports. */
function usableRule(rule: AccessRule, effect: Effect, context: Context): Result | 'elsewhere' | undefined {
  const fates: Fate[] = [];
  if (!mayIgnoreTokens(rule, effect, context)) return undefined;
  const conditions = usableConditions(rule, effect, context, fates);
  if (!conditions) return undefined;
  const who = usableClients(rule.clients, effect, context, fates);
  const notWho = usableClients(rule.notClients, effect === 'allow' ? 'deny' : 'allow', context, fates);
  if (rule.clients.length > 0 && !who) return undefined;
  if (rule.notClients.length > 0 && !notWho) {
    // Without the exception an allow rule would be wider; a deny rule without it denies more.
    if (effect === 'allow') return undefined;
  }

  const here = rule.operations.filter((it) => concerns(it, context.port.number));
  if (rule.operations.length > 0 && here.length === 0) return 'elsewhere';
  const operations: TableOperation[] = [];
  for (const operation of here.length > 0 ? here : [anyOperation]) {
    const usable = usableOperation(operation, conditions, effect, context, fates);
    if (usable) operations.push(...usable);
  }
  if (operations.length === 0) return undefined;
  for (const asked of [...rule.networks, ...rule.notNetworks]) fates.push({ from: asked.from, kind: 'clients' });
  return {
    rule: {
      effect,
      who: who ?? anyone,
      notWho,
      networks: rule.networks.map((it) => it.value),
      notNetworks: rule.notNetworks.map((it) => it.value),
      operations: operations.some(isAnything) ? [] : operations,
    },
    fates,
  };
}

const anyOperation: Operation = {
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

function concerns({ ports, notPorts }: Operation, port: number): boolean {
  return (ports.length === 0 || ports.some((it) => it.value === port)) && !notPorts.some((it) => it.value === port);
}

function isAnything({ paths, notPaths, methods, notMethods, headers }: TableOperation): boolean {
  return paths.length + notPaths.length + methods.length + notMethods.length + headers.length === 0;
}

/** Records that a condition cannot be said: the allow rule goes with it, the deny rule stays without it. */
function refuse(from: readonly Origin[], effect: Effect, what: string, code: string, { draft }: Context): void {
  if (effect === 'allow')
    draft.ledger.lost(from, code, `${what} What it would allow is refused instead.`, 'availability');
  else
    draft.ledger.changed(
      from,
      '',
      'security-stricter',
      `${what} The denial holds without this condition, so more is refused.`,
      'availability',
    );
}

// ---- Clients -------------------------------------------------------------------------------------------------------

/** Clients as a set; undefined when none is named or none of them can be. */
function usableClients(
  asked: readonly Asked<Identity>[],
  effect: Effect,
  context: Context,
  fates: Fate[],
): Who | undefined {
  const identities: Named[] = [];
  let isAuthenticated = false;
  for (const it of asked) {
    const named = namesOf(it.value, effect, context, fates, it.from);
    if (named === 'anyone') {
      fates.push({ from: it.from, kind: 'clients' });
      return anyone;
    }
    if (named === 'authenticated') isAuthenticated = true;
    else if (named) identities.push(...named);
    else {
      const reason = 'Linkerd knows accounts, namespaces and everyone; it cannot match a pattern of identities.';
      const risk = effect === 'deny' ? 'security' : 'availability';
      context.draft.ledger.lost(it, 'identity-pattern', reason, risk);
      continue;
    }
    fates.push({ from: it.from, kind: 'clients' });
  }
  if (isAuthenticated) return { type: 'authenticated' };
  return identities.length > 0 ? { type: 'named', identities } : undefined;
}

function namesOf(
  identity: Identity,
  effect: Effect,
  { draft }: Context,
  fates: Fate[],
  from: readonly Origin[],
): readonly Named[] | 'anyone' | 'authenticated' | undefined {
  switch (identity.type) {
    case 'anyone':
    case 'authenticated':
      return identity.type;
    case 'namespace':
      return [identity];
    case 'account': {
      const { trustDomain, ...account } = identity;
      const isOwn = trustDomain === undefined || trustDomain === draft.options.trustDomain;
      return [isOwn ? account : identity];
    }
    case 'service': {
      if (identity.service.name === '*') return 'authenticated';
      if (identity.peer !== undefined) return undefined;
      const { name, namespace } = identity.service;
      const facts = serviceFacts(draft.environment, namespace, name);
      const workloads = facts ? workloadsOfService(draft.environment, facts) : [];
      const accounts = new Set(workloads.map((it) => it.serviceAccount));
      if (accounts.size === 0) {
        draft.ledger.note(
          'assumed',
          `The pods of ${name} in ${namespace} run as ServiceAccount "${name}": the workspace does not hold them.`,
          'availability',
        );
        return [{ type: 'account', namespace, name }];
      }
      const isSameName = accounts.size === 1 && accounts.has(name);
      if (!isSameName)
        fates.push({
          from,
          kind: 'clients',
          reason: `Its pods run as ${[...accounts].join(', ')}; Linkerd knows accounts.`,
        });
      for (const it of accounts) noteUnnamedAccount(identity.service, it, effect === 'allow', draft.ledger);
      return [...accounts].map((account) => ({ type: 'account', namespace, name: account }));
    }
    case 'other':
      return undefined;
  }
}

// ---- Requests ------------------------------------------------------------------------------------------------------

function usableOperation(
  operation: Operation,
  conditions: Conditions,
  effect: Effect,
  context: Context,
  fates: Fate[],
): readonly TableOperation[] | undefined {
  const { paths, notPaths, methods, notMethods, hosts, notHosts, headers } = operation;
  const http = [...paths, ...notPaths, ...methods, ...notMethods, ...hosts, ...notHosts, ...headers];
  for (const it of [...operation.ports, ...operation.notPorts]) fates.push({ from: it.from, kind: 'port' });
  if (!context.port.isHttp && (http.length > 0 || conditions.positive.length + conditions.absent.length > 0)) {
    // A port that carries no HTTP has no paths: an allow rule never matches there, a deny rule always does.
    for (const it of http)
      if (effect === 'allow')
        refuse(it.from, effect, `Port ${context.port.number} carries no HTTP.`, 'authz-condition', context);
      else
        fates.push({
          from: it.from,
          kind: 'clients',
          reason: `Port ${context.port.number} carries no HTTP, where a denial holds whatever it says of requests.`,
        });
    return effect === 'allow' ? undefined : [noConditions];
  }

  const hostOrigins = [...hosts, ...notHosts].flatMap((it) => it.from);
  if (hostOrigins.length > 0) {
    refuse(hostOrigins, effect, 'Who may call cannot depend on the host here.', 'authz-condition', context);
    if (effect === 'allow') return undefined;
  }
  const usablePaths = keep(
    paths,
    effect,
    context,
    fates,
    'Paths cannot be told apart by regular expressions that overlap.',
    'authz-order',
    context.isKnown,
    pathFate(effect),
  );
  const usableNotPaths = keep(
    notPaths,
    effect,
    context,
    fates,
    'Paths cannot be told apart by regular expressions that overlap.',
    'authz-order',
    context.isKnown,
    pathFate(effect),
  );
  const isStandard = (it: string) => (standardMethods as readonly string[]).includes(it);
  const usableMethods = keep(
    methods,
    effect,
    context,
    fates,
    'A route knows the nine standard methods only.',
    'method-regex',
    isStandard,
  );
  const usableNotMethods = keep(
    notMethods,
    effect,
    context,
    fates,
    'A route knows the nine standard methods only.',
    'method-regex',
    isStandard,
  );
  const usableHeaders = headers.map((it) => ({ it, made: headerOf(it.value.name, it.value.match, context) }));
  const lostHeaders = usableHeaders.filter(({ made }) => !made);
  for (const { it } of lostHeaders)
    refuse(it.from, effect, 'A route cannot tell requests apart by this header.', 'authz-condition', context);
  for (const { it, made } of usableHeaders) if (made) fates.push({ from: it.from, kind: 'request' });

  if (effect === 'allow') {
    // What is excepted must stay excepted, and a list of alternatives must not become "everything".
    if (
      usableNotPaths.length < notPaths.length ||
      usableNotMethods.length < notMethods.length ||
      lostHeaders.length > 0
    )
      return undefined;
    if ((paths.length > 0 && usablePaths.length === 0) || (methods.length > 0 && usableMethods.length === 0))
      return undefined;
  }
  const isWhole = effect === 'allow' || usablePaths.length === paths.length;
  const base: TableOperation = {
    paths: isWhole ? usablePaths : [],
    notPaths: usableNotPaths,
    methods: effect === 'allow' || usableMethods.length === methods.length ? usableMethods : [],
    notMethods: usableNotMethods,
    headers: [...usableHeaders.flatMap(({ made }) => (made ? [made] : [])), ...conditions.absent],
  };
  return conditions.positive.reduce<readonly TableOperation[]>(
    (all, choices) => all.flatMap((it) => choices.map((one) => ({ ...it, headers: [...it.headers, one] }))),
    [base],
  );
}

const noConditions: TableOperation = { paths: [], notPaths: [], methods: [], notMethods: [], headers: [] };

function pathFate(effect: Effect): (path: PathMatch) => Pick<Fate, 'code' | 'reason' | 'risk'> {
  const isEvery = (it: PathMatch) => it.value === '/' && it.type !== 'exact';
  return (path) =>
    isEvery(path)
      ? {}
      : {
          code: 'path-normalisation',
          reason: 'Linkerd compares the path as the client sent it: /a/../b is not taken for /b.',
          risk: effect === 'allow' && path.type === 'exact' ? 'availability' : 'security',
        };
}

/** The values that can be said. Of an allow rule the others are lost alternatives; a deny rule loses the condition. */
function keep<T>(
  asked: readonly Asked<T>[],
  effect: Effect,
  context: Context,
  fates: Fate[],
  reason: string,
  code: string,
  isUsable: (value: T) => boolean,
  fate: (value: T) => Pick<Fate, 'code' | 'reason' | 'risk'> = () => ({}),
): readonly T[] {
  return asked.flatMap((it) => {
    if (!isUsable(it.value)) {
      refuse(it.from, effect, reason, code, context);
      return [];
    }
    fates.push({ from: it.from, kind: 'request', ...fate(it.value) });
    return [it.value];
  });
}

type HeaderCondition = TableOperation['headers'][number];

/** A header as rows can tell it apart; undefined when another rule asks the same header something else. */
function headerOf(name: string, match: TextMatch, { headers }: Context): HeaderCondition | undefined {
  const { negate, ...plain } = match;
  const written = writeText(name.toLowerCase(), plain);
  const text = written.value;
  if (!text) return undefined;
  const isClear = headers.every(
    (it) => it.name !== text.name || sameText(it, text) || (it.type === 'Exact' && text.type === 'Exact'),
  );
  if (!isClear) return undefined;
  if (!headers.some((it) => sameText(it, text))) headers.push(text);
  return { text, isAbsent: negate === true };
}

/** Linkerd checks no tokens: an allow rule goes with what it asks of one, a deny rule denies without. */
function mayIgnoreTokens({ tokens = [] }: AccessRule, effect: Effect, { draft }: Context): boolean {
  const from = originsOf(tokens.flatMap((it) => it.anyOf));
  if (from.length === 0) return true;
  if (effect === 'deny')
    draft.ledger.changed(
      from,
      '',
      'security-stricter',
      'Linkerd checks no tokens. The denial holds whatever the token is, so more is refused.',
      'availability',
    );
  else if (draft.options.authzGap === 'fail-open')
    draft.ledger.lost(
      from,
      'no-jwt',
      'Linkerd checks no tokens, and the rule is written without, as you asked: it lets more in.',
      'security',
    );
  else
    draft.ledger.lost(
      from,
      'no-jwt',
      'Linkerd checks no tokens. What it would allow is refused instead.',
      'availability',
    );
  return effect === 'deny' || draft.options.authzGap === 'fail-open';
}

interface Conditions {
  /** Each of these: any of its choices. */
  readonly positive: readonly (readonly HeaderCondition[])[];
  readonly absent: readonly HeaderCondition[];
}

/** Conditions on request headers; any other is more than a Linkerd policy sees. Undefined when the rule is lost. */
function usableConditions(rule: AccessRule, effect: Effect, context: Context, fates: Fate[]): Conditions | undefined {
  const positive: (readonly HeaderCondition[])[] = [];
  const absent: HeaderCondition[] = [];
  for (const it of rule.conditions) {
    const name = /^request\.headers\[(.+)\]$/.exec(it.value.key)?.[1];
    const made = name === undefined ? [] : it.value.values.map((value) => headerOf(name, textPattern(value), context));
    const known = made.filter((one) => one !== undefined);
    if (name === undefined || known.length < made.length) {
      const isToken = it.value.key === 'jwt';
      const what = isToken ? 'Linkerd checks no tokens.' : `Linkerd's policies do not see ${it.value.key}.`;
      if (effect === 'allow' && context.draft.options.authzGap === 'fail-open') {
        const reason = `${what} The rule is written without, as you asked: it lets more in.`;
        context.draft.ledger.lost(it, isToken ? 'no-jwt' : 'authz-condition', reason, 'security');
        continue;
      }
      refuse(it.from, effect, what, isToken ? 'no-jwt' : 'authz-condition', context);
      if (effect === 'allow') return undefined;
      continue;
    }
    fates.push({ from: it.from, kind: 'request' });
    if (it.value.negate) absent.push(...known.map(({ text }) => ({ text, isAbsent: true })));
    else positive.push(known);
  }
  return { positive, absent };
}

/** `a`, `a*`, `*a` and `*`, as policies write values. */
function textPattern(value: string): TextMatch {
  if (value === '*') return { type: 'present' };
  if (value.endsWith('*')) return { type: 'prefix', value: value.slice(0, -1) };
  if (value.startsWith('*')) return { type: 'suffix', value: value.slice(1) };
  return { type: 'exact', value };
}
