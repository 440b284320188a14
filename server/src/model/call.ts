/** What fields and policies say about traffic: what a resource routes, where to, and who may call what. */

import type { Environment } from './environment.ts';
import type { Kind } from './kind.ts';
import type { Resource } from './manifest.ts';
import type { Path } from './text.ts';

/** A field of the reference table that says where traffic comes from or goes to. */
export interface CallRow {
  readonly from: Kind;
  /** Pattern of the field, as the reference table has it. */
  readonly path: string;
  /** `about` names what traffic is for that the resource routes, `to` where it sends that. */
  readonly role: 'about' | 'to';
}

/** Somebody who may call, and the field of the policy that says so. */
export interface Caller {
  readonly policy: Resource;
  readonly path: Path;
  /** As the field names it. */
  readonly text: string;
}

/** A service that pods say they call, and the field that says so. */
export interface Upstream {
  readonly workload: Resource;
  readonly path: Path;
  /** The Service, or what else defines the name, as far as the workspace has it. */
  readonly target: Resource;
}

export interface CallRules {
  readonly rows: readonly CallRow[];
  /** Who may call a Service by the policies that allow; not proportional to more than its namespace. */
  callersOf?(service: Resource, environment: Environment): Iterable<Caller>;
  /** What the pods behind a Service say they call. */
  upstreamsOf?(service: Resource, environment: Environment): Iterable<Upstream>;
}

/** Rows of several fields of a kind. */
export function callRows(from: Kind, role: CallRow['role'], paths: readonly string[]): readonly CallRow[] {
  return paths.map((path) => ({ from, path, role }));
}
