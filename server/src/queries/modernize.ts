/**
 * Conversion of a mesh's resources to that mesh: kinds that newer ones have taken the place of are written anew, older
 * versions and fields are brought up to date where they stand, and all else stays as it is, which the report says as well.
 */

import type { ConvertOptions } from '../model/convert-options.ts';
import type { Environment } from '../model/environment.ts';
import { rangeInPart, type Resource } from '../model/manifest.ts';
import { Ledger, leavesOf, placeText, type Report } from '../model/report.ts';
import type { FixEdit } from '../model/rule.ts';
import { isWithin, type Path, pathText } from '../model/text.ts';
import { sameValue, valueAt } from '../model/value.ts';
import type { Dialect } from '../meshes/mesh.ts';
import { isFor } from '../meshes/meshes.ts';
import type { Made } from './conversion.ts';
import { grounded, unspoken } from './conversion-entries.ts';
import { findingsOf } from './findings.ts';
import { presentForm, supersededBy } from './present-form.ts';

export interface Modernized {
  readonly made: Made;
  readonly report: Report;
  /** What brings older versions and fields up to date in their files. */
  readonly edits: readonly FixEdit[];
}

/** Brings resources of one environment, all of the mesh, to its present form. */
export function modernize(
  environment: Environment,
  resources: readonly Resource[],
  mesh: Dialect,
  options: Partial<ConvertOptions>,
): Modernized {
  const old = resources.filter((it) => supersededBy(it)?.mesh === mesh);
  const rest = resources.filter((it) => !old.includes(it));
  const ledger = new Ledger(old);
  const ledgerOfRest = new Ledger(rest);
  const outputs = presentForm(old, mesh, environment, ledger, options);
  const edits: FixEdit[] = [];
  for (const resource of rest) {
    const own = upToDate(environment, resource);
    edits.push(...own);
    stay(environment, resource, mesh, own, ledgerOfRest);
  }
  const { entries, notes } = ledger.report((it, path) => unspoken(mesh, mesh, it, path));
  const report = {
    entries: [...entries.map(grounded(outputs, environment)), ...ledgerOfRest.report().entries],
    notes,
  };
  return { made: { outputs, resources: old, environment, ledger }, report, edits };
}

/** The safe fixes of what is outdated in a resource. */
function upToDate(environment: Environment, resource: Resource): readonly FixEdit[] {
  const { uri, part, root } = resource;
  if (part.masked.templated || !part.isWellFormed) return [];
  const range = rangeInPart(part, root);
  return findingsOf(environment, uri, part).flatMap((found) => {
    const [fix] = found.fixes;
    const isOwn = root.length === 0 || (range.start <= found.range.start && found.range.end <= range.end);
    return isOwn && found.tags.includes('deprecated') && fix?.isSafe ? fix.edits() : [];
  });
}

/** Every leaf stays where it is, but for what the edits move or take out. */
function stay(
  environment: Environment,
  resource: Resource,
  mesh: Dialect,
  edits: readonly FixEdit[],
  ledger: Ledger,
): void {
  const namespace = environment.namespaceOf(resource);
  const moved = edits.filter((it) => 'path' in it && it.resource === resource);
  for (const path of leavesOf(resource)) {
    if (!isFor(mesh, resource, path)) continue;
    const leaf = [{ resource, path }];
    const isTakenOut = moved.some((it) => it.type === 'delete' && isWithin(path, it.path));
    const anew = isTakenOut ? insertedWith(valueAt(resource.value, path), moved) : undefined;
    if (anew) ledger.exact(leaf, placeText(resource.kind, namespace, resource.name, pathText(anew)));
    else if (isTakenOut)
      ledger.lost(leaf, 'unused-in-source', 'Nothing reads it any more, so that it is taken out.', 'none');
    else ledger.exact(leaf, placeText(resource.kind, namespace, resource.name, pathText(placeAfter(path, moved))));
  }
}

/** Where a value that is taken out is put in again. */
function insertedWith(value: unknown, edits: readonly FixEdit[]): Path | undefined {
  const edit = edits.find((it) => it.type === 'insert' && sameValue(it.value, value));
  return edit && 'path' in edit ? edit.path : undefined;
}

function placeAfter(path: Path, edits: readonly FixEdit[]): Path {
  return edits.reduce<Path>((it, edit) => {
    if (edit.type !== 'rename-key' || !isWithin(path, edit.path)) return it;
    const at = edit.path.length - 1;
    return [...it.slice(0, at), edit.key, ...it.slice(at + 1)];
  }, path);
}
