/** A manifest that goes to the end of a file is a document of its own there, whatever the file ends with. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { separatorAfter } from '../../client/src/document-end.ts';

test('a marker stands between what is there and what comes', () => {
  assert.equal(separatorAfter('kind: Service\n'), '---\n');
  assert.equal(separatorAfter('kind: Service'), '\n---\n');
  assert.equal(separatorAfter('kind: Service\r\n'), '---\n');
});

test('nothing is written into an empty file, or after a marker that waits', () => {
  for (const text of ['', '\n', 'kind: Service\n---\n', 'kind: Service\n--- \n\n'])
    assert.equal(separatorAfter(text), '');
});

test('a document never begins within a line', () => {
  assert.equal(separatorAfter('  '), '\n');
  assert.equal(separatorAfter('kind: Service\n---'), '\n');
});
