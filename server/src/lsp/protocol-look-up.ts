/** Looking up features on the wires. Types, names and checks only, so that the extension can import it. */

export type { LookUpEntry } from '../queries/look-up.ts';

/** Request to the server; `LookUpParams` → `readonly LookUpEntry[]`. */
export const lookUpRequest = 'meshwright/lookUp';

export interface LookUpParams {
  /** Ids of features to choose among; everything that can be looked up without them. */
  readonly features?: readonly string[];
}

/** The feature that the path of an outside link names, `/feature/mtls`; undefined for any other path. */
export function featureInLink(path: string): string | undefined {
  return /^\/feature\/([a-z\d][a-z\d-]*)\/?$/.exec(path)?.[1];
}
