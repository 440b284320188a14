/**
 * Routes of connections as TCPRoutes and TLSRoutes. Linkerd takes one rule from each of them, and both only as v1alpha2.
 * Source: linkerd2 policy-controller/k8s/index/src/outbound/index/tcp.rs and tls.rs.
 */

import type { Asked, Route, RouteMatch, RouteRule, RouteTarget } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import { placeText } from '../../../model/report.ts';
import { TCPRoute, TLSRoute } from '../../kubernetes/gateway/kinds.ts';
import type { Draft } from './draft.ts';
import { isHttp, openPort } from './services.ts';
import { clientRefusal, concerns, originsOf } from '../../kubernetes/gateway/convert/write-matches.ts';
import { draftRule, loseRule, loseRuleForMissing, placeOf, ruleOrigins } from './write-rules.ts';
import { settleTarget } from './write-targets.ts';

/** Where the routes of one target stand: beside the Service for all clients, elsewhere for the clients there. */
export interface ConnectionSpot {
  readonly target: Asked<RouteTarget> & { readonly value: { readonly type: 'service' } };
  readonly namespace: string;
  readonly name: string;
}

/** One route to write: a rule on one port, and for TLS the names that it takes. */
interface Connection {
  readonly rule: RouteRule;
  readonly port: number | undefined;
  readonly matches: readonly RouteMatch[];
  /** Names that no earlier rule takes on this port; none for all names. */
  readonly hostnames: readonly string[];
}

/** Writes the rules of a route of connections to a Service, each as a route of its own. Gives the place of the first. */
export function writeConnections(route: Route, spot: ConnectionSpot, draft: Draft): string | undefined {
  const kind = route.protocol === 'tls' ? TLSRoute : TCPRoute;
  const connections = connectionsOf(route, spot, draft);
  const written = connections.flatMap((it) => writeConnection(it, kind, spot, draft) ?? []);
  const [first] = written;
  if (first === undefined) return undefined;
  draft.ledger.note(
    'manual',
    `Linkerd reads TCPRoutes and TLSRoutes as gateway.networking.k8s.io/v1alpha2 only: install the CRDs that Linkerd brings, or those of the experimental channel.`,
    'availability',
  );
  return placeText(kind.name, spot.namespace, first, 'metadata.namespace');
}

/** Which rule takes which port: the first that matches it. Names of TLS are told apart by the routes themselves. */
function connectionsOf(route: Route, { target }: ConnectionSpot, draft: Draft): readonly Connection[] {
  const connections: Connection[] = [];
  const taken = new Set<number | undefined>();
  const names = new Set<string>();
  const isByPort = route.rules.some(({ matches }) => matches.some((it) => it.port));
  for (const rule of route.rules) {
    const kept = rule.matches.filter((it) => concerns(it, { gateway: undefined, port: target.value.port }));
    const refused = kept.map(clientRefusal).find((it) => it !== undefined);
    const usable = kept.filter((it) => clientRefusal(it) === undefined);
    for (const it of kept)
      if (refused && !usable.includes(it)) draft.ledger.lost(originsOf(it), refused.code, refused.reason);
    if (rule.matches.length > 0 && usable.length === 0) {
      if (refused) draft.ledger.lost(ruleOrigins(rule), refused.code, refused.reason);
      continue;
    }
    let isFirst = false;
    for (const port of portsOf(rule, usable, isByPort, target, draft)) {
      const matches = usable.filter((it) => it.port === undefined || it.port.value === port);
      if (taken.has(port) || taken.has(undefined)) continue;
      const sni = route.protocol === 'tcp' ? [] : matches.flatMap((it) => it.sni?.value ?? []);
      const fresh = sni.filter((it) => !names.has(`${port} ${it}`));
      if (sni.length > 0 && fresh.length === 0) continue;
      if (sni.length === 0) taken.add(port);
      for (const it of fresh) names.add(`${port} ${it}`);
      isFirst = true;
      connections.push({ rule, port, matches, hostnames: [...new Set(fresh)] });
    }
    if (!isFirst)
      draft.ledger.lost(ruleOrigins(rule), 'shadowed', 'An earlier rule takes all of these connections.', 'none');
  }
  return connections;
}

/** The ports of the Service on which a rule counts; undefined stands for all of them. */
function portsOf(
  rule: RouteRule,
  matches: readonly RouteMatch[],
  isByPort: boolean,
  { value: { service, port } }: ConnectionSpot['target'],
  draft: Draft,
): readonly (number | undefined)[] {
  if (port !== undefined) return [port];
  const isForAll = matches.length === 0 || matches.some((it) => !it.port);
  const named = matches.flatMap((it) => it.port?.value ?? []);
  if (!isForAll) return [...new Set(named)];
  const ports = draft.service(service)?.ports ?? [];
  // Routes of connections are for ports that do not say that they carry HTTP.
  const open = ports.filter(
    (it) => !isHttp(it) || (it.appProtocol === undefined && !/^(?:http|grpc)/.test(it.name ?? '')),
  );
  const known = (open.length > 0 ? open : ports).map((it) => it.port);
  const needsPort = rule.parts.backends?.value.some((it) => it.port === undefined) === true;
  if (known.length > 1 && !needsPort && !isByPort && open.length === ports.length) return [undefined];
  return known.length > 0 ? [...new Set([...known, ...named])] : [undefined];
}

function writeConnection(
  { rule: source, port, matches, hostnames }: Connection,
  kind: Kind,
  { target, namespace, name: wanted }: ConnectionSpot,
  draft: Draft,
): string | undefined {
  const { ledger } = draft;
  const { service } = target.value;
  const carries = kind === TLSRoute ? 'tls' : 'tcp';
  const rule = draftRule(source, { gateway: undefined, port, service, carries }, [], draft);
  if (rule.missing !== undefined) loseRuleForMissing(rule, draft, rule.missing);
  else if (rule.refusal) loseRule(rule, draft, rule.refusal);
  if (rule.missing !== undefined || rule.refusal) return undefined;
  const isForAllNames = hostnames.includes('*');
  const spec = {
    ...(hostnames.length > 0 && !isForAllNames ? { hostnames } : {}),
    parentRefs: [
      {
        group: '',
        kind: 'Service',
        name: service.name,
        namespace: service.namespace,
        ...(port === undefined ? {} : { port }),
      },
    ],
  };
  const name = draft.nameFor(kind, namespace, wanted, spec);
  draft.create(kind, namespace, name, {
    version: 'v1alpha2',
    spec: { ...spec, rules: [{ backendRefs: rule.backends }] },
    from: [...target.from, ...ruleOrigins(source)],
  });
  const place = (path: string) => placeText(kind.name, namespace, name, path);
  settleTarget(target, place('spec.parentRefs[0]'), '', draft);
  for (const settle of rule.settle) settle(placeOf(kind.name, namespace, name, 0));
  for (const match of matches) {
    if (match.port) ledger.exact(match.port, place('spec.parentRefs[0].port'));
    if (match.sni) settleNames(match.sni, place(isForAllNames ? 'spec' : 'spec.hostnames'), kind, draft);
    if (match.clients)
      ledger.exact(match.clients, place('spec.parentRefs[0]'), 'A route on a Service is for the mesh.');
    ledger.exact(match.from, place('spec'));
  }
  const facts = draft.service(service);
  if (facts) openPort(draft, facts, port, carries);
  return name;
}

function settleNames(sni: Asked<readonly string[]>, place: string, kind: Kind, { ledger }: Draft): void {
  if (kind === TLSRoute) ledger.exact(sni, place);
  else ledger.changed(sni, place, 'sni-route', 'A TCPRoute takes all connections, whatever name TLS asks for.');
}
