/**
 * Entries of which the most exact for a client counts alone, and in it the first permission that matches, told as a list
 * of what is allowed. Nothing else is allowed, and what cannot be cut out of a permission takes it along.
 */

import { askedOfRule } from '../../../model/access-origins.ts';
import type { Access, AccessRule, Asked, Identity, Operation } from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';

export interface Allowed {
  /** The rules of one ALLOW policy. */
  readonly rules: readonly AccessRule[];
  /** Whether there are clients or requests about which only the default of the source decides. */
  readonly needsDefault: boolean;
}

/** What a policy allows; `allowsByDefault` holds for clients and requests that no entry speaks of. */
export function allowedBySource(access: Access, allowsByDefault: boolean, ledger: Ledger): Allowed {
  const entries = new Map<string, AccessRule[]>();
  for (const rule of access.rules) {
    const key = JSON.stringify(rule.clients.map((it) => it.value));
    entries.set(key, [...(entries.get(key) ?? []), rule]);
  }
  const named = [...entries.values()].flatMap(([first]) =>
    first ? first.clients.filter((it) => it.value.type === 'service') : [],
  );
  const general = [...entries.values()].find(([first]) => first && isGeneral(first));
  const place = `AuthorizationPolicy/${access.namespace}/${access.name} spec.rules`;
  let needsDefault = general === undefined;
  const rules = [...entries.values()].flatMap((list) => {
    const { allowed, isDecided } = allowedOf(list, allowsByDefault, ledger, place);
    needsDefault = needsDefault || !isDecided;
    const [first] = list;
    // The entry for everybody is not for those who have one of their own.
    const own = first && isGeneral(first) ? named.map((it): Asked<Identity> => ({ value: it.value, from: [] })) : [];
    return allowed.map((it) => ({ ...it, notClients: own }));
  });
  if (!general && allowsByDefault)
    rules.push({ ...everything, notClients: named.map((it) => ({ value: it.value, from: [] })) });
  return { rules, needsDefault };
}

const everything: AccessRule = {
  clients: [],
  notClients: [],
  networks: [],
  notNetworks: [],
  operations: [],
  conditions: [],
};

/** Whether a rule decides about every request, so that nothing after it counts. */
function takesEverything({ operations, conditions }: AccessRule): boolean {
  if (conditions.length > 0) return false;
  return operations.length === 0 || operations.some(isEverything);
}

function isEverything({ paths, ...rest }: Operation): boolean {
  const isOpen = Object.values(rest).every((it) => it.length === 0);
  return isOpen && (paths.length === 0 || paths.some(({ value }) => value.type === 'prefix' && value.value === '/'));
}

function isGeneral({ clients }: AccessRule): boolean {
  return clients.some((it) => it.value.type !== 'service');
}

/** What one client may do: each permission without what earlier ones deny. */
function allowedOf(
  list: readonly AccessRule[],
  allowsByDefault: boolean,
  ledger: Ledger,
  place: string,
): { readonly allowed: readonly AccessRule[]; readonly isDecided: boolean } {
  const allowed: AccessRule[] = [];
  const denied: Operation[] = [];
  let isDecided = false;
  for (const rule of list) {
    if (isDecided) {
      for (const it of askedOfRule(rule))
        ledger.lost(it, 'shadowed', 'An earlier permission decides about every request.', 'none');
      continue;
    }
    if (rule.effect === 'deny') {
      for (const it of askedOfRule(rule)) ledger.exact(it, place, 'What no rule allows is refused.');
      if (takesEverything(rule)) isDecided = true;
      // What is denied under a condition is denied without it too: the condition cannot be cut out.
      else denied.push(...(rule.operations.length > 0 ? rule.operations : [everyOperation]));
      continue;
    }
    const cut = without(rule, denied);
    if (cut) {
      allowed.push(cut);
      // Where the first permission that fits wants a token, no later one lets the request in without it.
      if ((rule.tokens ?? []).length > 0)
        denied.push(...(rule.operations.length > 0 ? rule.operations : [everyOperation]));
    } else
      for (const it of askedOfRule(rule))
        ledger.lost(
          it,
          'security-stricter',
          'What an earlier permission denies cannot be cut out of this one, so it is left out.',
          'availability',
        );
    if (takesEverything(rule)) isDecided = true;
  }
  const [first] = list;
  if (!isDecided && allowsByDefault && first) {
    const rest = without({ ...everything, clients: first.clients }, denied);
    if (rest) allowed.push(rest);
  }
  return { allowed, isDecided };
}

export const everyOperation: Operation = {
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

/** A rule without some operations; undefined when a denied one cannot be excluded. */
function without(rule: AccessRule, denied: readonly Operation[]): AccessRule | undefined {
  let operations: readonly Operation[] = rule.operations.length > 0 ? rule.operations : [everyOperation];
  for (const deny of denied) {
    const next = operations.map((it) => difference(it, deny));
    if (next.some((it) => it === undefined)) return undefined;
    operations = next.flatMap((it) => it ?? []);
    if (operations.length === 0) return undefined;
  }
  const isAll = operations.length === 1 && operations[0] === everyOperation;
  return { ...rule, operations: isAll ? [] : operations };
}

/** A ∧ ¬(paths ∧ methods) is (A ∧ ¬paths) ∨ (A ∧ ¬methods). Undefined when the denial asks for more than these. */
function difference(allow: Operation, deny: Operation): readonly Operation[] | undefined {
  if (isDisjoint(allow, deny)) return [allow];
  const isPlain = [deny.headers, deny.hosts, deny.ports, deny.notPaths, deny.notMethods].every((it) => it.length === 0);
  if (!isPlain) return undefined;
  const kept: Operation[] = [];
  // What is denied is accounted for by itself: here it has no leaves.
  const bare = <T>(list: readonly Asked<T>[]): Asked<T>[] => list.map((it) => ({ value: it.value, from: [] }));
  if (deny.paths.length > 0) kept.push({ ...allow, notPaths: [...allow.notPaths, ...bare(deny.paths)] });
  if (deny.methods.length > 0) kept.push({ ...allow, notMethods: [...allow.notMethods, ...bare(deny.methods)] });
  return kept;
}

function isDisjoint(a: Operation, b: Operation): boolean {
  const methods = (it: Operation) => it.methods.map((one) => one.value);
  if (a.methods.length > 0 && b.methods.length > 0 && !methods(a).some((it) => methods(b).includes(it))) return true;
  return (
    a.paths.length > 0 &&
    b.paths.length > 0 &&
    a.paths.every((x) => b.paths.every((y) => arePathsDisjoint(x.value, y.value)))
  );
}

type Pattern = Operation['paths'][number]['value'];

/** Whether no path fits both; false where nobody can say. */
function arePathsDisjoint(a: Pattern, b: Pattern): boolean {
  if (a.type === 'regex' || b.type === 'regex') return false;
  const covers = (pattern: Pattern, path: string) =>
    pattern.type === 'exact' ? pattern.value === path : path.startsWith(pattern.value);
  return !covers(a, b.value) && !covers(b, a.value);
}
