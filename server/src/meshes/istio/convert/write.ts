/** The representation in Istio's words. */

import type { Environment } from '../../../model/environment.ts';
import type { Ir } from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { withUnasked } from '../../../model/unasked.ts';
import { type ConvertOptions, type Output, writeConcepts } from '../../mesh.ts';
import { conceptWriters } from './concepts.ts';
import { Drafts } from './drafts.ts';
import { unaskedOfIstio } from './unasked.ts';
import { writeAccess } from './write-access.ts';
import { writeDestinations } from './write-destinations.ts';
import { writeGateways } from './write-gateways.ts';
import { writeMutualTls } from './write-mutual-tls.ts';
import { writeRoutes } from './write-routes.ts';

/** Writes all of it: gateways and routes, then how clients talk to services, then who may talk to them. */
export function write(ir: Ir, environment: Environment, ledger: Ledger, options: ConvertOptions): readonly Output[] {
  const drafts = new Drafts(withUnasked(ir, unaskedOfIstio, ledger, options), environment, ledger, options);
  writeGateways(drafts);
  writeRoutes(drafts);
  writeDestinations(drafts);
  writeMutualTls(drafts);
  writeAccess(drafts);
  writeConcepts(ir, conceptWriters, drafts, ledger);
  return drafts.outputs();
}
