/**
 * What Consul makes of the Gateway API: Gateways of its own class and the routes at them, none in the mesh.
 * Source: consul-k8s control-plane/api-gateway of 2.0.
 */

import type { GatewayApiRow } from '../ideas.ts';
import { Gateway, GRPCRoute, HTTPRoute, TCPRoute, TLSRoute, UDPRoute } from '../kubernetes/gateway/kinds.ts';
import type { Kind } from '../../model/kind.ts';

const rule = 'spec.rules[*]';
const filter = `${rule}.filters[*]`;

function at(
  kind: Kind,
  fate: 'changed' | 'lost',
  reason: string,
  ...paths: readonly string[]
): readonly GatewayApiRow[] {
  return paths.map((path) => ({ kind, path, fate, reason }));
}

function gatewaysOnly(kind: Kind, ...paths: readonly string[]): readonly GatewayApiRow[] {
  return at(kind, 'changed', 'Reads it at its gateways, not in the mesh.', ...paths);
}

const noMirror = 'Its gateways mirror nothing.';

export const gatewayApi: readonly GatewayApiRow[] = [
  ...gatewaysOnly(HTTPRoute, 'spec.parentRefs.**', 'spec.hostnames.**', `${rule}.matches.**`),
  ...gatewaysOnly(HTTPRoute, `${filter}.requestHeaderModifier.**`, `${filter}.responseHeaderModifier.**`),
  ...at(HTTPRoute, 'lost', 'Its gateways do not redirect.', `${filter}.requestRedirect.**`),
  ...at(HTTPRoute, 'lost', noMirror, `${filter}.requestMirror.**`),
  ...at(HTTPRoute, 'lost', 'Its gateways answer no CORS preflight.', `${filter}.cors.**`),
  ...at(HTTPRoute, 'lost', 'Its gateways do not rewrite the host.', `${filter}.urlRewrite.hostname`),
  ...at(HTTPRoute, 'changed', 'Its gateways replace prefixes only.', `${filter}.urlRewrite.**`),
  ...at(
    HTTPRoute,
    'changed',
    'Its gateways know RouteTimeoutFilter, RouteRetryFilter and RouteAuthFilter, of the same namespace.',
    `${filter}.extensionRef.**`,
  ),
  ...gatewaysOnly(
    HTTPRoute,
    ...['group', 'kind', 'name', 'namespace', 'port', 'weight'].map((it) => `${rule}.backendRefs[*].${it}`),
  ),
  ...at(HTTPRoute, 'lost', 'Its gateways want a RouteTimeoutFilter instead.', `${rule}.timeouts.**`),
  ...at(GRPCRoute, 'lost', 'Its gateways read no GRPCRoute.', 'spec.**'),
  ...gatewaysOnly(TCPRoute, 'spec.parentRefs.**', `${rule}.backendRefs.**`),
  ...at(TLSRoute, 'lost', 'Its gateways read no TLSRoute.', 'spec.**'),
  ...at(UDPRoute, 'lost', 'Its gateways read no UDPRoute.', 'spec.**'),
  { kind: Gateway, path: 'spec.gatewayClassName', fate: 'exact' },
  {
    kind: Gateway,
    path: 'spec.listeners[*].protocol',
    fate: 'changed',
    reason: 'Its gateways listen for HTTP, HTTPS and TCP, not for TLS.',
  },
  ...['name', 'port', 'hostname', 'allowedRoutes.**', 'tls.certificateRefs.**'].map(
    (it): GatewayApiRow => ({ kind: Gateway, path: `spec.listeners[*].${it}`, fate: 'exact' }),
  ),
  {
    kind: Gateway,
    path: 'spec.listeners[*].tls.mode',
    fate: 'changed',
    reason: 'Its gateways terminate TLS; they pass none through.',
  },
];
