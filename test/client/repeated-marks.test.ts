/** One mark for one mistake in YAML itself, whoever finds it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Mark, withoutRepeats } from '../../client/src/repeated-marks.ts';

const mark = (line: number, code?: Mark['code']): Mark => ({ range: { start: { line } }, code });

describe('marks of two extensions', () => {
  test('broken YAML that the other marks on the same line is theirs', () => {
    const ours = [mark(3, 'common/yaml-syntax'), mark(5, { value: 'common/duplicate-map-key' })];
    assert.deepEqual(withoutRepeats(ours, [mark(3, 0), mark(5, 0)]), []);
  });

  test('on another line, both stay', () => {
    const ours = [mark(3, 'common/yaml-syntax'), mark(5, 'common/duplicate-map-key')];
    assert.deepEqual(withoutRepeats(ours, [mark(4, 0)]), ours);
    assert.deepEqual(withoutRepeats(ours, []), ours);
  });

  test('what only we know stays wherever it stands', () => {
    const ours = [mark(3, 'common/unknown-field'), mark(3, 12), mark(3)];
    assert.deepEqual(withoutRepeats(ours, [mark(3, 0)]), ours);
  });
});
