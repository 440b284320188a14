/** What Istio makes of the concepts that only some meshes have. */

import type { ConceptWriters } from '../../mesh.ts';
import type { Drafts } from './drafts.ts';
import { writeLimits } from './write-limits.ts';
import { writeRequestAuthentications } from './write-tokens.ts';
import { writeClientDefaults } from './write-client-defaults.ts';
import { writeInboundLimits } from './write-inbound-limits.ts';
import { writeEgress } from './write-egress.ts';
import { writeExports } from './write-exports.ts';
import { writeExternals } from './write-externals.ts';
import { writeOutsideServices, writeOutsideWorkloads } from './write-workloads.ts';
import { writeExtensions } from './write-extensions.ts';
import { writeInjection, writeSettings } from './write-proxies.ts';
import { writeTelemetry } from './write-telemetry.ts';

export const conceptWriters: ConceptWriters<Drafts> = {
  clientDefaults: writeClientDefaults,
  inboundLimits: writeInboundLimits,
  jwt: writeRequestAuthentications,
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
