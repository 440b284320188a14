/** Whatever completion offers, wherever and in whatever layout: choosing it does what a person expects. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { applyChange } from '../../server/src/model/workspace.ts';
import { complete, type Completion } from '../../server/src/queries/complete.ts';
import { manifests, sampleWorkspace } from './documents.ts';
import { faultsOf } from './insertion.ts';
import { type TypingPlace, typingPlaces } from './places.ts';

const runs = Number(process.env['RUNS'] ?? 250);

/** At most so many items of one place are tried. */
const itemsTried = 8;

test('an item parses, lands where the cursor is, changes nothing else and adds no finding', (context) => {
  let workspace = sampleWorkspace();
  let items = 0;
  const choices = fc.tuple(
    typingPlaces,
    fc.array(fc.nat(), { minLength: itemsTried, maxLength: itemsTried }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(choices, ([place, picks, filled]) => {
      workspace = applyChange(workspace, { files: new Map([[place.uri, place.text]]) });
      const offered = complete(workspace, place.uri, place.offset, place.tabSize);
      for (const item of chosen(offered, picks)) {
        items += 1;
        const faults = faultsOf({ workspace, ...place }, item, filled);
        assert.deepEqual(faults, [], `${item.label} ${JSON.stringify(item.snippet)} at\n${shown(place)}`);
      }
      const original = manifests.find((it) => it.uri === place.uri)?.text ?? '';
      workspace = applyChange(workspace, { files: new Map([[place.uri, original]]) });
    }),
    { numRuns: runs },
  );
  context.diagnostic(`${runs} places, ${items} items.`);
  assert.ok(items > runs / 2, 'completion offers something at most places');
});

function chosen(offered: readonly Completion[], picks: readonly number[]): readonly Completion[] {
  const positions = new Set(picks.map((it) => it % Math.max(offered.length, 1)));
  return offered.filter((_, position) => positions.has(position));
}

function shown({ text, offset }: TypingPlace): string {
  return `${text.slice(Math.max(0, offset - 300), offset)}█${text.slice(offset, offset + 120)}`;
}
