/** Whatever completion offers, wherever and in whatever layout: choosing it does what a person expects. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc, { runs } from '../harness/fast-check.ts';
import { applyChange } from '../../server/src/model/workspace.ts';
import { complete } from '../../server/src/queries/complete.ts';
import { wholeWorkspace } from './documents.ts';
import { faultsOf } from './insertion.ts';
import { type TypingPlace, typingPlaces } from './places.ts';

/** One run is one place, with every item that is offered there. */
const numRuns = runs(10_000);

test('an item parses, lands where the cursor is, changes nothing else and adds no finding', (context) => {
  let workspace = wholeWorkspace();
  let items = 0;
  fc.assert(
    fc.property(typingPlaces, fc.boolean(), (place, filled) => {
      workspace = applyChange(workspace, { files: new Map([[place.uri, place.text]]) });
      for (const item of complete(workspace, place.uri, place.offset, place.tabSize)) {
        items += 1;
        const faults = faultsOf({ workspace, ...place }, item, filled);
        assert.deepEqual(faults, [], `${item.label} ${JSON.stringify(item.snippet)} at\n${shown(place)}`);
      }
      workspace = applyChange(workspace, { files: new Map([[place.uri, place.finished]]) });
    }),
    { numRuns },
  );
  context.diagnostic(`${numRuns} places, ${items} items.`);
  assert.ok(items > numRuns, 'completion offers something at many places');
});

function shown({ text, offset }: TypingPlace): string {
  return `${text.slice(Math.max(0, offset - 300), offset)}█${text.slice(offset, offset + 120)}`;
}
