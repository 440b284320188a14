/** `meshwright upgrade`: brings resources to the newest version of their kind, and says which stay behind and why. */

import { applyEdits } from '../model/text.ts';
import { environmentOf } from '../model/workspace.ts';
import { resourceText } from '../queries/convert.ts';
import { upgrades } from '../queries/upgrade.ts';
import type { CommandResult, Loaded } from './check.ts';

export interface UpgradeResult extends CommandResult {
  /** Files with their new text, as people write their names. */
  readonly writes: readonly { readonly path: string; readonly text: string }[];
}

/**
 * Upgrades the files that were asked for. Exit code 0 when nothing outdated is left, 1 when something is: what has to stay,
 * and on a dry run, which writes nothing, all that is outdated.
 */
export function upgradeCommand({ workspace, asked, nameOf }: Loaded, isDryRun: boolean): UpgradeResult {
  const all = [...upgrades(workspace, asked)];
  const lines = all.flatMap(({ uri, done, left }) => {
    const nameIn = (it: (typeof done)[number]) =>
      `${nameOf(uri)}: ${resourceText(environmentOf(workspace, uri), it.resource)}`;
    return [
      ...done.map((it) => `${nameIn(it)}: ${it.resource.apiVersion} → ${it.to}`),
      ...left.map((it) => `${nameIn(it)} stays at ${it.resource.apiVersion}: ${it.reason.replace(/\.$/, '')}.`),
    ];
  });
  const done = all.reduce((sum, it) => sum + it.done.length, 0);
  const left = all.reduce((sum, it) => sum + it.left.length, 0);
  const changed = all.filter((it) => it.edits.length > 0);
  const writes = changed.map(({ uri, edits }) => ({
    path: nameOf(uri),
    text: applyEdits(workspace.manifests.get(uri)?.text ?? '', edits),
  }));
  return {
    exitCode: left > 0 || (isDryRun && done > 0) ? 1 : 0,
    stdout: `${[...lines, ...(lines.length > 0 ? [''] : []), closing(asked.length, done, left, isDryRun)].join('\n')}\n`,
    stderr: '',
    writes: isDryRun ? [] : writes,
  };
}

function closing(files: number, done: number, left: number, isDryRun: boolean): string {
  if (done + left === 0) return `Nothing to upgrade in ${counted(files, 'file')}.`;
  const moved = `${counted(done, 'resource')} ${isDryRun ? 'can be upgraded' : 'upgraded'}`;
  return left === 0 ? `${moved}.` : `${moved}, ${counted(left, 'resource')} left.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}
