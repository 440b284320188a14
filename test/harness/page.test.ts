/** The notation of pages: what is written is read back, and what is wrong with a page is said. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from './fast-check.ts';
import { answersOf } from './check.ts';
import { readPage, readSource, writeSource } from './page.ts';

const mark = (start: number, end: number) => ({
  range: { start, end },
  severity: 'error',
  code: 'a/b',
  message: 'No.',
});

describe('marks', () => {
  const text = 'abc: def\nghi: jkl\n';

  test('stand below their line, under what they mean', () => {
    assert.equal(writeSource(text, undefined, [mark(5, 8)]), 'abc: def\n#    ^^^ error[a/b]: No.\nghi: jkl\n');
  });

  test('that touch their sign include its column', () => {
    assert.equal(writeSource(text, undefined, [mark(9, 12)]), 'abc: def\nghi: jkl\n#^^ error[a/b]: No.\n');
  });

  test('of several lines go on, of none are a bar', () => {
    assert.equal(writeSource(text, undefined, [mark(5, 12)]), 'abc: def\n#    ^^^… error[a/b]: No.\nghi: jkl\n');
    assert.equal(writeSource(text, undefined, [mark(5, 5)]), 'abc: def\n#    | error[a/b]: No.\nghi: jkl\n');
  });

  test('make room for the cursor', () => {
    assert.equal(writeSource(text, 6, [mark(5, 8)]), 'abc: d$0ef\n#    ^^^^^ error[a/b]: No.\nghi: jkl\n');
    assert.equal(writeSource(text, 5, [mark(5, 8)]), 'abc: $0def\n#      ^^^ error[a/b]: No.\nghi: jkl\n');
    assert.equal(writeSource(text, 8, [mark(5, 8)]), 'abc: def$0\n#    ^^^ error[a/b]: No.\nghi: jkl\n');
  });

  test('and cursor are taken out again, wherever they stand', () => {
    const offset = fc.nat({ max: text.length });
    fc.assert(
      fc.property(offset, fc.array(fc.tuple(offset, offset), { maxLength: 4 }), (cursor, ranges) => {
        const marks = ranges.map(([a, b]) => mark(Math.min(a, b), Math.max(a, b)));
        const read = readSource(writeSource(text, cursor, marks));
        assert.deepEqual([read.text, read.cursor, read.isMarked], [text, cursor, marks.length > 0]);
      }),
    );
  });

  test('comments of the file are no marks', () => {
    assert.equal(readSource('# ^^^ is a caret\na: 1 # error\n').isMarked, false);
  });
});

describe('pages', () => {
  const page = (body: string) => readPage(`# Title\n\nText.\n\n## One\n\n${body}`);

  test('have a title, and a test for each heading', () => {
    const { title, cases } = page('```yaml\na: 1\n```\n\n## Two\n\n````items not\n```\n````\n');
    assert.equal(title, 'Title');
    assert.deepEqual(
      cases.map(({ heading, fences }) => [heading, fences.map((it) => [it.info, it.text])]),
      [
        ['One', [['yaml', 'a: 1\n']]],
        ['Two', [['items not', '```\n']]],
      ],
    );
  });

  test('that make no sense say where', () => {
    assert.throws(() => page('```yaml\na: 1\n'), /line 7 is never closed/);
    assert.throws(() => readPage('# Title\n```yaml\n```\n'), /line 2 stands above the first heading/);
  });

  test('ask only what is known', () => {
    const ask = (body: string) => answersOf(page(body).cases[0] ?? { heading: '', fences: [] });
    assert.throws(() => ask(''), /needs a yaml fence/);
    assert.throws(() => ask('```yaml\na: 1\n```\n```wishes\n```\n'), /"wishes" means nothing/);
    assert.throws(() => ask('```yaml\na: 1\n```\n```items\n```\n'), /needs a cursor/);
    assert.throws(() => ask('```yaml\na: $0\n```\n```yaml after\n```\n'), /No such fix here; there are: none/);
  });

  test('notice what is missing and what is too much', () => {
    const unmet = (body: string) =>
      answersOf(page(body).cases[0] ?? { heading: '', fences: [] }).filter((it) => !it.isMet);
    const wrong =
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: a }\nspec: { hots: a }\n';
    assert.equal(unmet(`\`\`\`yaml\n${wrong}\`\`\`\n`).length, 1);
    assert.equal(unmet('```yaml\nkind: x\n#    ^ error[a/b]: No.\n```\n').length, 1);
    assert.equal(unmet('```yaml\nkind: x\n```\n').length, 0);
  });
});
