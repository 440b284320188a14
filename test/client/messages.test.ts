/** Every message of the extension that goes through `vscode.l10n.t` is written in each language, and no other is. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { packageLanguages, readPackage } from '../package-words.ts';

/** The messages of a language by their English text, as VS Code looks them up. */
function bundle(language: (typeof packageLanguages)[number]): Readonly<Record<string, string>> {
  const file = language === 'en' ? 'bundle.l10n.json' : `bundle.l10n.${language}.json`;
  return JSON.parse(readFileSync(`l10n/${file}`, 'utf8')) as Record<string, string>;
}

/** The `{0}` of a message, sorted. */
function slots(text: string): readonly string[] {
  return [...text.matchAll(/\{\d\}/g)].map((it) => it[0]).sort();
}

describe('messages of the extension', () => {
  const english = bundle('en');
  const sources = readdirSync('client/src').map((it) => readFileSync(`client/src/${it}`, 'utf8'));
  const calls = sources.reduce((sum, it) => sum + it.split('l10n.t(').length - 1, 0);
  const asked = sources.flatMap((it) => [...it.matchAll(/l10n\.t\(\s*'([^'\\]+)'/g)].map((match) => match[1] ?? ''));

  test('are asked for by their English text, so that a bundle can be held against them', () => {
    assert.ok(calls > 50);
    assert.equal(asked.length, calls);
    assert.deepEqual(Object.keys(english), [...new Set(asked)].sort());
    assert.deepEqual(Object.keys(english), Object.values(english));
  });

  test('stand where package.json says', () => {
    assert.equal((readPackage() as { readonly l10n: string }).l10n, './l10n');
  });

  for (const language of packageLanguages) {
    test(`are all there in ${language}, with the same gaps to fill`, () => {
      const words = bundle(language);
      assert.deepEqual(Object.keys(words), Object.keys(english));
      for (const [text, translated] of Object.entries(words)) {
        assert.notEqual(translated.trim(), '', text);
        assert.deepEqual(slots(translated), slots(text), text);
      }
    });
  }
});
