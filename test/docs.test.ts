/** Pages of docs/ that are made from tables say what the tables say today. `UPDATE=1` renews them. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { rosettaPage } from '../server/src/render/rosetta-markdown.ts';

describe('docs/rosetta.md', () => {
  const file = 'docs/rosetta.md';
  const page = rosettaPage();

  test('is up to date', () => {
    if (process.env['UPDATE'] === '1') writeFileSync(file, page);
    assert.equal(readFileSync(file, 'utf8'), page, `${file} is out of date; npm run generate renews it.`);
  });

  test('has rows of equal length in each table', () => {
    for (const block of page
      .trimEnd()
      .split('\n\n')
      .filter((it) => it.startsWith('|'))) {
      const widths = new Set(block.split('\n').map((it) => it.split(/(?<!\\)\|/).length));
      assert.equal(widths.size, 1, block.slice(0, 200));
    }
  });

  test('leads from each number to its note', () => {
    for (const section of page.split(/^##+ /m)) {
      const numbers = [...section.matchAll(/<sup>(\d+)<\/sup>/g)].map((it) => Number(it[1]));
      const notes = [...section.matchAll(/^(\d+)\. \S/gm)].map((it) => Number(it[1]));
      assert.deepEqual(
        [...new Set(numbers)].sort((a, b) => a - b),
        notes,
      );
    }
  });
});
