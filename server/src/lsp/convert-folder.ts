/** The conversion of a folder, or of the whole workspace, with progress and an early end. */

import {
  type CancellationToken,
  type Connection,
  LSPErrorCodes,
  ResponseError,
  WorkDoneProgress,
} from 'vscode-languageserver';
import type { DialectId } from '../meshes/mesh.ts';
import type { Environment } from '../model/environment.ts';
import { addTo } from '../model/group.ts';
import type { Resource } from '../model/manifest.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type Conversion, convert } from '../queries/convert.ts';
import { dialectOf, folderSelection } from './convertible.ts';
import type { ConvertFolderParams } from './protocol-convert.ts';

/** Converts environment by environment, so that others are answered in between. Rejects when it is cancelled. */
export async function convertFolder(
  connection: Connection,
  workspace: Workspace,
  params: ConvertFolderParams,
  token: CancellationToken,
): Promise<Conversion> {
  const to = dialectOf(params.to);
  const groups = new Map<Environment, Resource[]>();
  for (const resource of folderSelection(workspace, params))
    addTo(groups, environmentOf(workspace, resource.uri), resource);
  const conversions: Conversion[] = [];
  const all = [...groups.values()].reduce((sum, it) => sum + it.length, 0);
  let done = 0;
  for (const resources of groups.values()) {
    await new Promise((resolve) => setImmediate(resolve));
    if (token.isCancellationRequested)
      throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The conversion was cancelled.');
    conversions.push(convert(workspace, { resources }, to, params.options));
    done += resources.length;
    if (params.workDoneToken !== undefined)
      await connection.sendProgress(WorkDoneProgress.type, params.workDoneToken, {
        kind: 'report',
        percentage: Math.round((done * 100) / all),
        message: `${done} of ${all} resources`,
      });
  }
  return together(to, conversions);
}

/** Several conversions as one; two that write the same path each keep their manifests, the later under a new name. */
function together(to: DialectId, conversions: readonly Conversion[]): Conversion {
  const taken = new Set<string>();
  return {
    to,
    outputs: conversions.flatMap((it) => it.outputs).map((it) => ({ ...it, path: unusedPath(it.path, taken) })),
    changes: conversions.flatMap((it) => it.changes),
    report: conversions.flatMap((it) => it.report),
    notes: [...new Map(conversions.flatMap((it) => it.notes).map((it) => [it.text, it])).values()],
    refused: conversions.flatMap((it) => it.refused),
  };
}

function unusedPath(path: string, taken: Set<string>): string {
  let free = path;
  for (let number = 2; taken.has(free); number += 1) free = path.replace(/(\.ya?ml)?$/, (it) => `-${number}${it}`);
  taken.add(free);
  return free;
}
