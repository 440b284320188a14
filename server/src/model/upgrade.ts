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

/** A field that another one of the same version has taken the place of: data for the fix of a deprecated field. */
export interface Successor {
  readonly kind: Kind;
  /** Pattern of the old field. */
  readonly path: string;
  /** The new field, from the parent of the old one on: `mirrorPercentage`, `ringHash.minimumRingSize`. */
  readonly successor: string;
  /** What the new field takes in place of a value; undefined where nothing means the same. Without it, the value stays. */
  value?(value: unknown): unknown;
}
