/**
 * Which fields of Linkerd, and of the Gateway API and SMI as it reads them, say which idea, and what becomes in Linkerd
 * of each idea from elsewhere. The first row that fits a leaf counts.
 */

import type { Risk } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import type { Answer, Answers, FieldRow, Idea, PlaceRow } from '../../ideas.ts';
import { Namespace, Service, workloadKinds } from '../../kubernetes/common/kinds.ts';
import { gatewayFields } from '../../kubernetes/gateway/convert/gateway-fields.ts';
import { GRPCRoute, HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { HTTPRouteGroup, TCPRoute, TrafficSplit, TrafficTarget, UDPRoute } from '../../kubernetes/smi/kinds.ts';
import {
  AuthorizationPolicy,
  MeshTLSAuthentication,
  NetworkAuthentication,
  PolicyHTTPRoute,
  Server,
  ServerAuthorization,
  ServiceProfile,
} from '../kinds.ts';
import { accessAnswers, accessFields } from './access-fields.ts';
import {
  accrual,
  connectTimeout,
  inboundPolicy,
  maxFailures,
  maxPenalty,
  minPenalty,
  retryGrpc,
  retryHttp,
  retryLimit,
  retryTimeout,
  unreadRetries,
  timeoutIdle,
  timeoutRequest,
  timeoutResponse,
} from './annotations.ts';
import { connectionFields } from './connection-fields.ts';
import { alsoSaysOfOutside, outsideAnswers, outsideFields } from './outside-fields.ts';
import { alsoSaysOfProxies, otherProxyFields, proxyAnswers, proxyFields } from './proxy-fields.ts';

function says(kind: Kind, idea: Idea, ...paths: readonly string[]): readonly FieldRow[] {
  return paths.map((path) => ({ kind, path, idea }));
}

function place(kind: Kind, idea: Idea, ...paths: readonly string[]): readonly PlaceRow[] {
  return paths.map((path) => ({ kind, path, idea }));
}

function alone(kind: Kind, code: string, risk: Risk, reason: string, ...paths: readonly string[]): readonly FieldRow[] {
  return paths.map((path) => ({ kind, path, peculiar: { code, reason, risk } }));
}

function annotation(key: string): string {
  return `metadata.annotations["${key}"]`;
}

/** Retries and timeouts, which stand on routes and on Services alike. */
function requestAnnotations(kind: Kind): readonly FieldRow[] {
  return [
    ...(kind === GRPCRoute
      ? alone(kind, 'unused-in-source', 'none', unreadRetries.grpcRoute, annotation(retryHttp))
      : says(kind, 'retries.conditions', annotation(retryHttp))),
    ...(kind === GRPCRoute || kind === Service
      ? says(kind, 'retries.conditions', annotation(retryGrpc))
      : alone(kind, 'unused-in-source', 'none', unreadRetries.httpRoute, annotation(retryGrpc))),
    ...says(kind, 'retries.attempts', annotation(retryLimit)),
    ...says(kind, 'retries.per-try', annotation(retryTimeout)),
    ...says(kind, 'timeout', annotation(timeoutRequest)),
    ...says(kind, 'timeout.response', annotation(timeoutResponse)),
    ...says(kind, 'timeout.idle', annotation(timeoutIdle)),
  ];
}

/** What all kinds of routes have, and what only some do: HTTPRoutes, and those of the Gateway API itself. */
function routeFields(kind: Kind): readonly FieldRow[] {
  const isHttp = kind !== GRPCRoute;
  const isGatewayApi = kind !== PolicyHTTPRoute;
  const rule = 'spec.rules[*]';
  const match = `${rule}.matches[*]`;
  const filter = `${rule}.filters[*]`;
  const backend = `${rule}.backendRefs[*]`;
  const only = (applies: boolean, rows: readonly FieldRow[]) => (applies ? rows : []);
  return [
    ...says(kind, 'match.port', 'spec.parentRefs[*].port'),
    ...says(kind, 'route.host', 'spec.parentRefs.**'),
    ...says(kind, 'match.authority', 'spec.hostnames.**'),
    ...only(isGatewayApi, [
      ...alone(
        kind,
        'no-equivalent',
        'none',
        'Which gateways take the route by default is up to the Gateway API.',
        'spec.useDefaultGateways',
      ),
      ...says(kind, 'route.name', `${rule}.name`),
    ]),
    ...says(kind, 'match.path', `${match}.${isHttp ? 'path' : 'method'}.**`, `${rule}.matches`),
    ...says(kind, 'match.header', `${match}.headers.**`),
    ...only(isHttp, [
      ...says(kind, 'match.method', `${match}.method`),
      ...says(kind, 'match.query', `${match}.queryParams.**`),
      ...says(kind, 'redirect', `${filter}.requestRedirect.**`),
    ]),
    ...says(kind, 'headers.request', `${filter}.requestHeaderModifier.**`),
    ...only(isGatewayApi, [
      ...says(kind, 'headers.response', `${filter}.responseHeaderModifier.**`),
      ...says(kind, 'mirror', `${filter}.requestMirror.**`),
    ]),
    ...only(isHttp && isGatewayApi, [
      ...says(kind, 'rewrite.host', `${filter}.urlRewrite.hostname`),
      ...says(kind, 'rewrite.path', `${filter}.urlRewrite.**`),
      ...says(kind, 'cors', `${filter}.cors.**`),
    ]),
    ...alone(kind, 'no-equivalent', 'none', 'It says which filter follows, and goes with it.', `${filter}.type`),
    ...only(
      isGatewayApi,
      alone(
        kind,
        'no-equivalent',
        'behaviour',
        'What such a filter does, only the one who implements it knows.',
        `${filter}.**`,
      ),
    ),
    ...says(kind, 'backend.headers', `${backend}.filters.**`),
    ...says(kind, 'backend.port', `${backend}.port`),
    ...says(kind, 'backend.weight', `${backend}.weight`),
    ...says(kind, 'backend.service', `${backend}.**`, `${rule}.backendRefs`),
    ...only(isHttp, [
      ...says(kind, 'timeout', `${rule}.timeouts.request`),
      ...alone(
        kind,
        'unused-in-source',
        'none',
        'Linkerd ignores it, so leaving it out keeps the behaviour.',
        `${rule}.timeouts.backendRequest`,
      ),
    ]),
    ...only(
      isHttp && isGatewayApi,
      alone(
        kind,
        'unused-in-source',
        'none',
        'Linkerd takes retries from its annotations, and passes this over.',
        `${rule}.retry.**`,
      ),
    ),
    ...only(
      isGatewayApi,
      alone(
        kind,
        'no-equivalent',
        'behaviour',
        'How a session stays with its backend is told in another way elsewhere.',
        `${rule}.sessionPersistence.**`,
      ),
    ),
    ...says(kind, 'backend.service', rule, 'spec.rules'),
    ...requestAnnotations(kind),
  ];
}

/** Whether reports speak of the annotations of its pods: those of a CronJob are too deep for them. */
function isAccountedFor({ template }: { readonly template: readonly string[] }): boolean {
  return template.length <= 2;
}

export const fields: readonly FieldRow[] = [
  ...outsideFields,
  ...[HTTPRoute, GRPCRoute, PolicyHTTPRoute].flatMap(routeFields),
  ...connectionFields,
  // Policies
  ...says(Server, 'access.workload', 'spec.podSelector.**'),
  ...alone(
    Server,
    'vm-identity',
    'security',
    'Workloads outside of Kubernetes are not converted, so their port is not protected.',
    'spec.externalWorkloadSelector.**',
  ),
  ...says(Server, 'access.port', 'spec.port'),
  ...says(Server, 'protocol', 'spec.proxyProtocol'),
  ...says(Server, 'access.action', 'spec.accessPolicy'),
  ...says(AuthorizationPolicy, 'access.workload', 'spec.targetRef.**'),
  ...says(MeshTLSAuthentication, 'access.identity', 'spec.identityRefs.**', 'spec.identities.**'),
  ...says(AuthorizationPolicy, 'access.identity', 'spec.requiredAuthenticationRefs.**'),
  ...says(NetworkAuthentication, 'access.network', 'spec.networks.**'),
  ...says(ServerAuthorization, 'access.workload', 'spec.server.**'),
  ...alone(
    ServerAuthorization,
    'security-stricter',
    'availability',
    'Who comes by TLS without an identity of the mesh was let in; only those with an identity are now.',
    'spec.client.meshTLS.unauthenticatedTLS',
  ),
  ...says(ServerAuthorization, 'access.network', 'spec.client.networks.**'),
  ...says(ServerAuthorization, 'access.identity', 'spec.client.**'),
  // Services, namespaces, workloads
  ...requestAnnotations(Service),
  ...says(Service, 'outlier.5xx', annotation(maxFailures), annotation(accrual)),
  ...says(Service, 'outlier.base-ejection', annotation(minPenalty)),
  ...says(Service, 'outlier.max-ejection', annotation(maxPenalty)),
  ...says(Namespace, 'mtls.mode', annotation(inboundPolicy)),
  ...workloadKinds
    .filter(isAccountedFor)
    .flatMap(({ kind, template }) => [
      ...says(kind, 'mtls.mode', [...template, annotation(inboundPolicy)].join('.')),
      ...says(kind, 'timeout.connect.client', [...template, annotation(connectTimeout)].join('.')),
    ]),
  ...proxyFields,
  ...otherProxyFields,
  ...alone(
    Service,
    'no-equivalent',
    'behaviour',
    'No other mesh reads this of a Service.',
    'metadata.annotations.*',
    'metadata.labels.*',
  ),
  // SMI
  ...says(TrafficSplit, 'route.host', 'spec.service'),
  ...says(TrafficSplit, 'backend.weight', 'spec.backends[*].weight'),
  ...says(TrafficSplit, 'backend.service', 'spec.backends.**'),
  ...says(TrafficSplit, 'match.path', 'spec.matches.**'),
  ...says(TrafficTarget, 'access.port', 'spec.destination.port'),
  ...says(TrafficTarget, 'access.workload', 'spec.destination.**'),
  ...says(TrafficTarget, 'access.identity', 'spec.sources.**'),
  ...says(TrafficTarget, 'access.path', 'spec.rules.**'),
  ...says(HTTPRouteGroup, 'match.method', 'spec.matches[*].methods.**'),
  ...says(HTTPRouteGroup, 'match.header', 'spec.matches[*].headers.**'),
  ...says(HTTPRouteGroup, 'match.path', 'spec.matches.**'),
  ...says(TCPRoute, 'access.port', 'spec.**'),
  ...alone(UDPRoute, 'no-equivalent', 'none', 'No mesh decides who may send datagrams.', 'spec.**'),
  // ServiceProfiles, which came before routes
  ...says(ServiceProfile, 'route.name', 'spec.routes[*].name'),
  ...alone(
    ServiceProfile,
    'negated-match',
    'behaviour',
    'A condition that excludes requests cannot be said by matches.',
    'spec.routes[*].condition.not.**',
  ),
  ...says(ServiceProfile, 'match.method', 'spec.routes[*].condition.method'),
  ...says(ServiceProfile, 'match.path', 'spec.routes[*].condition.**'),
  ...says(ServiceProfile, 'retries.attempts', 'spec.routes[*].isRetryable'),
  ...says(ServiceProfile, 'retries.conditions', 'spec.routes[*].responseClasses.**'),
  ...says(ServiceProfile, 'retries.budget', 'spec.retryBudget.**'),
  ...says(ServiceProfile, 'protocol', 'spec.opaquePorts.**'),
  ...says(ServiceProfile, 'timeout', 'spec.routes[*].timeout'),
  ...says(ServiceProfile, 'backend.service', 'spec.routes', 'spec.dstOverrides[*].authority'),
  ...says(ServiceProfile, 'backend.weight', 'spec.dstOverrides.**'),
  // Not in this slice
  ...accessFields,
];

const routeMatch = 'spec.rules[*].matches[*]';

export const alsoSays: readonly PlaceRow[] = [
  ...alsoSaysOfOutside,
  ...alsoSaysOfProxies,
  ...workloadKinds
    .filter((it) => !isAccountedFor(it))
    .flatMap(({ kind, template }) => [
      ...place(kind, 'mtls.mode', [...template, annotation(inboundPolicy)].join('.')),
      ...place(kind, 'timeout.connect.client', [...template, annotation(connectTimeout)].join('.')),
    ]),
  ...place(HTTPRoute, 'route.visibility', 'metadata.namespace'),
  ...place(HTTPRoute, 'match.path.ignore-case', `${routeMatch}.path`),
  ...place(HTTPRoute, 'backend.subset', 'spec.rules[*].backendRefs[*].name'),
  ...place(HTTPRoute, 'subset.default', 'spec.rules[*].backendRefs[*].name'),
  ...place(Service, 'subset.name', 'metadata.name'),
  ...place(Service, 'subset.labels', 'spec.selector.**'),
  ...place(Service, 'destination.host', 'metadata.name'),
  ...place(Service, 'destination.port', 'metadata.name'),
  ...place(Service, 'timeout.request-default', annotation(timeoutRequest)),
  ...place(Service, 'load-balancer.locality', 'spec.trafficDistribution'),
  ...place(Server, 'mtls.workload', 'spec.podSelector.**'),
  ...place(Server, 'mtls.port', 'spec.accessPolicy'),
  ...place(MeshTLSAuthentication, 'access.namespace', 'spec.identityRefs.**'),
  ...place(MeshTLSAuthentication, 'access.identity.not', 'spec.identityRefs.**'),
  ...place(MeshTLSAuthentication, 'access.namespace.not', 'spec.identityRefs.**'),
  ...place(PolicyHTTPRoute, 'access.path', `${routeMatch}.path.**`),
  ...place(PolicyHTTPRoute, 'access.method', `${routeMatch}.method`),
  ...place(PolicyHTTPRoute, 'access.header', `${routeMatch}.headers.**`),
  ...gatewayFields,
  // Older forms, which are to be written in the present ones first.
];

const exact: Answer = { fate: 'exact' };

function lost(code: string, reason: string, risk: Risk = 'behaviour'): Answer {
  return { fate: 'lost', code, reason, risk };
}

function changed(code: string, reason: string, risk: Risk = 'behaviour'): Answer {
  return { fate: 'changed', code, reason, risk };
}

const noLimits = lost(
  'no-equivalent',
  'Linkerd has no limits of its own: it queues up to 100 requests and fails fast after 3 seconds.',
);
const breaker = changed(
  'breaker-algorithm',
  'Linkerd counts failures of each endpoint in a row and doubles the time it is out.',
);

export const answers: Answers = {
  'route.host': { fate: 'exact', reason: 'As the Service that is the parent of an HTTPRoute.' },
  'route.gateway': {
    fate: 'exact',
    reason: 'Once it is told the class of the Gateway: Linkerd has no ingress of its own.',
  },
  'route.visibility': exact,
  'route.name': lost(
    'metrics-only',
    'The name of a rule is newer than what Linkerd reads; it only shows in metrics.',
    'none',
  ),
  'match.path': { fate: 'exact', reason: 'A prefix counts whole segments: what matched by characters matches less.' },
  'match.path.ignore-case': { fate: 'exact', reason: 'As a regular expression.' },
  'match.method': exact,
  'match.header': exact,
  'match.header.absent': lost('negated-match', 'A route cannot match requests that lack something.'),
  'match.query': exact,
  'match.authority': lost('authority-match', 'On a Service a route cannot depend on the authority.'),
  'match.scheme': lost('no-equivalent', 'A route cannot depend on the scheme.'),
  'match.port': { fate: 'exact', reason: 'As the port of the parent.' },
  'match.sni': { fate: 'exact', reason: 'As host names of a TLSRoute.' },
  'route.connections': { fate: 'exact', reason: 'As TCPRoutes and TLSRoutes, each of one rule.' },
  'match.client': lost('client-scope', 'A route cannot be limited to some clients.'),
  'backend.service': exact,
  'backend.subset': { fate: 'exact', reason: 'As a Service of its own.' },
  'backend.port': exact,
  'backend.weight': exact,
  'backend.headers': exact,
  redirect: { fate: 'exact', reason: 'With 301 and 302 alone.' },
  'direct-response': lost('direct-response', 'A route cannot answer by itself; a backend has to.'),
  'rewrite.path': lost('l5d-no-rewrite', 'Linkerd ignores a whole route that rewrites.'),
  'rewrite.host': lost('l5d-no-rewrite', 'Linkerd ignores a whole route that rewrites.'),
  'headers.request': exact,
  'headers.response': exact,
  mirror: lost('no-mirror', 'Linkerd ignores a whole route that mirrors.'),
  timeout: exact,
  'timeout.response': lost(
    'response-timeout',
    'It is not carried over; set the annotation timeout.linkerd.io/response by hand.',
  ),
  'timeout.idle': { fate: 'exact', reason: 'As an annotation of the route.' },
  'retries.attempts': { fate: 'exact', reason: 'As an annotation of the route.' },
  'retries.conditions': changed('retry-conditions', 'Linkerd retries on statuses only.'),
  'retries.connect': lost(
    'retry-conditions',
    'Linkerd retries on statuses only; its balancer passes over endpoints that do not connect.',
    'availability',
  ),
  'retries.per-try': changed(
    'per-try-last',
    'Linkerd does not limit the last attempt, and of the others only the time until headers arrive.',
  ),
  'retries.backoff': lost('no-equivalent', 'Linkerd waits 25 to 250 ms between attempts, whatever is asked.', 'none'),
  'retries.budget': lost(
    'retry-budget',
    'Linkerd counts the retries of a request; a share of the traffic it limits in ServiceProfiles alone.',
    'availability',
  ),
  fault: lost('no-fault', 'Linkerd injects no faults; send a share of the traffic to a backend that fails instead.'),
  cors: lost('no-cors', 'Linkerd ignores a whole route with a CORS filter.'),
  'destination.host': exact,
  'destination.visibility': changed('scope-widened', 'Annotations of a Service hold for all of its clients.'),
  'destination.client': changed('scope-widened', 'Annotations of a Service hold for all of its clients.'),
  'destination.port': { fate: 'exact', reason: 'Where the Service has one port alone.' },
  'destination.every': lost(
    'scope',
    'Linkerd keeps circuit breaking with each Service that is called, not with the client.',
    'availability',
  ),
  'subset.name': { fate: 'exact', reason: 'In the name of a Service.' },
  'subset.labels': { fate: 'exact', reason: 'In the selector of a Service.' },
  'subset.default': exact,
  'subset.policy': lost('subset-policy', 'Linkerd reads such settings from the Service that clients call.'),
  protocol: { fate: 'exact', reason: 'Linkerd finds out by itself that a connection carries HTTP.' },
  'load-balancer': lost('ewma-only', 'Linkerd always prefers the endpoint that answers fastest.', 'none'),
  'load-balancer.hash': lost('no-hash', 'Linkerd has no session affinity.'),
  'load-balancer.ring': lost('no-hash', 'Linkerd hashes nothing, so there is no ring.', 'none'),
  'load-balancer.table': lost('no-hash', 'Linkerd hashes nothing, so there is no table.', 'none'),
  'load-balancer.locality': changed(
    'locality',
    'Requests stay in the zone as long as Kubernetes gives endpoints there, not until too many of them fail.',
    'availability',
  ),
  'outlier.5xx': breaker,
  'outlier.gateway': lost('gateway-errors', 'Linkerd does not count 502, 503 and 504 apart from other errors.'),
  'outlier.local': lost('no-equivalent', 'Linkerd does not count failures to connect apart.'),
  'outlier.interval': lost('no-equivalent', 'An endpoint is out from the failure that fills the count.'),
  'outlier.base-ejection': breaker,
  'outlier.max-ejection': breaker,
  'outlier.max-percent': lost('ejects-all', 'Linkerd may take all endpoints out.', 'availability'),
  'outlier.min-health': lost('no-equivalent', 'Linkerd takes endpoints out however many are left.', 'availability'),
  'outlier.enforce': lost('no-equivalent', 'Linkerd carries out every ejection.'),
  'limit.connections': noLimits,
  'limit.pending': noLimits,
  'limit.requests': noLimits,
  'limit.requests-per-connection': noLimits,
  'limit.retries': noLimits,
  'limit.inbound': lost('no-equivalent', 'Linkerd does not limit the connections that a pod takes.', 'availability'),
  'timeout.connect': lost(
    'proxy-wide',
    'Linkerd has one connect timeout for all destinations of a client, an annotation of its pods.',
  ),
  'timeout.connect.client': { fate: 'exact', reason: 'As an annotation of the pods of the client.' },
  'timeout.request-default': { fate: 'exact', reason: 'As an annotation of the Service.' },
  'client-tls': lost('tls-origination', 'Linkerd opens no TLS for the application.', 'security'),
  failover: lost('no-service-failover', 'Linkerd does not fall back to another Service by itself.', 'availability'),
  'mtls.mode': { fate: 'exact', reason: 'As the default inbound policy of pods.' },
  'mtls.workload': exact,
  'mtls.exposed': changed(
    'expose-path',
    'The port behind the path takes plaintext as a whole, by a Server of its own.',
    'security',
  ),
  'mtls.port': { fate: 'exact', reason: 'As the access policy of a Server.' },
  'access.workload': { fate: 'exact', reason: 'As the pods of a Server.' },
  'access.port': exact,
  'access.action': { fate: 'exact', reason: 'A denial is a route that no policy opens.' },
  'access.identity': exact,
  'access.identity.not': changed(
    'complement-enumerated',
    'All accounts that the workspace knows are named instead.',
    'availability',
  ),
  'access.namespace': exact,
  'access.namespace.not': changed(
    'complement-enumerated',
    'All accounts that the workspace knows are named instead.',
    'availability',
  ),
  'access.network': exact,
  'access.path': changed('path-normalisation', 'Linkerd compares the path as the client sent it.', 'security'),
  'access.method': exact,
  'access.host': lost('authz-condition', 'Who may call cannot depend on the host here.', 'availability'),
  'access.header': exact,
  ...accessAnswers,
  'access.condition': lost(
    'authz-condition',
    'Of conditions, Linkerd’s policies see headers, clients and addresses alone.',
    'availability',
  ),
  'gateway.carrier': changed(
    'gateway-deploy',
    'A class says what carries a Gateway, in place of a selector of pods.',
    'none',
  ),
  'gateway.port': exact,
  'gateway.protocol': exact,
  'gateway.host': exact,
  'gateway.tls': exact,
  'gateway.retries': lost('no-equivalent', 'How an ingress retries is up to its implementation.', 'availability'),
  'gateway.idle-timeout': lost(
    'no-equivalent',
    'How long an ingress keeps silent streams is up to its implementation.',
  ),
  'gateway.tls-version': lost(
    'no-equivalent',
    'The Gateway API leaves versions of TLS to each implementation, which has its own way to set them.',
  ),
  'gateway.tls-ciphers': lost(
    'no-equivalent',
    'The Gateway API leaves ciphers to each implementation, which has its own way to set them.',
    'security',
  ),
  'gateway.tls-clients': lost(
    'client-cert',
    'The gateway would ask clients for no certificate here, so the listener is left out.',
    'availability',
  ),
  'gateway.tls-files': changed('cert-files', 'Certificates come from a Secret here.', 'availability'),
  'gateway.https-redirect': { fate: 'exact', reason: 'As a route that redirects.' },
  ...outsideAnswers,
  ...proxyAnswers,
};
