/** What asked for a policy: all values of an access with their places, for those who account for the whole of it. */

import type { Access, AccessRule, Asked, Operation, Origin } from './ir.ts';

/** All values of a policy. */
export function askedOfAccess({
  target,
  port,
  protocol,
  effect,
  authorizer,
  rules,
}: Access): readonly Asked<unknown>[] {
  return [target, port, protocol, effect, authorizer, ...rules.flatMap(askedOfRule)].filter((it) => it !== undefined);
}

/** All values of a rule. */
export function askedOfRule(rule: AccessRule): readonly Asked<unknown>[] {
  const { clients, notClients, networks, notNetworks, conditions, tokens, operations } = rule;
  return [
    ...clients,
    ...notClients,
    ...networks,
    ...notNetworks,
    ...conditions,
    ...(tokens ?? []).flatMap((it) => it.anyOf),
    ...operations.flatMap(askedOfOperation),
  ];
}

/** All values of an operation. */
export function askedOfOperation(operation: Operation): readonly Asked<unknown>[] {
  return Object.values<readonly Asked<unknown>[]>({ ...operation }).flat();
}

/** The places of some values. */
export function originsOf(asked: readonly Asked<unknown>[]): readonly Origin[] {
  return asked.flatMap((it) => it.from);
}
