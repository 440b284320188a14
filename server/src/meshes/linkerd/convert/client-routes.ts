/**
 * Rules for the clients of one namespace, as a route that stands there. Its clients follow it together with the route
 * beside the Service, and the more specific match wins: so only where no two rules of the two could tie.
 * Source: linkerd2 policy-controller/k8s/index/src/outbound/index.rs.
 */

import type { Route, RouteMatch, RouteRule, ServiceName } from '../../../model/ir.ts';
import { addTo } from '../../../model/group.ts';
import { type GatewayMatch, writePath, writeText } from '../../kubernetes/gateway/convert/matches.ts';
import { mayOutrank, mayTie, overlap } from '../../kubernetes/gateway/convert/order.ts';

/** The route for everybody, and those for clients of other namespaces; all of it in the first where they cannot be told apart. */
export function byClients(route: Route, service: ServiceName): readonly Route[] {
  if (route.visibility) return [route];
  const homes = new Map<string, RouteRule[]>();
  for (const rule of route.rules) {
    const home = homeOf(rule);
    if (home !== undefined && home !== service.namespace) addTo(homes, home, rule);
  }
  const apart = [...homes].filter(([, rules]) => rules.every((it) => isApart(it, route.rules)));
  const moved = new Set(apart.flatMap(([, rules]) => rules));
  const rest = route.rules.filter((it) => !moved.has(it));
  return [
    ...(rest.length > 0 ? [{ ...route, rules: rest }] : []),
    ...apart.map(
      ([home, rules]): Route => ({
        ...route,
        visibility: { value: [home], from: [] },
        unmatched: 'not-found',
        rules: rules.map((it) => ({ ...it, matches: it.matches.map(withoutClients) })),
      }),
    ),
  ];
}

/** The one namespace whose clients all matches of a rule are for. */
function homeOf({ matches }: RouteRule): string | undefined {
  const [first] = matches;
  const home = first?.clients?.value.namespace;
  const isForAll = matches.every(({ clients }) => !clients?.value.labels && clients?.value.namespace === home);
  return isForAll ? home : undefined;
}

/** The same without the restriction, whose leaves go along with the match. */
function withoutClients({ clients, ...match }: RouteMatch): RouteMatch {
  if (!clients) return match;
  const { gateways } = clients.value;
  if (gateways) return { ...match, clients: { value: { gateways }, from: clients.from } };
  return { ...match, from: [...match.from, ...clients.from] };
}

/** Whether the rank of a rule alone decides between it and each rule for others, and decides as their order does. */
function isApart(rule: RouteRule, rules: readonly RouteRule[]): boolean {
  const at = rules.indexOf(rule);
  const own = matchesOf(rule);
  return rules.every((other, position) => {
    if (other === rule || homeOf(other) === homeOf(rule)) return true;
    return own.every((a) =>
      matchesOf(other).every((b) => {
        if (!overlap(a, b)) return true;
        const [first, second] = at < position ? [a, b] : [b, a];
        return !mayTie(a, b, 'linkerd') && !mayOutrank(second, first, 'linkerd');
      }),
    );
  });
}

function matchesOf({ matches }: RouteRule): readonly GatewayMatch[] {
  if (matches.length === 0) return [{}];
  return matches.flatMap((match): readonly GatewayMatch[] => {
    const path = match.path && writePath(match.path.value).value;
    const headers = match.headers.flatMap((it) => writeText(it.value.name, it.value.match).value ?? []);
    const queryParams = match.query.flatMap((it) => writeText(it.value.name, it.value.match).value ?? []);
    const common: GatewayMatch = {
      ...(path ? { path } : {}),
      ...(headers.length > 0 ? { headers } : {}),
      ...(queryParams.length > 0 ? { queryParams } : {}),
    };
    return match.methods ? match.methods.value.map((method) => ({ ...common, method })) : [common];
  });
}
