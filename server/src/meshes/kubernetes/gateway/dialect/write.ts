/** The representation in plain Gateway API: gateways, routes and the versions that they reach. */

import type { Environment } from '../../../../model/environment.ts';
import type { Ir } from '../../../../model/ir.ts';
import type { Ledger } from '../../../../model/report.ts';
import type { ConvertOptions, Output } from '../../../mesh.ts';
import { Draft } from './draft.ts';
import { writeDestinations } from './write-destinations.ts';
import { loseEgress } from './write-egress.ts';
import { writeGateways } from './write-gateways.ts';
import { writeRoutes } from './write-routes.ts';
import { loseSecurity } from './write-security.ts';

/**
 * Writes what the standard channel can say. Who may call whom, mutual TLS and all that is the affair of a mesh is nowhere
 * in the Gateway API: what nobody speaks of here is told by the table of answers.
 */
export function writeGatewayApi(
  ir: Ir,
  environment: Environment,
  ledger: Ledger,
  options: ConvertOptions,
): readonly Output[] {
  const draft = new Draft(ir, environment, ledger, options);
  const sections = writeGateways(draft);
  writeDestinations(draft);
  writeRoutes(sections, draft);
  loseSecurity(ir, ledger);
  loseEgress(ir, ledger);
  return draft.outputs();
}
