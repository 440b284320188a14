/**
 * Names in manifests as data. A declaration says which field defines a name, a reference which field uses one; both give
 * a key in a space (`istio/subset`: `reviews.shop.svc.cluster.local|v1`). Where keys are equal, they mean the same thing.
 */

import type { Kind } from './kind.ts';
import type { Resource } from './manifest.ts';
import type { Path } from './text.ts';

/** A set of names in which keys are unique: `istio/host`, or the id of a kind, `networking.istio.io/Gateway`. */
export type Space = string;

/** Where a name stands, and what is known there. */
export interface Site {
  readonly resource: Resource;
  readonly path: Path;
  /** The namespace of the resource in its environment. */
  readonly namespace: string;
  readonly clusterDomain: string;
}

export interface Declaration {
  readonly from: Kind;
  /** Pattern of the field that defines the name: `spec.subsets[*].name`; `.*` takes the map's key as the name. */
  readonly path: string;
  readonly space: Space;
  /** The key of a name written here; undefined when it defines nothing. Several keys for a name known in several forms. */
  keys(text: string, site: Site): readonly string[];
}

export interface Reference {
  readonly from: Kind;
  /** Pattern of the field that uses the name: `spec.gateways[*]`. */
  readonly path: string;
  /** Where the name may be defined; a reference may ask its siblings (`kind:` beside `name:`). */
  spaces(site: Site): readonly Space[];
  /** Keys that the name may mean, best first; empty when it is not a name (`mesh`, `*`). */
  keys(text: string, site: Site): readonly string[];
  /** How a declared key is written at this place; undefined when it cannot be named here. Serves completion. */
  write(key: string, site: Site): string | undefined;
  /** What the thing is called in messages: "gateway", "subset". */
  readonly noun: string;
}

/** A name found in a manifest. */
export interface Named {
  readonly site: Site;
  readonly text: string;
  /** Whether the name is a map's key instead of a value. */
  readonly side: 'key' | 'value';
}
