/** Linkerd's words for what a representation asks: routes, Services of versions, annotations, Servers and policies. */

import type { Environment } from '../../../model/environment.ts';
import type { Ir } from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { withUnasked } from '../../../model/unasked.ts';
import { type ConvertOptions, type Output, writeConcepts } from '../../mesh.ts';
import { conceptWriters } from './concepts.ts';
import { writeDestinations } from './destinations.ts';
import { writeClosedNamespaces } from './closed-namespaces.ts';
import { Draft } from './draft.ts';
import { writeGateways } from './gateways.ts';
import { writeMutualTls } from './mutual-tls.ts';
import { noteProfiles } from './profiles.ts';
import { unaskedOfLinkerd } from './unasked.ts';
import { writeAccess } from './write-access.ts';
import { writeRoutes } from './write-routes.ts';

/** Writes everything that Linkerd can say; the ledger learns what became of every value. */
export function writeLinkerd(
  ir: Ir,
  environment: Environment,
  ledger: Ledger,
  options: ConvertOptions,
): readonly Output[] {
  const draft = new Draft(withUnasked(ir, unaskedOfLinkerd, ledger, options), environment, ledger, options);
  writeDestinations(draft);
  writeRoutes(draft);
  noteProfiles(draft);
  writeGateways(draft);
  writeMutualTls(draft);
  writeClosedNamespaces(draft);
  writeAccess(draft);
  writeConcepts(ir, conceptWriters, draft, ledger);
  return draft.outputs();
}
