/** A service's chain: the routes that make it, rule by rule, and what all of its entries have to agree on. */

import type { Asked, Backend, Ir, Route, RouteMatch, RouteRule, RouteTarget, ServiceName } from '../../../model/ir.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { subsetName } from './filters.ts';
import { originsOfRule } from './route-parts.ts';
import { consulName, httpHint, isRegisteredPort } from './services.ts';
import { compareRanks, isEvery, rankOf } from './specificity.ts';

/** What Consul is to do with the requests to one service, and what its entries are written with. */
export interface Chain {
  readonly named: Named;
  readonly group: Group;
  readonly ir: Ir;
  readonly drafts: Drafts;
  readonly atoms: readonly Atom[];
  readonly isHttp: boolean;
}

/** The routes about one service. */
export interface Group {
  readonly service: ServiceName;
  readonly routes: { readonly route: Route; readonly target: Asked<RouteTarget> }[];
}

/** A rule with one of its matches, the way a router takes them. */
export interface Atom {
  readonly rule: RouteRule;
  readonly match: RouteMatch | undefined;
}

/** Why something is not written, in the report's words. */
export interface Refused {
  readonly code: string;
  readonly reason: string;
  readonly risk?: 'security';
}

/** The chain of a group of routes, its rules in the order in which a router has to ask them. */
export function chainOf(group: Group, ir: Ir, drafts: Drafts): Chain {
  const atoms = group.routes.flatMap(({ route }) =>
    route.rules.flatMap((rule): readonly Atom[] =>
      rule.matches.length === 0 ? [{ rule, match: undefined }] : rule.matches.map((match) => ({ rule, match })),
    ),
  );
  const isRanked = group.routes.some(({ route }) => route.order === 'specificity');
  return {
    named: { name: consulName(drafts.environment, group.service), namespace: group.service.namespace },
    group,
    ir,
    drafts,
    atoms: isRanked ? [...atoms].sort((a, b) => compareRanks(rankOf(a.match), rankOf(b.match))) : atoms,
    isHttp: group.routes.some(({ route }) => route.protocol === 'http' || route.protocol === 'grpc'),
  };
}

/**
 * The rule whose split may be the service's own: the one that takes every request, or the only one, where the source
 * answers what no rule takes itself, so that nothing it would answer is split.
 */
export function ownSplit({ atoms, group }: Chain): RouteRule | undefined {
  const isSplit = ({ parts }: RouteRule) => (parts.backends?.value.length ?? 0) > 1;
  const general = atoms.find((it) => isEvery(it.match));
  if (general) return isSplit(general.rule) ? general.rule : undefined;
  const [only, ...others] = new Set(atoms.map((it) => it.rule).filter(isSplit));
  const answersItself = group.routes.every(({ route }) => route.unmatched === 'not-found');
  return only && others.length === 0 && answersItself ? only : undefined;
}

/** Services that a chain sends requests to as a whole, by Consul's name: a splitter of their own would split these. */
export function plainReferences(chain: Chain): readonly string[] {
  const own = ownSplit(chain);
  return chain.atoms.flatMap(({ rule, match }) => {
    const backends = rule.parts.backends?.value ?? [];
    const isDefault = isEvery(match) && backends.length === 0;
    const isOwnSplit = rule === own && backends.length > 1;
    const plain = backends.filter((it) => it.subset === undefined && it.host === undefined);
    const names = plain.map((it) => consulName(chain.drafts.environment, it.service));
    const isItself = isDefault || (isEvery(match) && names.length === 1 && backends.length === 1);
    if (isItself && names.every((it) => it === chain.named.name)) return [];
    if (backends.length === 0) return [chain.named.name];
    return isOwnSplit ? names.filter((it) => it !== chain.named.name) : names;
  });
}

/** The protocol of the chain: Consul refuses one whose services do not speak the same. */
export function protocolFor(chain: Chain): string {
  const { service, routes } = chain.group;
  const known = chain.drafts.httpProtocol(chain.named);
  if (known !== undefined) return known;
  if (routes.some(({ route }) => route.protocol === 'grpc')) return 'grpc';
  const said = chain.ir.destinations.find(
    (it) => sameService(it.service.value, service) && it.parts.protocol !== undefined,
  )?.parts.protocol?.value;
  const hint = said ?? httpHint(chain.drafts.environment, service) ?? 'http';
  if (hint === 'grpc') return 'grpc';
  return hint === 'http2' || hint === 'kubernetes.io/h2c' ? 'http2' : 'http';
}

/** A backend in Consul's words, and the protocol that it needs as a part of the chain. */
export function aimOf(backend: Backend, chain: Chain): Spec {
  const { environment } = chain.drafts;
  const name = consulName(environment, backend.service);
  if (name !== chain.named.name)
    chain.drafts.needHttp({ name, namespace: backend.service.namespace }, protocolFor(chain));
  return { service: name, ...(backend.subset !== undefined && { serviceSubset: subsetName(backend.subset) }) };
}

/** Reports where the target of a route stands, and that the route holds for the one port that Consul knows. */
export function writeTarget(target: Asked<RouteTarget>, place: string, { drafts }: Chain): void {
  const { ledger, environment } = drafts;
  const { value } = target;
  const isOther =
    value.type === 'service' &&
    value.port !== undefined &&
    isRegisteredPort(environment, value.service, value.port) === false;
  if (isOther)
    ledger.changed(
      target,
      place,
      'port-not-addressable',
      `Consul knows one port of a service, and it is not ${value.port}: the route holds for that one.`,
    );
  else if (value.type === 'service' && value.pattern !== undefined)
    ledger.changed(
      target,
      place,
      'wildcard-expanded',
      `Config entries are about one service, so there are some for each that the workspace knows of ${value.pattern}: those that come later need their own.`,
    );
  else ledger.exact(target, place);
}

/** The port of a match that is written: the one that Consul knows, or one of which nobody can tell. */
export function settlePort(port: Asked<number>, place: string, chain: Chain): void {
  const { ledger, environment } = chain.drafts;
  if (isRegisteredPort(environment, chain.group.service, port.value) === undefined)
    ledger.changed(
      port,
      place,
      'port-not-addressable',
      `Consul knows one port of a service, and the workspace does not tell whether it is ${port.value}: the route holds for that one.`,
    );
  else ledger.exact(port, place, 'It is the one port that Consul knows of the service.');
}

/** Reports that nothing of a route is written. */
export function loseRoute(route: Route, { ledger }: Drafts, { code, reason }: Refused): void {
  for (const it of [...route.targets, ...route.gateways, ...(route.visibility ? [route.visibility] : [])])
    ledger.lost(it, code, reason, 'availability');
  for (const rule of route.rules) for (const it of originsOfRule(rule)) ledger.lost(it, code, reason, 'availability');
}

/** Whether two names are of one Service. */
export function sameService(a: ServiceName, b: ServiceName): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}
