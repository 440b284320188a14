/**
 * Writes routes at Consul's API gateway: HTTPRoutes of the Gateway API with Consul's own filters for timeouts and retries,
 * and TCPRoutes. Its proxy compares prefixes sign by sign, and ranks routes by the length of the path, then headers, then
 * query parameters. Sources: consul agent/consul/discoverychain/gateway_httproute.go, consul-k8s control-plane/api-gateway.
 */

import type { Backend, HeaderChange, PathMatch, Route, RouteMatch, RouteRule } from '../../../model/ir.ts';
import { apiVersionOf, type Kind } from '../../../model/kind.ts';
import { placeText } from '../../../model/report.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { isGranted } from '../../kubernetes/gateway/convert/grants.ts';
import { isValidPath, writeText } from '../../kubernetes/gateway/convert/matches.ts';
import { type Binding, bindingsOf, mostHostnames, type Sections } from '../../kubernetes/gateway/convert/sections.ts';
import { HTTPRoute, TCPRoute } from '../../kubernetes/gateway/kinds.ts';
import type { ConvertOptions } from '../../mesh.ts';
import { settleAttempts } from '../../kubernetes/common/convert/retry-count.ts';
import { RouteRetryFilter, RouteTimeoutFilter, ServiceIntentions } from '../kinds.ts';
import type { Refused } from '../../kubernetes/gateway/convert/write-gateways.ts';
import type { Drafts, Spec } from './drafts.ts';
import { durationText } from './durations.ts';
import { isEveryPath, unanchored } from './matches.ts';
import { originsOfMatch, originsOfRule, retryConditions } from './route-parts.ts';
import { consulName, httpHint } from './services.ts';

/** Writes one route at all gateways that it is bound to; `names` are those that are taken. */
export function writeGatewayRoutes(
  route: Route,
  sections: Sections,
  drafts: Drafts,
  options: ConvertOptions,
  names: Set<string>,
): void {
  const { ledger, environment } = drafts;
  const { bound, unbound } = bindingsOf(route, sections, environment.settings.clusterDomain);
  for (const it of route.gateways)
    if (!sections.has(it.value)) ledger.note('assumed', `There is a Gateway "${it.value}" of the class "consul".`);
  const open = bound.filter((it) => it.parentRefs.length > 0);
  for (const it of unbound)
    ledger.lost(it, 'gateway-deploy', 'This gateway opens no listener for it in Consul.', 'availability');
  const written = open.filter((binding) => {
    const name = freeName(route.name, names);
    return new GatewayRoute(route, binding, name, drafts, options).write();
  });
  if (written.length > 0) return;
  const reason =
    open.length === 0
      ? 'Its gateway opens no listener for it in Consul.'
      : 'None of its rules can be written for a gateway of Consul.';
  for (const it of route.gateways) ledger.lost(it, 'gateway-deploy', reason, 'availability');
  // Inside the mesh the rest has its place.
  if (route.isMesh) return;
  for (const it of [...route.targets.map((one) => one.from), ...route.rules.flatMap(originsOfRule)])
    ledger.lost(it, 'gateway-deploy', reason, 'availability');
}

function freeName(wanted: string, names: Set<string>): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (names.has(name)) continue;
    names.add(name);
    return name;
  }
}

function manifest(kind: Kind, name: string, namespace: string, spec: Spec, version?: string) {
  return { apiVersion: apiVersionOf(kind, version), kind: kind.name, metadata: { name, namespace }, spec };
}

class GatewayRoute {
  readonly #route: Route;
  readonly #binding: Binding;
  readonly #drafts: Drafts;
  readonly #options: ConvertOptions;
  readonly #name: string;
  readonly #place: string;
  readonly #filters: { readonly kind: Kind; readonly name: string; readonly spec: Spec }[] = [];
  readonly #reached = new Map<string, Backend>();

  constructor(route: Route, binding: Binding, name: string, drafts: Drafts, options: ConvertOptions) {
    this.#route = route;
    this.#binding = binding;
    this.#drafts = drafts;
    this.#options = options;
    this.#name = name;
    this.#place = placeText(this.#isHttp ? HTTPRoute.name : TCPRoute.name, route.namespace, name, '');
  }

  get #isHttp(): boolean {
    return this.#route.protocol === 'http' || this.#route.protocol === 'grpc';
  }

  /** Writes it, and says whether any rule could be written. */
  write(): boolean {
    const { ledger } = this.#drafts;
    const { targets, namespace } = this.#route;
    const { gateways, parentRefs, rules } = this.#binding;
    const written = this.#isHttp ? this.#rules(rules) : this.#connections(rules);
    if (written.length === 0) return false;
    for (const it of gateways) ledger.exact(it, `${this.#place} spec.parentRefs`);
    for (const { kind, name, spec } of this.#filters) this.#drafts.add(manifest(kind, name, namespace, spec));
    if (this.#isHttp) {
      const hostnames = this.#hostnames(targets);
      const spec = { parentRefs, ...(hostnames.length > 0 && { hostnames }), rules: written };
      this.#drafts.add(manifest(HTTPRoute, this.#name, namespace, spec));
    } else {
      for (const it of targets) ledger.exact(it, this.#place, 'Connections have no names; all of the port are taken.');
      this.#drafts.add(manifest(TCPRoute, this.#name, namespace, { parentRefs, rules: written }, 'v1alpha2'));
    }
    for (const backend of this.#reached.values()) for (const it of gateways) this.#letIn(backend, it.value);
    return true;
  }

  /** The rule for connections, of which Consul takes one with one destination. */
  #connections(rules: readonly RouteRule[]): readonly Spec[] {
    const { ledger } = this.#drafts;
    const written: Spec[] = [];
    for (const rule of rules) {
      const backends = rule.parts.backends?.value ?? [];
      const isTls = this.#route.protocol === 'tls' || rule.matches.some((it) => it.sni);
      const refusal = isTls
        ? { code: 'no-tls-listener', reason: 'Consul passes no TLS through a gateway.' }
        : written.length > 0 || backends.length > 1
          ? { code: 'tcp-split', reason: 'A gateway of Consul sends all connections of a port to one service.' }
          : this.#refusal(rule);
      if (refusal) {
        for (const it of originsOfRule(rule)) ledger.lost(it, refusal.code, refusal.reason, 'availability');
        continue;
      }
      const at = `${this.#place} spec.rules[0]`;
      for (const it of rule.matches.flatMap(originsOfMatch)) ledger.exact(it, `${this.#place} spec.parentRefs`);
      written.push({ backendRefs: this.#backends(rule, at) });
    }
    return written;
  }

  /** Host names of a route; none where it takes all those of its listener. */
  #hostnames(targets: Route['targets']): readonly string[] {
    const { ledger, environment } = this.#drafts;
    const isForAll = targets.some(({ value }) => value.type === 'host' && value.host === '*');
    const found: string[] = [];
    for (const target of targets) {
      const { value } = target;
      const name =
        value.type === 'host'
          ? value.host
          : `${value.service.name}.${value.service.namespace}.svc.${environment.settings.clusterDomain}`;
      if (isForAll) ledger.exact(target, this.#place, everyHost);
      else if (found.includes(name) || found.length < mostHostnames) {
        if (!found.includes(name)) found.push(name);
        ledger.exact(target, `${this.#place} spec.hostnames`);
      } else ledger.lost(target, 'order-limit', tooManyHosts, 'availability');
    }
    return found;
  }

  #rules(rules: readonly RouteRule[]): readonly Spec[] {
    const { ledger } = this.#drafts;
    const written: Spec[] = [];
    const ranks: { readonly rule: RouteRule; readonly rank: readonly number[] }[] = [];
    for (const rule of rules) {
      const at = `${this.#place} spec.rules[${written.length}]`;
      const refusal = this.#refusal(rule);
      if (refusal) {
        for (const it of originsOfRule(rule)) ledger.lost(it, refusal.code, refusal.reason, refusal.risk);
        continue;
      }
      const matches = rule.matches.flatMap((it) => this.#match(it, at, rule.parts.rewrite?.value.path?.value));
      if (matches.length === 0 && rule.matches.length > 0) {
        for (const it of originsOfRule(rule)) ledger.lost(it, 'no-equivalent', 'None of its matches can be said.');
        continue;
      }
      const taken = matches.length > 0 ? matches : [{ path: { type: 'PathPrefix', value: '/' } }];
      for (const match of taken) {
        const rank = rankOf(match);
        if (ranks.some((it) => it.rule !== rule && isBelow(it.rank, rank)))
          for (const it of rule.matches)
            ledger.changed(
              it.path ?? it.from,
              at,
              'order-inverted',
              'The gateway asks longer paths first, so this rule may take requests of one before it.',
            );
        ranks.push({ rule, rank });
      }
      const filters = this.#filtersOf(rule, written.length, at);
      const backendRefs = this.#backends(rule, at);
      // A rule that replaces a prefix may have one match only.
      for (const some of rule.parts.rewrite?.value.path ? taken.map((it) => [it]) : [taken])
        written.push({ matches: some, ...(filters.length > 0 && { filters }), backendRefs });
    }
    return written;
  }

  #refusal({ parts }: RouteRule): Refused | undefined {
    const refused = (code: string, reason: string): Refused => ({ code, reason, risk: 'availability' });
    if (parts.redirect) return refused('no-redirect', 'Consul cannot redirect, so the rule is left out.');
    if (parts.directResponse)
      return {
        ...refused('direct-response', 'Consul cannot answer without a backend, so the rule is left out.'),
        // A fixed refusal that goes missing lets the requests through to a broader rule.
        risk:
          parts.directResponse.value.status >= 400 && parts.directResponse.value.status < 500
            ? 'security'
            : 'behaviour',
      };
    if (parts.rewrite?.value.host !== undefined)
      return refused('host-rewrite', 'Consul cannot rewrite the host, so the rule is left out.');
    const path = parts.rewrite?.value.path;
    if (path && path.type !== 'prefix')
      return refused('regex-rewrite', 'The gateway of Consul rewrites prefixes only, so the rule is left out.');
    const backends = parts.backends?.value ?? [];
    if (backends.length === 0) return refused('no-equivalent', 'The rule has no backend.');
    for (const it of backends) {
      if (it.host !== undefined) return refused('host-not-service', `"${it.host}" is no Service of the cluster.`);
      if (it.subset !== undefined)
        return refused('no-equivalent', 'A gateway of Consul sends requests to services, not to subsets of one.');
      if (this.#portOf(it) === undefined) {
        this.#drafts.ledger.note(
          'missing',
          `The port of Service "${it.service.name}" in "${it.service.namespace}": add it to the workspace, or give the option defaultPort.`,
        );
        return refused('port-not-addressable', `The port of "${it.service.name}" is not known.`);
      }
    }
    return undefined;
  }

  #portOf({ port, service }: Backend): number | undefined {
    if (port !== undefined) return port;
    const facts = serviceFacts(this.#drafts.environment, service.namespace, service.name);
    const [only, ...others] = facts?.ports ?? [];
    return others.length === 0 ? (only?.port ?? this.#options.defaultPort) : undefined;
  }

  /**
   * The matches of the Gateway API for one: a method each, and two for a prefix of whole segments. A prefix that is replaced
   * has to be one, also where the source means whole segments.
   */
  #match(match: RouteMatch, at: string, replacement: string | undefined): readonly Spec[] {
    const { ledger } = this.#drafts;
    const lose = (code: string, reason: string): readonly Spec[] => {
      for (const it of originsOfMatch(match)) ledger.lost(it, code, reason);
      return [];
    };
    const { clients, authority, scheme, port, sni } = match;
    if (clients?.value.labels || clients?.value.namespace)
      return lose('client-scope', 'The rule is for some clients in the mesh, not for those of a gateway.');
    if (authority || scheme || port || sni)
      return lose(
        'authority-match',
        'A route at a gateway of Consul cannot match authority, scheme, port or server name.',
      );
    const path = match.path?.value;
    if (path && path.type !== 'regex' && !isEveryPath(path) && !isValidPath(path.value))
      return lose('invalid-path', `A route cannot match the path "${path.value}".`);
    const headers = match.headers.map(({ value }) => writeText(value.name, value.match));
    const query = match.query.map(({ value }) => writeText(value.name, value.match));
    for (const it of [...headers, ...query]) if ('lost' in it) return lose(it.code, it.reason);
    const values = (list: typeof headers) => list.flatMap((it) => (it.value ? [it.value] : []));
    const asked = [match.path, match.methods, clients, ...match.headers, ...match.query].filter(
      (it) => it !== undefined,
    );
    if (replacement !== undefined && path && (path.type === 'exact' || path.type === 'regex' || path.ignoreCase))
      return lose('regex-rewrite', 'A route replaces a prefix only where it matches by one.');
    for (const it of asked) ledger.exact(it, `${at}.matches`);
    ledger.exact(match.from, `${at}.matches`);
    if (replacement !== undefined && match.path && path?.type === 'segments' && !isEveryPath(path))
      ledger.changed(match.path, `${at}.matches`, 'prefix-segment', `${signBySign} ${path.value}x is matched, too.`);
    const forms = replacement === undefined ? gatewayPaths(path) : replacedPaths(path, replacement);
    return forms.flatMap((form) =>
      (match.methods?.value ?? [undefined]).map((method) => ({
        ...(form ? { path: form } : asked.length === 0 ? { path: { type: 'PathPrefix', value: '/' } } : {}),
        ...(headers.length > 0 && { headers: values(headers) }),
        ...(query.length > 0 && { queryParams: values(query) }),
        ...(method !== undefined && { method }),
      })),
    );
  }

  #filtersOf({ parts }: RouteRule, position: number, at: string): readonly Spec[] {
    const { ledger } = this.#drafts;
    const filters: Spec[] = [];
    const extend = (kind: Kind, spec: Spec) => {
      const name = `${this.#name}-${position}`;
      this.#filters.push({ kind, name, spec });
      filters.push({ type: 'ExtensionRef', extensionRef: { group: kind.group, kind: kind.name, name } });
      return placeText(kind.name, this.#route.namespace, name, 'spec');
    };
    for (const [side, type] of [
      ['requestHeaders', 'RequestHeaderModifier'],
      ['responseHeaders', 'ResponseHeaderModifier'],
    ] as const) {
      const change = parts[side];
      if (!change) continue;
      filters.push(headerFilter(type, change.value));
      ledger.exact(change, `${at}.filters`);
    }
    if (parts.rewrite?.value.path) {
      const replacePrefixMatch = parts.rewrite.value.path.value;
      filters.push({ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch } } });
      ledger.exact(parts.rewrite, `${at}.filters`);
    }
    if (parts.timeout) {
      const requestTimeout = parts.timeout.value < 0 ? '0s' : durationText(parts.timeout.value);
      ledger.exact(parts.timeout, `${extend(RouteTimeoutFilter, { requestTimeout })}.requestTimeout`);
    }
    const retries = parts.retries;
    if (retries) {
      const { origins, attempts } = retries.value;
      const { on, codes, lost } = retryConditions(retries.value.on, retries.value.codes, retries.value.codeRanges);
      const place =
        attempts > 0 && on.length + codes.length > 0
          ? extend(RouteRetryFilter, {
              numRetries: attempts,
              ...(on.length > 0 && { retryOn: on }),
              ...(codes.length > 0 && { retryOnStatusCodes: codes }),
            })
          : at;
      settleAttempts(ledger, retries.value, origins.attempts, place);
      if (origins.conditions && lost.length === 0) ledger.exact(origins.conditions, place);
      else if (origins.conditions)
        ledger.changed(origins.conditions, place, 'retry-conditions', `Consul cannot retry on ${lost.join(', ')}.`);
      if (origins.perTryTimeout)
        ledger.lost(origins.perTryTimeout, 'per-try', 'Consul limits a request as a whole, not its attempts.');
      if (origins.backoff)
        ledger.lost(origins.backoff, 'no-equivalent', 'Consul waits 25 to 250 ms between attempts.', 'none');
    }
    const refused = [
      [parts.mirrors, 'no-mirror', 'Consul cannot mirror requests; the rule is carried over without it.'],
      [parts.fault, 'no-fault', 'Consul cannot inject faults; the rule is carried over without it.'],
      [parts.cors, 'no-cors', 'Consul answers no CORS preflight; the application has to.'],
      [parts.backendTimeout, 'per-try', 'Consul limits a request as a whole, not its attempts.'],
    ] as const;
    for (const [asked, code, reason] of refused) if (asked) ledger.lost(asked, code, reason);
    return filters;
  }

  #backends({ parts }: RouteRule, at: string): readonly Spec[] {
    const { ledger } = this.#drafts;
    const backends = parts.backends?.value ?? [];
    return backends.map((backend, position) => {
      const { service, weight, requestHeaders, responseHeaders, from } = backend;
      this.#reached.set(`${service.namespace}/${service.name}`, backend);
      ledger.exact(from, `${at}.backendRefs[${position}]`);
      const isAbroad = service.namespace !== this.#route.namespace;
      if (
        isAbroad &&
        !isGranted(this.#drafts.environment, this.#isHttp ? HTTPRoute : TCPRoute, this.#route.namespace, service)
      )
        ledger.note(
          'manual',
          `Let routes of "${this.#route.namespace}" name Services of "${service.namespace}" by a ReferenceGrant.`,
          'availability',
        );
      const filters = [
        ...(requestHeaders ? [headerFilter('RequestHeaderModifier', requestHeaders)] : []),
        ...(responseHeaders ? [headerFilter('ResponseHeaderModifier', responseHeaders)] : []),
      ];
      return {
        name: service.name,
        ...(isAbroad && { namespace: service.namespace }),
        port: this.#portOf(backend),
        ...(backends.length > 1 && { weight: weight ?? 1 }),
        ...(filters.length > 0 && { filters }),
      };
    });
  }

  /** The gateway is a client like any other: without an intention it reaches nothing when ACLs deny by default. */
  #letIn({ service }: Backend, gateway: string): void {
    const { environment, ledger } = this.#drafts;
    const client = gateway.split('/')[1] ?? gateway;
    const named = { name: consulName(environment, service), namespace: service.namespace };
    const protocol = httpHint(environment, service) ?? 'http';
    if (this.#isHttp) this.#drafts.needHttp(named, protocol);
    if (this.#drafts.hasPolicy(named) || this.#drafts.existing(ServiceIntentions, named.name)) {
      ledger.note(
        'manual',
        `Let the gateway "${client}" call "${named.name}" by its ServiceIntentions; policies of the source decide who may, so nothing is added to them.`,
        'availability',
      );
      return;
    }
    const spec = this.#drafts.spec(ServiceIntentions, named);
    const sources = (spec['sources'] ?? []) as readonly Spec[];
    spec['destination'] = { name: named.name };
    if (!sources.some((it) => it['name'] === client)) spec['sources'] = [...sources, { name: client, action: 'allow' }];
    ledger.note(
      'generated',
      `ServiceIntentions "${named.name}" lets in "${client}": the gateway is a client of the mesh by this name.`,
    );
  }
}

const everyHost = 'Without host names a route takes all those of its listener.';
const tooManyHosts = 'A route holds 16 host names; split the source in two for the others.';

const signBySign = "Consul's gateway compares prefixes sign by sign:";

/** Prefixes of which what follows can be put behind a replacement; `/api/x` becomes `/x` only where `/api/` is replaced. */
function replacedPaths(path: PathMatch | undefined, replacement: string): readonly Spec[] {
  if (!path || isEveryPath(path)) return [{ type: 'PathPrefix', value: '/' }];
  if (path.type !== 'segments') return [{ type: 'PathPrefix', value: path.value }];
  const base = path.value.replace(/\/+$/, '');
  const ends = replacement.endsWith('/') ? [`${base}/`, base] : [base];
  return ends.map((value) => ({ type: 'PathPrefix', value }));
}

function gatewayPaths(path: PathMatch | undefined): readonly (Spec | undefined)[] {
  if (!path || isEveryPath(path)) return [path && { type: 'PathPrefix', value: '/' }];
  const { type, value, ignoreCase } = path;
  if (type === 'regex' || ignoreCase) {
    const quoted = value.replace(/[.+*?()|[\]{}^$\\]/g, '\\$&');
    const regex =
      type === 'regex'
        ? unanchored(value)
        : `${quoted}${type === 'exact' ? '' : type === 'prefix' ? '.*' : '(?:/.*)?'}`;
    return [{ type: 'RegularExpression', value: ignoreCase ? `(?i)${regex}` : regex }];
  }
  if (type === 'exact') return [{ type: 'Exact', value }];
  if (type === 'prefix') return [{ type: 'PathPrefix', value }];
  const base = value.replace(/\/+$/, '');
  return [
    { type: 'Exact', value: base },
    { type: 'PathPrefix', value: `${base}/` },
  ];
}

function headerFilter(type: 'RequestHeaderModifier' | 'ResponseHeaderModifier', change: HeaderChange): Spec {
  const pairs = (record: HeaderChange['set']) => Object.entries(record).map(([name, value]) => ({ name, value }));
  return {
    type,
    [`${type.charAt(0).toLowerCase()}${type.slice(1)}`]: {
      ...(Object.keys(change.set).length > 0 && { set: pairs(change.set) }),
      ...(Object.keys(change.add).length > 0 && { add: pairs(change.add) }),
      ...(change.remove.length > 0 && { remove: [...change.remove] }),
    },
  };
}

function rankOf(match: Spec): readonly number[] {
  const path = match['path'] as { readonly value: string } | undefined;
  const count = (list: unknown) => (Array.isArray(list) ? list.length : 0);
  return [path?.value.length ?? 1, count(match['headers']), count(match['queryParams'])];
}

function isBelow(a: readonly number[], b: readonly number[]): boolean {
  for (const [at, rank] of a.entries()) if (rank !== b[at]) return rank < (b[at] ?? 0);
  return false;
}
