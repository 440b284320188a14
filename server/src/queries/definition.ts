/** Where the name under the cursor is defined. */

import { kindId } from '../model/kind.ts';
import { declarationsAt, definitionsOf, referencesAt } from '../model/lookup.ts';
import { rangeAt } from '../model/manifest.ts';
import type { Named } from '../model/reference.ts';
import { siteOf } from '../model/environment.ts';
import type { Location, Range, Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import { spotInFile, type SpotInFile } from './spot.ts';

export interface Definition {
  /** The name that was asked about. */
  readonly origin: Range;
  readonly targets: readonly Location[];
}

/** The definitions of the name at an offset; undefined where no name stands. */
export function definition(workspace: Workspace, uri: Uri, offset: number): Definition | undefined {
  const spot = spotInFile(workspace, uri, offset);
  if (!spot) return undefined;
  const targets = definedAt(spot)
    .map((it) => locationOf(workspace, it))
    .filter((it) => it !== undefined);
  return targets.length === 0 ? undefined : { origin: spot.range, targets };
}

/** What the name at a spot means: where it is defined, by whichever row of the table finds it. */
export function definedAt(spot: SpotInFile): readonly Named[] {
  const { environment, resource, path, text } = spot;
  const site = siteOf(environment, resource, path);
  const named: Named = { site, text, side: spot.on };
  const found: Named[] = [];
  for (const reference of referencesAt(environment, resource, path)) {
    if (reference.path.endsWith('.*') !== (spot.on === 'key')) continue;
    found.push(...definitionsOf(environment, reference, named));
  }
  if (environment.isPartial(resource.uri) && path.join('.') === 'metadata.name') {
    // A patch's name is that of the resource it changes.
    const id = kindId({ group: resource.group, name: resource.kind });
    found.push(...environment.index.declared(id, `${site.namespace}/${text}`));
  }
  return found.length > 0 || spot.on !== 'value' || declarationsAt(environment, resource, path).length === 0
    ? found
    : [named];
}

/** The place of a name in the files as they are now; undefined when its file is gone. */
export function locationOf(workspace: Workspace, { site, side }: Named): Location | undefined {
  const manifest = workspace.manifests.get(site.resource.uri);
  return manifest && { uri: manifest.uri, range: rangeAt(manifest, site.resource, site.path, side) };
}
