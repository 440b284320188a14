/** What Istio's kinds have at the least. Their schemas require next to nothing, so that this is what the proxy needs. */

import { decide, type Essentials } from '../../model/essentials.ts';
import {
  AuthorizationPolicy,
  DestinationRule,
  Gateway,
  PeerAuthentication,
  RequestAuthentication,
  ServiceEntry,
  Sidecar,
  Telemetry,
  VirtualService,
  WorkloadEntry,
  WorkloadGroup,
} from './kinds.ts';

const host = decide('host');

export const essentials: readonly Essentials[] = [
  {
    kind: VirtualService,
    value: { metadata: { name: host }, spec: { hosts: [host], http: [{ route: [{ destination: { host } }] }] } },
  },
  {
    kind: VirtualService,
    form: 'to a subset',
    needs: 'subset',
    value: {
      metadata: { name: host },
      spec: { hosts: [host], http: [{ route: [{ destination: { host, subset: decide('subset') } }] }] },
    },
  },
  {
    kind: DestinationRule,
    value: {
      metadata: { name: host },
      spec: { host, trafficPolicy: { loadBalancer: { simple: decide('algorithm', 'LEAST_REQUEST') } } },
    },
  },
  {
    kind: Gateway,
    value: {
      metadata: { name: decide('name', 'ingress') },
      spec: {
        selector: { istio: decide('gateway', 'ingressgateway') },
        servers: [
          {
            port: { number: decide('port', 80), name: 'http', protocol: decide('protocol', 'HTTP') },
            hosts: [decide('hosts', '*.example.com')],
          },
        ],
      },
    },
  },
  {
    kind: ServiceEntry,
    value: {
      metadata: { name: decide('name', 'external-api') },
      spec: {
        hosts: [decide('host', 'api.example.com')],
        ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
        location: 'MESH_EXTERNAL',
        resolution: decide('resolution', 'DNS'),
      },
    },
  },
  {
    kind: Sidecar,
    value: { metadata: { name: decide('name', 'default') }, spec: { egress: [{ hosts: ['./*', 'istio-system/*'] }] } },
  },
  {
    kind: PeerAuthentication,
    value: { metadata: { name: decide('name', 'default') }, spec: { mtls: { mode: decide('mode', 'STRICT') } } },
  },
  {
    kind: AuthorizationPolicy,
    value: {
      metadata: { name: decide('name', 'allow-callers') },
      spec: {
        action: decide('action', 'ALLOW'),
        rules: [{ from: [{ source: { principals: [decide('caller')] } }] }],
      },
    },
  },
  {
    kind: RequestAuthentication,
    value: {
      metadata: { name: decide('name', 'jwt') },
      spec: {
        jwtRules: [
          {
            issuer: decide('issuer', 'https://issuer.example.com'),
            jwksUri: decide('keys', 'https://issuer.example.com/.well-known/jwks.json'),
          },
        ],
      },
    },
  },
  {
    kind: Telemetry,
    value: {
      metadata: { name: decide('name', 'default') },
      spec: { accessLogging: [{ providers: [{ name: decide('provider', 'envoy') }] }] },
    },
  },
  {
    kind: WorkloadEntry,
    value: {
      metadata: { name: decide('name', 'machine') },
      spec: { address: decide('address', '10.0.0.10'), labels: { app: decide('app', 'machine') } },
    },
  },
  {
    kind: WorkloadGroup,
    value: {
      metadata: { name: decide('name', 'machines') },
      spec: {
        metadata: { labels: { app: decide('name', 'machines') } },
        template: { serviceAccount: decide('account', 'default') },
      },
    },
  },
];
