/** What a resource of a kind has at the least when a person writes one: its usual minimum, as plain data with open places. */

import type { Kind } from './kind.ts';
import type { Path } from './text.ts';
import { isRecord } from './value.ts';

/** A place where a person decides. Places of one name are one decision: a host that is routed and where it is sent. */
export interface Decision {
  readonly decide: string;
  /** What most people write there; the name of the place stands in when nothing is usual. */
  readonly usual: string | number | undefined;
}

export interface Essentials {
  readonly kind: Kind;
  /** What tells it from other usual forms of the kind: `for a Service`. */
  readonly form?: string;
  /** The open place for which the workspace has to have something, or the form makes no sense: a subset. */
  readonly needs?: string;
  /** Keys of the resource beside apiVersion, kind and metadata.namespace, in the order in which they are written. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** An open place of essentials. */
export function decide(name: string, usual?: string | number): Decision {
  return { decide: name, usual };
}

/** Whether a value of essentials is an open place. */
export function isDecision(value: unknown): value is Decision {
  return isRecord(value) && typeof value['decide'] === 'string' && 'usual' in value;
}

/** What essentials say at a path, whichever item of a list it leads through; undefined where they say nothing. */
export function essentialsAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (Array.isArray(at)) at = typeof key === 'number' ? at[0] : undefined;
    else if (isRecord(at) && !isDecision(at) && Object.hasOwn(at, String(key))) at = at[String(key)];
    else return undefined;
  }
  return at;
}
