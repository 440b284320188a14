/** package.json as VS Code reads it: the words of one language in place of the placeholders. */

import { readFileSync } from 'node:fs';

/** The languages that package.json is written in; English stands in package.nls.json. */
export const packageLanguages = ['en', 'de', 'zh-cn'] as const;
export type PackageLanguage = (typeof packageLanguages)[number];

/** The words of a language by their key. Throws when the file is not there. */
export function packageWords(language: PackageLanguage): Readonly<Record<string, string>> {
  const file = language === 'en' ? 'package.nls.json' : `package.nls.${language}.json`;
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
}

/**
 * Reads package.json with the words of a language in place of its placeholders (`%view.compare%`); a placeholder without
 * words stays as it is.
 */
export function readPackage(language: PackageLanguage = 'en'): unknown {
  const words = packageWords(language);
  return JSON.parse(readFileSync('package.json', 'utf8'), (_, value: unknown) => {
    const key = typeof value === 'string' ? /^%(.+)%$/.exec(value)?.[1] : undefined;
    return key === undefined ? value : (words[key] ?? value);
  });
}
