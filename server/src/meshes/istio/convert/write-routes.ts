/**
 * Routes as VirtualServices. Sidecars use one VirtualService for a host, so routes of one host become one.
 * Source: istio.io VirtualService reference; istio/istio pilot/pkg/networking/core/httproute.go.
 */

import type {
  Asked,
  Backend,
  Cors,
  Destination,
  HeaderChange,
  Retries,
  Rewrite,
  Route,
  RouteMatch,
  RouteRule,
  RouteTarget,
  ServiceName,
} from '../../../model/ir.ts';
import { type Ledger, placeText } from '../../../model/report.ts';
import { wholeWeights } from '../../kubernetes/gateway/convert/routes.ts';
import { type RouteWriters, writeParts } from '../../mesh.ts';
import { VirtualService } from '../kinds.ts';
import { type Draft, type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import { writeDuration } from './durations.ts';
import { quoteRegex, writeStringMatch } from './texts.ts';
import { gatewayName, type MatchContext, writeClients, writeHttpMatches } from './write-matches.ts';

/** Writes all routes, and routes for what other meshes keep with the service: its timeout, its default version. */
export function writeRoutes(drafts: Drafts): void {
  const routes = [...drafts.ir.routes, ...routesOfDestinations(drafts)];
  for (const group of groupsOf(routes)) writeGroup(group, drafts);
  for (const [at, route] of routes.entries()) warnOfRivals(route, routes.slice(0, at), drafts);
}

/**
 * Routes of one host at one gateway: elsewhere each may stand at a listener of its own, but a VirtualService counts on all
 * ports of its gateway, so that only one of them would ever be asked.
 */
function warnOfRivals(route: Route, others: readonly Route[], { ledger }: Drafts): void {
  const sameGateway = (a: Route, b: Route) => a.gateways.some((it) => b.gateways.some((one) => one.value === it.value));
  const rival = others.find(
    (it) =>
      it.name !== route.name && sameGateway(it, route) && hostsOf(it).some((host) => hostsOf(route).includes(host)),
  );
  if (!rival) return;
  const reason = `At one gateway VirtualServices "${rival.name}" and "${route.name}" are both about ${hostsOf(route).join(', ')}, on all of its ports: give their matches the port that each is for.`;
  for (const one of [rival, route])
    for (const it of one.gateways) ledger.changed(it, placeOfGateways(one), 'scope', reason, 'availability');
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
    if (route.protocol === 'tls' || route.protocol === 'tcp') writeLayer4(route, lists[route.protocol], draft, drafts);
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
  for (const asked of routes.flatMap((it) => it.targets)) {
    const host = hostOf(asked.value, draft, drafts);
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

function hostOf(target: RouteTarget, draft: Draft, drafts: Drafts): string {
  return target.type === 'host' ? target.host : drafts.host(target.service, draft.namespace);
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

interface HttpTarget {
  readonly rule: Fields;
  readonly draft: Draft;
  readonly drafts: Drafts;
  readonly matches: readonly RouteMatch[];
  readonly parts: RouteRule['parts'];
  place(...path: (string | number)[]): string;
}

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

function httpWriters(ledger: Ledger): RouteWriters<HttpTarget> {
  return {
    backends: (asked, target) => writeBackends(asked, target),
    redirect: (asked, { rule, place }) => {
      const { status, scheme, host, port, path } = asked.value;
      rule['redirect'] = withoutUndefined({
        scheme,
        authority: host,
        port,
        uri: path?.type === 'full' ? path.value : undefined,
        prefixRewrite: path?.type === 'prefix' ? path.value : undefined,
        redirectCode: status,
      });
      ledger.exact(asked, place('redirect'));
    },
    directResponse: (asked, { rule, place }) => {
      const { status, body } = asked.value;
      rule['directResponse'] = { status, ...(body === undefined ? {} : { body: { string: body } }) };
      ledger.exact(asked, place('directResponse'));
    },
    rewrite: (asked, { rule, place, matches }) => {
      rule['rewrite'] = writeRewrite(asked.value, matches);
      ledger.exact(asked, place('rewrite'));
    },
    requestHeaders: (asked, { rule, place }) => {
      rule['headers'] = { ...(rule['headers'] as Fields | undefined), request: writeHeaders(asked.value) };
      ledger.exact(asked, place('headers', 'request'));
    },
    responseHeaders: (asked, { rule, place }) => {
      rule['headers'] = { ...(rule['headers'] as Fields | undefined), response: writeHeaders(asked.value) };
      ledger.exact(asked, place('headers', 'response'));
    },
    mirrors: (asked, { rule, place, draft, drafts }) => {
      rule['mirrors'] = asked.value.map(({ backend, percent }) => ({
        destination: writeDestination(backend, draft, drafts),
        ...(percent === 100 ? {} : { percentage: { value: percent } }),
      }));
      ledger.exact(asked, place('mirrors'));
    },
    timeout: (asked, { rule, place, parts }) => {
      if (isAnswered(parts)) ledger.exact(asked, place(), answeredAtOnce);
      else if (asked.value < 0) ledger.exact(asked, place(), 'Istio has no timeout unless one is set.');
      else {
        rule['timeout'] = writeDuration(asked.value);
        ledger.exact(asked, place('timeout'));
      }
    },
    backendTimeout: (asked, { parts, place }) => {
      if (parts.retries && parts.retries.value.perTryTimeout === undefined)
        ledger.exact(asked, place('retries', 'perTryTimeout'), 'Istio limits each attempt by perTryTimeout.');
      else
        ledger.lost(
          asked,
          'timeout-overridden',
          'Istio limits the attempts of a request only together with retries; the timeout of the whole request stays.',
        );
    },
    retries: (asked, { rule, place, parts, drafts }) => {
      if (isAnswered(parts)) ledger.exact(asked, place(), answeredAtOnce);
      else rule['retries'] = writeRetries(asked, parts.backendTimeout?.value, drafts, place('retries'));
    },
    fault: (asked, { rule, place }) => {
      const { delay, abort } = asked.value;
      const status = typeof abort?.status === 'number' ? { httpStatus: abort.status } : { grpcStatus: abort?.status };
      rule['fault'] = {
        ...(delay ? { delay: { percentage: { value: delay.percent }, fixedDelay: writeDuration(delay.fixed) } } : {}),
        ...(abort ? { abort: { percentage: { value: abort.percent }, ...status } } : {}),
      };
      ledger.exact(asked, place('fault'));
    },
    cors: (asked, { rule, place }) => {
      rule['corsPolicy'] = writeCors(asked.value);
      ledger.exact(asked, place('corsPolicy'));
    },
  };
}

/** Whether the proxy answers by itself, so that nobody is waited for or asked again. */
function isAnswered({ redirect, directResponse }: RouteRule['parts']): boolean {
  return redirect !== undefined || directResponse !== undefined;
}

const answeredAtOnce = 'The proxy itself answers what the rule takes, and at once.';

function writeBackends(asked: Asked<readonly Backend[]>, { rule, draft, drafts, place }: HttpTarget): void {
  const { ledger } = drafts;
  const backends = asked.value;
  const weights = backends.map((it) => it.weight ?? 0);
  const isNobody = backends.some((it) => it.weight === 0) && weights.every((it) => it === 0) && backends.length > 0;
  if (isNobody) {
    rule['directResponse'] = { status: 500 };
    ledger.exact(
      asked,
      place('directResponse'),
      'With all shares at 0 nobody gets the requests; they are answered with 500.',
    );
    return;
  }
  if (backends.length === 0) return;
  const { weights: whole, isRounded } = wholeWeights(weights);
  rule['route'] = backends.map((backend, at) => {
    const headers = withoutUndefined({
      request: backend.requestHeaders && writeHeaders(backend.requestHeaders),
      response: backend.responseHeaders && writeHeaders(backend.responseHeaders),
    });
    if (isRounded) ledger.changed(backend.from, place('route', at), 'weight-rounded', 'Weights are whole numbers.');
    else ledger.exact(backend.from, place('route', at));
    return {
      destination: writeDestination(backend, draft, drafts),
      ...(backends.length > 1 ? { weight: whole[at] ?? 0 } : {}),
      ...(Object.keys(headers).length > 0 ? { headers } : {}),
    };
  });
  ledger.exact(asked, place('route'));
}

/** A destination; its port only where it is needed, since a service with one port has no choice. */
function writeDestination({ service, host, port, subset }: Backend, draft: Draft, drafts: Drafts): Fields {
  const ports = drafts.service(service)?.ports;
  const isOnly = ports?.length === 1 && ports[0]?.port === port;
  return {
    host: host ?? drafts.host(service, draft.namespace),
    ...(subset === undefined ? {} : { subset }),
    ...(port === undefined || isOnly ? {} : { port: { number: port } }),
  };
}

function writeHeaders({ set, add, remove }: HeaderChange): Fields {
  return {
    ...(Object.keys(set).length > 0 ? { set } : {}),
    ...(Object.keys(add).length > 0 ? { add } : {}),
    ...(remove.length > 0 ? { remove: [...remove] } : {}),
  };
}

/** Istio replaces characters; where whole segments were matched, a regular expression keeps their slash. */
function writeRewrite({ host, path }: Rewrite, matches: readonly RouteMatch[]): Fields {
  const authority = host === undefined ? {} : { authority: host };
  if (!path) return authority;
  if (path.type === 'regex')
    return { ...authority, uriRegexRewrite: { match: path.pattern ?? '.*', rewrite: path.value } };
  const types = new Set(matches.map((it) => it.path?.value.type));
  if (path.type === 'full') {
    const isWhole = types.size > 0 && [...types].every((it) => it === 'exact' || it === 'regex');
    return {
      ...authority,
      ...(isWhole ? { uri: path.value } : { uriRegexRewrite: { match: '/.*', rewrite: path.value } }),
    };
  }
  const prefixes = new Set(matches.map((it) => it.path?.value.value.replace(/\/+$/, '')));
  const [prefix] = prefixes;
  if (!types.has('segments') || types.size > 1 || prefixes.size > 1 || prefix === undefined || prefix === '')
    return { ...authority, uri: path.value };
  const replaced = path.value.replace(/\/+$/, '');
  return {
    ...authority,
    uriRegexRewrite:
      replaced === ''
        ? { match: `^${quoteRegex(prefix)}/?(.*)$`, rewrite: '/\\1' }
        : { match: `^${quoteRegex(prefix)}(.*)$`, rewrite: `${replaced}\\1` },
  };
}

function writeRetries(asked: Asked<Retries>, perBackend: number | undefined, drafts: Drafts, place: string): Fields {
  const { ledger, ir } = drafts;
  const { attempts, perTryTimeout, on, codes, codeRanges, backoff, origins } = asked.value;
  ledger.exact(asked, place);
  if (attempts === 0) return { attempts: 0 };
  const words = on.map((it) => it.replace(/^grpc:/, ''));
  const numbers = [...codes];
  for (const [first, last] of codeRanges) {
    if (first === 500 && last === 599) words.push('5xx');
    else for (let code = first; code <= last; code += 1) numbers.push(code);
  }
  const isOnlyStatus = ir.proxy === 'linkerd' || !on.includes('5xx');
  if (words.includes('5xx') && isOnlyStatus) {
    const reason = 'To Istio, 5xx also means that a connection failed or was reset.';
    ledger.changed(origins.conditions ?? asked, `${place}.retryOn`, 'retry-conditions', reason);
  }
  if (perTryTimeout !== undefined && ir.proxy === 'linkerd') {
    const reason =
      'Istio limits each attempt as a whole, the last one too; before, only the time until headers was limited.';
    ledger.changed(origins.perTryTimeout ?? asked, `${place}.perTryTimeout`, 'per-try-last', reason);
  }
  const retryOn = [...new Set([...words, ...numbers.map(String)])].join(',');
  const perTry = perTryTimeout ?? perBackend;
  return withoutUndefined({
    attempts,
    perTryTimeout: perTry === undefined ? undefined : writeDuration(perTry),
    retryOn: retryOn === '' ? undefined : retryOn,
    backoff: backoff && writeDuration(backoff.base),
  });
}

function writeCors({ origins, methods, headers, expose, maxAge, credentials }: Cors): Fields {
  return withoutUndefined({
    // Any origin is said by a regular expression; an empty match says nothing.
    allowOrigins:
      origins.length > 0
        ? origins.map((it) => (it.type === 'present' ? { regex: '.*' } : writeStringMatch(it)))
        : undefined,
    allowMethods: methods.length > 0 ? [...methods] : undefined,
    allowHeaders: headers.length > 0 ? [...headers] : undefined,
    exposeHeaders: expose.length > 0 ? [...expose] : undefined,
    maxAge: maxAge === undefined ? undefined : writeDuration(maxAge),
    allowCredentials: credentials,
  });
}

// ---- TLS and TCP ---------------------------------------------------------------------------------------------------

function writeLayer4(route: Route, into: Fields[], draft: Draft, drafts: Drafts): void {
  const { ledger } = drafts;
  const port = portOf(route, drafts);
  const list = route.protocol;
  for (const it of route.rules) {
    const place = (...path: (string | number)[]) => draft.place('spec', list, into.length, ...path);
    const context: MatchContext = { ledger, namespace: draft.namespace, place: (position) => place('match', position) };
    for (const [name, asked] of Object.entries(it.parts))
      if (asked && name !== 'backends') ledger.lost(asked, 'no-equivalent', 'Istio does this for HTTP only.');
    const matches = it.matches.map((match, at) => {
      ledger.exact(match.from, place('match', at));
      if (match.port) ledger.exact(match.port, place('match', at, 'port'));
      if (match.sni) ledger.exact(match.sni, place('match', at, 'sniHosts'));
      return withoutUndefined({
        port: match.port?.value ?? port,
        sniHosts: match.sni ? [...match.sni.value] : list === 'tls' ? namesOf(route, drafts) : undefined,
        ...writeClients(match, context, context.place(at)),
      });
    });
    if (matches.length === 0 && list === 'tls')
      matches.push(withoutUndefined({ port, sniHosts: namesOf(route, drafts) }));
    else if (matches.length === 0 && port !== undefined) matches.push({ port });
    const rule: Fields = matches.length > 0 ? { match: matches } : {};
    const target: HttpTarget = { rule, draft, drafts, matches: it.matches, parts: it.parts, place };
    if (it.parts.backends) writeBackends(it.parts.backends, target);
    if ('route' in rule) into.push(rule);
    else if (it.parts.backends)
      ledger.lost(
        it.parts.backends,
        'no-equivalent',
        'Nobody gets the connections, which Istio can say for HTTP only.',
      );
  }
}

/** The names by which clients may call what a TLS route is about. */
function namesOf({ targets }: Route, { clusterDomain }: Drafts): readonly string[] {
  return targets.map(({ value }) =>
    value.type === 'host' ? value.host : `${value.service.name}.${value.service.namespace}.svc.${clusterDomain}`,
  );
}

/** The default version of a destination: routes name it, so nothing else has to. */
export function defaultSubsetPlace(destination: Destination, drafts: Drafts): string {
  const { service, name, namespace } = destination;
  const route = drafts.ir.routes.find((it) => hostsOf(it).includes(`${service.value.namespace}/${service.value.name}`));
  return `VirtualService/${route?.namespace ?? namespace}/${route?.name ?? name} spec.http`;
}
