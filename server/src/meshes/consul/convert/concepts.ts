/** What Consul makes of the concepts that only some meshes have. */

import type { ConceptWriters } from '../../mesh.ts';
import { writeClientDefaults, writeInboundLimits } from './client-defaults.ts';
import type { Drafts } from './drafts.ts';

export const conceptWriters: ConceptWriters<Drafts> = {
  clientDefaults: writeClientDefaults,
  inboundLimits: writeInboundLimits,
  jwt: { lost: 'Not carried over to Consul yet: tokens of clients.', code: 'no-equivalent', risk: 'security' },
  rateLimits: {
    lost: 'Not carried over to Consul yet: limits of requests.',
    code: 'no-equivalent',
    risk: 'availability',
  },
  externals: {
    lost: 'Not carried over to Consul yet: services outside of the mesh.',
    code: 'no-equivalent',
    risk: 'availability',
  },
  egress: {
    lost: 'Not carried over to Consul yet: rules for traffic that leaves the mesh.',
    code: 'no-equivalent',
    risk: 'security',
  },
  outsideWorkloads: {
    lost: 'Not carried over to Consul yet: workloads outside of the cluster.',
    code: 'no-equivalent',
  },
  exports: { lost: 'Not carried over to Consul yet: services for other clusters.', code: 'no-equivalent' },
  injections: { lost: 'Not carried over to Consul yet: which pods get a proxy.', code: 'no-equivalent' },
  proxySettings: { lost: 'Not carried over to Consul yet: this setting of a proxy.', code: 'no-equivalent' },
  telemetry: { lost: 'Not carried over to Consul yet: what proxies tell of the traffic.', code: 'no-equivalent' },
  extensions: { lost: 'Not carried over to Consul yet: code of your own in proxies.', code: 'no-equivalent' },
};
