/** Rules of policies in Consul's terms. What cannot be kept of one makes the result stricter, never wider. */

import { askedOfRule, originsOf } from '../../../model/access-origins.ts';
import type { Access, AccessRule, Asked, Operation, TokenCondition } from '../../../model/ir.ts';
import type { ServiceFacts } from '../../kubernetes/common/workloads.ts';
import { ServiceIntentions } from '../kinds.ts';
import { type Client, everyone, resolveClient } from './clients.ts';
import type { Drafts, Named } from './drafts.ts';
import { type Permission, permissionsOf } from './permissions.ts';
import { consulName, registeredPort } from './services.ts';
import { type Tokens, tokensFor } from './tokens.ts';

/** A rule whose clients have names in Consul. */
export interface Decision {
  /** `require`: these requests need a token, whatever lets them in. */
  readonly effect: 'allow' | 'deny' | 'require';
  /** Every client but those of `except`, when it names none. */
  readonly isForAll: boolean;
  readonly clients: readonly Client[];
  readonly except: readonly Client[];
  /** Undefined when every request is meant. */
  readonly permissions: readonly Permission[] | undefined;
  /** Undefined when it takes no token. */
  readonly tokens?: Tokens;
}

/** A port that only tells what it would refuse: everybody is let in. */
export function isWatching(access: Access): boolean {
  return access.combine === 'any' && access.effect.value === 'audit';
}

/** The rules of a policy in Consul's terms; those that cannot be kept in full are dropped or made stricter. */
export function decisionsOf(access: Access, service: ServiceFacts, drafts: Drafts): readonly Decision[] {
  const { ledger } = drafts;
  const isOpen = access.combine === 'any' && (access.otherwise === 'allow' || isWatching(access));
  const open: Decision = { effect: 'allow', isForAll: true, clients: [], except: [], permissions: undefined };
  if (access.combine !== 'deny-over-allow' && access.otherwise === 'unknown')
    ledger.note('assumed', `Clients of "${service.name}" that no policy names are refused.`);
  return [
    ...access.rules.flatMap((rule) => {
      const effect = rule.effect ?? (access.effect.value === 'deny' ? 'deny' : 'allow');
      const decision = decisionOf(rule, effect, service, drafts);
      return decision ? [decision] : [];
    }),
    ...(isOpen ? [open] : []),
  ];
}

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

/** Addresses of every client. */
const everyNetwork: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);

function decisionOf(
  asked: AccessRule,
  effect: 'allow' | 'deny',
  service: ServiceFacts,
  drafts: Drafts,
): Decision | undefined {
  const { ledger, options } = drafts;
  const named = { name: consulName(drafts.environment, service), namespace: service.namespace };
  const place = drafts.place(ServiceIntentions, named, 'spec.sources');
  const rule = speaksNoHttp(service, named, drafts) ? withoutRequests(asked, effect, place, drafts) : asked;
  if (!rule) return undefined;
  const drop = (code: string, reason: string): undefined => {
    // Fewer are let in without an allow; that nothing is left of a policy at all is told elsewhere.
    ledger.lost(originsOf(askedOfRule(rule)), code, reason, effect === 'allow' ? 'availability' : 'security');
  };
  const token = tokenOf(rule, effect, service, drafts);
  // Conditions that Consul cannot see: without them an allow would be wider, a deny is only stricter.
  const isEveryNetwork = rule.networks.length > 0 && rule.networks.every((it) => everyNetwork.has(it.value));
  const unseen: readonly (readonly [readonly Asked<unknown>[], string, string])[] = [
    [isEveryNetwork ? [] : rule.networks, 'ip-authz', 'Intentions know clients by identity, not by address'],
    [rule.notNetworks, 'ip-authz', 'Intentions know clients by identity, not by address'],
    [token.unsayable, token.code, token.reason],
    [rule.conditions, 'authz-condition', 'Intentions cannot see this condition'],
  ];
  for (const [conditions, code, reason] of unseen) {
    if (conditions.length === 0) continue;
    if (effect === 'deny') {
      for (const it of conditions)
        ledger.changed(it, place, 'security-stricter', `${reason}, so the rule denies without it.`, 'availability');
      continue;
    }
    if (options.authzGap === 'fail-closed')
      return drop(code, `${reason}, so the rule is left out: without it, it would let more in.`);
    for (const it of conditions)
      ledger.lost(
        it,
        code,
        `${reason}, and the rule is written without it, as you asked: it lets more in.`,
        'security',
      );
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
  return {
    effect: token.tokens && effect === 'deny' ? 'require' : effect,
    isForAll,
    clients,
    except,
    permissions: isEvery ? undefined : permissions,
    ...(token.tokens && { tokens: token.tokens }),
  };
}

/** Whether nobody but TCP is known to be spoken on the port of a service: Consul then sees no requests. */
function speaksNoHttp(service: ServiceFacts, named: Named, drafts: Drafts): boolean {
  if (drafts.httpProtocol(named) !== undefined) return false;
  const port = registeredPort(drafts.environment, service)?.port;
  const own = service.ports.filter((it) => service.ports.length === 1 || (it.targetPort ?? it.port) === port);
  return own.length > 0 && own.every((it) => noHttp.test(it.appProtocol ?? it.name?.split('-')[0] ?? ''));
}

const noHttp = /^(?:tcp|udp|mongo|mysql|redis|tls|https)$/;

/**
 * A rule of a port that carries no HTTP, without what it says of requests: Istio never allows there what has to be a
 * request, and denies it whatever it is. Undefined when nothing is left that it allows.
 */
function withoutRequests(
  rule: AccessRule,
  effect: 'allow' | 'deny',
  place: string,
  { ledger }: Drafts,
): AccessRule | undefined {
  const tokens = (rule.tokens ?? []).flatMap((it) => it.anyOf);
  const parts = rule.operations.map(({ ports, notPorts, ...http }) => ({
    bare: { ...everyOperation, ports, notPorts },
    http: Object.values<readonly Asked<unknown>[]>(http).flat(),
  }));
  const http = [...tokens, ...parts.flatMap((it) => it.http)];
  if (http.length === 0) return rule;
  if (effect === 'deny') {
    for (const it of http)
      ledger.exact(it, place, 'The port carries no HTTP, where a denial holds whatever it says of requests.');
    return { ...rule, tokens: [], operations: parts.map((it) => it.bare) };
  }
  const kept = parts.filter((it) => it.http.length === 0);
  const isLost = tokens.length > 0 || (rule.operations.length > 0 && kept.length === 0);
  const lost = isLost ? askedOfRule(rule) : http;
  for (const it of lost)
    ledger.lost(it, 'authz-condition', 'The port carries no HTTP, where a rule about requests lets nobody in.', 'none');
  return isLost ? undefined : { ...rule, operations: kept.map((it) => it.bare) };
}

interface TokenPart {
  readonly tokens?: Tokens;
  readonly unsayable: readonly Asked<unknown>[];
  readonly code: string;
  readonly reason: string;
}

/**
 * The tokens of a rule. Who allows with a token asks for it; who denies all that have no such token asks for it as well,
 * and that is the one denial by token that Consul knows.
 */
function tokenOf(
  { tokens = [], ...rest }: AccessRule,
  effect: 'allow' | 'deny',
  service: ServiceFacts,
  drafts: Drafts,
): TokenPart {
  const none = { unsayable: [], code: '', reason: '' };
  if (tokens.length === 0) return none;
  const unsayable = tokens.flatMap((it) => it.anyOf);
  const asked = positive(tokens, effect);
  const isAlone = effect === 'allow' || rest.conditions.length + rest.networks.length + rest.notNetworks.length === 0;
  if (!asked || !isAlone)
    return {
      unsayable,
      code: 'no-jwt',
      reason:
        effect === 'allow'
          ? 'Consul cannot let requests in for having no token'
          : 'Consul does not look at the token of what it denies',
    };
  const found = tokensFor(asked, service, drafts, drafts.options);
  return 'code' in found ? { unsayable, ...found } : { ...none, tokens: found };
}

/** The conditions as what a request must bring; undefined when they are about what it must not bring. */
function positive(tokens: readonly TokenCondition[], effect: 'allow' | 'deny'): readonly TokenCondition[] | undefined {
  if (effect === 'allow') return tokens.some((it) => it.negate) ? undefined : tokens;
  const [only, ...more] = tokens;
  return only?.negate && more.length === 0 ? [{ ...only, negate: false }] : undefined;
}
