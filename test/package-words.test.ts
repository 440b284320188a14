/** What package.json shows is written in every language, and says the same in each. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { packageLanguages, packageWords, readPackage } from './package-words.ts';

const english = packageWords('en');

/** Keys of JSON whose value somebody reads. */
const shown = new Set([
  'displayName',
  'description',
  'name',
  'title',
  'contents',
  'altText',
  'markdownDescription',
  'markdownEnumDescriptions',
  'enumItemLabels',
  'patternErrorMessage',
]);

/** What a translation must keep: code and where links lead. */
function fixedIn(text: string): readonly string[] {
  return [...text.matchAll(/`[^`]*`|\]\([^)]*\)/g)].map((it) => it[0]).sort();
}

/** Texts that somebody reads, below a value of package.json; names of products are the same in every language. */
function textsIn(value: unknown, read = false): readonly string[] {
  if (typeof value === 'string') return read && value !== 'Meshwright' ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((it) => textsIn(it, read));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, it]) => textsIn(it, shown.has(key) && typeof it !== 'boolean'));
}

describe('words of package.json', () => {
  const raw = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly displayName: string;
    readonly description: string;
    readonly contributes: Readonly<Record<string, unknown>>;
  };
  const parts = ['views', 'walkthroughs', 'viewsWelcome', 'commands', 'configuration', 'submenus'];
  const texts = [raw.displayName, raw.description, ...parts.flatMap((it) => textsIn(raw.contributes[it]))];

  test('stand in package.nls.json, each once, and none for nothing', () => {
    assert.deepEqual(
      texts.filter((it) => !/^%.+%$/.test(it)),
      [],
    );
    assert.deepEqual(
      [...texts].sort(),
      Object.keys(english)
        .map((it) => `%${it}%`)
        .sort(),
    );
    assert.doesNotMatch(JSON.stringify(readPackage()), /"%[^"]+%"/);
  });

  for (const language of packageLanguages.filter((it) => it !== 'en')) {
    test(`are all there in ${language}, with the code and the links of the English ones`, () => {
      const words = packageWords(language);
      assert.deepEqual(Object.keys(words), Object.keys(english));
      for (const [key, text] of Object.entries(words)) {
        assert.notEqual(text.trim(), '', key);
        assert.deepEqual(fixedIn(text), fixedIn(english[key] ?? ''), key);
        // A command that opens a dialog says so in every language.
        assert.equal(text.endsWith('…'), english[key]?.endsWith('…'), key);
      }
    });
  }
});
