/** What Consul makes of the concepts that only some meshes have. */

import type { ConceptWriters } from '../../mesh.ts';
import { writeClientDefaults, writeInboundLimits } from './client-defaults.ts';
import type { Drafts } from './drafts.ts';
import { writeLimits } from './limits.ts';
import { settleProviders } from './tokens.ts';
import { writeExtensions } from './extensions.ts';
import { writeInjection, writeSettings } from './proxies.ts';
import { writeTelemetry } from './telemetry.ts';
import { writeEgress, writeExternals } from './externals.ts';
import { writeExports, writeOutsideServices, writeOutsideWorkloads } from './outside.ts';

export const conceptWriters: ConceptWriters<Drafts> = {
  clientDefaults: writeClientDefaults,
  inboundLimits: writeInboundLimits,
  jwt: settleProviders,
  rateLimits: writeLimits,
  externals: writeExternals,
  egress: writeEgress,
  outsideServices: writeOutsideServices,
  outsideWorkloads: writeOutsideWorkloads,
  exports: writeExports,
  injections: writeInjection,
  proxySettings: writeSettings,
  telemetry: writeTelemetry,
  extensions: writeExtensions,
};
