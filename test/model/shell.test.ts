/** Words for a shell, read back by the shells themselves. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { shellWord } from '../../server/src/model/shell.ts';
import fc from '../harness/fast-check.ts';

/** What a shell makes of words, one after another. */
function readBy(shell: string, words: readonly string[]): readonly string[] {
  const { stdout, stderr } = spawnSync(shell, ['-c', `printf '%s\\0' ${words.join(' ')}`], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.split('\0').slice(0, -1);
}

const shells = ['/bin/bash', '/usr/bin/zsh', '/bin/zsh'].filter((it) => existsSync(it));

/** No shell can hold NUL in a word; what is no UTF-16 cannot be written to a process. */
const texts = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          "'",
          '"',
          '\\',
          '$',
          '$(id)',
          '`id`',
          '\n',
          '\r',
          '\t',
          ' ',
          ';',
          '|',
          '&',
          '*',
          '~',
          '!',
          '#',
          '\u001b[31m',
          '\u0003',
          'é',
          '7',
          '\u2028',
          '-',
          '⟦pod⟧',
        ),
      )
      .map((it) => it.join('')),
  )
  .filter((it) => !it.includes('\0'));

test('A shell reads every word as the text that it was made of', () => {
  assert.ok(shells.length > 0);
  fc.assert(
    fc.property(fc.array(texts, { minLength: 40, maxLength: 40 }), (list) => {
      for (const shell of shells) assert.deepEqual(readBy(shell, list.map(shellWord)), list);
    }),
    { numRuns: 25 },
  );
});

test('A word stands on one line and holds no key of a terminal', () => {
  fc.assert(fc.property(texts, (it) => !/[\p{Cc}\u2028\u2029]/u.test(shellWord(it))));
});

test('Plain words stay as they are', () => {
  for (const it of ['shop', 'deploy/reviews', 'user@prod', 'a.b-c:8080']) assert.equal(shellWord(it), it);
  assert.equal(shellWord(''), "''");
  assert.equal(shellWord("it's"), "'it'\\''s'");
  assert.equal(shellWord('a\nb'), "$'a\\012b'");
});
