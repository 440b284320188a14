/**
 * Reads Consul's API gateways: Gateways of its class, the routes that are bound to them, and the filters of its own that
 * these routes name. Its proxy compares prefixes sign by sign, and ranks routes by the length of the path, then headers,
 * then query parameters.
 * Sources: consul-k8s control-plane/api-gateway/common/translation.go, consul agent/consul/discoverychain/gateway_httproute.go.
 */

import { askedAt } from '../../../model/asked.ts';
import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Backend,
  GatewayIntent,
  Origin,
  Peculiar,
  Retries,
  Route,
  RouteMatch,
  RouteParts,
} from '../../../model/ir.ts';
import { isOfKind, type Kind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, numberAt, textAt, valueAt } from '../../../model/value.ts';
import { readGatewayRoutes } from '../../kubernetes/gateway/convert/read-gateway-routes.ts';
import { readGateways } from '../../kubernetes/gateway/convert/read-gateways.ts';
import { HTTPRoute, TCPRoute } from '../../kubernetes/gateway/kinds.ts';
import { MeshService, RouteAuthFilter, RouteRetryFilter, RouteTimeoutFilter } from '../kinds.ts';
import { parseDuration } from './durations.ts';
import { tlsOptionKeys, toOpenSsl, toTlsVersion } from './gateway-tls.ts';
import { serviceNamed } from './services.ts';

export interface ReadApiGateways {
  readonly gateways: readonly GatewayIntent[];
  readonly routes: readonly Route[];
  readonly peculiar: readonly Peculiar[];
}

/** Reads the gateways and routes of the Gateway API among some resources. */
export function readApiGateways(resources: readonly Resource[], environment: Environment): ReadApiGateways {
  const { gateways, redirects } = readGateways(resources, environment);
  const known = new Map(gateways.map((it) => [`${it.namespace}/${it.name}`, it] as const));
  const routes: Route[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of resources) {
    if (redirects.has(resource) || (!isOfKind(resource, HTTPRoute) && !isOfKind(resource, TCPRoute))) continue;
    routes.push(
      ...readGatewayRoutes(resource, environment, {
        precedence: 'linkerd',
        gateways: known,
        partsOf: (parts, rule) => partsOf(parts, resource, rule, environment),
        matchOf: withRawPrefix,
      }),
    );
    peculiar.push(...tokenFilters(resource, environment), ...ignoredTimeouts(resource));
  }
  return { gateways: gateways.map(withTlsSettings), routes, peculiar };
}

/** A prefix is one of characters: `/cart` takes `/cartoon` too. */
function withRawPrefix(match: RouteMatch): RouteMatch {
  if (match.path?.value.type !== 'segments') return match;
  return { ...match, path: { ...match.path, value: { ...match.path.value, type: 'prefix' } } };
}

// ---- TLS -----------------------------------------------------------------------------------------------------------

/** Options of a listener that Consul's controller reads are versions and ciphers. */
function withTlsSettings(gateway: GatewayIntent): GatewayIntent {
  return {
    ...gateway,
    listeners: gateway.listeners.map((listener) => {
      if (!listener.tls) return listener;
      const { options, ...tls } = listener.tls;
      const option = (key: string) => options.find((it) => it.value.key === key);
      const version = (key: string) => {
        const asked = option(key);
        const value = asked && toTlsVersion(asked.value.value);
        return asked && value ? { value, from: asked.from } : undefined;
      };
      const [minVersion, maxVersion] = [version(tlsOptionKeys.min), version(tlsOptionKeys.max)];
      const suites = option(tlsOptionKeys.ciphers);
      const ciphers = suites && readCiphers(suites.value.value.split(','), suites.from);
      const own: readonly string[] = Object.values(tlsOptionKeys);
      return {
        ...listener,
        tls: {
          ...tls,
          ...(minVersion ? { minVersion } : {}),
          ...(maxVersion ? { maxVersion } : {}),
          ...(ciphers ? { ciphers } : {}),
          options: options.filter((it) => !own.includes(it.value.key)),
        },
      };
    }),
  };
}

/** Ciphers by Consul's names; those that it does not know, it does not offer. */
export function readCiphers(names: readonly string[], from: readonly Origin[]): Asked<readonly string[]> {
  return { value: names.flatMap((it) => toOpenSsl(it.trim()) ?? []), from };
}

// ---- Filters and backends of Consul's own --------------------------------------------------------------------------

/** The parts of a rule, with what Consul's filters say and services by Consul's names; what the controller ignores is left out. */
function partsOf(parts: RouteParts, route: Resource, rule: number, environment: Environment): RouteParts {
  if (filterOf(RouteAuthFilter, route, rule, environment)) return refused;
  const { redirect: _, mirrors: __, timeout: ___, ...kept } = parts;
  const timeouts = filterOf(RouteTimeoutFilter, route, rule, environment);
  const retry = filterOf(RouteRetryFilter, route, rule, environment);
  const timeout = timeouts && durationOf(timeouts, 'requestTimeout');
  const idleTimeout = timeouts && durationOf(timeouts, 'idleTimeout');
  const retries = retry && readRetries(retry);
  const services = meshServices(route, rule, environment);
  const backends = [...(kept.backends?.value ?? []), ...services];
  return {
    ...kept,
    ...(backends.length > 0 ? { backends: { value: backends, from: backends.flatMap((it) => it.from) } } : {}),
    ...(timeout ? { timeout } : {}),
    ...(idleTimeout ? { idleTimeout } : {}),
    ...(retries ? { retries } : {}),
  };
}

/** Requests that need a token are let in by nobody who does not check it; the account of the rule is in `tokenFilters`. */
const refused: RouteParts = { directResponse: { value: { status: 403 }, from: [] } };

/** A filter that a rule names, and where it does. */
interface Filter {
  readonly resource: Resource;
  readonly named: Origin;
}

function filterOf(kind: Kind, route: Resource, rule: number, environment: Environment): Filter | undefined {
  const path: Path = ['spec', 'rules', rule, 'filters'];
  for (const [at, it] of listAt(route.value, path).entries()) {
    if (textAt(it, ['extensionRef', 'kind']) !== kind.name) continue;
    const name = textAt(it, ['extensionRef', 'name']) ?? '';
    const resource = environment.index.find(kind, environment.namespaceOf(route), name);
    if (resource) return { resource, named: { resource: route, path: [...path, at] } };
  }
  return undefined;
}

function durationOf({ resource, named }: Filter, field: string): Asked<number> | undefined {
  const path: Path = ['spec', field];
  const millis = parseDuration(textAt(resource.value, path) ?? '');
  // Zero switches it off.
  return millis === undefined ? undefined : { value: millis === 0 ? -1 : millis, from: [{ resource, path }, named] };
}

function readRetries({ resource, named }: Filter): Asked<Retries> | undefined {
  const { value } = resource;
  const attempts = askedAt(resource, ['spec', 'numRetries']);
  const conditions = askedAt(
    resource,
    ['spec', 'retryOn'],
    ['spec', 'retryOnStatusCodes'],
    ['spec', 'retryOnConnectFailure'],
  );
  const said = listAt(value, ['spec', 'retryOn']).filter((it) => typeof it === 'string');
  const codes = listAt(value, ['spec', 'retryOnStatusCodes']).filter((it) => typeof it === 'number');
  const onConnect = valueAt(value, ['spec', 'retryOnConnectFailure']) === true && !said.includes('connect-failure');
  const on = onConnect ? ['connect-failure', ...said] : said;
  // Envoy retries once when no number is given, and never without a condition.
  const number = numberAt(value, ['spec', 'numRetries']) ?? 1;
  return {
    value: {
      attempts: on.length + codes.length === 0 ? 0 : number,
      on,
      codes,
      codeRanges: [],
      origins: { attempts: [...attempts, named], conditions },
    },
    from: [...attempts, ...conditions, named],
  };
}

/** Backends that are MeshServices: services by Consul's name, of this datacenter when no peer is named. */
function meshServices(route: Resource, rule: number, environment: Environment): readonly Backend[] {
  const path: Path = ['spec', 'rules', rule, 'backendRefs'];
  const list = listAt(route.value, path);
  const home = environment.namespaceOf(route);
  return list.flatMap((it, at): Backend[] => {
    if (textAt(it, ['kind']) !== MeshService.name) return [];
    const origin: Origin = { resource: route, path: [...path, at] };
    const namespace = textAt(it, ['namespace']) ?? home;
    const resource = environment.index.find(MeshService, namespace, textAt(it, ['name']) ?? '');
    const name = resource && textAt(resource.value, ['spec', 'name']);
    if (!resource || name === undefined || textAt(resource.value, ['spec', 'peer'])) return [];
    const weight = numberAt(it, ['weight']) ?? (list.length > 1 ? 1 : undefined);
    return [
      {
        service: serviceNamed(environment, name, namespace),
        ...(weight === undefined ? {} : { weight }),
        from: [origin, { resource, path: ['spec', 'name'] }],
      },
    ];
  });
}

// ---- What is not carried over --------------------------------------------------------------------------------------

function* tokenFilters(route: Resource, environment: Environment): Generator<Peculiar> {
  for (const rule of listAt(route.value, ['spec', 'rules']).keys()) {
    const filter = filterOf(RouteAuthFilter, route, rule, environment);
    if (!filter) continue;
    yield {
      from: [{ resource: route, path: ['spec', 'rules', rule] }],
      code: 'no-jwt',
      reason:
        'The gateway checks tokens of these requests, and nothing does so after the conversion: they are refused, or where a route cannot refuse, the rule is left out.',
      risk: 'security',
    };
  }
}

/** Timeouts of a route itself, redirects and mirrors, which Consul's controller passes over. */
function* ignoredTimeouts(route: Resource): Generator<Peculiar> {
  for (const [at, rule] of listAt(route.value, ['spec', 'rules']).entries()) {
    const path: Path = ['spec', 'rules', at];
    const ignored: Path[] = valueAt(rule, ['timeouts']) === undefined ? [] : [[...path, 'timeouts']];
    for (const [position, filter] of listAt(rule, ['filters']).entries())
      if (/^Request(?:Redirect|Mirror)$/.test(textAt(filter, ['type']) ?? ''))
        ignored.push([...path, 'filters', position]);
    if (ignored.length === 0) continue;
    yield {
      from: ignored.map((it) => ({ resource: route, path: it })),
      code: 'unused-in-source',
      reason: 'The gateway of Consul passes it over, so leaving it out keeps the behaviour.',
      risk: 'none',
    };
  }
}
