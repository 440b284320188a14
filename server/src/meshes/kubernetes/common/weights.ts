/** Weights of a split, and how to write other ones. */

import type { Resource } from '../../../model/manifest.ts';
import type { FixEdit } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { valueAt } from '../../../model/value.ts';

/** Whole percentages that add up to 100, as equal as can be: `34, 33, 33`. */
export function evenShares(count: number): readonly number[] {
  const base = Math.floor(100 / count);
  const left = 100 - base * count;
  return Array.from({ length: count }, (_, position) => base + (position < left ? 1 : 0));
}

/** Edits that set the fields at `paths` to `weights`, one for each. */
export function weightEdits(resource: Resource, paths: readonly Path[], weights: readonly number[]): FixEdit[] {
  return paths.map((path, position) => {
    const type = valueAt(resource.value, path) === undefined ? 'insert' : 'replace-value';
    return { type, resource, path, value: weights[position] ?? 0 };
  });
}
