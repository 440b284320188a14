/** What the workspace has for fields that name nothing: ports of a Service, labels of pods, the share that a split lacks. */

import type { Environment } from './environment.ts';
import type { Kind } from './kind.ts';
import type { Resource } from './manifest.ts';
import type { Site } from './reference.ts';

export interface Suggestion {
  readonly value: string | number;
  /** A few words on where it comes from: `port of reviews`. */
  readonly detail: string;
}

export interface Offer {
  readonly from: Kind;
  /** Pattern of the field; `.*` with side `key` stands for the keys of a map. */
  readonly path: string;
  readonly side: 'key' | 'value';
  /** Best first; empty when the workspace has nothing. Not proportional to the workspace, but to a namespace at most. */
  suggest(site: Site, environment: Environment): readonly Suggestion[];
  /** Of labels that select something: what has all of them. */
  readonly selection?: Selection;
}

export interface Selection {
  readonly noun: 'workload' | 'namespace';
  /** What the map of labels at a site selects; undefined where the mesh is not clear about it. */
  selected(site: Site, environment: Environment): readonly Resource[] | undefined;
}
