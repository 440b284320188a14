/**
 * Which fields of plain Gateway API say which idea, and what becomes of ideas that come from meshes. The first row that
 * fits a leaf counts.
 */

import type { Risk } from '../../../../model/ir.ts';
import type { Kind } from '../../../../model/kind.ts';
import { type Answer, type Answers, type FieldRow, type Idea, ideas, type PlaceRow } from '../../../ideas.ts';
import { Service } from '../../common/kinds.ts';
import { BackendTLSPolicy, Gateway, GRPCRoute, HTTPRoute, TCPRoute, TLSRoute } from '../kinds.ts';
import { noAccess, noMutualTls } from './write-security.ts';

function says(kind: Kind, idea: Idea, ...paths: readonly string[]): readonly FieldRow[] {
  return paths.map((path) => ({ kind, path, idea }));
}

function alone(kind: Kind, code: string, risk: Risk, reason: string, ...paths: readonly string[]): readonly FieldRow[] {
  return paths.map((path) => ({ kind, path, peculiar: { code, reason, risk } }));
}

const rule = 'spec.rules[*]';
const match = `${rule}.matches[*]`;
const filter = `${rule}.filters[*]`;
const backend = `${rule}.backendRefs[*]`;

function routeFields(kind: Kind): readonly FieldRow[] {
  const isHttp = kind === HTTPRoute;
  return [
    ...says(kind, 'match.port', 'spec.parentRefs[*].port'),
    ...says(kind, 'route.gateway', 'spec.parentRefs.**'),
    ...says(kind, 'match.authority', 'spec.hostnames.**'),
    ...alone(
      kind,
      'no-equivalent',
      'none',
      'Which gateways take the route by default is up to the Gateway API.',
      'spec.useDefaultGateways',
    ),
    ...says(kind, 'route.name', `${rule}.name`),
    ...says(kind, 'match.path', `${match}.${isHttp ? 'path' : 'method'}.**`, `${rule}.matches`),
    ...says(kind, 'match.header', `${match}.headers.**`),
    ...(isHttp
      ? [
          ...says(kind, 'match.method', `${match}.method`),
          ...says(kind, 'match.query', `${match}.queryParams.**`),
          ...says(kind, 'redirect', `${filter}.requestRedirect.**`),
          ...says(kind, 'rewrite.host', `${filter}.urlRewrite.hostname`),
          ...says(kind, 'rewrite.path', `${filter}.urlRewrite.**`),
          ...says(kind, 'cors', `${filter}.cors.**`),
          ...says(kind, 'timeout', `${rule}.timeouts.request`),
          ...says(kind, 'retries.per-try', `${rule}.timeouts.backendRequest`),
          ...alone(
            kind,
            'no-equivalent',
            'availability',
            'Retries of routes are experimental in the Gateway API, and are not carried over.',
            `${rule}.retry.**`,
          ),
        ]
      : []),
    ...says(kind, 'headers.request', `${filter}.requestHeaderModifier.**`),
    ...says(kind, 'headers.response', `${filter}.responseHeaderModifier.**`),
    ...says(kind, 'mirror', `${filter}.requestMirror.**`),
    ...alone(kind, 'no-equivalent', 'none', 'It says which filter follows, and goes with it.', `${filter}.type`),
    ...alone(
      kind,
      'no-equivalent',
      'security',
      'An outside service decides on requests in another way elsewhere; without it they are let through.',
      `${filter}.externalAuth.**`,
    ),
    ...alone(
      kind,
      'no-equivalent',
      'behaviour',
      'What such a filter does, only the one who implements it knows.',
      `${filter}.**`,
    ),
    ...says(kind, 'backend.headers', `${backend}.filters.**`),
    ...says(kind, 'backend.port', `${backend}.port`),
    ...says(kind, 'backend.weight', `${backend}.weight`),
    ...says(kind, 'backend.service', `${backend}.**`, `${rule}.backendRefs`),
    ...alone(
      kind,
      'no-equivalent',
      'behaviour',
      'How a session stays with its backend is told in another way elsewhere.',
      `${rule}.sessionPersistence.**`,
    ),
    ...says(kind, 'backend.service', rule, 'spec.rules'),
  ];
}

function connectionFields(kind: Kind): readonly FieldRow[] {
  return [
    ...(kind === TLSRoute ? says(kind, 'match.sni', 'spec.hostnames.**') : []),
    ...says(kind, 'match.port', 'spec.parentRefs[*].port'),
    ...says(kind, 'route.gateway', 'spec.parentRefs.**'),
    ...says(kind, 'backend.weight', `${backend}.weight`),
    ...says(kind, 'route.connections', `${backend}.**`),
    ...says(kind, 'route.name', `${rule}.name`),
    ...alone(
      kind,
      'no-equivalent',
      'none',
      'Which gateways take the route by default is up to the Gateway API.',
      'spec.useDefaultGateways',
    ),
  ];
}

const listener = 'spec.listeners[*]';

/** The fields of a Gateway and of routes, for all who read those. */
export const gatewayApiFields: readonly FieldRow[] = [
  ...says(Gateway, 'gateway.carrier', 'spec.gatewayClassName'),
  ...says(Gateway, 'gateway.port', `${listener}.port`, `${listener}.name`),
  ...says(Gateway, 'gateway.protocol', `${listener}.protocol`),
  ...says(Gateway, 'gateway.host', `${listener}.hostname`, `${listener}.allowedRoutes.namespaces.**`),
  ...says(Gateway, 'gateway.protocol', `${listener}.allowedRoutes.**`),
  ...says(Gateway, 'gateway.tls', `${listener}.tls.**`),
  ...says(Gateway, 'gateway.tls-clients', 'spec.tls.frontend.**'),
  ...alone(
    Gateway,
    'client-cert',
    'availability',
    'A gateway of another kind shows its backends no certificate that one gives it.',
    'spec.tls.backend.**',
  ),
  ...alone(
    Gateway,
    'gateway-deploy',
    'availability',
    'It shapes the pods and addresses of a gateway, which are set up in another way elsewhere.',
    'spec.addresses.**',
    'spec.infrastructure.**',
    'spec.allowedListeners.**',
    'spec.defaultScope',
  ),
  ...[HTTPRoute, GRPCRoute].flatMap(routeFields),
  ...[TLSRoute, TCPRoute].flatMap(connectionFields),
];

export const fields: readonly FieldRow[] = [
  ...gatewayApiFields,
  ...says(BackendTLSPolicy, 'destination.host', 'spec.targetRefs.**'),
  ...says(BackendTLSPolicy, 'client-tls', 'spec.validation.hostname', 'spec.validation.wellKnownCACertificates'),
  ...alone(
    BackendTLSPolicy,
    'tls-origination',
    'security',
    'Which authorities and names a backend is trusted by is set up in another way elsewhere.',
    'spec.validation.**',
  ),
  ...alone(
    BackendTLSPolicy,
    'no-equivalent',
    'behaviour',
    'Only the implementation that it was written for knows this option.',
    'spec.options.**',
  ),
];

export const alsoSays: readonly PlaceRow[] = [
  { kind: HTTPRoute, path: 'spec.parentRefs.**', idea: 'route.host' },
  { kind: HTTPRoute, path: 'metadata.namespace', idea: 'route.visibility' },
  { kind: HTTPRoute, path: `${match}.path`, idea: 'match.path.ignore-case' },
  { kind: HTTPRoute, path: `${backend}.name`, idea: 'backend.subset' },
  { kind: HTTPRoute, path: `${backend}.name`, idea: 'subset.default' },
  { kind: HTTPRoute, path: `${filter}.requestRedirect.scheme`, idea: 'gateway.https-redirect' },
  { kind: Service, path: 'metadata.name', idea: 'subset.name' },
  { kind: Service, path: 'spec.selector.**', idea: 'subset.labels' },
];

// ---- Answers -------------------------------------------------------------------------------------------------------

const exact: Answer = { fate: 'exact' };

function lost(code: string, reason: string, risk: Risk = 'behaviour'): Answer {
  return { fate: 'lost', code, reason, risk };
}

function changed(code: string, reason: string, risk: Risk = 'behaviour'): Answer {
  return { fate: 'changed', code, reason, risk };
}

/** What an idea is about: `route`, `match`, `mtls`. */
type Family = HeadOf<Idea>;

type HeadOf<Name> = Name extends `${infer Head}.${string}` ? Head : Name;

const traffic = lost(
  'no-equivalent',
  'The Gateway API says nothing of it; each mesh has a resource of its own for it.',
);
const capacity = lost(
  'no-equivalent',
  'The Gateway API says nothing of it; each mesh has a resource of its own for it.',
  'availability',
);
const access = lost(noAccess.code, noAccess.reason, noAccess.risk);
const proxies = lost(
  'install-setting',
  'Proxies are the affair of a mesh, of which the Gateway API knows nothing.',
  'none',
);
const retries = lost('no-equivalent', 'Retries are not in the standard channel of the Gateway API.', 'availability');

/** What becomes of all ideas about one thing. A new thing does not compile until there is an answer. */
const byFamily: Readonly<Record<Family, Answer>> = {
  route: exact,
  match: exact,
  backend: exact,
  redirect: exact,
  'direct-response': lost('direct-response', 'A route cannot answer by itself; a backend has to.'),
  rewrite: exact,
  headers: exact,
  mirror: exact,
  timeout: exact,
  retries,
  fault: lost('no-fault', 'The Gateway API injects no faults.'),
  cors: exact,
  destination: traffic,
  subset: exact,
  protocol: lost('no-equivalent', 'The protocol of a port stands in appProtocol of its Service; set it there.'),
  'load-balancer': traffic,
  outlier: capacity,
  limit: capacity,
  'client-tls': changed('tls-origination', 'TLS to a backend is checked against the authorities of the system.'),
  failover: lost(
    'no-service-failover',
    'A route shares requests out by fixed weights; nothing falls back to another Service.',
    'availability',
  ),
  mtls: lost(noMutualTls.code, noMutualTls.reason, noMutualTls.risk),
  access,
  jwt: lost('no-jwt', 'The Gateway API checks no tokens: keep what does where the mesh stays.', 'security'),
  gateway: exact,
  egress: lost(
    'no-equivalent',
    'What may leave a mesh is not for the Gateway API to say: keep it where the mesh stays.',
    'security',
  ),
  workload: lost('vm-identity', 'Workloads outside of Kubernetes are the affair of a mesh.', 'availability'),
  clusters: lost('multicluster-name', 'How clusters are joined is the affair of a mesh.', 'availability'),
  inject: proxies,
  proxy: proxies,
  telemetry: proxies,
  extension: lost('no-equivalent', 'Code within proxies is the affair of a mesh.'),
};

const exceptions: { readonly [Name in Idea]?: Answer } = {
  'match.path.ignore-case': { fate: 'exact', reason: 'As a regular expression.' },
  'match.header.absent': lost('negated-match', 'A route cannot match requests that lack something.'),
  'match.authority': lost('authority-match', 'A route on a Service cannot depend on the authority.'),
  'match.scheme': lost('no-equivalent', 'A route cannot depend on the scheme.'),
  'match.client': lost('client-scope', 'A route cannot be limited to some clients.'),
  'timeout.response': lost('no-equivalent', 'A route limits whole requests, not the time until headers arrive.'),
  'timeout.idle': lost('no-equivalent', 'A route limits whole requests, not the silence of a stream.'),
  'timeout.connect': traffic,
  'timeout.connect.client': traffic,
  'timeout.request-default': lost(
    'route-scope',
    'A timeout stands in the rules of a route; write it into those of the routes to this service.',
    'availability',
  ),
  'destination.host': exact,
  'subset.policy': traffic,
  'gateway.retries': retries,
  'gateway.idle-timeout': lost('no-equivalent', 'A route limits whole requests, not the silence of a stream.'),
  'gateway.tls-version': lost(
    'no-equivalent',
    'The Gateway API leaves versions of TLS to each implementation, which has its own way to set them.',
  ),
  'gateway.tls-ciphers': lost(
    'no-equivalent',
    'The Gateway API leaves ciphers to each implementation, which has its own way to set them.',
    'security',
  ),
  'gateway.tls-clients': changed(
    'client-cert',
    'Whether and how certificates of clients are checked is up to the implementation of the class: try it.',
  ),
  'gateway.tls-files': changed('cert-files', 'Certificates come from a Secret here.', 'availability'),
  'gateway.carrier': changed(
    'gateway-deploy',
    'A class makes pods and a Service of its own for a gateway, at an address of their own.',
    'availability',
  ),
};

export const answers: Answers = Object.fromEntries(
  (Object.keys(ideas) as Idea[]).map((it) => [it, exceptions[it] ?? byFamily[familyOf(it)]]),
) as Answers;

function familyOf(idea: Idea): Family {
  return idea.replace(/\..*/, '') as Family;
}
