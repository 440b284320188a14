/** What the light bulb offers: fixes of the findings at the cursor, and conversion to the other meshes. */

import { textEdits } from '../model/edit.ts';
import { partAt, partsIn, rangeAt, type Resource, resourceAt, resourcesOf } from '../model/manifest.ts';
import type { DialectId } from '../model/mesh-id.ts';
import type { Fix } from '../model/rule.ts';
import type { Range, TextEdit, Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { findingsOf } from './findings.ts';

export interface FixAction {
  readonly title: string;
  /** Code and range of the finding that it mends. */
  readonly code: string;
  readonly message: string;
  readonly range: Range;
  readonly isPreferred: boolean;
  /** The mesh to whose form it converts, where the result has to be looked at before it is taken. */
  readonly previews: DialectId | undefined;
  /** Edits by file, made when asked for. */
  edits(): ReadonlyMap<Uri, readonly TextEdit[]>;
}

/** The fixes of all findings that touch a range of a file. */
export function fixes(workspace: Workspace, uri: Uri, range: Range): readonly FixAction[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  const environment = environmentOf(workspace, uri);
  return partsIn(manifest).flatMap(({ part, start }) => {
    if (start > range.end || start + part.text.length < range.start) return [];
    return findingsOf(environment, uri, part)
      .filter((it) => start + it.range.start <= range.end && range.start <= start + it.range.end)
      .flatMap((it) =>
        outcomesFirst(it.fixes).map((fix, number) => ({
          title: fix.title,
          code: it.code,
          message: it.message,
          range: { start: start + it.range.start, end: start + it.range.end },
          previews: fix.previews,
          isPreferred: number === 0 && (fix.isSafe ?? false),
          edits: () => editsOf(workspace, fix),
        })),
      );
  });
}

/** Fixes that only lead to a preview stand behind those that mend something at once. */
function outcomesFirst(fixes: readonly Fix[]): readonly Fix[] {
  if (fixes.length < 2) return fixes;
  return [...fixes.filter((it) => it.previews === undefined), ...fixes.filter((it) => it.previews !== undefined)];
}

function editsOf(workspace: Workspace, fix: Fix): ReadonlyMap<Uri, readonly TextEdit[]> {
  return textEdits(fix.edits(), (uri) => workspace.manifests.get(uri));
}

/** The resources that a range of a file touches: one at a cursor, several in a selection. */
export function resourcesIn(workspace: Workspace, uri: Uri, range: Range): readonly Resource[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  if (range.start === range.end) {
    const at = partAt(manifest, range.start);
    const resource = at && resourceAt(uri, at.part, range.start - at.start);
    return resource ? [resource] : [];
  }
  return manifest.parts.flatMap((part, position) => {
    const start = manifest.starts[position] ?? 0;
    if (start >= range.end || range.start >= start + part.text.length) return [];
    return resourcesOf(uri, part).filter((it) => {
      const own = rangeAt(manifest, it, []);
      return it.root.length === 0 || (own.start < range.end && range.start < own.end);
    });
  });
}
