/** Looking up features on the wires. Types and names only, so that the extension can import it. */

export type { LookUpEntry } from '../queries/look-up.ts';

/** Request to the server; `LookUpParams` → `readonly LookUpEntry[]`. */
export const lookUpRequest = 'meshwright/lookUp';

export interface LookUpParams {
  /** Ids of features to choose among; everything that can be looked up without them. */
  readonly features?: readonly string[];
}
