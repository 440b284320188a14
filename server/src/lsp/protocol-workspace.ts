/** The tree of the workspace on the wires. Types and names only, so that the extension can import it. */

import type { Location } from 'vscode-languageserver-types';
import type { TrafficRole } from '../meshes/subjects.ts';
import type { Severity } from '../model/rule.ts';
import type { FindingCounts, NodeType } from '../queries/workspace-tree.ts';

export type { TrafficRole } from '../meshes/subjects.ts';
export type { FindingCounts, NodeType } from '../queries/workspace-tree.ts';

/** Request to the server; `NodeParams` → `TreeAnswer`: what stands below a node, below none the meshes. */
export const treeRequest = 'meshwright/workspaceTree';
/** Request to the server; `NodeParams` → `readonly NodeFinding[]`: the findings below a node, hints left out. */
export const nodeFindingsRequest = 'meshwright/workspaceFindings';
/** Request to the server; `NodeParams` → `OutlookAnswer`: how what stands below a node would convert. Can be cancelled. */
export const outlookRequest = 'meshwright/workspaceOutlook';
/** Notification to the extension, once after each answer: the tree may differ from what was answered. */
export const treeChanged = 'meshwright/workspaceTreeChanged';

export interface NodeParams {
  /** Id of a node; absent for the whole tree. */
  readonly node?: string;
}

export interface TreeAnswer {
  readonly nodes: readonly ProtocolNode[];
  /** How many resources of any kind the workspace has; tells why a tree is empty. */
  readonly manifests: number;
}

/** A node as `TreeNode` has it, with its place in lines. */
export interface ProtocolNode {
  readonly id: string;
  readonly type: NodeType;
  readonly name: string;
  readonly role?: TrafficRole;
  readonly elsewhere?: string;
  readonly location?: Location;
  readonly resources: number;
  readonly findings: FindingCounts;
  readonly hasChildren: boolean;
}

export interface NodeFinding {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  /** `VirtualService reviews`. */
  readonly resource: string;
  readonly location: Location;
}

export interface OutlookAnswer {
  readonly outlooks: readonly ProtocolOutlook[];
  /** Set where there is too much to try; then there are no outlooks. */
  readonly tooMany?: number;
}

export interface ProtocolOutlook {
  /** `Linkerd`. */
  readonly mesh: string;
  readonly resources: number;
  readonly decisions: readonly string[];
  readonly refusals: readonly string[];
}
