/** How a mesh comes to a cluster and leaves it, namespace by namespace: what plans of migration are made of. */

import type { Kind } from '../model/kind.ts';

/** One thing to do at the command line, how to see that it worked, and how to take it back. */
export interface Step {
  /** What is done, as a heading. */
  readonly title: string;
  /** Why, and what to look out for; Markdown within a paragraph. */
  readonly why: string;
  readonly commands: readonly Deed[];
  readonly checks?: readonly Deed[];
  readonly rollback?: readonly Deed[];
}

/** A command on one line, or a file that is written, and applied to the cluster where it says so. */
export type Deed = string | { readonly file: string; readonly text: string; readonly isApplied: boolean };

/** A namespace on the move. */
export interface MovingNamespace {
  readonly name: string;
  /** What makes its pods, as `kubectl` names it: `deployment/reviews`. */
  readonly workloads: readonly string[];
}

export interface Moving {
  /** Brings it up beside another mesh, injecting nothing yet. */
  readonly install: readonly Step[];
  /** Lets clients that are no longer in this mesh reach the ones that still are. */
  readonly letIn: Step;
  /** Its way back to strictness, once every client is in it. */
  readonly beStrict: Step;
  /** Commands that make a namespace part of it; pods follow when they are restarted. */
  readonly join: (namespace: MovingNamespace) => readonly string[];
  /** Commands that take a namespace out of it. */
  readonly leave: (namespace: MovingNamespace) => readonly string[];
  /** What shows that the pods of a namespace are in it and well. */
  readonly checks: (namespace: string) => readonly string[];
  readonly uninstall: Step;
  /** Kinds that refuse clients by who they are; a client that changes meshes changes its name. */
  readonly refusing: readonly Kind[];
}

/** A command that makes pods anew, so that the injectors see them. */
export function restart({ name, workloads }: MovingNamespace): readonly string[] {
  const list = workloads.length > 0 ? workloads.join(' ') : 'deployment,statefulset,daemonset';
  return [
    `kubectl rollout restart ${list} -n ${name}`,
    ...workloads.map((it) => `kubectl rollout status ${it} -n ${name} --timeout=5m`),
  ];
}
