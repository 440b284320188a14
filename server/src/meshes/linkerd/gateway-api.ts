/**
 * What Linkerd makes of the Gateway API: routes whose parent is a Service, and no Gateways.
 * Source: linkerd2 policy-controller/k8s/index/src/outbound and policy-controller/grpc/src/outbound.
 */

import type { GatewayApiRow } from '../ideas.ts';
import { Gateway, GRPCRoute, HTTPRoute, TCPRoute, TLSRoute, UDPRoute } from '../kubernetes/gateway/kinds.ts';
import type { Kind } from '../../model/kind.ts';

const rule = 'spec.rules[*]';
const filter = `${rule}.filters[*]`;
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

const wholeRoute = 'Ignores a whole route that has it.';

export const gatewayApi: readonly GatewayApiRow[] = [
  ...ignores(
    GRPCRoute,
    'Ignores a whole route with a regular expression for a gRPC method.',
    `${rule}.matches[*].method.type`,
  ),
  ...[HTTPRoute, GRPCRoute].flatMap((kind) => [
    ...reads(kind, 'spec.parentRefs.**', 'spec.hostnames.**', `${rule}.matches.**`),
    ...ignores(kind, 'Rules have no names in the version of the Gateway API that it reads.', `${rule}.name`),
    ...reads(kind, `${filter}.requestHeaderModifier.**`, `${filter}.responseHeaderModifier.**`),
    ...reads(kind, `${backendFilter}.requestHeaderModifier.**`, `${backendFilter}.responseHeaderModifier.**`),
    ...ignores(kind, wholeRoute, `${filter}.requestMirror.**`, `${filter}.extensionRef.**`),
    ...['group', 'kind', 'name', 'namespace', 'port', 'weight'].flatMap((it) =>
      reads(kind, `${rule}.backendRefs[*].${it}`),
    ),
  ]),
  ...ignores(HTTPRoute, wholeRoute, `${filter}.urlRewrite.**`, `${filter}.cors.**`),
  ...changes(HTTPRoute, 'Redirects with 301 and 302 only.', `${filter}.requestRedirect.**`),
  ...reads(HTTPRoute, `${rule}.timeouts.request`),
  ...ignores(HTTPRoute, 'Ignores it.', `${rule}.timeouts.backendRequest`),
  ...ignores(HTTPRoute, 'Takes retries from its annotations alone.', `${rule}.retry.**`),
  ...[TCPRoute, TLSRoute].flatMap((kind) => [
    ...reads(kind, 'spec.parentRefs.**'),
    ...changes(kind, 'Reads it in version v1alpha2, with exactly one rule.', `${rule}.backendRefs.**`),
  ]),
  ...reads(TLSRoute, 'spec.hostnames.**'),
  ...ignores(UDPRoute, 'Carries no UDP.', 'spec.**'),
  ...ignores(Gateway, 'Has no gateway of its own; another product carries it.', 'spec.**'),
];
