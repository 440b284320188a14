/** What Linkerd makes of the concepts that only some meshes have. */

import type { ConceptWriters } from '../../mesh.ts';
import { writeClientDefaults } from './client-defaults.ts';
import type { Draft } from './draft.ts';
import { writeLimits } from './limits.ts';
import { loseTokens } from './tokens.ts';
import { refuseExtensions } from './extensions.ts';
import { writeInjection, writeSettings } from './proxies.ts';
import { writeTelemetry } from './telemetry.ts';
import { writeEgress } from './write-egress.ts';
import { writeExternals } from './write-externals.ts';
import { writeExports, writeOutsideServices, writeOutsideWorkloads } from './write-outside.ts';

export const conceptWriters: ConceptWriters<Draft> = {
  clientDefaults: writeClientDefaults,
  inboundLimits: {
    lost: 'Linkerd does not limit the connections that a pod takes.',
    code: 'no-equivalent',
    risk: 'availability',
  },
  jwt: loseTokens,
  rateLimits: writeLimits,
  externals: writeExternals,
  egress: writeEgress,
  outsideServices: writeOutsideServices,
  outsideWorkloads: writeOutsideWorkloads,
  exports: writeExports,
  injections: writeInjection,
  proxySettings: writeSettings,
  telemetry: writeTelemetry,
  extensions: refuseExtensions,
};
