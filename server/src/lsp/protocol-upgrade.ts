/** Upgrades on the wires. Types and names only, so that the extension can import it. */

import type { WorkspaceEdit } from 'vscode-languageserver-types';

/** Request to the server without parameters; the answer is an `UpgradeAnswer`: all resources of the workspace in their newest version. */
export const upgradeRequest = 'meshwright/upgradeWorkspace';

export interface UpgradeAnswer {
  /** Each change waits for a confirmation; undefined where there is nothing to do. */
  readonly edit?: WorkspaceEdit;
  readonly done: number;
  /** What keeps its version, each as a sentence. */
  readonly left: readonly string[];
}
