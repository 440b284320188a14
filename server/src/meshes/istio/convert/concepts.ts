/** What Istio makes of the concepts that only some meshes have. */

import type { ConceptWriters } from '../../mesh.ts';
import type { Drafts } from './drafts.ts';
import { writeClientDefaults } from './write-client-defaults.ts';
import { writeInboundLimits } from './write-inbound-limits.ts';

export const conceptWriters: ConceptWriters<Drafts> = {
  clientDefaults: writeClientDefaults,
  inboundLimits: writeInboundLimits,
  jwt: { lost: 'Not carried over to Istio yet: tokens of clients.', code: 'no-equivalent', risk: 'security' },
  rateLimits: {
    lost: 'Not carried over to Istio yet: limits of requests.',
    code: 'no-equivalent',
    risk: 'availability',
  },
  externals: {
    lost: 'Not carried over to Istio yet: services outside of the mesh.',
    code: 'no-equivalent',
    risk: 'availability',
  },
  egress: {
    lost: 'Not carried over to Istio yet: rules for traffic that leaves the mesh.',
    code: 'no-equivalent',
    risk: 'security',
  },
  outsideWorkloads: { lost: 'Not carried over to Istio yet: workloads outside of the cluster.', code: 'no-equivalent' },
  exports: { lost: 'Not carried over to Istio yet: services for other clusters.', code: 'no-equivalent' },
  injections: { lost: 'Not carried over to Istio yet: which pods get a proxy.', code: 'no-equivalent' },
  proxySettings: { lost: 'Not carried over to Istio yet: this setting of a proxy.', code: 'no-equivalent' },
  telemetry: { lost: 'Not carried over to Istio yet: what proxies tell of the traffic.', code: 'no-equivalent' },
  extensions: { lost: 'Not carried over to Istio yet: code of your own in proxies.', code: 'no-equivalent' },
};
