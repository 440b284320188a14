/** What a conversion sets in resources that exist, as edits of their files. */

import { addTo } from '../model/group.ts';
import { textEdits } from '../model/edit.ts';
import { parseManifest, type Resource } from '../model/manifest.ts';
import type { FixEdit } from '../model/rule.ts';
import { applyEdits, isWithin, type Path, pathText, type Uri } from '../model/text.ts';
import { isRecord, sameValue, valueAt } from '../model/value.ts';
import type { Workspace } from '../model/workspace.ts';
import type { Output } from '../meshes/mesh.ts';
import type { ChangedFile, Conversion } from './conversion.ts';

/** Edits by file; of several outputs that set one field, the last one counts. */
export function changedFiles(outputs: readonly Output[]): readonly ChangedFile[] {
  const byResource = new Map<Resource, Map<string, { readonly path: Path; readonly value: unknown }>>();
  for (const output of outputs) {
    if (!('change' in output)) continue;
    const sets = byResource.get(output.change) ?? new Map<string, { readonly path: Path; readonly value: unknown }>();
    byResource.set(output.change, sets);
    for (const set of output.set) sets.set(pathText(set.path), set);
  }
  const byFile = new Map<Uri, FixEdit[]>();
  for (const [resource, sets] of byResource) {
    const edits = editsFor(resource, [...sets.values()]);
    if (edits.length > 0) byFile.set(resource.uri, [...(byFile.get(resource.uri) ?? []), ...edits]);
  }
  return [...byFile].map(([uri, edits]) => ({ uri, edits }));
}

/** Changes of files together with further edits, as far as these touch nothing that is changed already. */
export function withEdits(changes: readonly ChangedFile[], edits: readonly FixEdit[]): readonly ChangedFile[] {
  const byFile = new Map<Uri, FixEdit[]>(changes.map((it) => [it.uri, [...it.edits]]));
  for (const it of edits) {
    const uri = 'resource' in it ? it.resource.uri : it.uri;
    const isTouched = changes.some((file) => file.uri === uri && file.edits.some((other) => touch(it, other)));
    if (!isTouched) addTo(byFile, uri, it);
  }
  return [...byFile].map(([uri, list]) => ({ uri, edits: list }));
}

/** Whether two edits are about one field, or about a field and what holds it. */
function touch(one: FixEdit, other: FixEdit): boolean {
  if (!('path' in one) || !('path' in other) || one.resource !== other.resource) return false;
  return isWithin(one.path, other.path) || isWithin(other.path, one.path);
}

/** Edits that set fields; fields below one parent that is missing become one insertion. Undefined values take a field out. */
function editsFor(resource: Resource, sets: readonly { readonly path: Path; readonly value: unknown }[]): FixEdit[] {
  const edits: FixEdit[] = [];
  const insertions = new Map<string, { readonly path: Path; value: unknown }>();
  for (const { path, value } of sets) {
    const known = existingLength(resource.value, path);
    if (known === path.length) {
      if (value === undefined) edits.push({ type: 'delete', resource, path });
      else if (!sameValue(valueAt(resource.value, path), value))
        edits.push({ type: 'replace-value', resource, path, value });
      continue;
    }
    if (value === undefined) continue;
    const missing = path.slice(0, known + 1);
    const id = pathText(missing);
    const insertion = insertions.get(id) ?? { path: missing, value: undefined };
    insertions.set(id, insertion);
    insertion.value = withValue(insertion.value, path.slice(known + 1), value);
  }
  for (const { path, value } of insertions.values()) edits.push({ type: 'insert', resource, path, value });
  return edits;
}

/** How many keys of a path lead to something that is there; an empty parent counts as missing below it. */
function existingLength(value: unknown, path: Path): number {
  let at = value;
  for (const [position, key] of path.entries()) {
    if (Array.isArray(at) ? typeof key !== 'number' || key >= at.length : !isRecord(at) || !Object.hasOwn(at, key))
      return position;
    at = Array.isArray(at) ? at[Number(key)] : (at as Record<string, unknown>)[key];
  }
  return path.length;
}

function withValue(into: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === 'number') return [...(Array.isArray(into) ? into : []), withValue(undefined, rest, value)];
  const record = isRecord(into) ? into : {};
  return { ...record, [key]: withValue(record[key], rest, value) };
}

export interface ChangedManifest {
  readonly resource: Resource;
  /** The whole document after the change, comments kept. */
  readonly text: string;
}

/** The documents that a conversion changes, as they read afterwards; for whoever cannot apply edits. */
export function changedManifests(workspace: Workspace, { changes }: Conversion): readonly ChangedManifest[] {
  return changes.flatMap(({ uri, edits }) => {
    const manifest = workspace.manifests.get(uri);
    if (!manifest) return [];
    const text = applyEdits(manifest.text, textEdits(edits, (it) => workspace.manifests.get(it)).get(uri) ?? []);
    const after = parseManifest(uri, text, manifest);
    const changed = new Set(edits.flatMap((it) => ('resource' in it ? [it.resource] : [])));
    const byPart = new Map([...changed].map((it) => [it.part, it] as const));
    return [...byPart.values()].flatMap((resource) => {
      const part = after.parts[manifest.parts.indexOf(resource.part)];
      return part ? [{ resource, text: `${part.text.replace(/^---[^\n]*\n?/, '').trim()}\n` }] : [];
    });
  });
}
