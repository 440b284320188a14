/** What stands under the cursor of a file: the resource, the path within it, and whether its key or value is meant. */

import { chartValuesAt, chartValuesOf } from '../model/chart-values.ts';
import type { Environment } from '../model/environment.ts';
import { partAt, type Resource, resourceAt, spotAt } from '../model/manifest.ts';
import type { Part } from '../model/part.ts';
import type { Path, Range, Uri } from '../model/text.ts';
import { valueAt } from '../model/value.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';

export interface SpotInFile {
  readonly environment: Environment;
  readonly part: Part;
  /** Offset of the part in the file. */
  readonly start: number;
  readonly resource: Resource;
  /** Path within the resource. */
  readonly path: Path;
  readonly on: 'key' | 'value';
  /** In the file. */
  readonly range: Range;
  /** The scalar's text; the key's when the key is meant. */
  readonly text: string;
}

/** The key or scalar at an offset of a file; undefined between them and outside of resources. */
export function spotInFile(workspace: Workspace, uri: Uri, offset: number): SpotInFile | undefined {
  const manifest = workspace.manifests.get(uri);
  const at = manifest && partAt(manifest, offset);
  if (!at) return undefined;
  const { part, start } = at;
  const environment = environmentOf(workspace, uri);
  const { kinds } = environment.tables;
  if (!part.isManifest && chartValuesOf(uri, part, kinds).length === 0) return undefined;
  const spot = spotAt(part, offset - start);
  const resource =
    spot && (part.isManifest ? resourceAt(uri, part, offset - start) : chartValuesAt(uri, part, kinds, spot.path));
  if (!resource || spot.path.length < resource.root.length) return undefined;
  const path = spot.path.slice(resource.root.length);
  const value = valueAt(resource.value, path);
  return {
    environment,
    part,
    start,
    resource,
    path,
    on: spot.on,
    range: { start: start + spot.range.start, end: start + spot.range.end },
    text: spot.on === 'key' ? String(path.at(-1) ?? '') : value === undefined ? '' : String(value),
  };
}
