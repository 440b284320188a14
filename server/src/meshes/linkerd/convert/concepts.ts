/** What Linkerd makes of the concepts that only some meshes have. */

import type { ConceptWriters } from '../../mesh.ts';
import { writeClientDefaults } from './client-defaults.ts';
import type { Draft } from './draft.ts';

export const conceptWriters: ConceptWriters<Draft> = {
  clientDefaults: writeClientDefaults,
  inboundLimits: {
    lost: 'Linkerd does not limit the connections that a pod takes.',
    code: 'no-equivalent',
    risk: 'availability',
  },
  jwt: { lost: 'Not carried over to Linkerd yet: tokens of clients.', code: 'no-equivalent', risk: 'security' },
  rateLimits: {
    lost: 'Not carried over to Linkerd yet: limits of requests.',
    code: 'no-equivalent',
    risk: 'availability',
  },
  externals: {
    lost: 'Not carried over to Linkerd yet: services outside of the mesh.',
    code: 'no-equivalent',
    risk: 'availability',
  },
  egress: {
    lost: 'Not carried over to Linkerd yet: rules for traffic that leaves the mesh.',
    code: 'no-equivalent',
    risk: 'security',
  },
  outsideWorkloads: {
    lost: 'Not carried over to Linkerd yet: workloads outside of the cluster.',
    code: 'no-equivalent',
  },
  exports: { lost: 'Not carried over to Linkerd yet: services for other clusters.', code: 'no-equivalent' },
  injections: { lost: 'Not carried over to Linkerd yet: which pods get a proxy.', code: 'no-equivalent' },
  proxySettings: { lost: 'Not carried over to Linkerd yet: this setting of a proxy.', code: 'no-equivalent' },
  telemetry: { lost: 'Not carried over to Linkerd yet: what proxies tell of the traffic.', code: 'no-equivalent' },
  extensions: { lost: 'Not carried over to Linkerd yet: code of your own in proxies.', code: 'no-equivalent' },
};
