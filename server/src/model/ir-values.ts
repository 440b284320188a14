/** What the representation of a conversion is made of: values that remember who asked for them. */

import type { Resource } from './manifest.ts';
import type { Path } from './text.ts';

/** A leaf, or a branch that stands for all leaves below it, of a source resource. */
export interface Origin {
  readonly resource: Resource;
  readonly path: Path;
}

/** A value with every place that asked for it; more than one when several leaves say it together. */
export interface Asked<T> {
  readonly value: T;
  readonly from: readonly Origin[];
}

export type Labels = Readonly<Record<string, string>>;

export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

export type TextMatch = {
  /** The opposite; what is missing satisfies it. "There, but different" is this together with `present`. */
  readonly negate?: boolean;
  readonly ignoreCase?: boolean;
} & (
  | { readonly type: 'exact' | 'prefix' | 'suffix' | 'contains'; readonly value: string }
  /** Anchored at both ends; the dialect is the one of the source's proxy. */
  | { readonly type: 'regex'; readonly value: string; readonly dialect: 're2' | 'rust' }
  | { readonly type: 'present' }
);

export interface PathMatch {
  /** `prefix` compares characters, `segments` whole path segments. */
  readonly type: 'exact' | 'prefix' | 'segments' | 'regex';
  readonly value: string;
  readonly ignoreCase?: boolean;
}
