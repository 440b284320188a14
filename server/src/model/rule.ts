/** Rules and what they find. A finding names a path; ranges are made by whoever shows it. */

import type { Environment } from './environment.ts';
import type { Kind } from './kind.ts';
import type { Resource } from './manifest.ts';
import type { DialectId } from './mesh-id.ts';
import type { Part } from './part.ts';
import type { Path, Range, Uri } from './text.ts';

export type Severity = 'error' | 'warning' | 'info' | 'hint';

export interface Rule {
  /** `istio/virtualservice-gateway-not-found`; also the file's and the page's name. */
  readonly id: string;
  readonly severity: Severity;
  readonly summary: string;
  /** What it is about; `every` kind that we know. */
  readonly kinds: readonly Kind[] | 'every';
  /** Codes by which other tools know this mistake: `IST0101`, `KIA1102`. */
  readonly peers: readonly string[];
  /** Yields what is wrong with one resource in one environment; asks the index, never the file system. */
  check(resource: Resource, environment: Environment): Iterable<Finding>;
}

export interface Finding {
  readonly path: Path;
  readonly side?: 'key' | 'value';
  readonly message: string;
  readonly severity?: Severity;
  /**
   * Set when the finding is that something was not found: the namespace where it was looked for (empty: outside the
   * cluster). How sure that is, `Environment.isClosed` says.
   */
  readonly absentFrom?: string;
  /** The kinds that were looked for, beside Service. */
  readonly absentKinds?: readonly Kind[];
  readonly related?: readonly Related[];
  readonly tags?: readonly ('deprecated' | 'unnecessary')[];
  readonly fixes?: readonly Fix[];
}

export interface Related {
  readonly resource: Resource;
  readonly path: Path;
  readonly message: string;
}

export interface Fix {
  /** An imperative that shows the result: `Use "ingress/edge"`. */
  readonly title: string;
  /** Whether it may be applied unasked, as "fix all" does. */
  readonly isSafe?: boolean;
  /** The mesh to whose form it converts, where one has to look before: its result would be less secure, or is nothing. */
  readonly previews?: DialectId | undefined;
  /** Made when asked for. Edits by path keep the rest of the text as it is. */
  edits(): readonly FixEdit[];
}

/** One change, told by path; `model/edit.ts` turns it into text edits that keep the file's style. */
export type FixEdit =
  | { readonly type: 'replace-value'; readonly resource: Resource; readonly path: Path; readonly value: unknown }
  /** The same place, spelt exactly so: with quotes or without them. */
  | { readonly type: 'spell-value'; readonly resource: Resource; readonly path: Path; readonly text: string }
  | { readonly type: 'rename-key'; readonly resource: Resource; readonly path: Path; readonly key: string }
  | {
      readonly type: 'delete';
      readonly resource: Resource;
      readonly path: Path;
      /** Of a key that stands more than once, the first one; by default it is the last, whose value counts. */
      readonly isFirst?: boolean;
    }
  /** A stretch of a part, for texts that are too broken to have paths. */
  | {
      readonly type: 'replace-text';
      readonly uri: Uri;
      readonly part: Part;
      /** Counted from the start of the part. */
      readonly range: Range;
      readonly text: string;
    }
  | {
      readonly type: 'insert';
      readonly resource: Resource /** Path of the new field; its parent map or list exists or is made. */;
      readonly path: Path;
      readonly value: unknown;
    }
  | { readonly type: 'append-document'; readonly uri: Uri; readonly text: string };

/** A finding with its place in a file: what editors and the command line show. */
export interface Diagnostic {
  readonly range: Range;
  readonly severity: Severity;
  /** Rule id. */
  readonly code: string;
  readonly message: string;
  readonly peers: readonly string[];
  readonly tags: readonly ('deprecated' | 'unnecessary')[];
  readonly related: readonly { readonly uri: Uri; readonly range: Range; readonly message: string }[];
}
