/**
 * Routes as VirtualServices. Sidecars use one VirtualService for a host, so routes of one host become one.
 * Source: istio.io VirtualService reference; istio/istio pilot/pkg/networking/core/httproute.go.
 */

import type { Backend, Destination, Route, RouteRule, RouteTarget, ServiceName } from '../../../model/ir.ts';
import { type Ledger, placeText } from '../../../model/report.ts';
import { carrierNote, carrierOf } from '../../kubernetes/common/carriers.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { writeParts } from '../../mesh.ts';
import { VirtualService } from '../kinds.ts';
import type { Draft, Drafts, Fields } from './drafts.ts';
import { type HttpTarget, httpWriters } from './write-actions.ts';
import { writeLayer4 } from './write-connections.ts';
import { gatewayName, type MatchContext, writeHttpMatches } from './write-matches.ts';

/** Writes all routes, and routes for what other meshes keep with the service: its timeout, its default version. */
export function writeRoutes(drafts: Drafts): void {
  const routes = [...drafts.ir.routes, ...routesOfDestinations(drafts)];
  for (const group of groupsOf(routes)) writeGroup(group, drafts);
  for (const route of routes) writeCarrier(route, drafts);
  for (const [at, route] of routes.entries()) warnOfRivals(route, routes.slice(0, at), drafts);
}

function writeCarrier(route: Route, drafts: Drafts): void {
  const carrier = carrierOf(route, drafts.environment);
  if (!carrier) return;
  const draft = drafts.draft(Service, carrier.service.namespace, carrier.service.name);
  Object.assign(draft.spec, carrier.spec);
  drafts.add(
    draft,
    route.rules.flatMap(({ parts }) => parts.backends?.from ?? []),
  );
  drafts.ledger.note('generated', carrierNote(carrier));
}

/**
 * Routes of one host at one gateway: elsewhere each may stand at a listener of its own, but a VirtualService counts on all
 * ports of its gateway, so that only one of them would ever be asked.
 */
function warnOfRivals(route: Route, others: readonly Route[], { ledger }: Drafts): void {
  const sameGateway = (a: Route, b: Route) => a.gateways.some((it) => b.gateways.some((one) => one.value === it.value));
  const rival = others.find(
    (it) =>
      it.name !== route.name &&
      sameGateway(it, route) &&
      hostsOf(it).some((host) => hostsOf(route).includes(host)) &&
      mayShareAPort(it, route),
  );
  if (!rival) return;
  const reason = `At one gateway VirtualServices "${rival.name}" and "${route.name}" are both about ${hostsOf(route).join(', ')}, on all of its ports: give their matches the port that each is for.`;
  for (const one of [rival, route])
    for (const it of one.gateways) ledger.changed(it, placeOfGateways(one), 'scope', reason, 'availability');
}

/** Whether some port is that of both; a match that names none is for all of them. */
function mayShareAPort(a: Route, b: Route): boolean {
  const portsOf = ({ rules }: Route) =>
    rules.flatMap((it) => (it.matches.length === 0 ? [undefined] : it.matches.map((match) => match.port?.value)));
  const [own, others] = [portsOf(a), portsOf(b)];
  return own.includes(undefined) || others.includes(undefined) || own.some((it) => others.includes(it));
}

function placeOfGateways({ namespace, name }: Route): string {
  return placeText('VirtualService', namespace, name, 'spec.gateways');
}

/** Routes that end up in one VirtualService: of one source resource, or of the same hosts at the same gateways. */
function groupsOf(routes: readonly Route[]): readonly (readonly Route[])[] {
  const groups: Route[][] = [];
  for (const route of routes) {
    const known = groups.find(([first]) => first && belongTogether(first, route));
    if (known) known.push(route);
    else groups.push([route]);
  }
  return groups;
}

function belongTogether(a: Route, b: Route): boolean {
  if (a.namespace !== b.namespace || a.isMesh !== b.isMesh) return false;
  if (gatewaysOf(a) !== gatewaysOf(b) || visibilityOf(a) !== visibilityOf(b)) return false;
  if (a.name === b.name) return true;
  // A gateway merges VirtualServices of one host by itself.
  return a.isMesh && hostsOf(a).some((it) => hostsOf(b).includes(it));
}

function gatewaysOf({ gateways }: Route): string {
  return gateways.map((it) => it.value).join();
}

function visibilityOf({ visibility }: Route): string {
  return visibility?.value.join() ?? '*';
}

function hostsOf({ targets }: Route): readonly string[] {
  return targets.map(({ value }) =>
    value.type === 'host' ? value.host : `${value.service.namespace}/${value.service.name}`,
  );
}

/** A request timeout or a default version of a service that no route is about, as a route that takes everything. */
function routesOfDestinations({ ir }: Drafts): readonly Route[] {
  return ir.destinations.flatMap((destination): Route[] => {
    const { service, client, subset, parts } = destination;
    if (client || subset !== undefined || isRouted(ir.routes, service.value)) return [];
    const [timeout, version] = [parts.requestTimeout, parts.defaultSubset];
    if (!timeout && !version) return [];
    const backend: Backend = {
      service: service.value,
      ...(version ? { subset: version.value } : {}),
      from: version?.from ?? [],
    };
    return [
      {
        name: destination.name,
        namespace: destination.namespace,
        targets: [{ value: { type: 'service', service: service.value }, from: [] }],
        gateways: [],
        isMesh: true,
        protocol: 'http',
        order: 'document',
        unmatched: 'not-found',
        rules: [
          {
            matches: [],
            parts: { backends: { value: [backend], from: backend.from }, ...(timeout ? { timeout } : {}) },
          },
        ],
      },
    ];
  });
}

/** Whether a route is about a service. */
export function isRouted(routes: readonly Route[], service: ServiceName): boolean {
  return routes.some((route) => hostsOf(route).includes(`${service.namespace}/${service.name}`));
}

function writeGroup(routes: readonly Route[], drafts: Drafts): void {
  const [first] = routes;
  if (!first) return;
  const draft = drafts.draft(VirtualService, first.namespace, first.name);
  writeHead(routes, draft, drafts);
  const lists: { readonly http: Fields[]; readonly tls: Fields[]; readonly tcp: Fields[] } = {
    http: [],
    tls: [],
    tcp: [],
  };
  for (const route of routes) {
    if (route.protocol === 'tls' || route.protocol === 'tcp')
      writeLayer4(route, lists[route.protocol], draft, portOf(route, drafts), drafts);
    else writeHttp(route, lists.http, draft, drafts);
  }
  for (const [name, rules] of Object.entries(lists)) if (rules.length > 0) draft.spec[name] = rules;
  const isEmpty = Object.values(lists).every((it) => it.length === 0);
  if (isEmpty) {
    for (const route of routes)
      for (const it of [...route.targets, ...route.gateways])
        drafts.ledger.lost(
          it,
          'no-equivalent',
          'None of its rules could be carried over, so nothing is written.',
          'availability',
        );
    return;
  }
  drafts.add(draft, routes.flatMap(originsOfRoute));
}

function originsOfRoute({ targets, rules }: Route) {
  return [...targets.flatMap((it) => it.from), ...rules.flatMap(({ parts }) => parts.backends?.from ?? [])];
}

function writeHead(routes: readonly Route[], draft: Draft, drafts: Drafts): void {
  const { ledger } = drafts;
  const hosts: string[] = [];
  // Names of TLS have to be among the hosts, as they stand.
  const isForNames = routes.some((it) => it.protocol === 'tls');
  for (const asked of routes.flatMap((it) => it.targets)) {
    const host = hostOf(asked.value, isForNames, draft, drafts);
    if (!hosts.includes(host)) hosts.push(host);
    ledger.exact(asked, draft.place('spec', 'hosts', hosts.indexOf(host)));
  }
  // A route without hosts takes those of its gateway.
  draft.spec['hosts'] = hosts.length > 0 ? hosts : ['*'];
  const gateways = [...new Set(routes.flatMap((it) => it.gateways).map((it) => it.value))];
  const isMesh = routes.some((it) => it.isMesh);
  for (const asked of routes.flatMap((it) => it.gateways))
    ledger.exact(asked, draft.place('spec', 'gateways', gateways.indexOf(asked.value)));
  if (gateways.length > 0)
    draft.spec['gateways'] = [...gateways.map((it) => gatewayName(it, draft.namespace)), ...(isMesh ? ['mesh'] : [])];
  const visibility = routes[0]?.visibility;
  if (!visibility) return;
  draft.spec['exportTo'] = visibility.value.map((it) => (it === draft.namespace ? '.' : it));
  ledger.exact(visibility, draft.place('spec', 'exportTo'));
}

function hostOf(target: RouteTarget, isInFull: boolean, draft: Draft, drafts: Drafts): string {
  if (target.type === 'host') return target.host;
  const { name, namespace } = target.service;
  return isInFull ? `${name}.${namespace}.svc.${drafts.clusterDomain}` : drafts.host(target.service, draft.namespace);
}

/** The port that a route is about; undefined for all ports, also when the service has only this one. */
function portOf({ targets }: Route, drafts: Drafts): number | undefined {
  for (const { value } of targets) {
    if (value.type !== 'service' || value.port === undefined) continue;
    const ports = drafts.service(value.service)?.ports;
    if (ports?.length === 1 && ports[0]?.port === value.port) continue;
    return value.port;
  }
  return undefined;
}

// ---- HTTP ----------------------------------------------------------------------------------------------------------

function writeHttp(route: Route, into: Fields[], draft: Draft, drafts: Drafts): void {
  const port = portOf(route, drafts);
  for (const it of route.rules) {
    if (isRepeatedDefault(it, route, into)) continue;
    const at = into.length;
    const context: MatchContext = {
      ledger: drafts.ledger,
      namespace: draft.namespace,
      place: (position) => draft.place('spec', 'http', at, 'match', position),
    };
    const matches = writeHttpMatches(it.matches, port, context);
    if (!matches) {
      loseRule(it, drafts.ledger);
      continue;
    }
    const rule: Fields = {};
    if (it.name) {
      rule['name'] = it.name.value;
      drafts.ledger.exact(it.name, draft.place('spec', 'http', at, 'name'));
    }
    if (matches.length > 0) rule['match'] = matches;
    const target: HttpTarget = {
      rule,
      draft,
      drafts,
      matches: it.matches,
      parts: it.parts,
      place: (...path) => draft.place('spec', 'http', at, ...path),
    };
    writeParts(it.parts, httpWriters(drafts.ledger), target, drafts.ledger);
    if (!('route' in rule) && !('redirect' in rule) && !('directResponse' in rule)) {
      loseRule(it, drafts.ledger);
      continue;
    }
    into.push(inOrder(rule));
  }
  appendDefault(route, into, draft, drafts);
}

/** Whether a rule only says what the source does with requests that are left, when none are. */
function isRepeatedDefault(rule: RouteRule, route: Route, written: readonly Fields[]): boolean {
  const isDefault = route.unmatched === 'default-backend' && rule === route.rules.at(-1) && rule.matches.length === 0;
  return isDefault && isCatchAll(written.at(-1));
}

/** Whether a written rule takes every request. */
function isCatchAll(rule: Fields | undefined): boolean {
  if (!rule) return false;
  const matches = rule['match'];
  return !Array.isArray(matches) || matches.some((it) => JSON.stringify(it) === '{"uri":{"prefix":"/"}}');
}

function loseRule({ parts, name }: RouteRule, ledger: Ledger): void {
  for (const asked of [...Object.values(parts), name])
    if (asked)
      ledger.lost(asked, 'no-equivalent', 'The rule cannot be said in full, so it is left out.', 'availability');
}

/** The order in which people write the fields of a rule. */
const ruleOrder = [
  'name',
  'match',
  'redirect',
  'directResponse',
  'rewrite',
  'headers',
  'route',
  'mirrors',
  'timeout',
  'retries',
  'fault',
  'corsPolicy',
];

function inOrder(rule: Fields): Fields {
  return Object.fromEntries(ruleOrder.filter((it) => it in rule).map((it) => [it, rule[it]]));
}

/** Where the source sends what no rule matches to the service itself, Istio needs a last rule that does. */
function appendDefault(route: Route, into: Fields[], draft: Draft, drafts: Drafts): void {
  if (route.unmatched !== 'default-backend' || isCatchAll(into.at(-1))) return;
  const target = route.targets.find((it) => it.value.type === 'service')?.value;
  if (target?.type !== 'service') return;
  into.push({ route: [{ destination: { host: drafts.host(target.service, draft.namespace) } }] });
  drafts.ledger.note(
    'generated',
    `${draft.place()} ends with a rule for everything else, since Istio answers 404 to what no rule matches.`,
  );
}

/** The default version of a destination: routes name it, so nothing else has to. */
export function defaultSubsetPlace(destination: Destination, drafts: Drafts): string {
  const { service, name, namespace } = destination;
  const route = drafts.ir.routes.find((it) => hostsOf(it).includes(`${service.value.namespace}/${service.value.name}`));
  return `VirtualService/${route?.namespace ?? namespace}/${route?.name ?? name} spec.http`;
}
