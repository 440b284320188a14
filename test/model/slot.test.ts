/** What a word typed at the cursor (`|`) would be. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { slotIn } from '../../server/src/model/slot.ts';
import { pathText } from '../../server/src/model/text.ts';

/** `type path` of the slot at the bar, with what is typed; `nothing` where there is none. */
function slot(marked: string): string {
  const offset = marked.indexOf('|');
  const found = slotIn(marked.replace('|', ''), offset);
  if (!found) return 'nothing';
  return `${found.type} ${pathText(found.path)}${found.prefix === '' ? '' : ` ${found.prefix}`}`;
}

function full(marked: string) {
  const found = slotIn(marked.replace('|', ''), marked.indexOf('|'));
  assert.ok(found);
  return found;
}

describe('in block style', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['an empty text', '|', 'key '],
    ['a first key', 'sp|', 'key  sp'],
    ['a key of the root', 'a: 1\n|\nb: 2\n', 'key '],
    ['a key of a map', 'a:\n  b: 1\n  |', 'key a'],
    ['a first key of a map', 'a:\n  |', 'key a'],
    ['a key of a map below a deeper one', 'a:\n  b:\n    c: 1\n  |', 'key a'],
    ['a key after a list that is not indented', 'a:\n  b:\n  - 1\n  |', 'key a'],
    ['a key after a list that is indented', 'a:\n  b:\n    - 1\n  |', 'key a'],
    ['a key of an item', 'a:\n  - b: 1\n    |', 'key a[0]'],
    ['a key of a second item', 'a:\n  - b: 1\n  - c: 1\n    |', 'key a[1]'],
    ['a key of an item of an item', 'a:\n- b:\n  - c: 1\n    |', 'key a[0].b[0]'],
    ['after a dash', 'a:\n  - |', 'item a[0]'],
    ['after a second dash', 'a:\n  - b: 1\n  - |', 'item a[1]'],
    ['after a dash that is not indented', 'a:\n- b: 1\n- |', 'item a[1]'],
    ['after two dashes', 'a:\n- - |', 'item a[0][0]'],
    ['after a dash with a word', 'a:\n  - wo|', 'item a[0] wo'],
    ['a value', 'a: |', 'value a'],
    ['a value with a word', 'a:\n  b: wo|', 'value a.b wo'],
    ['a value without a space', 'a:|', 'value a'],
    ['a value in quotes', 'a: "wo|"', 'value a wo'],
    ['a value of an item', 'a:\n  - b: |', 'value a[0].b'],
    ['a key that has its colon', 'a:\n  wo|rd: 1', 'key a wo'],
    ['a key of an item that has its colon', 'a:\n  - wo|rd: 1', 'key a[0] wo'],
    ['a key in quotes', 'a:\n  "wo|rd": 1', 'key a wo'],
    ['below a text that cannot hold keys', 'a:\n  b: text\n    |', 'key a'],
    ['beside something not finished', 'a:\n  b\n  |', 'key a'],
    ['four columns', 'a:\n    b:\n        c: 1\n        |', 'key a.b'],
    ['behind a comment line', 'a:\n  # b:\n  |', 'key a'],
    ['after an anchor', 'a: &x\n  |', 'key a'],
    ['on an empty line above keys', 'a:\n  |\n  b: 1\n', 'key a'],
    ['between items', 'a:\n  - b: 1\n    |\n  - b: 2\n', 'key a[0]'],
    ['after a block of text', 'a: |-\n  text: 1\nb:\n  |', 'nothing'],
  ];
  for (const [name, text, expected] of rows.slice(0, -1)) test(name, () => assert.equal(slot(text), expected));

  test('after a block of text', () => {
    const text = 'a: >-\n  text: 1\nb:\n  |';
    assert.equal(slot(text), 'key b');
  });

  test('nothing in a comment, in a block of text, on a marker', () => {
    assert.equal(slot('a: 1 # |'), 'nothing');
    assert.equal(slot('a: >-\n  text |\n'), 'nothing');
    assert.equal(slot('---|\na: 1\n'), 'nothing');
  });

  test('a sign for comments inside quotes is none', () => assert.equal(slot('a: "x # y|"'), 'value a x # y'));
});

describe('in flow style', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['an empty map', 'a: {|}', 'key a'],
    ['a second key', 'a: { b: 1, | }', 'key a'],
    ['a value', 'a: { b: | }', 'value a.b'],
    ['a value of a map in a map', 'a: { b: { c: wo| } }', 'value a.b.c wo'],
    ['an item', 'a: [|]', 'item a[0]'],
    ['a second item', 'a: [x, |]', 'item a[1]'],
    ['a key in a map in a list', 'a: [{ b: 1, c| }]', 'key a[0] c'],
    ['over several lines', 'a: {\n  b: 1,\n  |\n}', 'key a'],
    ['on a line below a word without a comma', 'a: [\n  wo\n  rd|\n]', 'item a[0] rd'],
    ['in quotes over several lines', 'a: [\n  "wo\n  rd|"\n]', 'nothing'],
    ['not closed yet', 'a: { b: 1, |', 'key a'],
    ['not closed, above other keys', 'a: { b: 1, |\nc: 2\n', 'key a'],
    ['below a dash', 'a:\n  - { b: 1, | }', 'key a[0]'],
    ['beside a comma in quotes', 'a: { b: "x, y", | }', 'key a'],
    ['after the closing bracket', 'a: { b: 1 }\n|', 'key '],
  ];
  for (const [name, text, expected] of rows) test(name, () => assert.equal(slot(text), expected));
});

describe('what else is known of a slot', () => {
  test('keys that are there, above and below', () => {
    assert.deepEqual([...full('a:\n  b: 1\n  |\n  c:\n    d: 1\n').siblings].sort(), ['b', 'c']);
    assert.deepEqual([...full('a: { b: 1, |, c: 2 }').siblings].sort(), ['b', 'c']);
    assert.deepEqual([...full('a:\n  - |\n    b: 1\n  - c: 1\n').siblings], ['b']);
  });

  test('the word that an item replaces', () => {
    const text = 'a:\n  wo|rd: 1';
    const { range, hasColon } = full(text);
    assert.equal(text.replace('|', '').slice(range.start, range.end), 'word');
    assert.equal(hasColon, true);
  });

  test('whether a space is missing', () => {
    assert.equal(full('a:|').needsSpace, true);
    assert.equal(full('a: |').needsSpace, false);
  });

  test('how the document indents', () => {
    const flat = full('a:\n  b:\n  - c: 1\n  |');
    assert.deepEqual([flat.indentStep, flat.listIndent], [2, 0]);
    const deep = full('a:\n    b:\n        - c: 1\n    |');
    assert.deepEqual([deep.indentStep, deep.listIndent], [4, 4]);
  });
});

test('any text has a slot or none at every offset, and nothing throws', () => {
  const piece = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '#',
    '|',
    '>',
    '&x',
    '*x',
    '---',
    '\t',
    '\r\n',
    '\\',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      for (let offset = 0; offset <= text.length; offset += 1) {
        const found = slotIn(text, offset);
        if (!found) continue;
        assert.ok(found.range.start <= found.range.end && found.range.end <= text.length);
        assert.ok(found.range.start <= offset);
      }
    }),
    { numRuns: 1_000 },
  );
});
