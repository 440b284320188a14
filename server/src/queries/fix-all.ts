/** All that can be mended in a file without asking: the safe fixes of its findings, where they do not get in each other's way. */

import { textEdits } from '../model/edit.ts';
import { partsIn } from '../model/manifest.ts';
import type { Range, TextEdit, Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { findingsOf } from './findings.ts';

/**
 * The edits of the first safe fix of each finding of a file, in the order of the findings. Of two fixes that touch one
 * place the first counts; the other finds its turn when asked again. Fixes that reach into other files are left out.
 */
export function fixAll(workspace: Workspace, uri: Uri): readonly TextEdit[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  const environment = environmentOf(workspace, uri);
  const kept: TextEdit[] = [];
  for (const { fixes } of partsIn(manifest).flatMap(({ part }) => findingsOf(environment, uri, part))) {
    const fix = fixes.find((it) => it.isSafe);
    if (!fix) continue;
    const made = textEdits(fix.edits(), (it) => workspace.manifests.get(it));
    const own = made.get(uri) ?? [];
    const isAlone = made.size === 1 && !own.some((it) => kept.some((other) => touches(it.range, other.range)));
    if (isAlone) kept.push(...own);
  }
  return kept;
}

function touches(a: Range, b: Range): boolean {
  return a.start <= b.end && b.start <= a.end;
}
