/** Mistakes in YAML itself that another extension marks as well. Its marks cannot be taken back, so ours step aside. */

/** A mark in a text; lines count from 0. Diagnostics of the editor and of the protocol are such. */
export interface Mark {
  readonly range: { readonly start: { readonly line: number } };
  readonly code?: string | number | { readonly value: string | number } | undefined;
}

/** What any YAML parser finds; all else only we know. */
const codesOfYaml: readonly unknown[] = ['common/yaml-syntax', 'common/duplicate-map-key'];

/**
 * Our marks of a text without those that repeat another's; `others` are another extension's marks of mistakes in YAML. Parsers
 * name a mistake in their own words and start their mark at a column of their own, so the line decides. Where
 * they disagree about the line, as with a quote that is never closed, both stay: the one shows where it begins.
 */
export function withoutRepeats<M extends Mark>(ours: readonly M[], others: readonly Mark[]): M[] {
  const lines = new Set(others.map((it) => it.range.start.line));
  return ours.filter((it) => {
    const code = typeof it.code === 'object' ? it.code.value : it.code;
    return !codesOfYaml.includes(code) || !lines.has(it.range.start.line);
  });
}
