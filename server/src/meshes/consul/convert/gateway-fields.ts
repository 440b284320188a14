/** Which fields of Consul's gateways, and of the filters and services that their routes name, say which idea. */

import type { Risk } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import type { FieldRow, Idea, PlaceRow } from '../../ideas.ts';
import { gatewayApiFields } from '../../kubernetes/gateway/dialect/fields.ts';
import { Gateway, HTTPRoute, TCPRoute } from '../../kubernetes/gateway/kinds.ts';
import { GatewayClassConfig, IngressGateway, MeshService, RouteRetryFilter, RouteTimeoutFilter } from '../kinds.ts';
import { tlsOptionKeys } from './gateway-tls.ts';

function says(kind: Kind, idea: Idea, ...paths: readonly string[]): readonly FieldRow[] {
  return paths.map((path) => ({ kind, path, idea }));
}

function alone(kind: Kind, code: string, risk: Risk, reason: string, ...paths: readonly string[]): readonly FieldRow[] {
  return paths.map((path) => ({ kind, path, peculiar: { code, reason, risk } }));
}

const listener = 'spec.listeners[*]';
const service = `${listener}.services[*]`;
const options = `${listener}.tls.options`;

const peers = 'Peers and datacenters of Consul are joined in another way in other meshes.';

/** What Consul's controller does not look at. */
const ignored = [
  'spec.rules[*].filters[*].requestRedirect.**',
  'spec.rules[*].filters[*].requestMirror.**',
  'spec.rules[*].filters[*].urlRewrite.hostname',
  'spec.rules[*].filters[*].cors.**',
  'spec.rules[*].timeouts.**',
];

/** Whether a row of the Gateway API holds here as well: rows of our own take the place of the others. */
function isRead({ kind, path }: FieldRow): boolean {
  if (![Gateway, HTTPRoute, TCPRoute].includes(kind)) return false;
  const isOwn = /^spec\.(?:parentRefs|hostnames)/.test(path) || path.includes('.timeouts.') || ignored.includes(path);
  if (path === 'spec.rules[*].filters[*].**') return false;
  return !isOwn && path !== 'spec.rules' && !(kind === TCPRoute && path.endsWith('.name'));
}

export const gatewayRows: readonly FieldRow[] = [
  // The Gateway API at Consul's gateways
  // What a filter says stands in its own resource; what names it goes with it.
  ...says(HTTPRoute, 'timeout', 'spec.rules[*].filters[*].extensionRef.**'),
  ...says(Gateway, 'gateway.tls-version', `${options}["${tlsOptionKeys.min}"]`, `${options}["${tlsOptionKeys.max}"]`),
  ...says(Gateway, 'gateway.tls-ciphers', `${options}["${tlsOptionKeys.ciphers}"]`),
  ...[HTTPRoute, TCPRoute].flatMap((kind) => says(kind, 'route.gateway', 'spec.parentRefs.**')),
  ...says(HTTPRoute, 'gateway.host', 'spec.hostnames.**'),
  ...alone(
    HTTPRoute,
    'unused-in-source',
    'none',
    'The gateway of Consul passes it over, so leaving it out keeps the behaviour.',
    ...ignored,
  ),
  ...alone(TCPRoute, 'metrics-only', 'none', 'The name of a rule only shows in metrics.', 'spec.rules[*].name'),
  ...gatewayApiFields.filter(isRead),
  ...says(RouteTimeoutFilter, 'timeout', 'spec.requestTimeout'),
  ...says(RouteTimeoutFilter, 'gateway.idle-timeout', 'spec.idleTimeout'),
  ...says(RouteRetryFilter, 'gateway.retries', 'spec.**'),
  ...says(MeshService, 'backend.service', 'spec.name'),
  ...alone(MeshService, 'multicluster-name', 'availability', peers, 'spec.peer'),
  ...alone(
    GatewayClassConfig,
    'gateway-deploy',
    'none',
    'It shapes the pods of Consul’s own gateways, in place of which others run.',
    'spec.**',
  ),
  // IngressGateway
  ...says(IngressGateway, 'gateway.port', `${listener}.port`),
  ...says(IngressGateway, 'gateway.protocol', `${listener}.protocol`),
  ...says(IngressGateway, 'gateway.host', `${service}.hosts.**`),
  ...says(IngressGateway, 'backend.service', `${service}.name`),
  ...says(IngressGateway, 'headers.request', `${service}.requestHeaders.**`),
  ...says(IngressGateway, 'headers.response', `${service}.responseHeaders.**`),
  ...['spec.tls', `${listener}.tls`].flatMap((tls) => [
    ...says(IngressGateway, 'gateway.tls-files', `${tls}.enabled`),
    ...says(IngressGateway, 'gateway.tls-version', `${tls}.tlsMinVersion`, `${tls}.tlsMaxVersion`),
    ...says(IngressGateway, 'gateway.tls-ciphers', `${tls}.cipherSuites.**`),
    ...says(IngressGateway, 'gateway.tls-files', `${tls}.sds.**`),
  ]),
  ...['spec.defaults', service].flatMap((at) => [
    ...says(IngressGateway, 'limit.connections', `${at}.maxConnections`),
    ...says(IngressGateway, 'limit.pending', `${at}.maxPendingRequests`),
    ...says(IngressGateway, 'limit.requests', `${at}.maxConcurrentRequests`),
    ...says(IngressGateway, 'outlier.5xx', `${at}.passiveHealthCheck.maxFailures`),
    ...says(IngressGateway, 'outlier.interval', `${at}.passiveHealthCheck.interval`),
    ...says(IngressGateway, 'outlier.base-ejection', `${at}.passiveHealthCheck.baseEjectionTime`),
    ...says(IngressGateway, 'outlier.max-percent', `${at}.passiveHealthCheck.maxEjectionPercent`),
    ...says(IngressGateway, 'outlier.enforce', `${at}.passiveHealthCheck.enforcingConsecutive5xx`),
  ]),
  ...alone(
    IngressGateway,
    'cert-source',
    'availability',
    'Certificates of single services come from a server of secrets, which other gateways do not ask: make Secrets of them.',
    `${service}.tls.**`,
  ),
  ...alone(
    IngressGateway,
    'enterprise',
    'behaviour',
    'Namespaces and partitions of Consul Enterprise have nothing like them elsewhere.',
    `${service}.namespace`,
    `${service}.partition`,
  ),
  ...says(IngressGateway, 'gateway.port', 'spec.listeners', listener, `${listener}.services`),
];

export const gatewayPlaces: readonly PlaceRow[] = [
  { kind: Gateway, path: 'spec.gatewayClassName', idea: 'gateway.carrier' },
  { kind: HTTPRoute, path: 'spec.parentRefs.**', idea: 'route.gateway' },
];
