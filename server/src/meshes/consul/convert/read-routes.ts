/**
 * Reads Consul's discovery chains: ServiceRouter, then ServiceSplitter, then ServiceResolver, each by the name of its
 * service. Source: consul agent/consul/discoverychain/compile.go.
 */

import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Backend,
  HeaderChange,
  Origin,
  Retries,
  Route,
  RouteMatch,
  RouteParts,
  RouteRule,
  ServiceName,
  TextMatch,
} from '../../../model/ir.ts';
import { isOfKind, type Kind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord, listAt, numberAt, recordAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { ServiceResolver, ServiceRouter, ServiceSplitter } from '../kinds.ts';
import { httpProtocols, protocolOf } from '../protocol.ts';
import { parseDuration } from './durations.ts';
import { serviceNamed } from './services.ts';

/** Looks entries up by the name of their service: among what is converted first, then in the workspace. */
export class Entries {
  readonly environment: Environment;
  readonly #resources: readonly Resource[];

  constructor(resources: readonly Resource[], environment: Environment) {
    this.#resources = resources;
    this.environment = environment;
  }

  /** The entries of a kind that are to be converted. */
  selected(kind: Kind): readonly Resource[] {
    return this.#resources.filter((it) => isOfKind(it, kind) && it.name !== '');
  }

  /** The entry of a service, whether it is converted or only a fact. */
  find(kind: Kind, name: string): Resource | undefined {
    const selected = this.selected(kind).find((it) => it.name === name);
    return selected ?? this.environment.index.all(kind).find((it) => it.name === name);
  }
}

/** The routes of all chains that the selected entries take part in. */
export function readRoutes(entries: Entries): readonly Route[] {
  const names = new Set<string>();
  for (const kind of [ServiceRouter, ServiceSplitter]) for (const it of entries.selected(kind)) names.add(it.name);
  for (const it of entries.selected(ServiceResolver)) if (routesByItself(entries, it)) names.add(it.name);
  return [...names].filter((name) => !isPartOfAnother(entries, name)).map((name) => readChain(entries, name));
}

/** Whether a resolver alone decides where requests go: it redirects, picks a subset, or sets a timeout that counts. */
function routesByItself(entries: Entries, resolver: Resource): boolean {
  const { value } = resolver;
  const redirects =
    textAt(value, ['spec', 'redirect', 'service']) ?? textAt(value, ['spec', 'redirect', 'serviceSubset']);
  return (
    redirects !== undefined ||
    textAt(value, ['spec', 'defaultSubset']) !== undefined ||
    timeoutOfResolver(entries, resolver.name) !== undefined
  );
}

/** A splitter whose name no Service has exists only as a destination of another chain, which reads it along. */
function isPartOfAnother(entries: Entries, name: string): boolean {
  const { environment } = entries;
  const splitter = entries.find(ServiceSplitter, name);
  if (!splitter) return false;
  const home = environment.namespaceOf(splitter);
  const service = serviceNamed(environment, name, home);
  if (environment.index.find(Service, service.namespace, service.name) || !environment.isClosed(home)) return false;
  const names = (kind: Kind, list: string, ...path: Path) =>
    entries
      .selected(kind)
      .some((it) => it.name !== name && listAt(it.value, ['spec', list]).some((each) => textAt(each, path) === name));
  return names(ServiceRouter, 'routes', 'destination', 'service') || names(ServiceSplitter, 'splits', 'service');
}

function readChain(entries: Entries, name: string): Route {
  const { environment } = entries;
  const router = entries.find(ServiceRouter, name);
  const splitter = entries.find(ServiceSplitter, name);
  const resolver = entries.find(ServiceResolver, name);
  const main = router ?? splitter ?? resolver;
  const home = main ? environment.namespaceOf(main) : environment.settings.defaultNamespace;
  const service = serviceNamed(environment, name, home);
  const protocol = protocolOf(environment, name).name;
  const isHttp = router !== undefined || splitter !== undefined || httpProtocols.has(protocol);
  const rest = backendsOf(entries, { name, from: [] }, home);
  const timeout = timeoutOfResolver(entries, name);
  return {
    name,
    namespace: service.namespace,
    targets: [
      {
        value: { type: 'service', service },
        from: resolver ? [{ resource: resolver, path: ['spec', 'defaultSubset'] }] : [],
      },
    ],
    gateways: [],
    ...(isNameOnly(entries, resolver, service) && { isNameOnly: true }),
    isMesh: true,
    protocol: protocol === 'grpc' ? 'grpc' : isHttp ? 'http' : 'tcp',
    order: 'document',
    unmatched: 'default-backend',
    rules: [
      ...(router ? readRules(entries, router, home) : []),
      // Consul ends every router with a route to the service itself, which goes through its splitter and resolver.
      {
        matches: [],
        parts: {
          backends: { value: rest, from: rest.flatMap((it) => it.from) },
          ...(timeout && { timeout }),
        },
      },
    ],
  };
}

/** Whether a resolver sends a name on that no Service has, of all those of its namespace. */
function isNameOnly(
  { environment }: Entries,
  resolver: Resource | undefined,
  { namespace, name }: ServiceName,
): boolean {
  const redirects = resolver !== undefined && textAt(resolver.value, ['spec', 'redirect', 'service']) !== undefined;
  return redirects && !environment.index.find(Service, namespace, name) && environment.isClosed(namespace);
}

/** A resolver's request timeout; it counts only when the chain starts at the resolver. */
function timeoutOfResolver(entries: Entries, name: string): Asked<number> | undefined {
  const resolver = entries.find(ServiceResolver, name);
  if (!resolver || entries.find(ServiceRouter, name) || entries.find(ServiceSplitter, name)) return undefined;
  return timeoutAt(resolver, ['spec', 'requestTimeout']);
}

/** A duration with its place; undefined when there is none, or none that Consul would read. */
export function durationAt(resource: Resource, path: Path): Asked<number> | undefined {
  const text = textAt(resource.value, path);
  const value = text === undefined ? undefined : parseDuration(text);
  return value === undefined ? undefined : { value, from: [{ resource, path }] };
}

/** A timeout with its place; undefined for none, and for zero, which Consul takes for none given. */
export function timeoutAt(resource: Resource, path: Path): Asked<number> | undefined {
  const asked = durationAt(resource, path);
  return asked?.value === 0 ? undefined : asked;
}

/** A number with its place; undefined when there is none. */
export function numberOf(resource: Resource, path: Path): Asked<number> | undefined {
  const value = numberAt(resource.value, path);
  return value === undefined ? undefined : { value, from: [{ resource, path }] };
}

// ---- Where requests end up -----------------------------------------------------------------------------------------

interface Aim {
  readonly name: string;
  readonly subset?: string | undefined;
  readonly from: readonly Origin[];
}

/** The backends behind a name: through its splitter when no subset is named, then through its resolver. */
function backendsOf(
  entries: Entries,
  aim: Aim,
  namespace: string,
  seen: ReadonlySet<string> = new Set(),
): readonly Backend[] {
  const splitter =
    aim.subset === undefined && !seen.has(aim.name) ? entries.find(ServiceSplitter, aim.name) : undefined;
  if (!splitter) return [resolved(entries, aim, namespace)];
  const within = new Set([...seen, aim.name]);
  return listAt(splitter.value, ['spec', 'splits']).flatMap((split, at) => {
    const path: Path = ['spec', 'splits', at];
    const weight = numberAt(split, ['weight']) ?? 0;
    const target: Aim = {
      name: textAt(split, ['service']) ?? aim.name,
      subset: textAt(split, ['serviceSubset']),
      from: [...aim.from, ...origins(splitter, path, ['service', 'serviceSubset', 'weight'])],
    };
    const inner = backendsOf(entries, target, namespace, within);
    const own = backendHeaders(splitter, path);
    const total = inner.reduce((sum, it) => sum + (it.weight ?? 0), 0);
    return inner.map((it): Backend => {
      const share = inner.length === 1 || total === 0 ? weight : (weight * (it.weight ?? 0)) / total;
      const request = joinHeaders(own.request, it.requestHeaders);
      const response = joinHeaders(own.response, it.responseHeaders);
      return {
        ...it,
        weight: share,
        ...(request && { requestHeaders: request }),
        ...(response && { responseHeaders: response }),
        from: [...it.from, ...own.from],
      };
    });
  });
}

/** What a resolver makes of a name: follows its redirect, and picks its default subset when none is named. */
function resolved(entries: Entries, aim: Aim, namespace: string, hops = 0): Backend {
  const resolver = entries.find(ServiceResolver, aim.name);
  const redirect = resolver ? recordAt(resolver.value, ['spec', 'redirect']) : {};
  const to = textAt(redirect, ['service']);
  const toSubset = textAt(redirect, ['serviceSubset']);
  if (resolver && (to !== undefined || toSubset !== undefined) && hops < 10) {
    const from = [...aim.from, ...origins(resolver, ['spec', 'redirect'], ['service', 'serviceSubset'])];
    const isElsewhere = to !== undefined && to !== aim.name;
    if (isElsewhere) return resolved(entries, { name: to, subset: toSubset, from }, namespace, hops + 1);
    return backend(entries, { name: aim.name, subset: toSubset ?? aim.subset, from }, namespace);
  }
  const usual = resolver ? textAt(resolver.value, ['spec', 'defaultSubset']) : undefined;
  if (resolver && aim.subset === undefined && usual !== undefined) {
    const from = [...aim.from, { resource: resolver, path: ['spec', 'defaultSubset'] }];
    return backend(entries, { name: aim.name, subset: usual, from }, namespace);
  }
  return backend(entries, aim, namespace);
}

function backend({ environment }: Entries, aim: Aim, namespace: string): Backend {
  return {
    service: serviceNamed(environment, aim.name, namespace),
    ...(aim.subset !== undefined && { subset: aim.subset }),
    from: aim.from,
  };
}

function backendHeaders(resource: Resource, path: Path) {
  const request = headersAt(resource, [...path, 'requestHeaders']);
  const response = headersAt(resource, [...path, 'responseHeaders']);
  return {
    request: request?.value,
    response: response?.value,
    from: [...(request?.from ?? []), ...(response?.from ?? [])],
  };
}

/** The fields of a map that are there, as origins. */
function origins(resource: Resource, path: Path, keys: readonly string[]): readonly Origin[] {
  return keys
    .filter((key) => valueAt(resource.value, [...path, key]) !== undefined)
    .map((key) => ({ resource, path: [...path, key] }));
}

function headersAt(resource: Resource, path: Path): Asked<HeaderChange> | undefined {
  if (!isRecord(valueAt(resource.value, path))) return undefined;
  return {
    value: {
      set: textRecordAt(resource.value, [...path, 'set']),
      add: textRecordAt(resource.value, [...path, 'add']),
      remove: listAt(resource.value, [...path, 'remove']).filter((it) => typeof it === 'string'),
    },
    from: [{ resource, path }],
  };
}

/** Two changes one after the other; what the second sets wins. */
function joinHeaders(first: HeaderChange | undefined, second: HeaderChange | undefined): HeaderChange | undefined {
  if (!first || !second) return first ?? second;
  return {
    set: { ...first.set, ...second.set },
    add: { ...first.add, ...second.add },
    remove: [...new Set([...first.remove, ...second.remove])],
  };
}

// ---- Rules of a router ---------------------------------------------------------------------------------------------

function readRules(entries: Entries, router: Resource, namespace: string): readonly RouteRule[] {
  return listAt(router.value, ['spec', 'routes']).map((_, at): RouteRule => {
    const path: Path = ['spec', 'routes', at];
    const match = readMatch(router, [...path, 'match', 'http']);
    return { matches: match ? [match] : [], parts: readParts(entries, router, [...path, 'destination'], namespace) };
  });
}

function readMatch(resource: Resource, path: Path): RouteMatch | undefined {
  const http = recordAt(resource.value, path);
  if (Object.keys(http).length === 0) return undefined;
  const at = (...keys: Path): readonly Origin[] => [{ resource, path: [...path, ...keys] }];
  const ignoreCase = http['caseInsensitive'] === true;
  const kinds = { pathExact: 'exact', pathPrefix: 'prefix', pathRegex: 'regex' } as const;
  const pathKey = (['pathExact', 'pathPrefix', 'pathRegex'] as const).find((key) => textAt(http, [key]));
  const methods = listAt(http, ['methods']).filter((it) => typeof it === 'string');
  return {
    from: at(),
    ...(pathKey && {
      path: {
        value: { type: kinds[pathKey], value: textAt(http, [pathKey]) ?? '', ...(ignoreCase && { ignoreCase }) },
        from: [...at(pathKey), ...at('caseInsensitive')],
      },
    }),
    ...(methods.length > 0 && { methods: { value: methods, from: at('methods') } }),
    headers: listAt(http, ['header']).flatMap((it, position) =>
      readHeader(it).map((match) => ({
        value: { name: textAt(it, ['name']) ?? '', match },
        from: at('header', position),
      })),
    ),
    query: listAt(http, ['queryParam']).map((it, position) => ({
      value: { name: textAt(it, ['name']) ?? '', match: readText(it) },
      from: at('queryParam', position),
    })),
  };
}

/**
 * The matches of one header. Envoy finds a missing header to match no value, inverted or not, so an inverted value also
 * asks that the header is there.
 */
export function readHeader(value: unknown): readonly TextMatch[] {
  const match = readText(value);
  if (valueAt(value, ['invert']) !== true) return [match];
  return match.type === 'present' ? [{ ...match, negate: true }] : [{ type: 'present' }, { ...match, negate: true }];
}

function readText(value: unknown): TextMatch {
  const ignoreCase = valueAt(value, ['ignoreCase']) === true && { ignoreCase: true };
  for (const type of ['exact', 'prefix', 'suffix', 'contains'] as const) {
    const text = textAt(value, [type]);
    if (text !== undefined) return { type, value: text, ...ignoreCase };
  }
  const regex = textAt(value, ['regex']);
  return regex === undefined ? { type: 'present' } : { type: 'regex', value: regex, dialect: 're2', ...ignoreCase };
}

function readParts(entries: Entries, router: Resource, path: Path, namespace: string): RouteParts {
  const destination = recordAt(router.value, path);
  const aim: Aim = {
    name: textAt(destination, ['service']) ?? router.name,
    subset: textAt(destination, ['serviceSubset']),
    from: origins(router, path, ['service', 'serviceSubset']),
  };
  const backends = backendsOf(entries, aim, namespace);
  const rewrite = textAt(destination, ['prefixRewrite']);
  const requestHeaders = headersAt(router, [...path, 'requestHeaders']);
  const responseHeaders = headersAt(router, [...path, 'responseHeaders']);
  const timeout = timeoutAt(router, [...path, 'requestTimeout']);
  const idleTimeout = timeoutAt(router, [...path, 'idleTimeout']);
  const retries = readRetries(router, path);
  return {
    backends: { value: backends, from: backends.flatMap((it) => it.from) },
    ...(rewrite !== undefined && {
      rewrite: {
        value: { path: { type: 'prefix', value: rewrite } },
        from: [{ resource: router, path: [...path, 'prefixRewrite'] }],
      },
    }),
    ...(requestHeaders && { requestHeaders }),
    ...(responseHeaders && { responseHeaders }),
    ...(timeout && { timeout }),
    ...(idleTimeout && { idleTimeout }),
    ...(retries && { retries }),
  };
}

function readRetries(router: Resource, path: Path): Asked<Retries> | undefined {
  const destination = recordAt(router.value, path);
  const attempts = origins(router, path, ['numRetries']);
  const conditions = origins(router, path, ['retryOn', 'retryOnConnectFailure', 'retryOnStatusCodes']);
  if (attempts.length === 0 && conditions.length === 0) return undefined;
  const codes = listAt(destination, ['retryOnStatusCodes']).filter((it) => typeof it === 'number');
  const said = listAt(destination, ['retryOn']).filter((it) => typeof it === 'string');
  const onConnect = destination['retryOnConnectFailure'] === true && !said.includes('connect-failure');
  const on = onConnect ? ['connect-failure', ...said] : said;
  // Envoy retries once when no number is given, and never without a condition.
  const number = numberAt(destination, ['numRetries']) ?? 1;
  return {
    value: {
      attempts: on.length + codes.length === 0 ? 0 : number,
      on,
      codes,
      codeRanges: [],
      origins: { attempts, conditions },
    },
    from: [...attempts, ...conditions],
  };
}

/** The Service that an entry is about. */
export function serviceOfEntry(environment: Environment, entry: Resource): ServiceName {
  return serviceNamed(environment, entry.name, environment.namespaceOf(entry));
}
