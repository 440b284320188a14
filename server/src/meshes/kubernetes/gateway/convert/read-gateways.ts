/** What Gateways of the Gateway API ask for, and the routes that do nothing but send their listeners to HTTPS. */

import type { Environment } from '../../../../model/environment.ts';
import { askedNumber, askedText } from '../../../../model/asked.ts';
import type {
  Asked,
  Authority,
  Certificate,
  GatewayIntent,
  Listener,
  ListenerHost,
  ListenerTls,
  Origin,
  RoutesFrom,
} from '../../../../model/ir.ts';
import { isOfKind } from '../../../../model/kind.ts';
import type { Resource } from '../../../../model/manifest.ts';
import type { Path } from '../../../../model/text.ts';
import { isRecord, listAt, numberAt, recordAt, sameValue, textAt, valueAt } from '../../../../model/value.ts';
import { Gateway, HTTPRoute } from '../kinds.ts';
import { type Parent, readParents } from './routes.ts';

export interface ReadGateways {
  /** Those that are converted, and as facts those that converted routes name. */
  readonly gateways: readonly GatewayIntent[];
  /** Routes that are a listener's redirect to HTTPS, and nothing beside it. */
  readonly redirects: ReadonlySet<Resource>;
}

/** Reads the Gateways among some resources, and those of the environment that routes among them are bound to. */
export function readGateways(resources: readonly Resource[], environment: Environment): ReadGateways {
  const chosen = new Set(resources);
  const known = new Set(resources.filter((it) => isOfKind(it, Gateway)));
  for (const resource of resources) {
    for (const it of readParents(resource, environment.namespaceOf(resource)).filter(isGatewayParent)) {
      const gateway = environment.index.find(Gateway, it.namespace, it.name);
      if (gateway) known.add(gateway);
    }
  }
  const redirects = new Set<Resource>();
  const gateways = [...known].map((it): GatewayIntent => {
    const read = readGateway(it, environment);
    return chosen.has(it)
      ? { ...read, listeners: read.listeners.map((one) => withRedirect(one, read, chosen, environment, redirects)) }
      : { ...read, isFact: true };
  });
  return { gateways, redirects };
}

/** Whether a route names a Gateway as its parent. */
export function isGatewayParent(parent: Parent): boolean {
  return parent.kind === Gateway.name && parent.group === Gateway.group;
}

function readGateway(resource: Resource, environment: Environment): GatewayIntent {
  const className = askedText(resource, ['spec', 'gatewayClassName']);
  const settings = (['addresses', 'infrastructure', 'allowedListeners'] as const).flatMap((field) => {
    const value = valueAt(resource.value, ['spec', field]);
    return value === undefined ? [] : [{ value: { field, value }, from: [{ resource, path: ['spec', field] }] }];
  });
  return {
    name: resource.name,
    namespace: environment.namespaceOf(resource),
    carrier: { value: className ? { className: className.value } : {}, from: className?.from ?? [] },
    listeners: listAt(resource.value, ['spec', 'listeners']).flatMap((_, at) => readListener(resource, at)),
    ...(settings.length === 0 ? {} : { settings }),
  };
}

const protocols: readonly Listener['protocol']['value'][] = ['HTTP', 'HTTPS', 'TLS', 'TCP'];

function readListener(resource: Resource, at: number): readonly Listener[] {
  const path: Path = ['spec', 'listeners', at];
  const [name, port] = [askedText(resource, [...path, 'name']), askedNumber(resource, [...path, 'port'])];
  const protocol = askedText(resource, [...path, 'protocol']);
  const spoken = protocols.find((it) => it === protocol?.value);
  if (!name || !port || !protocol || !spoken) return [];
  const kinds = valueAt(resource.value, [...path, 'allowedRoutes', 'kinds']);
  const tls = readTls(resource, path, port.value);
  return [
    {
      name: name.value,
      port: { value: port.value, from: [...port.from, ...name.from] },
      protocol: { value: spoken, from: protocol.from },
      hosts: [readHost(resource, path)],
      ...(Array.isArray(kinds)
        ? { kinds: { value: kinds, from: [{ resource, path: [...path, 'allowedRoutes', 'kinds'] }] } }
        : {}),
      ...(tls ? { tls } : {}),
    },
  ];
}

function readHost(resource: Resource, path: Path): Asked<ListenerHost> {
  const hostname = askedText(resource, [...path, 'hostname']);
  const allowed: Path = [...path, 'allowedRoutes', 'namespaces'];
  return {
    value: { host: hostname?.value ?? '*', routes: readRoutesFrom(recordAt(resource.value, allowed)) },
    from: [
      ...(hostname?.from ?? []),
      ...(valueAt(resource.value, allowed) === undefined ? [] : [{ resource, path: allowed }]),
    ],
  };
}

function readRoutesFrom(namespaces: Readonly<Record<string, unknown>>): RoutesFrom {
  const selector = recordAt(namespaces, ['selector']);
  switch (textAt(namespaces, ['from'])) {
    case 'All':
      return { type: 'all' };
    case 'None':
      return { type: 'none' };
    case 'Selector': {
      const namespace = textAt(selector, ['matchLabels', 'kubernetes.io/metadata.name']);
      const isName = namespace !== undefined && Object.keys(recordAt(selector, ['matchLabels'])).length === 1;
      return isName && !('matchExpressions' in selector)
        ? { type: 'namespace', namespace }
        : { type: 'selector', selector };
    }
    default:
      return { type: 'same' };
  }
}

function readTls(resource: Resource, path: Path, port: number): ListenerTls | undefined {
  const at: Path = [...path, 'tls'];
  const tls = recordAt(resource.value, at);
  if (valueAt(resource.value, at) === undefined) return undefined;
  const mode = askedText(resource, [...at, 'mode']);
  const { authorities, isOptional, from } = clientsOf(resource, port);
  const isTerminating = mode?.value !== 'Passthrough';
  const asksClients = isTerminating && authorities.length > 0;
  return {
    mode: {
      value: !isTerminating ? 'passthrough' : !asksClients ? 'terminate' : isOptional ? 'optional-mutual' : 'mutual',
      from: [...(mode?.from ?? []), ...(asksClients ? from : [])],
    },
    certificates: listAt(tls, ['certificateRefs']).flatMap((it, position): Asked<Certificate>[] => {
      const [name, namespace] = [textAt(it, ['name']), textAt(it, ['namespace'])];
      if (name === undefined || (textAt(it, ['kind']) ?? 'Secret') !== 'Secret') return [];
      const origin: Origin = { resource, path: [...at, 'certificateRefs', position] };
      return [{ value: { name, isInPlace: true, ...(namespace === undefined ? {} : { namespace }) }, from: [origin] }];
    }),
    authorities: asksClients ? authorities : [],
    options: Object.entries(recordAt(tls, ['options'])).flatMap(([key, value]) =>
      typeof value === 'string' ? [{ value: { key, value }, from: [{ resource, path: [...at, 'options', key] }] }] : [],
    ),
  };
}

/** Who signs the certificates of clients on a port: what is said of the port, else of all. */
function clientsOf(
  resource: Resource,
  port: number,
): {
  readonly authorities: readonly Asked<Authority>[];
  readonly isOptional: boolean;
  readonly from: readonly Origin[];
} {
  const frontend: Path = ['spec', 'tls', 'frontend'];
  const own = listAt(resource.value, [...frontend, 'perPort']).findIndex((it) => numberAt(it, ['port']) === port);
  const place: Path = own === -1 ? [...frontend, 'default'] : [...frontend, 'perPort', own, 'tls'];
  const validation: Path = [...place, 'validation'];
  const refs: Path = [...validation, 'caCertificateRefs'];
  return {
    authorities: listAt(resource.value, refs).flatMap((it, at): Asked<Authority>[] => {
      const [kind, name, namespace] = [textAt(it, ['kind']), textAt(it, ['name']), textAt(it, ['namespace'])];
      if (name === undefined || (kind !== 'Secret' && kind !== 'ConfigMap')) return [];
      return [
        {
          value: { kind, name, ...(namespace === undefined ? {} : { namespace }) },
          from: [{ resource, path: [...refs, at] }],
        },
      ];
    }),
    isOptional: textAt(resource.value, [...validation, 'mode']) === 'AllowInsecureFallback',
    from: [
      ...(own === -1 ? [] : [{ resource, path: [...frontend, 'perPort', own, 'port'] }]),
      { resource, path: [...validation, 'mode'] },
    ],
  };
}

// ---- Redirects to HTTPS --------------------------------------------------------------------------------------------

/** A plaintext listener whose only route sends everything to HTTPS, as one that does so itself. */
function withRedirect(
  listener: Listener,
  gateway: GatewayIntent,
  chosen: ReadonlySet<Resource>,
  environment: Environment,
  redirects: Set<Resource>,
): Listener {
  if (listener.protocol.value !== 'HTTP') return listener;
  const bound = environment.index.all(HTTPRoute).filter((it) => isBoundTo(it, listener, gateway, environment));
  const [route, ...others] = bound;
  if (!route || others.length > 0 || !chosen.has(route) || !redirectsAll(route, listener)) return listener;
  const parents = readParents(route, environment.namespaceOf(route));
  const isForPlaintext = parents.every((it) =>
    gateway.listeners.some((one) => one.protocol.value === 'HTTP' && one.name === it.sectionName && isAt(it, gateway)),
  );
  if (!isForPlaintext) return listener;
  redirects.add(route);
  return {
    ...listener,
    httpsRedirect: { value: true, from: [{ resource: route, path: ['spec'] }] },
    redirectRoute: { name: route.name, namespace: environment.namespaceOf(route) },
  };
}

function isAt(parent: Parent, { name, namespace }: GatewayIntent): boolean {
  return isGatewayParent(parent) && parent.name === name && parent.namespace === namespace;
}

function isBoundTo(route: Resource, listener: Listener, gateway: GatewayIntent, environment: Environment): boolean {
  return readParents(route, environment.namespaceOf(route)).some(
    (it) =>
      isAt(it, gateway) &&
      (it.sectionName === undefined || it.sectionName === listener.name) &&
      (it.port === undefined || it.port === listener.port.value),
  );
}

/** Whether a route does nothing but redirect every request of a listener to HTTPS, for good. */
function redirectsAll(route: Resource, { hosts }: Listener): boolean {
  const [rule, ...rules] = listAt(route.value, ['spec', 'rules']);
  if (!isRecord(rule) || rules.length > 0) return false;
  const { filters, matches, ...rest } = rule;
  if (Object.keys(rest).length > 0) return false;
  const takesAll =
    listAt(rule, ['matches']).length === 0 ||
    sameValue(matches, [{ path: { type: 'PathPrefix', value: '/' } }]) ||
    sameValue(matches, [{ path: { value: '/' } }]);
  const { port, scheme, statusCode, ...others } = recordAt(filters, [0, 'requestRedirect']);
  const isToHttps = scheme === 'https' && statusCode === 301 && (port === undefined || port === 443);
  const names = listAt(route.value, ['spec', 'hostnames']);
  const isForAll = names.length === 0 || hosts.every((it) => names.includes(it.value.host));
  const isAlone = listAt(filters, []).length === 1 && Object.keys(others).length === 0;
  return takesAll && isToHttps && isForAll && isAlone;
}
