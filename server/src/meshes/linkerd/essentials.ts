/** What Linkerd's kinds have at the least. */

import { decide, type Essentials } from '../../model/essentials.ts';
import {
  AuthorizationPolicy,
  HTTPLocalRateLimitPolicy,
  MeshTLSAuthentication,
  NetworkAuthentication,
  PolicyHTTPRoute,
  Server,
  ServiceProfile,
} from './kinds.ts';

const name = decide('name');
const app = decide('app');

export const essentials: readonly Essentials[] = [
  {
    kind: Server,
    value: {
      metadata: { name: app },
      spec: {
        podSelector: { matchLabels: { app } },
        port: decide('port'),
        proxyProtocol: decide('protocol', 'HTTP/1'),
      },
    },
  },
  {
    kind: AuthorizationPolicy,
    value: {
      metadata: { name },
      spec: {
        targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: decide('server') },
        requiredAuthenticationRefs: [
          { group: 'policy.linkerd.io', kind: 'MeshTLSAuthentication', name: decide('authentication') },
        ],
      },
    },
  },
  {
    kind: MeshTLSAuthentication,
    value: { metadata: { name }, spec: { identityRefs: [{ kind: 'ServiceAccount', name: decide('account') }] } },
  },
  {
    kind: NetworkAuthentication,
    value: { metadata: { name }, spec: { networks: [{ cidr: decide('cidr', '10.0.0.0/8') }] } },
  },
  {
    kind: HTTPLocalRateLimitPolicy,
    value: {
      metadata: { name },
      spec: {
        targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: decide('server') },
        total: { requestsPerSecond: decide('requests', 100) },
      },
    },
  },
  {
    kind: PolicyHTTPRoute,
    value: {
      metadata: { name: decide('service') },
      spec: {
        parentRefs: [{ group: 'core', kind: 'Service', name: decide('service'), port: decide('port') }],
        rules: [{ backendRefs: [{ name: decide('service'), port: decide('port') }] }],
      },
    },
  },
  {
    kind: ServiceProfile,
    value: {
      metadata: { name: decide('name') },
      spec: {
        routes: [{ name: decide('route', 'GET /'), condition: { method: 'GET', pathRegex: decide('path', '/.*') } }],
      },
    },
  },
];
