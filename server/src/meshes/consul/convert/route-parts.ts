/** What routes inside the mesh and routes at a gateway have in common: who asked for them, and when to retry. */

import type { Asked, Origin, RouteMatch, RouteRule } from '../../../model/ir.ts';

/** Everything that asked for a rule. */
export function originsOfRule(rule: RouteRule): readonly (readonly Origin[])[] {
  const parts = Object.values<Asked<unknown> | undefined>({ ...rule.parts });
  return [
    ...(rule.name ? [rule.name.from] : []),
    ...rule.matches.flatMap(originsOfMatch),
    ...parts.flatMap((it) => (it ? [it.from] : [])),
    ...(rule.parts.backends?.value.map((it) => it.from) ?? []),
    ...Object.values<readonly Origin[] | undefined>({ ...rule.parts.retries?.value.origins }).flatMap((it) =>
      it ? [it] : [],
    ),
  ];
}

/** Everything that asked for a match. */
export function originsOfMatch(match: RouteMatch): readonly (readonly Origin[])[] {
  const { path, methods, headers, query, authority, scheme, port, sni, clients } = match;
  const single = [path, methods, authority, scheme, port, sni, clients];
  return [
    match.from,
    ...single.flatMap((it) => (it ? [it.from] : [])),
    ...headers.map((it) => it.from),
    ...query.map((it) => it.from),
  ];
}

/** Conditions that Envoy and Consul know alike. Source: consul agent/structs, `isValidRetryCondition`. */
const knownConditions: ReadonlySet<string> = new Set([
  '5xx',
  'gateway-error',
  'reset',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

/** What words for status codes mean to Envoy beside the codes. */
export const widerConditions =
  'Consul also retries when a connection fails or is reset, which these words include for Envoy.';

/** Conditions as Consul takes them: names, status codes, those it does not know, and what else differs. */
export function retryConditions(
  asked: readonly string[],
  codes: readonly number[],
  ranges: readonly (readonly [number, number])[],
) {
  const on = new Set<string>();
  const statuses = new Set(codes);
  const lost: string[] = [];
  let changed: string | undefined;
  for (const it of asked) {
    const name = it.replace(/^grpc:/, '');
    if (/^\d{3}$/.test(name)) statuses.add(Number(name));
    else if (knownConditions.has(name)) on.add(name);
    else if (name !== 'retriable-status-codes') lost.push(name);
  }
  for (const [from, to] of ranges) {
    if (from === 500 && to === 599) {
      on.add('5xx');
      changed = widerConditions;
    } else for (let code = from; code <= to; code += 1) statuses.add(code);
  }
  return { on: [...on], codes: [...statuses].sort((a, b) => a - b), lost, changed };
}
