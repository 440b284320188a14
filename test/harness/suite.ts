/**
 * Makes tests of the pages below a folder. With `UPDATE=1` a page is rewritten to what the product says today; read the
 * difference as carefully as code.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { type Answer, answersOf } from './check.ts';
import { type Page, readPage } from './page.ts';

const isUpdating = process.env['UPDATE'] === '1';

/** Paths of all pages below a folder, sorted. */
export function pagesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((it) => {
      const file = path.join(folder, it.name);
      if (it.isDirectory()) return it.name === 'node_modules' ? [] : pagesIn(file);
      return it.name.endsWith('.md') ? [file] : [];
    })
    .sort();
}

/** One `describe` for a page, one `test` for each of its headings; a page that cannot be read is one test that fails. */
export function testPage(file: string): void {
  let page: Page;
  try {
    page = readPage(readFileSync(file, 'utf8'));
  } catch (error) {
    test(file, () => {
      throw error;
    });
    return;
  }
  describe(page.title === '' ? file : page.title, () => {
    const changes: Answer[] = [];
    for (const it of page.cases) {
      test(it.heading, () => {
        const missed = answersOf(it).filter((answer) => !answer.isMet);
        if (isUpdating) changes.push(...missed);
        else if (missed.length > 0) assert.fail(missed.map((answer) => report(file, answer)).join('\n\n'));
      });
    }
    after(() => {
      if (changes.length > 0) writeFileSync(file, rewritten(page, changes));
    });
  });
}

function report(file: string, { fence, actual }: Answer): string {
  const place = `${path.relative(process.cwd(), file)}:${fence.first}`;
  return `${place} (${fence.info}) should say:\n${actual}${actual === '' ? '(nothing)\n' : ''}but says:\n${fence.text}`;
}

function rewritten({ lines }: Page, changes: readonly Answer[]): string {
  const result = [...lines];
  for (const { fence, actual } of [...changes].sort((a, b) => b.fence.first - a.fence.first)) {
    const text = actual === '' ? [] : actual.replace(/\n$/, '').split('\n');
    const bar = '`'.repeat(Math.max(3, ...text.map((it) => (/^`{3,}/.exec(it)?.[0].length ?? 0) + 1)));
    result.splice(fence.first - 1, fence.end - fence.first + 2, `${bar}${fence.info}`, ...text, bar);
  }
  return result.join('\n');
}
