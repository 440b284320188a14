/** Everywhere the thing under the cursor is named. */

import { keysAt } from '../model/lookup.ts';
import type { Location, Uri } from '../model/text.ts';
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
  const { index } = spot.environment;
  const found = new Map<string, Location>();
  for (const { space, key } of keysAt(spot.environment, spot.resource, path, text)) {
    for (const named of [...(withDefinition ? index.declared(space, key) : []), ...index.referencesTo(space, key)]) {
      const location = locationOf(workspace, named);
      if (location) found.set(`${location.uri} ${location.range.start}`, location);
    }
  }
  return [...found.values()].sort((a, b) => (a.uri === b.uri ? a.range.start - b.range.start : a.uri < b.uri ? -1 : 1));
}
