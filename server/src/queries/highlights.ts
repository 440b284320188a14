/** Where else in this file the thing under the cursor is named. */

import type { Named } from '../model/reference.ts';
import { keysAt } from '../model/lookup.ts';
import type { Range, Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import { locationOf } from './definition.ts';
import { spotInFile } from './spot.ts';

export interface Highlight {
  readonly range: Range;
  /** Definitions are written, uses are read. */
  readonly type: 'write' | 'read';
}

/** The places of the name at an offset in its file, in order, itself included; empty where no name stands. */
export function highlights(workspace: Workspace, uri: Uri, offset: number): readonly Highlight[] {
  const spot = spotInFile(workspace, uri, offset);
  if (!spot) return [];
  const { index } = spot.environment;
  const found = new Map<number, Highlight>();
  const add = (names: readonly Named[], type: Highlight['type']) => {
    for (const named of names) {
      if (named.site.resource.uri !== uri) continue;
      const range = locationOf(workspace, named)?.range;
      // What is both, counts as defined.
      if (range && found.get(range.start)?.type !== 'write') found.set(range.start, { range, type });
    }
  };
  for (const { space, key } of keysAt(spot.environment, spot.resource, spot.path, spot.text)) {
    add(index.declared(space, key), 'write');
    add(index.referencesTo(space, key), 'read');
  }
  return [...found.values()].sort((a, b) => a.range.start - b.range.start);
}
