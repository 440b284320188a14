/**
 * Istio's fields by idea, and what becomes in Istio of ideas that come from elsewhere. Readers and writers decide value
 * by value; the tables give the reasons for what they never speak of.
 */

import type { Kind } from '../../../model/kind.ts';
import type { Answers, FieldRow, Idea, PeculiarField, PlaceRow } from '../../ideas.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import {
  AuthorizationPolicy,
  DestinationRule,
  Gateway,
  IstioOperator,
  PeerAuthentication,
  VirtualService,
} from '../kinds.ts';
import { accessAnswers, accessFields } from './access-fields.ts';
import { alsoSaysOfOutside, outsideAnswers, outsideFields } from './outside-fields.ts';
import { alsoSaysOfProxies, proxyAnswers, proxyFields } from './proxy-fields.ts';

// ---- Fields --------------------------------------------------------------------------------------------------------

function says(kind: Kind, rows: { readonly [path: string]: Idea | PeculiarField }): readonly FieldRow[] {
  return Object.entries(rows).map(([path, it]) =>
    typeof it === 'string' ? { kind, path, idea: it } : { kind, path, peculiar: it },
  );
}

function place(kind: Kind, rows: { readonly [path: string]: Idea }): readonly PlaceRow[] {
  return Object.entries(rows).map(([path, idea]) => ({ kind, path, idea }));
}

function onlyIstio(code: string, reason: string, risk: PeculiarField['risk'] = 'behaviour'): PeculiarField {
  return { code, reason, risk };
}

const metrics = onlyIstio(
  'metrics-only',
  'It only names statistics and traces, which are named differently elsewhere.',
  'none',
);
const noPool = onlyIstio('no-equivalent', 'Only Istio lets you set this for connections of a client proxy.');
const tlsFiles = onlyIstio(
  'tls-origination',
  'Certificates for TLS from the client proxy are set up differently elsewhere.',
  'security',
);
const gatewayTls = onlyIstio('no-equivalent', 'Gateways of other meshes have nothing like it.');
const clientCertificates = onlyIstio(
  'client-cert',
  'Other gateways get their certificates in another way.',
  'security',
);

/** The fields of a traffic policy below a path. */
function trafficPolicy(at: string): { readonly [path: string]: Idea | PeculiarField } {
  return {
    [`${at}.loadBalancer.simple`]: 'load-balancer',
    [`${at}.loadBalancer.consistentHash.httpHeaderName`]: 'load-balancer.hash',
    [`${at}.loadBalancer.consistentHash.httpQueryParameterName`]: 'load-balancer.hash',
    [`${at}.loadBalancer.consistentHash.useSourceIp`]: 'load-balancer.hash',
    [`${at}.loadBalancer.consistentHash.httpCookie.name`]: 'load-balancer.hash',
    [`${at}.loadBalancer.consistentHash.httpCookie.ttl`]: 'load-balancer.hash',
    [`${at}.loadBalancer.consistentHash.httpCookie.path`]: 'load-balancer.hash',
    [`${at}.loadBalancer.consistentHash.ringHash.minimumRingSize`]: 'load-balancer.ring',
    [`${at}.loadBalancer.consistentHash.minimumRingSize`]: 'load-balancer.ring',
    [`${at}.loadBalancer.consistentHash.maglev.tableSize`]: 'load-balancer.table',
    [`${at}.loadBalancer.consistentHash.ringHash`]: 'load-balancer.hash',
    [`${at}.loadBalancer.consistentHash.maglev`]: 'load-balancer.hash',
    [`${at}.loadBalancer.consistentHash.**`]: onlyIstio(
      'no-hash',
      'Only Istio sets further attributes of a cookie that it makes.',
    ),
    [`${at}.loadBalancer.localityLbSetting.enabled`]: 'load-balancer.locality',
    [`${at}.loadBalancer.localityLbSetting.**`]: onlyIstio(
      'locality',
      'Other meshes do not weigh or prefer places as Istio does.',
      'availability',
    ),
    [`${at}.loadBalancer.zoneAwareLbSetting.**`]: onlyIstio(
      'locality',
      'Other meshes do not weigh or prefer places as Istio does.',
      'availability',
    ),
    [`${at}.loadBalancer.**`]: onlyIstio('no-equivalent', 'Only Istio warms new endpoints up.'),
    [`${at}.connectionPool.tcp.maxConnections`]: 'limit.connections',
    [`${at}.connectionPool.tcp.connectTimeout`]: 'timeout.connect',
    [`${at}.connectionPool.http.http1MaxPendingRequests`]: 'limit.pending',
    [`${at}.connectionPool.http.http2MaxRequests`]: 'limit.requests',
    [`${at}.connectionPool.http.maxRequestsPerConnection`]: 'limit.requests-per-connection',
    [`${at}.connectionPool.http.maxRetries`]: 'limit.retries',
    [`${at}.connectionPool.**`]: noPool,
    [`${at}.outlierDetection.consecutive5xxErrors`]: 'outlier.5xx',
    [`${at}.outlierDetection.consecutiveGatewayErrors`]: 'outlier.gateway',
    [`${at}.outlierDetection.consecutiveLocalOriginFailures`]: 'outlier.local',
    [`${at}.outlierDetection.splitExternalLocalOriginErrors`]: 'outlier.local',
    [`${at}.outlierDetection.interval`]: 'outlier.interval',
    [`${at}.outlierDetection.baseEjectionTime`]: 'outlier.base-ejection',
    [`${at}.outlierDetection.maxEjectionPercent`]: 'outlier.max-percent',
    [`${at}.outlierDetection.minHealthPercent`]: 'outlier.min-health',
    // The old name stands apart, so that nobody is shown it beside the new one.
    [`${at}.outlierDetection.consecutiveErrors`]: 'outlier.5xx',
    [`${at}.outlierDetection.**`]: onlyIstio(
      'no-equivalent',
      'Other meshes do not choose which answers count as failures.',
    ),
    [`${at}.tls.mode`]: 'client-tls',
    [`${at}.tls.sni`]: 'client-tls',
    [`${at}.tls.**`]: tlsFiles,
    // What the reader passes over in the settings of all ports, it passes over in those of one.
    [`${at}.portLevelSettings[*].connectionPool.http.idleTimeout`]: noPool,
    [`${at}.portLevelSettings[*].connectionPool.http.h2UpgradePolicy`]: noPool,
    [`${at}.portLevelSettings[*].connectionPool.http.useClientProtocol`]: noPool,
    [`${at}.portLevelSettings[*].connectionPool.http.maxConcurrentStreams`]: noPool,
    [`${at}.portLevelSettings[*].connectionPool.tcp.maxConnectionDuration`]: noPool,
    [`${at}.portLevelSettings[*].connectionPool.tcp.idleTimeout`]: noPool,
    [`${at}.portLevelSettings[*].connectionPool.tcp.tcpKeepalive.**`]: noPool,
    [`${at}.portLevelSettings[*].**`]: 'destination.port',
    [`${at}.retryBudget.percent`]: 'retries.budget',
    [`${at}.retryBudget.minRetryConcurrency`]: 'retries.budget',
    [`${at}.retryBudget.budgetInterval`]: 'retries.budget',
    [`${at}.**`]: onlyIstio('no-equivalent', 'Only Istio has this part of a traffic policy.'),
  };
}

function layer4(list: 'tls' | 'tcp'): { readonly [path: string]: Idea | PeculiarField } {
  return {
    [`spec.${list}[*].route[*].destination.host`]: 'route.connections',
    [`spec.${list}[*].match[*].port`]: 'route.connections',
    [`spec.${list}[*].match[*].gateways[*]`]: 'route.connections',
    [`spec.${list}[*].match[*].sourceLabels.*`]: 'match.client',
    [`spec.${list}[*].match[*].sourceNamespace`]: 'match.client',
    [`spec.${list}[*].match[*].**`]: onlyIstio('l4-match', 'Other meshes do not route by addresses.'),
    [`spec.${list}[*].route[*].destination.subset`]: 'route.connections',
    [`spec.${list}[*].route[*].destination.port.number`]: 'route.connections',
    [`spec.${list}[*].route[*].weight`]: 'route.connections',
  };
}

export const fields: readonly FieldRow[] = [
  ...outsideFields,
  ...says(VirtualService, {
    'spec.hosts[*]': 'route.host',
    'spec.gateways[*]': 'route.gateway',
    'spec.exportTo[*]': 'route.visibility',
    'spec.http[*].name': 'route.name',
    'spec.http[*].match[*].name': metrics,
    'spec.http[*].match[*].statPrefix': metrics,
    'spec.http[*].match[*].uri.**': 'match.path',
    'spec.http[*].match[*].ignoreUriCase': 'match.path.ignore-case',
    'spec.http[*].match[*].method.**': 'match.method',
    'spec.http[*].match[*].headers.**': 'match.header',
    'spec.http[*].match[*].withoutHeaders.**': 'match.header.absent',
    'spec.http[*].match[*].queryParams.**': 'match.query',
    'spec.http[*].match[*].authority.**': 'match.authority',
    'spec.http[*].match[*].scheme.**': 'match.scheme',
    'spec.http[*].match[*].port': 'match.port',
    'spec.http[*].match[*].gateways[*]': 'route.gateway',
    'spec.http[*].match[*].sourceLabels.*': 'match.client',
    'spec.http[*].match[*].sourceNamespace': 'match.client',
    'spec.http[*].route[*].destination.host': 'backend.service',
    'spec.http[*].route[*].destination.subset': 'backend.subset',
    'spec.http[*].route[*].destination.port.number': 'backend.port',
    'spec.http[*].route[*].weight': 'backend.weight',
    'spec.http[*].route[*].headers.**': 'backend.headers',
    'spec.http[*].headers.request.**': 'headers.request',
    'spec.http[*].headers.response.**': 'headers.response',
    'spec.http[*].redirect.**': 'redirect',
    'spec.http[*].directResponse.**': 'direct-response',
    'spec.http[*].rewrite.authority': 'rewrite.host',
    'spec.http[*].rewrite.**': 'rewrite.path',
    'spec.http[*].mirror.**': 'mirror',
    'spec.http[*].mirrors[*].**': 'mirror',
    'spec.http[*].mirrorPercentage.value': 'mirror',
    'spec.http[*].mirrorPercent': 'mirror',
    'spec.http[*].mirror_percent': 'mirror',
    'spec.http[*].timeout': 'timeout',
    'spec.http[*].retries.attempts': 'retries.attempts',
    'spec.http[*].retries.perTryTimeout': 'retries.per-try',
    'spec.http[*].retries.retryOn': 'retries.conditions',
    'spec.http[*].retries.backoff': 'retries.backoff',
    'spec.http[*].retries.retryRemoteLocalities': onlyIstio('no-equivalent', 'Only Istio chooses where a retry goes.'),
    'spec.http[*].retries.retryIgnorePreviousHosts': onlyIstio(
      'no-equivalent',
      'Only Istio chooses where a retry goes.',
    ),
    'spec.http[*].fault.**': 'fault',
    'spec.http[*].corsPolicy.**': 'cors',
    'spec.http[*].delegate.**': 'backend.service',
    'spec.tls[*].match[*].sniHosts[*]': 'match.sni',
    ...layer4('tcp'),
    ...layer4('tls'),
  }),
  ...says(DestinationRule, {
    'spec.host': 'destination.host',
    'spec.exportTo[*]': 'destination.visibility',
    'spec.workloadSelector.**': 'destination.client',
    'spec.subsets[*].name': 'subset.name',
    'spec.subsets[*].labels.*': 'subset.labels',
    'spec.subsets[*].labels': 'subset.labels',
    ...trafficPolicy('spec.trafficPolicy'),
    'spec.subsets[*].trafficPolicy.**': 'subset.policy',
  }),
  ...says(PeerAuthentication, {
    'spec.mtls.mode': 'mtls.mode',
    'spec.portLevelMtls.*.mode': 'mtls.port',
    'spec.selector.**': 'mtls.workload',
  }),
  ...says(AuthorizationPolicy, {
    'spec.selector.**': 'access.workload',
    'spec.targetRef.**': 'access.workload',
    'spec.targetRefs[*].**': 'access.workload',
    'spec.action': 'access.action',
    'spec.provider.name': 'access.outside',
    'spec.rules[*].from[*].source.principals[*]': 'access.identity',
    'spec.rules[*].from[*].source.serviceAccounts[*]': 'access.identity',
    'spec.rules[*].from[*].source.notPrincipals[*]': 'access.identity.not',
    'spec.rules[*].from[*].source.notServiceAccounts[*]': 'access.identity.not',
    'spec.rules[*].from[*].source.namespaces[*]': 'access.namespace',
    'spec.rules[*].from[*].source.notNamespaces[*]': 'access.namespace.not',
    'spec.rules[*].from[*].source.ipBlocks[*]': 'access.network',
    'spec.rules[*].from[*].source.notIpBlocks[*]': 'access.network',
    'spec.rules[*].from[*].source.requestPrincipals[*]': 'access.jwt',
    'spec.rules[*].from[*].source.notRequestPrincipals[*]': 'access.jwt',
    'spec.rules[*].from[*].source.**': 'access.condition',
    'spec.rules[*].to[*].operation.paths[*]': 'access.path',
    'spec.rules[*].to[*].operation.notPaths[*]': 'access.path',
    'spec.rules[*].to[*].operation.methods[*]': 'access.method',
    'spec.rules[*].to[*].operation.notMethods[*]': 'access.method',
    'spec.rules[*].to[*].operation.hosts[*]': 'access.host',
    'spec.rules[*].to[*].operation.notHosts[*]': 'access.host',
    'spec.rules[*].to[*].operation.ports[*]': 'access.port',
    'spec.rules[*].to[*].operation.notPorts[*]': 'access.port',
    'spec.rules[*].when[*].**': 'access.condition',
  }),
  ...says(Gateway, {
    'spec.selector.*': 'gateway.carrier',
    'spec.servers[*].port.number': 'gateway.port',
    'spec.servers[*].port.name': 'gateway.port',
    'spec.servers[*].port.protocol': 'gateway.protocol',
    'spec.servers[*].hosts[*]': 'gateway.host',
    'spec.servers[*].tls.mode': 'gateway.tls',
    'spec.servers[*].tls.credentialName': 'gateway.tls',
    'spec.servers[*].tls.httpsRedirect': 'gateway.https-redirect',
    'spec.servers[*].tls.credentialNames[*]': 'gateway.tls',
    'spec.servers[*].tls.tlsCertificates[*].**': 'gateway.tls-files',
    'spec.servers[*].tls.serverCertificate': 'gateway.tls-files',
    'spec.servers[*].tls.privateKey': 'gateway.tls-files',
    'spec.servers[*].tls.minProtocolVersion': 'gateway.tls-version',
    'spec.servers[*].tls.maxProtocolVersion': 'gateway.tls-version',
    'spec.servers[*].tls.cipherSuites[*]': 'gateway.tls-ciphers',
    'spec.servers[*].tls.caCertificates': clientCertificates,
    'spec.servers[*].tls.caCertCredentialName': 'gateway.tls-clients',
    'spec.servers[*].tls.subjectAltNames[*]': clientCertificates,
    'spec.servers[*].tls.verifyCertificateHash[*]': clientCertificates,
    'spec.servers[*].tls.verifyCertificateSpki[*]': clientCertificates,
    'spec.servers[*].tls.caCrl': clientCertificates,
    'spec.servers[*].**': gatewayTls,
  }),
  ...accessFields,
  ...says(IstioOperator, {
    'spec.**': onlyIstio('no-equivalent', 'It installs Istio; another mesh is installed by tools of its own.', 'none'),
  }),
  ...proxyFields,
];

export const alsoSays: readonly PlaceRow[] = [
  ...alsoSaysOfOutside,
  ...alsoSaysOfProxies,
  ...place(VirtualService, { 'spec.http[*].retries.retryOn': 'retries.connect' }),
  ...place(VirtualService, { 'spec.http[*].retries.attempts': 'gateway.retries' }),
  ...place(VirtualService, { 'spec.http[*].timeout': 'timeout.request-default' }),
  ...place(VirtualService, { 'spec.http[*].route[*].destination.subset': 'subset.default' }),
  ...place(AuthorizationPolicy, { 'spec.rules[*].when[*]': 'access.header' }),
  ...place(Service, { 'spec.ports[*].appProtocol': 'protocol' }),
  ...place(DestinationRule, {
    'spec.host': 'destination.every',
    'spec.trafficPolicy.connectionPool.tcp.connectTimeout': 'timeout.connect.client',
  }),
];

// ---- Answers -------------------------------------------------------------------------------------------------------

const exact = { fate: 'exact' } as const;

export const answers: Answers = {
  'route.host': exact,
  'route.gateway': exact,
  'route.visibility': exact,
  'route.name': exact,
  'match.path': exact,
  'match.path.ignore-case': exact,
  'match.method': exact,
  'match.header': exact,
  'match.header.absent': exact,
  'match.query': exact,
  'match.authority': {
    fate: 'changed',
    code: 'authority-match',
    reason:
      'Clients name a service in several ways, with or without namespace and port; each way has to be matched by itself.',
  },
  'match.scheme': exact,
  'match.port': exact,
  'match.sni': exact,
  'match.client': exact,
  'route.connections': exact,
  'backend.service': exact,
  'backend.subset': exact,
  'backend.port': exact,
  'backend.weight': exact,
  'backend.headers': exact,
  redirect: exact,
  'direct-response': exact,
  'rewrite.path': exact,
  'rewrite.host': exact,
  'headers.request': exact,
  'headers.response': exact,
  mirror: exact,
  timeout: exact,
  'timeout.response': {
    fate: 'lost',
    code: 'response-timeout',
    reason: 'Istio limits the whole exchange, not the time until response headers.',
  },
  'timeout.idle': { fate: 'lost', code: 'no-equivalent', reason: 'Istio has no idle timeout of a route.' },
  'retries.attempts': exact,
  'retries.conditions': exact,
  'retries.connect': exact,
  'retries.per-try': {
    fate: 'exact',
    from: {
      linkerd: {
        fate: 'changed',
        code: 'per-try-last',
        reason: 'Istio limits each attempt as a whole, the last one too; Linkerd only the time until headers.',
      },
    },
  },
  'retries.backoff': exact,
  'retries.budget': { fate: 'exact', reason: 'In the traffic policy of a DestinationRule.' },
  fault: exact,
  cors: {
    fate: 'exact',
    from: {
      linkerd: {
        fate: 'lost',
        code: 'no-cors',
        reason: 'A CORS filter of the Gateway API is not carried over; set "corsPolicy" by hand.',
        risk: 'behaviour',
      },
    },
  },
  'destination.host': exact,
  'destination.visibility': exact,
  'destination.client': exact,
  'destination.port': exact,
  'destination.every': { fate: 'exact', reason: 'In a rule for all hosts of the cluster.' },
  'subset.name': exact,
  'subset.labels': exact,
  'subset.default': { fate: 'exact', reason: 'Routes name the version.' },
  'subset.policy': exact,
  protocol: { fate: 'exact', reason: 'Istio reads the protocol from the Service.' },
  'load-balancer': exact,
  'load-balancer.hash': exact,
  'load-balancer.ring': exact,
  'load-balancer.table': exact,
  'load-balancer.locality': exact,
  'outlier.5xx': {
    fate: 'exact',
    from: {
      linkerd: {
        fate: 'changed',
        code: 'breaker-algorithm',
        reason: 'Istio counts answers with 5xx and failed connections in a row; failing gRPC answers no longer count.',
      },
    },
  },
  'outlier.gateway': exact,
  'outlier.local': exact,
  'outlier.interval': exact,
  'outlier.base-ejection': {
    fate: 'exact',
    from: {
      linkerd: {
        fate: 'changed',
        code: 'breaker-algorithm',
        reason:
          'Istio ejects for this time, times the number of ejections so far, and then trusts the endpoint at once.',
      },
    },
  },
  'outlier.max-ejection': {
    fate: 'lost',
    code: 'breaker-algorithm',
    reason: 'Istio ejects for a multiple of the base time, five minutes at most.',
  },
  'outlier.max-percent': exact,
  'outlier.min-health': exact,
  'outlier.enforce': { fate: 'lost', code: 'no-equivalent', reason: 'Istio carries out every ejection.' },
  'limit.connections': exact,
  'limit.pending': exact,
  'limit.requests': exact,
  'limit.requests-per-connection': exact,
  'limit.retries': exact,
  'limit.inbound': { fate: 'exact', reason: 'In the Sidecar of its pods.' },
  'timeout.connect': exact,
  'timeout.connect.client': { fate: 'exact', reason: 'In a rule for all hosts of the cluster.' },
  'timeout.request-default': { fate: 'exact', reason: 'A route for everything has it.' },
  'client-tls': exact,
  failover: {
    fate: 'lost',
    code: 'no-service-failover',
    reason: 'Istio does not fall back to another service, only to other places of the same one.',
    risk: 'availability',
  },
  'mtls.mode': exact,
  'mtls.workload': exact,
  'mtls.exposed': {
    fate: 'changed',
    code: 'expose-path',
    reason: 'The port behind the path takes plaintext as a whole, by the policy of its workload.',
    risk: 'security',
  },
  'mtls.port': exact,
  'access.workload': exact,
  'access.port': exact,
  'access.action': exact,
  'access.identity': exact,
  'access.identity.not': exact,
  'access.namespace': exact,
  'access.namespace.not': exact,
  'access.network': exact,
  'access.path': exact,
  'access.method': exact,
  'access.host': exact,
  'access.header': exact,
  ...accessAnswers,
  'access.condition': {
    fate: 'lost',
    code: 'authz-condition',
    reason: 'Istio has no such condition.',
    risk: 'security',
  },
  'gateway.carrier': {
    fate: 'changed',
    code: 'gateway-deploy',
    reason: 'Istio does not start pods for a Gateway; it configures pods that run already.',
  },
  'gateway.port': exact,
  'gateway.protocol': exact,
  'gateway.host': exact,
  'gateway.tls': exact,
  'gateway.retries': exact,
  'gateway.idle-timeout': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Istio has no idle timeout of a route.',
  },
  'gateway.tls-version': exact,
  'gateway.tls-ciphers': { fate: 'exact', reason: 'By the names of OpenSSL.' },
  'gateway.tls-clients': exact,
  'gateway.tls-files': {
    fate: 'changed',
    code: 'cert-source',
    reason: 'Istio takes the certificate from a Secret beside the pods of the gateway.',
    risk: 'availability',
  },
  'gateway.https-redirect': exact,
  ...outsideAnswers,
  ...proxyAnswers,
};
