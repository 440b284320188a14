/**
 * Routes to Services as HTTPRoutes. The source takes the first rule that matches, Linkerd the most specific one, so
 * guards keep the order; what they cannot keep is reported.
 */

import type { Asked, Route, RouteRule, RouteTarget, ServiceName } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { carrierNote, carrierOf } from '../../kubernetes/common/carriers.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { grpcMatch } from '../../kubernetes/gateway/convert/matches.ts';
import { concerns, type MatchDraft, writeMatches } from '../../kubernetes/gateway/convert/write-matches.ts';
import { GRPCRoute, HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { byClients } from './client-routes.ts';
import type { Draft } from './draft.ts';
import { defaultSubsetOf, isGrpc, isHttp, openPort } from './services.ts';
import { writeConnections } from './write-connections.ts';
import { writeHostRoute } from './write-host-routes.ts';
import { writeHttpRoutes } from './write-http-routes.ts';
import { draftRule, type RuleDraft, ruleOrigins } from './write-rules.ts';
import { settleTarget } from './write-targets.ts';

/** Writes all routes for traffic inside the mesh. */
export function writeRoutes(draft: Draft): void {
  for (const route of draft.ir.routes) {
    if (!route.isMesh) continue;
    for (const target of route.targets)
      for (const it of forClients(route, target.value)) writeTarget(it, target, draft);
  }
  writeDefaultSubsets(draft);
}

/** A route as one for everybody and those for some clients, as far as they can be told apart. */
function forClients(route: Route, target: RouteTarget): readonly Route[] {
  const isForConnections = route.protocol === 'tcp' || route.protocol === 'tls';
  return target.type === 'host' || isForConnections ? [route] : byClients(route, target.service);
}

function writeTarget(route: Route, target: Asked<RouteTarget>, draft: Draft): void {
  if (target.value.type === 'host') {
    // Hosts that a gateway serves have their place there.
    if (route.gateways.length > 0 || writeHostRoute(route, target, draft)) return;
    const reason = `${target.value.host} is not a Service of the cluster, and inside the mesh a route stands on a Service.`;
    draft.ledger.lost(target, 'host-not-service', reason);
    if (route.targets.length === 1) draft.ledger.lost(route.rules.flatMap(ruleOrigins), 'host-not-service', reason);
    return;
  }
  const { service } = target.value;
  const carrier = carrierOf(route, draft.environment);
  if (carrier) {
    const from = route.rules.flatMap(({ parts }) => parts.backends?.from ?? []);
    draft.create(Service, service.namespace, service.name, { spec: carrier.spec, from });
    draft.ledger.note('generated', carrierNote(carrier));
  }
  const base = route.targets.length === 1 ? route.name : service.name;
  const isForConnections = route.protocol === 'tcp' || route.protocol === 'tls';
  const ports = isForConnections ? [] : portsOf(route, target.value, draft);
  for (const namespace of homesOf(route, service)) {
    if (isForConnections) {
      const spot = { target: { value: target.value, from: target.from }, namespace, name: base };
      const written = writeConnections(route, spot, draft);
      if (written === undefined) loseTarget(target, draft);
      else settleVisibility(route, service, written, draft);
    }
    for (const port of ports) {
      const name = ports.length > 1 && port !== undefined ? `${base}-${port}` : base;
      writeOn(route, target, { service, port, namespace, name }, draft);
    }
  }
}

/**
 * The namespaces in which a route stands: beside the Service it counts for all clients, in another namespace for the
 * clients of that namespace.
 */
function homesOf({ visibility }: Route, service: ServiceName): readonly string[] {
  if (!visibility || visibility.value.includes(service.namespace)) return [service.namespace];
  return visibility.value;
}

/** Reports for whom a route counts that stands at a place. */
function settleVisibility({ visibility }: Route, service: ServiceName, place: string, { ledger }: Draft): void {
  if (!visibility) return;
  if (!visibility.value.includes(service.namespace))
    ledger.exact(visibility, place, 'A route in the namespace of clients counts for them alone.');
  else
    ledger.changed(
      visibility,
      place,
      'scope-widened',
      'A route beside its Service counts for the clients of all namespaces.',
    );
}

interface Spot {
  readonly service: ServiceName;
  readonly port: number | undefined;
  readonly namespace: string;
  readonly name: string;
}

/** The ports that need a route each; undefined stands for all ports at once. */
function portsOf(
  route: Route,
  { service, port }: Extract<RouteTarget, { type: 'service' }>,
  draft: Draft,
): readonly (number | undefined)[] {
  const named = new Set(route.rules.flatMap((it) => it.matches.flatMap((match) => match.port?.value ?? [])));
  const known = draft.service(service)?.ports ?? [];
  const first = known[0];
  if (port !== undefined) return [port];
  if (named.size === 0 && known.length === 1) return [first?.port];
  const backends = route.rules.flatMap((it) => it.parts.backends?.value ?? []);
  if (named.size === 0 && (known.length === 0 || backends.every((it) => it.port !== undefined))) return [undefined];
  const isForAll = route.rules.some((it) => it.matches.length === 0 || it.matches.some((match) => !match.port));
  const wanted = isForAll ? known.filter(isHttp).map((it) => it.port) : [];
  return [...new Set([...wanted, ...named])].sort((a, b) => a - b);
}

function writeOn(
  route: Route,
  target: Asked<RouteTarget>,
  { service, port, namespace, name }: Spot,
  draft: Draft,
): void {
  const isForCalls = carriesCalls(route, service, port, draft);
  const place = { gateway: undefined, port, service };
  const matched = withDefault(route, service).map((source) => ({
    source,
    matches: writeMatches(isForCalls ? withCallPaths(source) : source, place, draft),
  }));
  const kind = isForCalls && matched.every(isOfCalls) ? GRPCRoute : HTTPRoute;
  const where = { ...place, kind };
  const rules = matched.flatMap(({ source, matches }) => {
    if (matches.length > 0) return [draftRule(source, where, matches, draft)];
    return source.matches.some((it) => concerns(it, where)) ? skipped(source, draft) : [];
  });
  const written = writeHttpRoutes(rules, 'linkerd', draft, {
    kind,
    namespace,
    name,
    from: [...target.from, ...route.rules.flatMap(ruleOrigins)],
    head: {
      parentRefs: [
        {
          group: '',
          kind: 'Service',
          name: service.name,
          namespace: service.namespace,
          ...(port === undefined ? {} : { port }),
        },
      ],
    },
  });
  const facts = draft.service(service);
  if (facts && written.length > 0) openPort(draft, facts, port);
  const [first] = written;
  if (first === undefined) {
    loseTarget(target, draft);
    return;
  }
  const places = written.map((it) => placeText(kind.name, namespace, it, 'spec.parentRefs[0]')).join(', ');
  settleVisibility(route, service, placeText(kind.name, namespace, first, 'metadata.namespace'), draft);
  const beside = 'The route stands beside the Service, where it counts for all clients.';
  const isMoved = namespace === service.namespace && namespace !== route.namespace;
  settleTarget(target, places, isMoved ? beside : '', draft);
}

/** Whether requests to a port are calls of gRPC, as the port or the source says. */
function carriesCalls(route: Route, service: ServiceName, port: number | undefined, draft: Draft): boolean {
  if (route.protocol === 'grpc') return true;
  const ports = (draft.service(service)?.ports ?? []).filter((it) => port === undefined || it.port === port);
  return ports.length > 0 && ports.every(isGrpc);
}

/** Paths of calls have a service and a method, so that what begins with a service and a slash is all of its methods. */
function withCallPaths(rule: RouteRule): RouteRule {
  const matches = rule.matches.map((it) => {
    const name = it.path?.value.type === 'prefix' ? /^(\/[^/]+)\/$/.exec(it.path.value.value)?.[1] : undefined;
    if (!it.path || name === undefined) return it;
    return { ...it, path: { ...it.path, value: { ...it.path.value, type: 'segments' as const, value: name } } };
  });
  return { ...rule, matches };
}

/** Whether a rule can stand in a GRPCRoute. */
function isOfCalls({ source, matches }: { readonly source: RouteRule; readonly matches: readonly MatchDraft[] }) {
  return source.parts.redirect === undefined && matches.every(({ match }) => grpcMatch(match) !== undefined);
}

function loseTarget(target: Asked<RouteTarget>, { ledger }: Draft): void {
  ledger.lost(target, 'no-equivalent', 'No rule of it could be written.', 'availability');
}

/** A rule of which no match could be written: its leaves are lost with the reason of its matches. */
function skipped(source: RouteRule, draft: Draft): readonly RuleDraft[] {
  const parts = Object.values(source.parts).flatMap((it) => it.from);
  draft.ledger.lost(
    [...(source.name?.from ?? []), ...parts],
    'no-equivalent',
    'None of the matches of this rule can be said, so the rule is left out.',
  );
  return [];
}

/** The rules, and a last one for the rest where the source sends unmatched requests to the service. */
function withDefault(route: Route, service: ServiceName): readonly RouteRule[] {
  const last = route.rules.at(-1);
  const isComplete = last !== undefined && last.matches.length === 0;
  if (route.unmatched === 'not-found' || isComplete) return route.rules;
  return [...route.rules, { matches: [], parts: { backends: { value: [{ service, from: [] }], from: [] } } }];
}

/** A service with a version for requests that name none, and no route that could name it. */
function writeDefaultSubsets(draft: Draft): void {
  const routed = new Set(
    draft.ir.routes.flatMap((it) =>
      it.isMesh
        ? it.targets.flatMap(({ value }) =>
            value.type === 'service' ? [`${value.service.namespace}/${value.service.name}`] : [],
          )
        : [],
    ),
  );
  for (const { service } of draft.ir.destinations) {
    const id = `${service.value.namespace}/${service.value.name}`;
    const subset = defaultSubsetOf(draft, service.value);
    if (!subset || routed.has(id)) continue;
    routed.add(id);
    const route: Route = {
      ...service.value,
      targets: [{ value: { type: 'service', service: service.value }, from: [] }],
      gateways: [],
      isMesh: true,
      protocol: 'http',
      order: 'document',
      unmatched: 'not-found',
      rules: [
        {
          matches: [],
          parts: { backends: { value: [{ service: service.value, from: subset.from }], from: subset.from } },
        },
      ],
    };
    for (const target of route.targets) writeTarget(route, target, draft);
  }
}
