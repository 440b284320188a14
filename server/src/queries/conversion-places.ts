/** Where the fields of a conversion's report stand in its result. */

import { type Manifest, parseManifest, rangeAt, type Resource, resourcesOf } from '../model/manifest.ts';
import { placeText, type ReportEntry, type Target } from '../model/report.ts';
import type { Path, Range, Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type Conversion, existingAt, resourceText } from './conversion.ts';

/**
 * A field of the result: in the text of a new file, by its number among the outputs; or in a file that exists, as it
 * reads before the change, where a field that is not there yet goes by what it will stand in.
 */
export type ResultPlace =
  | { readonly output: number; readonly range: Range }
  | { readonly uri: Uri; readonly range: Range };

/**
 * Finds the places of entries; the result is read once, and asking is a look-up. What nothing was written for has none;
 * what exists already and stays as it is has its own.
 */
export function resultPlaces(
  workspace: Workspace,
  conversion: Conversion,
): (entry: Pick<ReportEntry, 'resource' | 'targets'>) => readonly ResultPlace[] {
  const created = new Map<
    string,
    { readonly output: number; readonly manifest: Manifest; readonly resource: Resource }
  >();
  for (const [output, { path, text }] of conversion.outputs.entries()) {
    const manifest = parseManifest(path, text);
    for (const resource of manifest.parts.flatMap((it) => resourcesOf(path, it))) {
      const { kind, namespace, name } = resource;
      const place = placeText(kind, namespace ?? '', name, '');
      if (!created.has(place)) created.set(place, { output, manifest, resource });
    }
  }
  const changed = new Map<string, Resource>();
  for (const { edits } of conversion.changes)
    for (const it of edits)
      if ('resource' in it)
        changed.set(resourceText(environmentOf(workspace, it.resource.uri), it.resource), it.resource);

  const find = (source: Resource, { place, path }: Target): ResultPlace | undefined => {
    const made = created.get(place);
    if (made) return { output: made.output, range: fieldRange(made.manifest, made.resource, path) };
    const resource = changed.get(place) ?? existingAt(environmentOf(workspace, source.uri), place);
    const manifest = resource && workspace.manifests.get(resource.uri);
    return manifest && { uri: resource.uri, range: fieldRange(manifest, resource, path) };
  };
  return ({ resource, targets }) => targets.flatMap((it) => find(resource, it) ?? []);
}

/** Where a part of a resource stands: key and value where they share a line, else the key alone; for the whole its kind. */
export function fieldRange(manifest: Manifest, resource: Resource, path: Path): Range {
  const at = path.length === 0 ? ['kind'] : path;
  const key = rangeAt(manifest, resource, at, 'key');
  const value = rangeAt(manifest, resource, at);
  const isOneLine = value.end > key.end && !manifest.text.slice(key.start, value.end).includes('\n');
  return isOneLine ? { start: key.start, end: value.end } : key;
}
