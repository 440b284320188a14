/** What Consul's config entries have at the least. Most are named like the service that they are about. */

import { decide, type Essentials } from '../../model/essentials.ts';
import {
  ExportedServices,
  IngressGateway,
  Mesh,
  ProxyDefaults,
  ServiceDefaults,
  ServiceIntentions,
  ServiceResolver,
  ServiceRouter,
  ServiceSplitter,
  TerminatingGateway,
} from './kinds.ts';

const service = decide('service');

export const essentials: readonly Essentials[] = [
  { kind: ServiceDefaults, value: { metadata: { name: service }, spec: { protocol: decide('protocol', 'http') } } },
  {
    kind: ServiceIntentions,
    value: {
      metadata: { name: service },
      spec: {
        destination: { name: service },
        sources: [{ name: decide('caller'), action: decide('action', 'allow') }],
      },
    },
  },
  {
    kind: ServiceResolver,
    value: {
      metadata: { name: service },
      spec: { subsets: { v1: { filter: decide('filter', 'Service.Meta.version == v1') } } },
    },
  },
  {
    kind: ServiceRouter,
    value: {
      metadata: { name: service },
      spec: {
        routes: [{ match: { http: { pathPrefix: decide('path', '/') } }, destination: { service } }],
      },
    },
  },
  {
    kind: ServiceSplitter,
    value: { metadata: { name: service }, spec: { splits: [{ weight: 100, service }] } },
  },
  { kind: ProxyDefaults, value: { metadata: { name: 'global' }, spec: { config: { protocol: 'http' } } } },
  { kind: Mesh, value: { metadata: { name: 'mesh' }, spec: { tls: { incoming: { tlsMinVersion: 'TLSv1_2' } } } } },
  {
    kind: ExportedServices,
    value: {
      metadata: { name: 'default' },
      spec: { services: [{ name: service, consumers: [{ peer: decide('peer', 'cluster-02') }] }] },
    },
  },
  {
    kind: IngressGateway,
    value: {
      metadata: { name: decide('name', 'ingress-gateway') },
      spec: {
        listeners: [
          {
            port: decide('port', 8080),
            protocol: 'http',
            services: [{ name: service, hosts: [decide('host', 'shop.example.com')] }],
          },
        ],
      },
    },
  },
  {
    kind: TerminatingGateway,
    value: { metadata: { name: decide('name', 'terminating-gateway') }, spec: { services: [{ name: service }] } },
  },
];
