/** The outline, which reads lines, and the parser, which reads YAML, agree on where everything stands. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import fc from '../harness/fast-check.ts';
import { parseManifest } from '../../server/src/model/manifest.ts';
import type { Part } from '../../server/src/model/part.ts';
import { slotIn } from '../../server/src/model/slot.ts';
import { laidOut, layouts, manifests } from './documents.ts';
import { values, writtenIn } from './written.ts';

const runs = Number(process.env['RUNS'] ?? 100);

test('the slot of every key and value of a sample has the path that the parser says', () => {
  fc.assert(
    fc.property(fc.constantFrom(...manifests), layouts, (sample, layout) => {
      for (const part of parseManifest(sample.uri, laidOut(sample.text, layout)).parts) assertSlots(part);
    }),
    { numRuns: runs },
  );
});

test('so it is for generated values', () => {
  const styles = fc.record({
    indent: fc.constantFrom(1, 2, 4),
    indentSeq: fc.boolean(),
    lineWidth: fc.constantFrom(0, 30),
    collectionStyle: fc.constantFrom<'any' | 'flow'>('any', 'any', 'flow'),
  });
  const documents = fc.dictionary(fc.constantFrom('spec', 'metadata', 'kind', 'items'), values, {
    minKeys: 1,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(documents, styles, (value, style) => {
      const text = stringify(value, { ...style, minContentWidth: 0, version: '1.1' });
      const [part] = parseManifest('file:///a.yaml', text).parts;
      // The library's own writer has its faults, such as for texts that start with a question mark and a line break.
      if (part?.isWellFormed && isDeepStrictEqual(part.value, value)) assertSlots(part);
    }),
    { numRuns: runs * 10 },
  );
});

function assertSlots(part: Part): void {
  const { text } = part.masked;
  for (const { path, on, start, isBlockScalar } of writtenIn(part)) {
    if (isBlockScalar) continue;
    const slot = slotIn(text, start);
    const expected = on === 'key' ? path.slice(0, -1) : path;
    const place = `${on} ${JSON.stringify(path)} in\n${text.slice(0, start)}█${text.slice(start, start + 80)}`;
    assert.deepEqual(slot?.path, expected, place);
    if (on === 'key') assert.equal(slot?.type, 'key', place);
    else if (!isAlone(text, start)) assert.notEqual(slot?.type, 'key', place);
  }
}

/** A value on a line of its own looks like the beginning of a key. */
function isAlone(text: string, start: number): boolean {
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === '';
}
