/** Ratings as signs and words, the same in the panel, on the terminal and in Markdown. */

import type { Rating } from '../meshes/features/feature.ts';

/** Signs of one column each; a plain fact has none. An empty circle is drawn full by some fonts, hence the cross. */
export function ratingSign(rating: Rating): string {
  return rating === null ? '·' : (['✗', '◔', '◑', '●'] as const)[rating];
}

/** What a rating says; empty for a plain fact. */
export function ratingWords(rating: Rating): string {
  return rating === null
    ? ''
    : (['Not supported', 'Weak or by a workaround', 'Good, with limits', 'Full'] as const)[rating];
}

/** The key to the signs, best first. */
export const ratingLegend: readonly Rating[] = [3, 2, 1, 0];
