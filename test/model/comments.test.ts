/** Which field a comment is about. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commentsOf } from '../../server/src/model/comments.ts';
import { Part } from '../../server/src/model/part.ts';
import { pathText } from '../../server/src/model/text.ts';

/** The comments of a text, each as `path: text`, with `>` before those behind a value. */
function read(text: string): readonly string[] {
  return commentsOf(new Part(text)).map((it) => `${it.isTrailing ? '> ' : ''}${pathText(it.path) || '.'}:${it.text}`);
}

test('a comment on its own line is about what follows', () => {
  const text = '# a\napiVersion: v1\nkind: A\n# b\nspec:\n  # c\n  hosts:\n    # d\n    - x\n    # e\n    - name: y\n';
  assert.deepEqual(read(text), ['apiVersion: a', 'spec: b', 'spec.hosts: c', 'spec.hosts[0]: d', 'spec.hosts[1]: e']);
});

test('a comment behind a value is about the key or item of its line', () => {
  const text = 'kind: A # a\nspec: # b\n  hosts: # c\n    - x # d\n    - name: y # e\n      flow: { p: 1, q: 2 } # f\n';
  assert.deepEqual(read(text), [
    '> kind: a',
    '> spec: b',
    '> spec.hosts: c',
    '> spec.hosts[0]: d',
    '> spec.hosts[1].name: e',
    '> spec.hosts[1].flow: f',
  ]);
});

test('a comment that nothing as deep follows is about what stands before it', () => {
  assert.deepEqual(read('kind: A\nspec:\n  hosts:\n    - x\n    # a\n  gateways: [y]\n# b\n'), [
    'spec.hosts[0]: a',
    'spec.gateways: b',
  ]);
});

test('a dash with nothing but a comment on its line is about the item', () => {
  assert.deepEqual(read('kind: A\nspec:\n  - # a\n    name: x\n'), ['spec[0].name: a']);
});

test('signs within texts are none', () => {
  assert.deepEqual(
    read('kind: A\nspec:\n  a: |\n    # no\n  b: "# no"\n  c: x#no\n  d: >-\n    one # no\n  e: 1 # yes\n'),
    ['> spec.e: yes'],
  );
});

test('markers and comments alone', () => {
  assert.deepEqual(read('---\n# a\n'), ['.: a']);
  assert.deepEqual(read('# a\n---\nkind: A\n'), ['.: a']);
});
