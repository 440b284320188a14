/**
 * EgressNetworks, and the routes that stand on them: each names hosts or a port outside of the cluster that clients of
 * the network's namespace may call. Source: linkerd2 policy-controller/k8s/index/src/outbound/index.
 */

import { askedAt, askedText, askedTexts } from '../../../model/asked.ts';
import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Backend,
  EgressPolicy,
  ExternalPort,
  ExternalProtocol,
  ExternalService,
  Origin,
  Peculiar,
  Route,
  RouteRule,
} from '../../../model/ir.ts';
import { isOfKind, type Kind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { inFirstMatchOrder } from '../../kubernetes/gateway/convert/order.ts';
import { type Parent, type ReadMatch, readParents, readRules } from '../../kubernetes/gateway/convert/routes.ts';
import { GRPCRoute, HTTPRoute, TCPRoute, TLSRoute } from '../../kubernetes/gateway/kinds.ts';
import { EgressNetwork, PolicyHTTPRoute } from '../kinds.ts';

/** The namespace whose EgressNetworks hold for clients of namespaces that have none of their own. */
export const globalEgress = 'linkerd-egress';

export interface ReadEgress {
  readonly externals: readonly Asked<ExternalService>[];
  readonly egress: readonly Asked<EgressPolicy>[];
  /** Rules that do more with a host than let clients call it. */
  readonly routes: readonly Route[];
  readonly peculiar: readonly Peculiar[];
}

const routeKinds: readonly (readonly [Kind, ExternalProtocol])[] = [
  [HTTPRoute, 'http'],
  [PolicyHTTPRoute, 'http'],
  [GRPCRoute, 'grpc'],
  [TLSRoute, 'tls'],
  [TCPRoute, 'tcp'],
];

/** What the networks among some resources, and the routes on networks, ask for. */
export function readEgress(resources: readonly Resource[], environment: Environment): ReadEgress {
  const externals: Asked<ExternalService>[] = [];
  const egress: Asked<EgressPolicy>[] = [];
  const routes: Route[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of resources) {
    if (isOfKind(resource, EgressNetwork)) {
      egress.push(...readNetwork(resource, environment));
      peculiar.push(...lostOfNetwork(resource));
      continue;
    }
    const protocol = routeKinds.find(([kind]) => isOfKind(resource, kind))?.[1];
    if (!protocol) continue;
    const parents = readParents(resource, environment.namespaceOf(resource)).filter(isEgressParent);
    if (parents.length === 0) continue;
    const external = readExternal(resource, protocol, parents, environment);
    externals.push({ value: external, from: askedAt(resource, ['spec']) });
    const found = readRich(resource, external, protocol, environment);
    routes.push(...found.routes);
    peculiar.push(...found.peculiar);
  }
  return { externals, egress, routes, peculiar };
}

/** Whether a route stands on an EgressNetwork. */
export function isEgressParent(parent: Parent): boolean {
  return parent.kind === EgressNetwork.name && parent.group === EgressNetwork.group;
}

// ---- Networks ------------------------------------------------------------------------------------------------------

function readNetwork(resource: Resource, environment: Environment): readonly Asked<EgressPolicy>[] {
  const policy = askedText(resource, ['spec', 'trafficPolicy']);
  if (!policy) return [];
  const namespace = environment.namespaceOf(resource);
  const value: EgressPolicy = {
    name: resource.name,
    namespace: namespace === globalEgress ? '' : namespace,
    otherwise: { value: policy.value === 'Deny' ? 'deny' : 'allow', from: policy.from },
    networks: listAt(resource.value, ['spec', 'networks']).flatMap((_, at) => {
      const cidr = askedText(resource, ['spec', 'networks', at, 'cidr']);
      return cidr ? [cidr] : [];
    }),
  };
  return [{ value, from: askedAt(resource, ['spec']) }];
}

function lostOfNetwork(resource: Resource): readonly Peculiar[] {
  const from = listAt(resource.value, ['spec', 'networks']).flatMap((_, at) =>
    askedAt(resource, ['spec', 'networks', at, 'except']),
  );
  if (from.length === 0) return [];
  const isDenied = textAt(resource.value, ['spec', 'trafficPolicy']) === 'Deny';
  return [
    {
      from,
      code: 'no-equivalent',
      reason: isDenied
        ? 'No other mesh leaves a part out of what it closes, so these addresses are closed as well.'
        : 'No other mesh leaves a part out; these addresses were open before and stay so.',
      risk: isDenied ? 'availability' : 'none',
    },
  ];
}

// ---- Routes --------------------------------------------------------------------------------------------------------

function readExternal(
  resource: Resource,
  protocol: ExternalProtocol,
  parents: readonly Parent[],
  environment: Environment,
): ExternalService {
  const homes = [...new Set(parents.map((it) => it.namespace))];
  const isGlobal = homes.includes(globalEgress);
  const names = parents.flatMap(({ from: { path } }) =>
    askedAt(resource, ...['group', 'kind', 'name', 'namespace'].map((key) => [...path, key])),
  );
  const ports = new Map<number, Origin[]>();
  for (const { port, from } of parents)
    if (port !== undefined) ports.set(port, [...(ports.get(port) ?? []), { resource, path: [...from.path, 'port'] }]);
  const hosts = askedTexts(resource, ['spec', 'hostnames']);
  return {
    name: resource.name,
    namespace: isGlobal ? '' : (homes[0] ?? environment.namespaceOf(resource)),
    hosts: isGlobal ? hosts.map((it, at) => (at === 0 ? { ...it, from: [...it.from, ...names] } : it)) : hosts,
    addresses: protocol === 'tcp' ? parents.flatMap((it) => networksOf(it, environment)) : [],
    ports: [...ports].map(
      ([number, from]): ExternalPort => ({
        number: { value: number, from: isGlobal && hosts.length === 0 ? [...from, ...names] : from },
        protocol: { value: protocol, from: openMatches(resource) },
      }),
    ),
    ...(isHeldBack(resource, parents, environment) ? { isHeldBack: true } : {}),
    ...(isGlobal ? {} : { visibility: { value: homes, from: names } }),
    resolution: { value: 'client', from: ownBackends(resource) },
    endpoints: [],
  };
}

/** Matches that take everything, where all rules do. */
function openMatches(resource: Resource): readonly Origin[] {
  const rules = listAt(resource.value, ['spec', 'rules']);
  if (!rules.every(isPlainRule)) return [];
  return rules.flatMap((_, at) => askedAt(resource, ['spec', 'rules', at, 'matches']));
}

/** Whether a closed network refuses what the rules of a route do not let out. */
function isHeldBack(resource: Resource, parents: readonly Parent[], environment: Environment): boolean {
  const isClosed = parents.some(({ namespace, name }) => {
    const network = environment.index.find(EgressNetwork, namespace, name);
    return textAt(network?.value, ['spec', 'trafficPolicy']) !== 'Allow';
  });
  return isClosed && !listAt(resource.value, ['spec', 'rules']).some(isPlainRule);
}

/** The blocks that a network is about, as facts: their leaves have their fate with the network. */
function networksOf({ name, namespace }: Parent, environment: Environment): readonly Asked<string>[] {
  const network = environment.index.find(EgressNetwork, namespace, name);
  return listAt(network?.value, ['spec', 'networks']).flatMap((it) => {
    const value = textAt(it, ['cidr']);
    return value === undefined ? [] : [{ value, from: [] }];
  });
}

/** Backends that are the network itself: the connection goes where the client dialled. */
function ownBackends(resource: Resource): readonly Origin[] {
  return listAt(resource.value, ['spec', 'rules']).flatMap((rule, at) =>
    listAt(rule, ['backendRefs']).flatMap((it, position) =>
      isNetwork(it) ? [{ resource, path: ['spec', 'rules', at, 'backendRefs', position] }] : [],
    ),
  );
}

function isNetwork(backend: unknown): boolean {
  return textAt(backend, ['kind']) === EgressNetwork.name;
}

interface Rich {
  readonly routes: readonly Route[];
  readonly peculiar: readonly Peculiar[];
}

/** Rules that match only some requests, change them, or send them to a Service: routes of each host. */
function readRich(
  resource: Resource,
  external: ExternalService,
  protocol: ExternalProtocol,
  environment: Environment,
): Rich {
  const rules = listAt(resource.value, ['spec', 'rules']);
  const isPlain = rules.length < 2 && rules.every(isPlainRule);
  if (isPlain) return { routes: [], peculiar: [] };
  const lost = (reason: string): Rich => ({
    routes: [],
    peculiar: [
      { from: [{ resource, path: ['spec', 'rules'] }], code: 'wildcard-destination', reason, risk: 'behaviour' },
    ],
  });
  if (external.hosts.length === 0)
    return lost('What its rules do with requests can be said elsewhere for hosts by their names only.');
  if (external.hosts.some((it) => it.value.startsWith('*')))
    return lost('What its rules do with requests can be said elsewhere for single hosts, not for all below a name.');
  const routes = external.hosts.map((host, at) => routeOf(resource, host, at, external, protocol, environment));
  return { routes, peculiar: [] };
}

function isPlainRule(rule: unknown): boolean {
  const isOpen = (match: unknown) =>
    JSON.stringify(match) === '{}' || JSON.stringify(match) === '{"path":{"type":"PathPrefix","value":"/"}}';
  return (
    listAt(rule, ['matches']).every(isOpen) &&
    listAt(rule, ['filters']).length === 0 &&
    listAt(rule, ['backendRefs']).every(isNetwork) &&
    typeof rule === 'object' &&
    rule !== null &&
    !('timeouts' in rule)
  );
}

function routeOf(
  resource: Resource,
  host: Asked<string>,
  at: number,
  external: ExternalService,
  protocol: ExternalProtocol,
  environment: Environment,
): Route {
  const isLayer4 = protocol === 'tls' || protocol === 'tcp';
  const itself = (from: readonly Origin[]): Backend => ({
    service: { name: host.value, namespace: '' },
    host: host.value,
    ...(external.ports.length === 1 && external.ports[0] ? { port: external.ports[0].number.value } : {}),
    from,
  });
  const atoms = readRules(resource, environment.namespaceOf(resource), undefined).flatMap((rule) =>
    rule.matches.map((read) => ({ match: read.match, rule: { rule, read } })),
  );
  const ordered = isLayer4 ? atoms : inFirstMatchOrder(atoms, 'linkerd');
  const rules = ordered.map(({ match, rule: { rule, read } }): RouteRule => {
    const backends = rule.parts.backends?.value ?? [];
    const isAnswered = backends.length > 0 || rule.parts.redirect !== undefined;
    const isEverything = read.asked.from.length === 0 && match.path === read.match.path;
    return {
      ...(rule.name ? { name: rule.name } : {}),
      matches: isEverything ? [] : [ranked(read, match)],
      parts: isAnswered
        ? rule.parts
        : { ...rule.parts, backends: { value: [itself(ownBackends(resource))], from: ownBackends(resource) } },
    };
  });
  return {
    name: at === 0 ? resource.name : `${resource.name}-${at + 1}`,
    namespace: external.namespace,
    targets: [{ value: { type: 'host', host: host.value }, from: host.from }],
    gateways: [],
    isMesh: true,
    ...(external.visibility ? { visibility: external.visibility } : {}),
    protocol: isLayer4 ? protocol : protocol === 'grpc' ? 'grpc' : 'http',
    order: 'document',
    unmatched: 'not-found',
    rules,
  };
}

/** The match as the order needs it: a copy of a prefix for the exact path alone comes from the leaves of the prefix. */
function ranked({ match, asked }: ReadMatch, wanted: ReadMatch['match']): ReadMatch['asked'] {
  const path = wanted.path;
  if (!path || path === match.path || !asked.path) return asked;
  return { ...asked, path: { value: { type: 'exact', value: path.value }, from: asked.path.from } };
}
