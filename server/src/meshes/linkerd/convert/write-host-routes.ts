/** Routes about hosts outside of the mesh, which stand on the EgressNetwork of their clients. */

import type { Asked, ExternalService, Route, RouteTarget } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { concerns, writeMatches } from '../../kubernetes/gateway/convert/write-matches.ts';
import { HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { shortName } from '../../kubernetes/common/convert/short-name.ts';
import { EgressNetwork } from '../kinds.ts';
import type { Draft } from './draft.ts';
import { homesOf, networkIn, policyIn } from './write-egress.ts';
import { writeHttpRoutes } from './write-http-routes.ts';
import { draftRule, ruleOrigins } from './write-rules.ts';

type Host = Extract<RouteTarget, { readonly type: 'host' }>;

/** Places of routes by namespace, host and port, so that nothing is written for these twice. */
const written = new WeakMap<Draft, Map<string, string>>();

/** The route that stands for a host and a port in a namespace already; undefined when there is none. */
export function hostRouteFor(draft: Draft, namespace: string, host: string, port: number): string | undefined {
  return written.get(draft)?.get(`${namespace} ${host}:${port}`);
}

/** Writes a route of requests to a host that the source knows; false when it is none of these. */
export function writeHostRoute(route: Route, target: Asked<RouteTarget>, draft: Draft): boolean {
  if (target.value.type !== 'host' || (route.protocol !== 'http' && route.protocol !== 'grpc')) return false;
  const { host } = target.value;
  const external = draft.ir.externals.map((it) => it.value).find((it) => it.hosts.some(({ value }) => value === host));
  const ports = external && !external.tls ? portsOf(external, route) : [];
  if (!external || ports.length === 0) return false;
  const homes = route.visibility?.value ?? homesOf(external, draft);
  const places = homes.flatMap((namespace) =>
    ports.flatMap((port) =>
      writeOn(route, { value: target.value as Host, from: target.from }, { namespace, port }, draft),
    ),
  );
  const [first] = places;
  if (first === undefined)
    draft.ledger.lost(target, 'no-equivalent', 'No rule of it could be written.', 'availability');
  else draft.ledger.exact(target, places.map((it) => `${it} spec.hostnames[0]`).join(', '));
  if (first !== undefined && route.visibility)
    draft.ledger.exact(
      route.visibility,
      `${first} metadata.namespace`,
      'A network is for the clients of its namespace.',
    );
  return true;
}

/** Ports on which requests can be seen: those that the rules name, else all. */
function portsOf({ ports }: ExternalService, { rules }: Route): readonly number[] {
  const seen = ports.filter((it) => ['http', 'http2', 'grpc'].includes(it.protocol.value)).map((it) => it.number.value);
  const named = new Set(rules.flatMap((it) => it.matches.flatMap((match) => match.port?.value ?? [])));
  const isForAll = rules.some((it) => it.matches.length === 0 || it.matches.some((match) => !match.port));
  return isForAll ? seen : seen.filter((it) => named.has(it));
}

function writeOn(
  route: Route,
  target: Asked<Host>,
  { namespace, port }: { readonly namespace: string; readonly port: number },
  draft: Draft,
): readonly string[] {
  const { host } = target.value;
  const network = networkIn(namespace, target.from, draft).name;
  const ref = { group: EgressNetwork.group, kind: EgressNetwork.name, name: network, namespace, port };
  const where = { gateway: undefined, port, service: undefined, kind: HTTPRoute, outside: { host, ref } };
  const rules = route.rules.flatMap((source) => {
    const matches = writeMatches(source, where, draft);
    if (matches.length > 0) return [draftRule(source, where, matches, draft)];
    if (source.matches.some((it) => concerns(it, where)))
      draft.ledger.lost(ruleOrigins(source), 'no-equivalent', 'None of the matches of this rule can be said.');
    return [];
  });
  const several = hostCount(route) > 1 ? `${route.name}-${host.replaceAll(/[^a-z0-9]+/g, '-')}` : route.name;
  const names = writeHttpRoutes(rules, 'linkerd', draft, {
    kind: HTTPRoute,
    namespace,
    name: shortName(portCount(draft, host) > 1 ? `${several}-${port}` : several),
    from: [...target.from, ...route.rules.flatMap(ruleOrigins)],
    head: { hostnames: [host], parentRefs: [ref] },
  });
  const places = names.map((it) => placeText(HTTPRoute.name, namespace, it, ''));
  const [first] = places;
  if (first === undefined) return [];
  const known = written.get(draft) ?? new Map<string, string>();
  written.set(draft, known);
  known.set(`${namespace} ${host}:${port}`, first);
  const isComplete = route.rules.some((it) => it.matches.length === 0);
  if (!isComplete && route.unmatched === 'not-found' && policyIn(namespace, draft) === 'allow')
    draft.ledger.note(
      'implicit',
      `Requests to "${host}" that no rule takes get 404 in the source; here they go out, since the network of "${namespace}" is open.`,
      'behaviour',
    );
  return places;
}

function hostCount({ targets }: Route): number {
  return targets.length;
}

function portCount({ ir }: Draft, host: string): number {
  const external = ir.externals.map((it) => it.value).find((it) => it.hosts.some(({ value }) => value === host));
  return external?.ports.length ?? 1;
}
