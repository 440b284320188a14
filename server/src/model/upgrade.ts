/** What one version of a kind writes otherwise than a later one: data for the fix that changes an apiVersion. */

import type { Kind } from './kind.ts';

export interface Upgrade {
  readonly kind: Kind;
  /** Versions that it leads away from. */
  readonly from: readonly string[];
  /** The version that it leads to; the newest where it is left out. */
  readonly to?: string;
  /** Paths are those of the old version. */
  readonly changes: readonly FieldChange[];
}

export type FieldChange =
  /** The field has another name. */
  | { readonly path: string; readonly rename: string }
  /** Where one value stood, a list of it stands. */
  | { readonly path: string; readonly list: true }
  /** The field takes other values; undefined where one can stay. */
  | { readonly path: string; value(value: unknown, resource: unknown): unknown };
