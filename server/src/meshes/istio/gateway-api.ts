/** What Istio makes of the Gateway API. Source: istio pilot/pkg/config/kube/gateway/conversion.go of 1.31. */

import type { GatewayApiRow } from '../ideas.ts';
import { Gateway, GRPCRoute, HTTPRoute, TCPRoute, TLSRoute, UDPRoute } from '../kubernetes/gateway/kinds.ts';
import type { Kind } from '../../model/kind.ts';

const rule = 'spec.rules[*]';
const backendFilter = `${rule}.backendRefs[*].filters[*]`;

function reads(kind: Kind, ...paths: readonly string[]): readonly GatewayApiRow[] {
  return paths.map((path) => ({ kind, path, fate: 'exact' }));
}

function changes(kind: Kind, reason: string, ...paths: readonly string[]): readonly GatewayApiRow[] {
  return paths.map((path) => ({ kind, path, fate: 'changed', reason }));
}

function ignores(kind: Kind, reason: string, ...paths: readonly string[]): readonly GatewayApiRow[] {
  return paths.map((path) => ({ kind, path, fate: 'lost', reason }));
}

const headersOnly = 'For a single backend it only changes headers.';

export const gatewayApi: readonly GatewayApiRow[] = [
  ...[HTTPRoute, GRPCRoute].flatMap((kind) => [
    ...reads(kind, 'spec.parentRefs.**', `${rule}.name`, `${rule}.matches.**`),
    ...changes(kind, 'Reads it at a Gateway, and ignores it on a route of a Service.', 'spec.hostnames.**'),
    ...reads(kind, `${rule}.filters[*].requestHeaderModifier.**`, `${rule}.filters[*].responseHeaderModifier.**`),
    ...reads(kind, `${rule}.filters[*].requestMirror.**`),
    ...ignores(kind, 'Knows no extensions of filters.', `${rule}.filters[*].extensionRef.**`),
    ...reads(kind, `${backendFilter}.requestHeaderModifier.**`, `${backendFilter}.responseHeaderModifier.**`),
    ...ignores(kind, headersOnly, `${backendFilter}.requestMirror.**`, `${backendFilter}.extensionRef.**`),
    ...['group', 'kind', 'name', 'namespace', 'port', 'weight'].flatMap((it) =>
      reads(kind, `${rule}.backendRefs[*].${it}`),
    ),
  ]),
  ...reads(HTTPRoute, `${rule}.filters[*].requestRedirect.**`, `${rule}.filters[*].urlRewrite.**`),
  ...reads(HTTPRoute, `${rule}.filters[*].cors.**`, `${rule}.timeouts.request`),
  ...ignores(
    HTTPRoute,
    headersOnly,
    ...['requestRedirect', 'urlRewrite', 'cors'].map((it) => `${backendFilter}.${it}.**`),
  ),
  ...changes(
    HTTPRoute,
    'Limits each attempt where there are retries, else the whole request.',
    `${rule}.timeouts.backendRequest`,
  ),
  ...[TCPRoute, TLSRoute].flatMap((kind) => reads(kind, 'spec.parentRefs.**', `${rule}.backendRefs.**`)),
  ...reads(TLSRoute, 'spec.hostnames.**'),
  ...ignores(UDPRoute, 'Routes no UDP.', 'spec.**'),
  ...reads(Gateway, 'spec.gatewayClassName', 'spec.listeners.**'),
];
