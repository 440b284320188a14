/** `meshwright plan`: a runbook for the way of some manifests from one mesh to another. */

import type { ConvertOptions } from '../model/convert-options.ts';
import { type MeshId, meshNames } from '../model/mesh-id.ts';
import { shellWord } from '../model/shell.ts';
import type { Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import { meshToLeave, plan } from '../queries/plan.ts';
import { planMarkdown } from '../render/plan-markdown.ts';

export interface PlanCommand {
  readonly workspace: Workspace;
  readonly uris: readonly Uri[];
  /** The mesh to leave; the one that most resources are of without it. */
  readonly from?: MeshId;
  readonly to: MeshId;
  /** How the user calls what is migrated. */
  readonly paths: readonly string[];
  readonly options: ConvertOptions;
}

export interface PlanResult {
  readonly exitCode: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** The runbook in Markdown. Nothing to migrate is misuse: exit code 2 and a message. */
export function planCommand({ workspace, uris, from, to, paths, options }: PlanCommand): PlanResult {
  const source = from ?? meshToLeave(workspace, uris)?.id;
  if (source === undefined)
    return misuse(`There is nothing of a mesh in ${paths.join(', ')}, so there is nothing to migrate.`);
  if (source === to)
    return misuse(`The manifests are ${meshNames[to]}'s already. --from names another mesh to come from.`);
  const found = plan(workspace, uris, source, to, options);
  if (found.namespaces.length === 0 && found.everywhere.length === 0)
    return misuse(`There is nothing of ${meshNames[source]} in ${paths.join(', ')}, so there is nothing to migrate.`);
  return { exitCode: 0, stdout: planMarkdown(found, paths.map(shellWord).join(' ')), stderr: '' };
}

function misuse(sentence: string): PlanResult {
  return { exitCode: 2, stdout: '', stderr: `${sentence}\n` };
}
