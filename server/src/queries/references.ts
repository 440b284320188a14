/** Everywhere the thing under the cursor is named. */

import type { Environment } from '../model/environment.ts';
import { keysAt } from '../model/lookup.ts';
import type { Resource } from '../model/manifest.ts';
import type { Space } from '../model/reference.ts';
import type { Location, Path, Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import { locationOf } from './definition.ts';
import { spotInFile } from './spot.ts';

/**
 * The uses of the name at an offset by file and place, on request with its definitions; empty where no name stands. On the `kind` line and
 * on `metadata.name` the whole resource is meant.
 */
export function references(
  workspace: Workspace,
  uri: Uri,
  offset: number,
  withDefinition: boolean,
): readonly Location[] {
  const spot = spotInFile(workspace, uri, offset);
  if (!spot) return [];
  const isKind = spot.path.join('.') === 'kind' && spot.on === 'value';
  const path = isKind ? ['metadata', 'name'] : spot.path;
  const text = isKind ? spot.resource.name : spot.text;
  const found = new Map<string, Location>();
  const asked: Asked = { environment: spot.environment, resource: spot.resource, path, text };
  for (const { environment, space, key } of keysEverywhere(asked)) {
    const { index } = environment;
    for (const named of [...(withDefinition ? index.declared(space, key) : []), ...index.referencesTo(space, key)]) {
      const location = locationOf(workspace, named);
      if (location) found.set(`${location.uri} ${location.range.start}`, location);
    }
  }
  return [...found.values()].sort((a, b) => (a.uri === b.uri ? a.range.start - b.range.start : a.uri < b.uri ? -1 : 1));
}

/** A name at a place, in one of the environments that the place is deployed with. */
interface Asked {
  readonly environment: Environment;
  readonly resource: Resource;
  readonly path: Path;
  readonly text: string;
}

/**
 * The keys of a name in each environment that it is deployed with: an overlay may give the name of its base another
 * namespace, and uses it in files that the base knows nothing of.
 */
function keysEverywhere(asked: Asked): readonly { environment: Environment; space: Space; key: string }[] {
  const own = keysIn(asked);
  const defined = own.flatMap(({ environment, space, key }) => environment.index.declared(space, key));
  const places = [
    asked,
    ...defined.map(({ site, text }) => ({ ...asked, resource: site.resource, path: site.path, text })),
  ];
  const others = places.flatMap((place) =>
    asked.environment.takenBy(place.resource.uri).flatMap((environment) => keysIn({ ...place, environment })),
  );
  return [...own, ...others];
}

function keysIn({ environment, resource, path, text }: Asked) {
  const isName = path.join('.') === 'metadata.name' && text === resource.name;
  return (isName ? environment.namesOf(resource) : [text]).flatMap((it) =>
    keysAt(environment, resource, path, it).map((found) => ({ environment, ...found })),
  );
}
