/**
 * Which fields of Consul say which idea, and what becomes in Consul of each idea from elsewhere. The first row that fits
 * a leaf counts. Fields that no other mesh has carry the reason that the report gives.
 */

import type { Risk } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import type { Answers, FieldRow, Idea, PlaceRow } from '../../ideas.ts';
import { onPods } from '../../kubernetes/common/pod-rows.ts';
import { gatewayFields } from '../../kubernetes/gateway/convert/gateway-fields.ts';
import {
  ControlPlaneRequestLimit,
  GatewayPolicy,
  Mesh,
  ProxyDefaults,
  RateLimit,
  RouteAuthFilter,
  RouteExtProc,
  RouteTLSSDSFilter,
  SamenessGroup,
  ServiceDefaults,
  ServiceIntentions,
  ServiceResolver,
  ServiceRouter,
  ServiceSplitter,
  TrafficPermissions,
} from '../kinds.ts';
import { gatewayPlaces, gatewayRows } from './gateway-fields.ts';
import { accessAnswers, accessFields, alsoSaysOfAccess } from './access-fields.ts';
import { alsoSaysOfOutside, outsideAnswers, outsideFields } from './outside-fields.ts';
import { alsoSaysOfProxies, proxyAnswers, proxyFields } from './proxy-fields.ts';

function says(kind: Kind, idea: Idea, ...paths: readonly string[]): readonly FieldRow[] {
  return paths.map((path) => ({ kind, path, idea }));
}

function place(kind: Kind, idea: Idea, ...paths: readonly string[]): readonly PlaceRow[] {
  return paths.map((path) => ({ kind, path, idea }));
}

function alone(kind: Kind, code: string, risk: Risk, reason: string, ...paths: readonly string[]): readonly FieldRow[] {
  return paths.map((path) => ({ kind, path, peculiar: { code, reason, risk } }));
}

const enterprise = 'Namespaces, partitions and sameness groups of Consul Enterprise have nothing like them elsewhere.';
const peers = 'Peers and datacenters of Consul are joined in another way in other meshes.';
const wiring = 'It says how the proxies of Consul are wired, which other meshes do by themselves.';
const rawEnvoy = 'It is raw configuration for Envoy as Consul sets it up, and fits no other mesh.';
const exposed = 'Other meshes open such a side door for plaintext by port; add it by hand where it is needed.';

const signed = 'Tokens are not checked after the conversion; set up by hand what checks them.';
const budget = 'Limits for the servers of Consul itself have nothing to limit elsewhere.';

/** Whole kinds that are outside of what is converted. */
function neither(kind: Kind, code: string, risk: Risk, reason: string): readonly FieldRow[] {
  return alone(kind, code, risk, reason, 'spec.**');
}

const excludeInboundPorts = 'consul.hashicorp.com/transparent-proxy-exclude-inbound-ports';
const destination = 'spec.routes[*].destination';
const http = 'spec.routes[*].match.http';
const permission = 'spec.sources[*].permissions[*]';
const override = 'spec.upstreamConfig.overrides[*]';
const upstream = (below: string) => [`${override}.${below}`, `spec.upstreamConfig.defaults.${below}`];

export const fields: readonly FieldRow[] = [
  ...outsideFields,
  ...proxyFields,
  // ServiceRouter
  ...says(ServiceRouter, 'match.path', `${http}.pathExact`, `${http}.pathPrefix`, `${http}.pathRegex`),
  ...says(ServiceRouter, 'match.path.ignore-case', `${http}.caseInsensitive`),
  ...says(ServiceRouter, 'match.method', `${http}.methods`, `${http}.methods[*]`),
  ...says(ServiceRouter, 'match.header.absent', `${http}.header[*].invert`),
  ...says(ServiceRouter, 'match.header', `${http}.header.**`),
  ...says(ServiceRouter, 'match.query', `${http}.queryParam.**`),
  ...says(ServiceRouter, 'match.path', 'spec.routes[*].match', http),
  ...says(ServiceRouter, 'backend.service', `${destination}.service`, destination),
  ...says(ServiceRouter, 'backend.subset', `${destination}.serviceSubset`),
  ...says(ServiceRouter, 'rewrite.path', `${destination}.prefixRewrite`),
  ...says(ServiceRouter, 'timeout', `${destination}.requestTimeout`),
  ...says(ServiceRouter, 'timeout.idle', `${destination}.idleTimeout`),
  ...says(ServiceRouter, 'retries.attempts', `${destination}.numRetries`),
  ...says(ServiceRouter, 'retries.conditions', `${destination}.retryOn.**`, `${destination}.retryOnStatusCodes.**`),
  ...says(ServiceRouter, 'retries.connect', `${destination}.retryOnConnectFailure`),
  ...says(ServiceRouter, 'headers.request', `${destination}.requestHeaders.**`),
  ...says(ServiceRouter, 'headers.response', `${destination}.responseHeaders.**`),
  ...alone(
    ServiceRouter,
    'enterprise',
    'behaviour',
    enterprise,
    `${destination}.namespace`,
    `${destination}.partition`,
  ),
  // ServiceSplitter
  ...says(ServiceSplitter, 'backend.weight', 'spec.splits[*].weight'),
  ...says(ServiceSplitter, 'backend.service', 'spec.splits[*].service', 'spec.splits'),
  ...says(ServiceSplitter, 'backend.subset', 'spec.splits[*].serviceSubset'),
  ...says(ServiceSplitter, 'backend.headers', 'spec.splits[*].requestHeaders.**', 'spec.splits[*].responseHeaders.**'),
  ...alone(
    ServiceSplitter,
    'enterprise',
    'behaviour',
    enterprise,
    'spec.splits[*].namespace',
    'spec.splits[*].partition',
  ),
  // ServiceResolver
  ...says(ServiceResolver, 'subset.labels', 'spec.subsets.*.filter', 'spec.subsets.*.onlyPassing'),
  ...says(ServiceResolver, 'subset.name', 'spec.subsets.*', 'spec.subsets'),
  ...says(ServiceResolver, 'subset.default', 'spec.defaultSubset'),
  ...says(ServiceResolver, 'timeout.connect', 'spec.connectTimeout'),
  ...says(ServiceResolver, 'timeout.request-default', 'spec.requestTimeout'),
  ...says(ServiceResolver, 'backend.service', 'spec.redirect.service'),
  ...says(ServiceResolver, 'backend.subset', 'spec.redirect.serviceSubset'),
  ...alone(
    ServiceResolver,
    'multicluster-name',
    'availability',
    peers,
    'spec.redirect.datacenter',
    'spec.redirect.peer',
    'spec.failover.*.datacenters.**',
    'spec.failover.*.targets[*].datacenter',
    'spec.failover.*.targets[*].peer',
  ),
  ...alone(
    ServiceResolver,
    'enterprise',
    'availability',
    enterprise,
    'spec.redirect.**',
    'spec.failover.*.namespace',
    'spec.failover.*.samenessGroup',
    'spec.failover.*.policy.**',
    'spec.failover.*.targets[*].namespace',
    'spec.failover.*.targets[*].partition',
  ),
  ...says(ServiceResolver, 'failover', 'spec.failover.**'),
  ...alone(
    ServiceResolver,
    'no-equivalent',
    'behaviour',
    'The largest size of a ring and the number of choices are not set elsewhere.',
    'spec.loadBalancer.ringHashConfig.maximumRingSize',
    'spec.loadBalancer.leastRequestConfig.**',
  ),
  ...says(ServiceResolver, 'load-balancer.ring', 'spec.loadBalancer.ringHashConfig.minimumRingSize'),
  ...says(ServiceResolver, 'load-balancer.hash', 'spec.loadBalancer.hashPolicies.**'),
  ...says(ServiceResolver, 'load-balancer', 'spec.loadBalancer.**'),
  ...says(ServiceResolver, 'load-balancer.locality', 'spec.prioritizeByLocality.**'),
  // ServiceDefaults
  ...says(ServiceDefaults, 'protocol', 'spec.protocol'),
  ...says(ServiceDefaults, 'mtls.mode', 'spec.mutualTLSMode'),
  ...says(ServiceDefaults, 'destination.host', 'spec.upstreamConfig.overrides[*].name'),
  ...says(ServiceDefaults, 'timeout.connect', `${override}.connectTimeoutMs`),
  ...says(ServiceDefaults, 'limit.connections', `${override}.limits.maxConnections`),
  ...says(ServiceDefaults, 'limit.pending', `${override}.limits.maxPendingRequests`),
  ...says(ServiceDefaults, 'limit.requests', `${override}.limits.maxConcurrentRequests`),
  ...says(ServiceDefaults, 'outlier.5xx', `${override}.passiveHealthCheck.maxFailures`),
  ...says(ServiceDefaults, 'outlier.enforce', `${override}.passiveHealthCheck.enforcingConsecutive5xx`),
  ...says(ServiceDefaults, 'outlier.interval', `${override}.passiveHealthCheck.interval`),
  ...says(ServiceDefaults, 'outlier.base-ejection', `${override}.passiveHealthCheck.baseEjectionTime`),
  ...says(ServiceDefaults, 'outlier.max-percent', `${override}.passiveHealthCheck.maxEjectionPercent`),
  ...alone(
    ServiceDefaults,
    'no-equivalent',
    'behaviour',
    'It is the old way to say a protocol; what counts is the ServiceDefaults of the service itself.',
    ...upstream('protocol'),
  ),
  ...alone(
    ServiceDefaults,
    'escape-hatch',
    'behaviour',
    rawEnvoy,
    ...upstream('envoyClusterJSON'),
    ...upstream('envoyListenerJSON'),
  ),
  ...alone(ServiceDefaults, 'consul-proxy-mode', 'behaviour', wiring, ...upstream('meshGateway.**')),
  ...alone(
    ServiceDefaults,
    'no-equivalent',
    'none',
    'Defaults are for all services, so Consul takes no name there.',
    'spec.upstreamConfig.defaults.name',
  ),
  ...says(ServiceDefaults, 'timeout.connect.client', 'spec.upstreamConfig.defaults.connectTimeoutMs'),
  ...says(ServiceDefaults, 'limit.inbound', 'spec.maxInboundConnections'),
  ...says(ServiceDefaults, 'timeout.request-default', 'spec.localRequestTimeoutMs'),
  ...says(
    ServiceDefaults,
    'destination.every',
    'spec.upstreamConfig.defaults.limits.**',
    'spec.upstreamConfig.defaults.passiveHealthCheck.**',
  ),
  ...alone(ServiceDefaults, 'enterprise', 'behaviour', enterprise, ...upstream('namespace'), ...upstream('partition')),
  ...alone(ServiceDefaults, 'multicluster-name', 'behaviour', peers, ...upstream('peer')),
  ...alone(
    ServiceDefaults,
    'no-equivalent',
    'availability',
    'Limits and timeouts at the service itself are not carried over; clients have their own.',
    'spec.localConnectTimeoutMs',
    'spec.balanceInboundConnections',
  ),
  ...says(ServiceDefaults, 'mtls.exposed', 'spec.expose.paths[*].**'),
  ...alone(
    ServiceDefaults,
    'expose-path',
    'none',
    'Probes of the kubelet get by the proxies of other meshes, or are led through them.',
    'spec.expose.checks',
  ),
  ...alone(
    ServiceDefaults,
    'consul-proxy-mode',
    'none',
    wiring,
    'spec.mode',
    'spec.transparentProxy.**',
    'spec.meshGateway.**',
  ),
  // ProxyDefaults
  ...says(ProxyDefaults, 'mtls.mode', 'spec.mutualTLSMode'),
  ...alone(
    ProxyDefaults,
    'protocol-sniffing',
    'none',
    'Other meshes have no protocol for all services: they find it out by connection, or from the port of the Service.',
    'spec.config.protocol',
  ),
  ...alone(ProxyDefaults, 'escape-hatch', 'behaviour', rawEnvoy, 'spec.config.**'),
  ...alone(ProxyDefaults, 'expose-path', 'availability', exposed, 'spec.expose.**'),
  ...alone(
    ProxyDefaults,
    'enterprise',
    'availability',
    enterprise,
    'spec.failoverPolicy.**',
    'spec.prioritizeByLocality.**',
  ),
  ...alone(
    ProxyDefaults,
    'consul-proxy-mode',
    'none',
    wiring,
    'spec.mode',
    'spec.transparentProxy.**',
    'spec.meshGateway.**',
  ),
  // Mesh
  ...says(Mesh, 'mtls.mode', 'spec.allowEnablingPermissiveMutualTLS'),
  ...alone(
    Mesh,
    'install-setting',
    'security',
    'Versions and ciphers of TLS in the mesh are a setting of the installation elsewhere.',
    'spec.tls.**',
  ),
  ...alone(
    Mesh,
    'install-setting',
    'security',
    'How headers and paths are cleaned before policies see them is a setting of the installation elsewhere.',
    'spec.http.**',
  ),
  ...alone(Mesh, 'consul-proxy-mode', 'none', wiring, 'spec.validateClusters'),
  ...alone(Mesh, 'multicluster-name', 'none', peers, 'spec.peering.**'),
  // ServiceIntentions
  ...says(ServiceIntentions, 'access.workload', 'spec.destination.name'),
  ...says(ServiceIntentions, 'access.identity', 'spec.sources[*].name', 'spec.sources'),
  ...says(ServiceIntentions, 'access.action', 'spec.sources[*].action', `${permission}.action`),
  ...says(
    ServiceIntentions,
    'access.path',
    `${permission}.http.pathExact`,
    `${permission}.http.pathPrefix`,
    `${permission}.http.pathRegex`,
    `${permission}.http`,
  ),
  ...says(ServiceIntentions, 'access.method', `${permission}.http.methods.**`),
  ...says(ServiceIntentions, 'access.header', `${permission}.http.header.**`),
  ...says(ServiceIntentions, 'access.jwt', 'spec.jwt.**', `${permission}.jwt.**`),
  ...alone(
    ServiceIntentions,
    'metrics-only',
    'none',
    'A description changes nothing, and no other mesh has a field for it.',
    'spec.sources[*].description',
  ),
  ...alone(ServiceIntentions, 'multicluster-name', 'security', peers, 'spec.sources[*].peer'),
  ...alone(
    ServiceIntentions,
    'enterprise',
    'security',
    enterprise,
    'spec.destination.namespace',
    'spec.sources[*].namespace',
    'spec.sources[*].partition',
    'spec.sources[*].samenessGroup',
  ),
  // Kinds that are not converted
  ...neither(RouteAuthFilter, 'no-jwt', 'security', signed),
  ...neither(GatewayPolicy, 'no-jwt', 'security', signed),
  ...accessFields,
  ...neither(
    RouteExtProc,
    'no-equivalent',
    'security',
    'An outside processor of requests is attached in another way elsewhere, and is not carried over.',
  ),
  ...neither(
    RouteTLSSDSFilter,
    'cert-source',
    'availability',
    'Elsewhere the certificate of a gateway is a Secret; add it to the listener by hand.',
  ),
  ...neither(
    TrafficPermissions,
    'authz-lost',
    'security',
    'A TrafficPermissions is not converted; write it as ServiceIntentions first.',
  ),
  ...neither(SamenessGroup, 'enterprise', 'availability', enterprise),
  ...neither(ControlPlaneRequestLimit, 'enterprise', 'none', budget),
  ...neither(RateLimit, 'enterprise', 'none', budget),
  ...gatewayRows,
];

export const alsoSays: readonly PlaceRow[] = [
  ...alsoSaysOfOutside,
  ...alsoSaysOfProxies,
  ...place(ServiceRouter, 'route.host', 'metadata.name'),
  ...place(ServiceRouter, 'match.authority', `${http}.header`),
  ...place(ServiceRouter, 'match.scheme', `${http}.header`),
  ...place(ServiceResolver, 'destination.host', 'metadata.name'),
  ...place(ServiceResolver, 'destination.port', 'metadata.name'),
  ...place(ServiceResolver, 'route.connections', 'spec.redirect.service'),
  ...place(ServiceDefaults, 'destination.client', 'metadata.name'),
  ...place(ServiceDefaults, 'mtls.workload', 'metadata.name'),
  ...onPods('annotations', excludeInboundPorts, 'mtls.port'),
  ...place(ServiceIntentions, 'access.identity.not', 'spec.sources[*].name'),
  ...place(ServiceIntentions, 'access.namespace', 'spec.sources[*].name'),
  ...place(ServiceIntentions, 'access.host', `${permission}.http.header`),
  ...gatewayPlaces,
  ...gatewayFields,
  ...alsoSaysOfAccess,
  ...place(ServiceDefaults, 'access.outside', 'spec.envoyExtensions'),
];

const exact = { fate: 'exact' } as const;

export const answers: Answers = {
  'route.host': exact,
  'route.gateway': exact,
  'route.visibility': {
    fate: 'lost',
    code: 'scope-widened',
    reason: 'Config entries hold for every client of a service.',
  },
  'route.name': { fate: 'lost', code: 'metrics-only', reason: 'Routes have no names in Consul.', risk: 'none' },
  'match.path': exact,
  'match.path.ignore-case': exact,
  'match.method': exact,
  'match.header': exact,
  'match.header.absent': exact,
  'match.query': exact,
  'match.authority': {
    fate: 'changed',
    code: 'authority-match',
    reason: 'Matched as the header ":authority" by its text: clients write a service in several ways.',
  },
  'match.scheme': {
    fate: 'changed',
    code: 'no-equivalent',
    reason: 'Matched as the header ":scheme", which is always http inside the mesh.',
  },
  'match.port': {
    fate: 'changed',
    code: 'port-not-addressable',
    reason: 'Consul knows one port of a service; a match of another port is left out.',
  },
  'match.sni': { fate: 'lost', code: 'sni-route', reason: 'Consul routes no TLS by server name.' },
  'route.connections': {
    fate: 'lost',
    code: 'tcp-split',
    reason: 'Consul splits requests, not connections; it redirects a service as a whole.',
    risk: 'availability',
  },
  'match.client': {
    fate: 'lost',
    code: 'client-scope',
    reason: 'Consul routes the requests of all clients alike, so a rule for some of them is left out.',
  },
  'backend.service': exact,
  'backend.subset': exact,
  'backend.port': {
    fate: 'changed',
    code: 'port-not-addressable',
    reason: 'Consul knows one port of a service; a backend with another is left out.',
  },
  'backend.weight': { fate: 'exact', reason: 'As a percent of at most two decimals.' },
  'backend.headers': exact,
  redirect: { fate: 'lost', code: 'no-redirect', reason: 'Consul cannot redirect.' },
  'direct-response': { fate: 'lost', code: 'direct-response', reason: 'Consul cannot answer without a backend.' },
  'rewrite.path': exact,
  'rewrite.host': { fate: 'lost', code: 'host-rewrite', reason: 'Consul cannot rewrite the host.' },
  'headers.request': exact,
  'headers.response': exact,
  mirror: { fate: 'lost', code: 'no-mirror', reason: 'Consul cannot mirror requests.' },
  timeout: exact,
  'timeout.response': {
    fate: 'lost',
    code: 'response-timeout',
    reason: 'Consul limits a request as a whole, not the wait for its response.',
  },
  'timeout.idle': exact,
  'retries.attempts': exact,
  'retries.conditions': {
    fate: 'changed',
    code: 'retry-conditions',
    reason: 'Consul knows most of the conditions, not all.',
  },
  'retries.connect': exact,
  'retries.per-try': {
    fate: 'lost',
    code: 'per-try',
    reason: 'Consul limits a request as a whole, not its attempts.',
  },
  'retries.backoff': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Consul waits 25 to 250 ms between attempts, and that cannot be set.',
    risk: 'none',
  },
  'retries.budget': {
    fate: 'lost',
    code: 'retry-budget',
    reason: 'Consul counts the retries of a request; it does not limit their share of the traffic.',
    risk: 'availability',
  },
  fault: { fate: 'lost', code: 'no-fault', reason: 'Consul cannot inject faults.' },
  cors: { fate: 'lost', code: 'no-cors', reason: 'Consul answers no CORS preflight; the application has to.' },
  'destination.host': exact,
  'destination.visibility': {
    fate: 'changed',
    code: 'scope-widened',
    reason: 'What Consul keeps with the service holds for the clients of all namespaces.',
  },
  'destination.client': exact,
  'destination.port': { fate: 'exact', reason: 'Of the one port that Consul knows of a service.' },
  'destination.every': exact,
  'subset.name': exact,
  'subset.labels': {
    fate: 'exact',
    reason: 'As a filter over service meta, which pods get by an annotation.',
  },
  'subset.default': exact,
  'subset.policy': {
    fate: 'lost',
    code: 'subset-policy',
    reason: 'Consul has one policy for all of a service, not for its subsets.',
  },
  protocol: exact,
  'load-balancer': exact,
  'load-balancer.hash': exact,
  'load-balancer.ring': exact,
  'load-balancer.table': {
    fate: 'changed',
    code: 'no-hash',
    reason: 'In Consul the table of Maglev has 65537 entries, and that cannot be set.',
  },
  'load-balancer.locality': {
    fate: 'lost',
    code: 'enterprise',
    reason: 'Only Consul Enterprise prefers instances nearby: requests go to all places alike.',
    risk: 'availability',
  },
  'outlier.5xx': {
    fate: 'exact',
    reason: 'In Consul each client says it for itself.',
    from: {
      linkerd: {
        fate: 'changed',
        code: 'breaker-algorithm',
        reason: 'Consul counts 5xx and failed connections in a row; failing gRPC answers no longer count.',
      },
    },
  },
  'outlier.gateway': {
    fate: 'lost',
    code: 'gateway-errors',
    reason: 'Consul has one counter for all 5xx.',
    risk: 'availability',
  },
  'outlier.local': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Consul counts local errors with all others.',
    risk: 'availability',
  },
  'outlier.interval': exact,
  'outlier.base-ejection': {
    fate: 'exact',
    from: {
      linkerd: {
        fate: 'changed',
        code: 'breaker-algorithm',
        reason: 'Consul ejects for the base time, multiplied by how often it happened, and sends no probe first.',
      },
    },
  },
  'outlier.max-ejection': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'In Consul an ejection lasts the base time, multiplied by how often it happened.',
    risk: 'availability',
  },
  'outlier.max-percent': exact,
  'outlier.min-health': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Consul ejects whatever share of the endpoints is healthy.',
    risk: 'availability',
  },
  'outlier.enforce': exact,
  'limit.connections': { fate: 'exact', reason: 'In Consul each client says it for itself.' },
  'limit.pending': { fate: 'exact', reason: 'In Consul each client says it for itself.' },
  'limit.requests': { fate: 'exact', reason: 'In Consul each client says it for itself.' },
  'limit.requests-per-connection': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Consul has no such limit.',
    risk: 'availability',
  },
  'limit.retries': { fate: 'lost', code: 'no-equivalent', reason: 'Consul has no such limit.', risk: 'availability' },
  'limit.inbound': exact,
  'timeout.connect': exact,
  'timeout.connect.client': exact,
  'timeout.request-default': { fate: 'exact', reason: 'As the timeout of every route of the service.' },
  'client-tls': {
    fate: 'lost',
    code: 'tls-origination',
    reason: 'Consul always uses mutual TLS inside the mesh; to the outside a terminating gateway opens TLS.',
    risk: 'security',
  },
  failover: exact,
  'mtls.mode': exact,
  'mtls.workload': { fate: 'exact', reason: 'Service by service.' },
  'mtls.exposed': exact,
  'mtls.port': {
    fate: 'changed',
    code: 'port-excluded',
    reason: 'Consul has no mode of a port; one that takes plaintext is led around the proxy.',
    risk: 'security',
    from: { linkerd: { fate: 'exact', reason: 'As the mode of the service, which is strict as a whole.' } },
  },
  'access.workload': { fate: 'exact', reason: 'Service by service.' },
  'access.port': {
    fate: 'changed',
    code: 'port-not-addressable',
    reason: 'Consul protects one port of a service.',
    risk: 'security',
  },
  'access.action': exact,
  'access.identity': { fate: 'exact', reason: 'By the name of the service whose pods run under the account.' },
  'access.identity.not': { fate: 'exact', reason: 'The exceptions get entries of their own.' },
  'access.namespace': {
    fate: 'changed',
    code: 'namespace-enumerated',
    reason: 'Consul knows no namespaces: the services of the workspace are named one by one.',
    risk: 'security',
  },
  'access.namespace.not': {
    fate: 'lost',
    code: 'namespace-enumerated',
    reason: 'Consul knows no namespaces, and cannot name all services outside of some.',
    risk: 'security',
  },
  'access.network': {
    fate: 'lost',
    code: 'ip-authz',
    reason: 'Intentions know clients by identity, not by address.',
    risk: 'security',
  },
  'access.path': exact,
  'access.method': exact,
  'access.host': {
    fate: 'changed',
    code: 'authority-match',
    reason: 'Matched as the header ":authority" by its text: clients write a service in several ways.',
    risk: 'security',
  },
  'access.header': exact,
  ...accessAnswers,
  'access.condition': {
    fate: 'lost',
    code: 'authz-condition',
    reason: 'Of conditions, intentions see headers and clients alone.',
    risk: 'security',
  },
  'gateway.carrier': {
    fate: 'changed',
    code: 'gateway-deploy',
    reason: 'The class "consul" starts pods of its own for the gateway, in place of those that a selector means.',
  },
  'gateway.port': exact,
  'gateway.protocol': exact,
  'gateway.host': exact,
  'gateway.tls': exact,
  'gateway.retries': exact,
  'gateway.idle-timeout': exact,
  'gateway.tls-version': exact,
  'gateway.tls-ciphers': { fate: 'exact', reason: 'By their IANA names.' },
  'gateway.tls-clients': {
    fate: 'lost',
    code: 'client-cert',
    reason: 'Consul would ask clients for no certificate here, so the listener is left out.',
    risk: 'availability',
  },
  'gateway.tls-files': {
    fate: 'changed',
    code: 'cert-files',
    reason: 'Certificates come from a Secret here.',
    risk: 'availability',
  },
  'gateway.https-redirect': {
    fate: 'lost',
    code: 'no-redirect',
    reason: 'Consul cannot redirect to HTTPS, so a listener that only redirects is not opened.',
    risk: 'availability',
  },
  ...outsideAnswers,
  ...proxyAnswers,
};
