/**
 * VirtualServices as the representation says them: rules in the order of the document, of which the first that matches
 * counts. A match that nothing can say in full is left out with its leaves: without a part of it, it would match more.
 * Sources: istio.io VirtualService reference; istio/istio pilot/pkg/networking/core/route/route.go.
 */

import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Backend,
  Cors,
  Fault,
  HeaderChange,
  Origin,
  PathMatch,
  Peculiar,
  Redirect,
  Retries,
  Rewrite,
  Risk,
  Route,
  RouteMatch,
  RouteParts,
  RouteRule,
  RouteTarget,
  TextMatch,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { serviceOfHost } from '../hosts.ts';
import { readDuration } from './durations.ts';
import { originsOf, Place } from './place.ts';
import { readStringMatch, unanchored } from './texts.ts';

export interface ReadRoutes {
  readonly routes: readonly Route[];
  readonly peculiar: readonly Peculiar[];
}

/** What `retryOn` stands for when it is not written. */
export const defaultRetryOn = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled'];

/** Envoy's conditions that speak of gRPC codes. */
export const grpcConditions: ReadonlySet<string> = new Set([
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

export const standardMethods: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
];

/** The routes of a VirtualService: one for HTTP, one for TLS, one for TCP, as far as it has them. */
export function readVirtualService(resource: Resource, environment: Environment): ReadRoutes {
  return new Reader(resource, environment).read();
}

class Reader {
  readonly #spec: Place;
  readonly #resource: Resource;
  readonly #namespace: string;
  readonly #clusterDomain: string;
  readonly #peculiar: Peculiar[] = [];

  constructor(resource: Resource, environment: Environment) {
    this.#resource = resource;
    this.#spec = Place.of(resource).at('spec');
    this.#namespace = environment.namespaceOf(resource);
    this.#clusterDomain = environment.settings.clusterDomain;
  }

  read(): ReadRoutes {
    const routes: Route[] = [];
    const http = this.#spec.at('http').items.flatMap((it) => this.#httpRule(it));
    if (http.length > 0) routes.push(this.#route('http', http));
    for (const protocol of ['tls', 'tcp'] as const) {
      const rules = this.#spec.at(protocol).items.flatMap((it) => this.#layer4Rule(it));
      if (rules.length > 0) routes.push(this.#route(protocol, rules));
    }
    if (routes.length === 0)
      this.#lose(originsOf(this.#spec), 'no-equivalent', 'No rule of this VirtualService could be carried over.');
    return { routes, peculiar: this.#peculiar };
  }

  #route(protocol: Route['protocol'], rules: readonly RouteRule[]): Route {
    const gateways = this.#spec.at('gateways').items;
    const names = gateways.filter((it) => it.text !== undefined && it.text !== 'mesh');
    const exportTo = this.#spec.at('exportTo').items;
    const isForAll = exportTo.length === 0 || exportTo.some((it) => it.text === '*');
    // What only repeats a default goes where the hosts go.
    const silent = originsOf(...gateways.filter((it) => it.text === 'mesh'), ...(isForAll ? exportTo : []));
    return {
      name: this.#resource.name,
      namespace: this.#namespace,
      targets: this.#spec.at('hosts').items.flatMap((it) => this.#target(it, silent)),
      gateways: names.map((it) => it.asked(qualified(it.text ?? '', this.#namespace))),
      isMesh: gateways.length === 0 || gateways.length > names.length,
      ...(isForAll
        ? {}
        : {
            visibility: {
              value: exportTo.flatMap((it) =>
                it.text === '.' ? [this.#namespace] : it.text && it.text !== '~' ? [it.text] : [],
              ),
              from: originsOf(...exportTo),
            },
          }),
      protocol,
      order: 'document',
      unmatched: 'not-found',
      rules,
    };
  }

  #target(place: Place, silent: readonly Origin[]): Asked<RouteTarget>[] {
    if (place.text === undefined) return [];
    const service = serviceOfHost(place.text, this.#namespace, this.#clusterDomain);
    const value: RouteTarget = service ? { type: 'service', service } : { type: 'host', host: place.text };
    return [{ value, from: [place.origin, ...silent] }];
  }

  // ---- HTTP --------------------------------------------------------------------------------------------------------

  #httpRule(rule: Place): RouteRule[] {
    if (rule.at('delegate').exists) {
      this.#lose(
        [rule.origin],
        'no-equivalent',
        'The rule hands over to another VirtualService; conversions do not follow delegates.',
      );
      return [];
    }
    const all = rule.at('match').items;
    const matches = foldSegments(all.flatMap((it) => this.#match(it)));
    if (all.length > 0 && matches.length === 0) {
      this.#lose([rule.origin], 'no-equivalent', 'None of its matches can be said elsewhere, so the rule is left out.');
      return [];
    }
    const name = rule.at('name');
    return [
      {
        ...(name.text === undefined ? {} : { name: name.asked(name.text) }),
        matches,
        parts: this.#parts(rule, matches),
      },
    ];
  }

  #match(match: Place): RouteMatch[] {
    const claims = match.at('headers').entries.find(([key]) => key.startsWith('@request.auth.'));
    if (claims) {
      this.#lose([match.origin], 'jwt-route', 'The match asks for a claim of a token, which only Istio routes by.');
      return [];
    }
    const methods = this.#methods(match.at('method'));
    if (methods?.value.length === 0) {
      this.#lose([match.origin], 'method-regex', 'The match asks for methods that are none of the standard ones.');
      return [];
    }
    const path = this.#path(match);
    const authority = match.at('authority');
    const scheme = match.at('scheme');
    const port = match.at('port');
    for (const [key, it] of [...match.at('headers').entries, ...match.at('withoutHeaders').entries])
      if (key === 'authority' || key === ':authority')
        this.#lose([it.origin], 'no-equivalent', 'Istio ignores a header match on the authority.', 'none');
    return [
      {
        from: askedBy(match),
        ...(path ? { path } : {}),
        ...(methods ? { methods } : {}),
        headers: [
          ...textMatches(match.at('headers')),
          ...textMatches(match.at('withoutHeaders')).map(({ value: { name, match }, from }) => ({
            value: { name, match: { ...match, negate: true } },
            from,
          })),
        ],
        query: textMatches(match.at('queryParams')),
        ...(authority.exists ? { authority: authority.asked(readStringMatch(authority)) } : {}),
        ...(scheme.exists ? { scheme: scheme.asked(readStringMatch(scheme)) } : {}),
        ...(port.number === undefined ? {} : { port: port.asked(port.number) }),
        ...this.#clients(match),
      },
    ];
  }

  #path(match: Place): Asked<PathMatch> | undefined {
    const uri = match.at('uri');
    if (!uri.exists) return undefined;
    const ignore = match.at('ignoreUriCase');
    const read = readStringMatch(uri);
    if (read.type === 'present') return undefined;
    const isRegex = read.type === 'regex';
    const value: PathMatch = {
      type: read.type === 'exact' ? 'exact' : isRegex ? 'regex' : 'prefix',
      value: read.value,
      ...(ignore.boolean && !isRegex ? { ignoreCase: true } : {}),
    };
    return { value, from: originsOf(uri, ignore) };
  }

  /** The methods that a match takes; an empty list when it takes no standard one. */
  #methods(method: Place): Asked<readonly string[]> | undefined {
    if (!method.exists) return undefined;
    const match = readStringMatch(method);
    if (match.type === 'exact') return method.asked([match.value]);
    if (match.type === 'present') return undefined;
    if (match.type === 'regex') {
      const literals = match.value.replace(/^\((?:\?:)?([^()]*)\)$/, '$1').split('|');
      if (literals.every((it) => /^[A-Z]+$/.test(it))) return method.asked(literals);
    }
    return method.asked(standardMethods.filter((it) => takes(match, it)));
  }

  #clients(match: Place): Pick<RouteMatch, 'clients'> {
    const [labels, namespace, gateways] = [match.at('sourceLabels'), match.at('sourceNamespace'), match.at('gateways')];
    const from = originsOf(labels, namespace, gateways);
    if (from.length === 0) return {};
    return {
      clients: {
        value: {
          ...(labels.exists ? { labels: labels.textRecord } : {}),
          ...(namespace.text === undefined ? {} : { namespace: namespace.text }),
          ...(gateways.exists ? { gateways: gateways.texts.map((it) => qualified(it, this.#namespace)) } : {}),
        },
        from,
      },
    };
  }

  #parts(rule: Place, matches: readonly RouteMatch[]): RouteParts {
    const parts: { -readonly [Name in keyof RouteParts]: RouteParts[Name] } = {};
    const backends = this.#backends(rule.at('route'));
    if (backends.length > 0) parts.backends = { value: backends, from: backends.flatMap((it) => it.from) };
    const redirect = rule.at('redirect');
    if (redirect.exists) parts.redirect = redirect.asked(readRedirect(redirect));
    const direct = rule.at('directResponse');
    if (direct.exists) parts.directResponse = direct.asked(readDirectResponse(direct));
    const rewrite = rule.at('rewrite');
    if (rewrite.exists) parts.rewrite = rewrite.asked(readRewrite(rewrite, matches));
    const request = rule.at('headers', 'request');
    if (request.exists) parts.requestHeaders = request.asked(readHeaders(request));
    const response = rule.at('headers', 'response');
    if (response.exists) parts.responseHeaders = response.asked(readHeaders(response));
    const mirrors = this.#mirrors(rule);
    if (mirrors.value.length > 0) parts.mirrors = mirrors;
    const timeout = rule.at('timeout');
    const millis = readDuration(timeout.text);
    if (millis !== undefined) parts.timeout = timeout.asked(millis === 0 ? -1 : millis);
    const retries = rule.at('retries');
    if (retries.exists) parts.retries = retries.asked(readRetries(retries));
    const fault = readFault(rule.at('fault'));
    if (fault) parts.fault = rule.at('fault').asked(fault);
    const cors = rule.at('corsPolicy');
    if (cors.exists) parts.cors = cors.asked(readCors(cors));
    return parts;
  }

  #backends(route: Place): Backend[] {
    const { items } = route;
    return items.flatMap((it) => {
      const backend = this.#backend(it.at('destination'));
      if (!backend) return [];
      const [weight, request, response] = [it.at('weight'), it.at('headers', 'request'), it.at('headers', 'response')];
      return [
        {
          ...backend,
          // One destination gets everything; of several, one without a weight gets nothing.
          ...(items.length > 1 ? { weight: weight.number ?? 0 } : {}),
          ...(request.exists ? { requestHeaders: readHeaders(request) } : {}),
          ...(response.exists ? { responseHeaders: readHeaders(response) } : {}),
          from: [...backend.from, ...originsOf(weight, request, response)],
        },
      ];
    });
  }

  #backend(destination: Place): Backend | undefined {
    const [host, subset, port] = [destination.at('host'), destination.at('subset'), destination.at('port', 'number')];
    if (host.text === undefined) return undefined;
    const service = serviceOfHost(host.text, this.#namespace, this.#clusterDomain);
    return {
      service: service ?? { name: host.text, namespace: '' },
      ...(service ? {} : { host: host.text }),
      ...(port.number === undefined ? {} : { port: port.number }),
      ...(subset.text === undefined || subset.text === '' ? {} : { subset: subset.text }),
      from: originsOf(host, subset, port),
    };
  }

  #mirrors(rule: Place): Asked<readonly { readonly backend: Backend; readonly percent: number }[]> {
    const value: { backend: Backend; percent: number }[] = [];
    const from: Origin[] = [];
    const single = this.#backend(rule.at('mirror'));
    if (single) {
      const percents = [rule.at('mirrorPercentage', 'value'), rule.at('mirrorPercent'), rule.at('mirror_percent')];
      const written = originsOf(...percents);
      const backend = { ...single, from: [...single.from, ...written] };
      value.push({ backend, percent: percents.find((it) => it.number !== undefined)?.number ?? 100 });
      from.push(...backend.from);
    }
    for (const it of rule.at('mirrors').items) {
      const read = this.#backend(it.at('destination'));
      if (!read) continue;
      const percent = it.at('percentage', 'value');
      const backend = { ...read, from: [...read.from, ...originsOf(percent)] };
      value.push({ backend, percent: percent.number ?? 100 });
      from.push(...backend.from);
    }
    return { value, from };
  }

  // ---- TLS and TCP -------------------------------------------------------------------------------------------------

  #layer4Rule(rule: Place): RouteRule[] {
    const backends = this.#backends(rule.at('route'));
    const all = rule.at('match').items;
    const matches = all.flatMap((match): RouteMatch[] => {
      const subnets = originsOf(match.at('destinationSubnets'), match.at('sourceSubnet'));
      if (subnets.length > 0) {
        this.#lose([match.origin], 'l4-match', 'The match asks for addresses, which no other mesh routes by.');
        return [];
      }
      const [port, sni] = [match.at('port'), match.at('sniHosts')];
      return [
        {
          from: [match.origin],
          headers: [],
          query: [],
          ...(port.number === undefined ? {} : { port: port.asked(port.number) }),
          ...(sni.exists ? { sni: sni.asked(sni.texts) } : {}),
          ...this.#clients(match),
        },
      ];
    });
    if ((all.length > 0 && matches.length === 0) || backends.length === 0) {
      this.#lose([rule.origin], 'l4-match', 'None of its matches can be said elsewhere, so the rule is left out.');
      return [];
    }
    return [{ matches, parts: { backends: { value: backends, from: backends.flatMap((it) => it.from) } } }];
  }

  #lose(from: readonly Origin[], code: string, reason: string, risk: Risk = 'behaviour'): void {
    this.#peculiar.push({ from, code, reason, risk });
  }
}

/** What a match asks for: all but the names that it only bears in statistics. */
function askedBy(match: Place): readonly Origin[] {
  const asked = match.entries.filter(([key]) => key !== 'name' && key !== 'statPrefix');
  return asked.length === 0 ? [match.origin] : asked.map(([, it]) => it.origin);
}

/** `namespace/name` of a gateway; `mesh` stays as it is. */
function qualified(gateway: string, namespace: string): string {
  return gateway === 'mesh' || gateway.includes('/') ? gateway : `${namespace}/${gateway}`;
}

function textMatches(map: Place): Asked<{ readonly name: string; readonly match: TextMatch }>[] {
  return map.entries
    .filter(([name]) => name !== 'authority' && name !== ':authority')
    .map(([name, it]) => it.asked({ name, match: readStringMatch(it) }));
}

/** Whether a text satisfies a match; false for a regular expression that JavaScript cannot read. */
function takes(match: TextMatch, text: string): boolean {
  switch (match.type) {
    case 'exact':
      return text === match.value;
    case 'prefix':
      return text.startsWith(match.value);
    case 'suffix':
      return text.endsWith(match.value);
    case 'contains':
      return text.includes(match.value);
    case 'present':
      return true;
    case 'regex':
      try {
        return new RegExp(`^(?:${match.value})$`).test(text);
      } catch {
        return false; // RE2 knows constructs that JavaScript does not; none of them is needed to name a method.
      }
  }
}

/**
 * Two matches `exact: /a` and `prefix: /a/` that agree in everything else are one match of whole path segments, which is
 * how Istio writes what the Gateway API calls PathPrefix.
 */
function foldSegments(matches: readonly RouteMatch[]): readonly RouteMatch[] {
  const folded: RouteMatch[] = [];
  const used = new Set<RouteMatch>();
  for (const match of matches) {
    if (used.has(match)) continue;
    const other = matches.find((it) => it !== match && !used.has(it) && areSegments(match, it));
    if (!other || !match.path || !other.path) {
      folded.push(match);
      continue;
    }
    used.add(other);
    const exact = match.path.value.type === 'exact' ? match.path.value : other.path.value;
    const both = (pick: (it: RouteMatch) => readonly Origin[] | undefined) => [
      ...(pick(match) ?? []),
      ...(pick(other) ?? []),
    ];
    folded.push({
      ...match,
      from: both((it) => it.from),
      path: { value: { ...exact, type: 'segments' }, from: both((it) => it.path?.from) },
      headers: match.headers.map((it, at) => ({ ...it, from: [...it.from, ...(other.headers[at]?.from ?? [])] })),
      query: match.query.map((it, at) => ({ ...it, from: [...it.from, ...(other.query[at]?.from ?? [])] })),
      ...(match.methods ? { methods: { ...match.methods, from: both((it) => it.methods?.from) } } : {}),
      ...(match.authority ? { authority: { ...match.authority, from: both((it) => it.authority?.from) } } : {}),
      ...(match.scheme ? { scheme: { ...match.scheme, from: both((it) => it.scheme?.from) } } : {}),
      ...(match.port ? { port: { ...match.port, from: both((it) => it.port?.from) } } : {}),
      ...(match.clients ? { clients: { ...match.clients, from: both((it) => it.clients?.from) } } : {}),
    });
  }
  return folded;
}

function areSegments(a: RouteMatch, b: RouteMatch): boolean {
  const [left, right] = [a.path?.value, b.path?.value];
  if (!left || !right || left.ignoreCase !== right.ignoreCase) return false;
  const isPair =
    (left.type === 'exact' && right.type === 'prefix' && right.value === `${left.value}/`) ||
    (left.type === 'prefix' && right.type === 'exact' && left.value === `${right.value}/`);
  return isPair && sameRest(a) === sameRest(b);
}

/** All of a match but its path and origins, as text to compare. */
function sameRest({ methods, headers, query, authority, scheme, port, clients }: RouteMatch): string {
  return JSON.stringify([
    methods?.value,
    headers.map((it) => it.value),
    query.map((it) => it.value),
    authority?.value,
    scheme?.value,
    port?.value,
    clients?.value,
  ]);
}

function readHeaders(change: Place): HeaderChange {
  return {
    set: change.at('set').textRecord,
    add: change.at('add').textRecord,
    remove: change.at('remove').texts,
  };
}

function readRedirect(redirect: Place): Redirect {
  const [authority = '', ownPort] = (redirect.at('authority').text ?? '').split(/:(?=\d+$)/);
  const scheme = redirect.at('scheme').text;
  const byScheme = scheme === undefined ? undefined : scheme === 'https' ? 443 : 80;
  const derived = redirect.at('derivePort').text === 'FROM_PROTOCOL_DEFAULT' ? byScheme : undefined;
  const port = redirect.at('port').number ?? (ownPort === undefined ? derived : Number(ownPort));
  const [uri, prefix] = [redirect.at('uri').text, redirect.at('prefixRewrite').text];
  return {
    status: redirect.at('redirectCode').number ?? 301,
    ...(scheme === undefined ? {} : { scheme }),
    ...(authority === '' ? {} : { host: authority }),
    ...(port === undefined ? {} : { port }),
    ...(prefix !== undefined
      ? { path: { type: 'prefix', value: prefix } }
      : uri !== undefined
        ? { path: { type: 'full', value: uri } }
        : {}),
  };
}

function readDirectResponse(direct: Place): { readonly status: number; readonly body?: string } {
  const body = direct.at('body', 'string').text ?? textOfBytes(direct.at('body', 'bytes').text);
  return { status: direct.at('status').number ?? 200, ...(body === undefined ? {} : { body }) };
}

/** The text of a base64 value; undefined when it is none. */
function textOfBytes(bytes: string | undefined): string | undefined {
  if (bytes === undefined || !/^[A-Za-z0-9+/]*={0,2}$/.test(bytes) || bytes.length % 4 !== 0) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(bytes), (it) => it.charCodeAt(0)));
}

function readRewrite(rewrite: Place, matches: readonly RouteMatch[]): Rewrite {
  const [host, uri] = [rewrite.at('authority').text, rewrite.at('uri').text];
  const regex = rewrite.at('uriRegexRewrite');
  const path = regex.exists
    ? regexRewrite(regex.at('match').text ?? '', regex.at('rewrite').text ?? '', matches)
    : uri === undefined
      ? undefined
      : // Of an exact path, or of one that a regular expression took, all is replaced.
        { type: isWhole(matches) ? ('full' as const) : ('prefix' as const), value: uri };
  return { ...(host === undefined ? {} : { host }), ...(path === undefined ? {} : { path }) };
}

function isWhole(matches: readonly RouteMatch[]): boolean {
  const types = matches.map((it) => it.path?.value.type);
  return types.length > 0 && types.every((it) => it === 'exact' || it === 'regex');
}

/** `^/a(.*)$` → `/b\1` on a match of the segments of `/a` is what Istio makes of the Gateway API's prefix rewrite. */
function regexRewrite(pattern: string, value: string, matches: readonly RouteMatch[]): NonNullable<Rewrite['path']> {
  const plain = { type: 'regex', value, pattern } as const;
  const bare = unanchored(pattern);
  const found = /^(.*?)(\/\?)?\(\.\*\)$/.exec(bare);
  const replaced = /^(.*)\\1$/.exec(value)?.[1];
  if (!found || replaced === undefined) return plain;
  const prefix = found[1] ?? '';
  const isForAll =
    matches.length > 0 && matches.every((it) => it.path?.value.type === 'segments' && it.path.value.value === prefix);
  if (!isForAll) return plain;
  if (found[2] !== undefined) return replaced === '/' ? { type: 'prefix', value: '/' } : plain;
  return { type: 'prefix', value: replaced };
}

function readRetries(retries: Place): Retries {
  const [attempts, perTry, retryOn, backoff] = ['attempts', 'perTryTimeout', 'retryOn', 'backoff'].map((it) =>
    retries.at(it),
  );
  const words =
    retryOn?.text === undefined
      ? defaultRetryOn
      : retryOn.text
          .split(',')
          .map((it) => it.trim())
          .filter((it) => it !== '');
  const perTryTimeout = readDuration(perTry?.text);
  const base = readDuration(backoff?.text);
  const origins = (place: Place | undefined) => (place?.exists ? originsOf(place) : undefined);
  const [byAttempts, byPerTry, byConditions, byBackoff] = [attempts, perTry, retryOn, backoff].map(origins);
  return {
    attempts: attempts?.number ?? 0,
    ...(perTryTimeout === undefined || perTryTimeout === 0 ? {} : { perTryTimeout }),
    on: words.filter((it) => !/^\d+$/.test(it)).map((it) => (grpcConditions.has(it) ? `grpc:${it}` : it)),
    codes: words.filter((it) => /^\d+$/.test(it)).map(Number),
    codeRanges: [],
    ...(base === undefined ? {} : { backoff: { base } }),
    origins: {
      ...(byAttempts ? { attempts: byAttempts } : {}),
      ...(byPerTry ? { perTryTimeout: byPerTry } : {}),
      ...(byConditions ? { conditions: byConditions } : {}),
      ...(byBackoff ? { backoff: byBackoff } : {}),
    },
  };
}

function readFault(fault: Place): Fault | undefined {
  const [delay, abort] = [fault.at('delay'), fault.at('abort')];
  const fixed = readDuration(delay.at('fixedDelay').text);
  const status = abort.at('httpStatus').number ?? abort.at('grpcStatus').text ?? abort.at('http2Error').text;
  if (!fault.exists) return undefined;
  return {
    ...(fixed === undefined
      ? {}
      : { delay: { fixed, percent: delay.at('percentage', 'value').number ?? delay.at('percent').number ?? 0 } }),
    ...(status === undefined ? {} : { abort: { status, percent: abort.at('percentage', 'value').number ?? 0 } }),
  };
}

function readCors(cors: Place): Cors {
  const maxAge = readDuration(cors.at('maxAge').text);
  const credentials = cors.at('allowCredentials').boolean;
  return {
    origins: [
      ...cors.at('allowOrigins').items.map(readStringMatch),
      ...cors
        .at('allowOrigin')
        .texts.map((value): TextMatch => (value === '*' ? { type: 'present' } : { type: 'exact', value })),
    ],
    methods: cors.at('allowMethods').texts,
    headers: cors.at('allowHeaders').texts,
    expose: cors.at('exposeHeaders').texts,
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
