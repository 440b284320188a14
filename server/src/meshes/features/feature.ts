/** A feature of service meshes: one row of the comparison, with a cell for each mesh. */

import type { MeshId } from '../../model/mesh-id.ts';

/** Headings of the comparison, in the order of their first row. */
export const categories = [
  'Architecture',
  'Security',
  'Traffic',
  'Resilience',
  'Observability',
  'Multi-cluster',
  'Operations',
  'Governance',
  'Platforms',
  'Extensibility',
  'Developer experience',
] as const;

export type Category = (typeof categories)[number];

/** How well a mesh does it: 0 not at all, 1 weakly or by a workaround, 2 well with limits, 3 fully; null for a plain fact. */
export type Rating = 0 | 1 | 2 | 3 | null;

/** A kind as `kindId` writes it: `networking.istio.io/VirtualService`, `/Service` for the core group. */
export type KindId = `${string}/${string}`;

export interface Feature {
  /** Stable name for links and the command line: `circuit-breaking`. */
  readonly id: string;
  readonly title: string;
  readonly category: Category;
  readonly cells: Readonly<Record<MeshId, Cell>>;
  /** What a widely copied comparison of 2023 says, for the rows that it has. */
  readonly seed: Readonly<Record<MeshId, string>> | undefined;
  /** Whether that comparison is wrong, dated or misleading today. */
  readonly seedOutdated: boolean;
  /** What changed since, or what to keep in mind when reading the row; may be empty. */
  readonly why: string;
}

export interface Cell {
  /** Today's answer in a few words. */
  readonly value: string;
  readonly rating: Rating;
  /** How it is done, or why it cannot be; may be empty. Code stands between backticks. */
  readonly note: string;
  /** The release that brought it, `before 1.20` when it is older than that; null when there is nothing to say. */
  readonly since: string | null;
  /** Kinds that one writes for it. */
  readonly kinds: readonly KindId[];
  /**
   * Fields which show that a resource of one of the kinds uses the feature. Absent: a kind of a mesh shows it alone.
   * Empty: only `keys` do.
   */
  readonly fields?: readonly string[];
  /** Labels and annotations that turn the feature on, on a resource or its pod template; a final `*` stands for any ending. */
  readonly keys?: readonly string[];
  /** Page of the project to read on, https. */
  readonly source: string;
  /** Files of upstream repositories that were read for the cell. */
  readonly sourceRef: string;
  /** Set when at least one statement of the cell could not be confirmed. */
  readonly unverified?: true;
}
