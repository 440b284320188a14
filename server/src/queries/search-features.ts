/** Finds features by what a person types: words of the title, a kind, words of a note, with a slip of the finger forgiven. */

import type { Feature } from '../meshes/features/feature.ts';
import { kindNameOf } from './feature-facts.ts';

/** How well a text fits what was typed; 0 when it does not. */
export type FeatureScore = (feature: Feature) => number;

/**
 * Prepares a search. Every word must be found somewhere; the better the place, the higher the score. Text without
 * letters or digits lets every feature through.
 */
export function featureSearch(typed: string): FeatureScore {
  const words = wordsOf(typed);
  if (words.length === 0) return () => 1;
  return (feature) => {
    const places = placesOf(feature);
    let score = 0;
    for (const word of words) {
      const best = bestPlace(word, places);
      if (best === 0) return 0;
      score += best;
    }
    return score + (places.title === words.join(' ') ? 100 : 0);
  };
}

/** The features that fit what was typed, best first; those that fit equally well keep their order. */
export function findFeatures(features: readonly Feature[], typed: string): readonly Feature[] {
  const score = featureSearch(typed);
  return features
    .map((feature) => ({ feature, score: score(feature) }))
    .filter((it) => it.score > 0)
    .sort((a, b) => b.score - a.score)
    .map((it) => it.feature);
}

interface Places {
  readonly title: string;
  readonly titleWords: readonly string[];
  readonly category: string;
  readonly kinds: readonly string[];
  readonly values: string;
  readonly notes: string;
}

const known = new WeakMap<Feature, Places>();

function placesOf(feature: Feature): Places {
  const kept = known.get(feature);
  if (kept) return kept;
  const cells = Object.values(feature.cells);
  const titleWords = wordsOf(`${feature.title} ${feature.id}`);
  const places: Places = {
    title: wordsOf(feature.title).join(' '),
    titleWords,
    category: feature.category.toLowerCase(),
    kinds: cells.flatMap((it) => it.kinds).map((it) => kindNameOf(it).toLowerCase()),
    values: cells.map((it) => it.value.toLowerCase()).join('\n'),
    notes: [feature.why, ...cells.flatMap((it) => [it.note, it.since ?? '', ...(it.keys ?? [])])]
      .join('\n')
      .toLowerCase(),
  };
  known.set(feature, places);
  return places;
}

function bestPlace(word: string, places: Places): number {
  if (places.titleWords.includes(word)) return 20;
  if (places.titleWords.some((it) => it.startsWith(word))) return 15;
  if (places.kinds.includes(word)) return 12;
  if (places.title.includes(word)) return 10;
  if (places.kinds.some((it) => it.includes(word))) return 8;
  if (places.category.includes(word)) return 6;
  if (places.values.includes(word)) return 4;
  if (places.notes.includes(word)) return 2;
  if (places.titleWords.some((it) => isSlip(word, it)) || places.kinds.some((it) => isSlip(word, it))) return 1;
  return 0;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Whether two words of four letters or more differ by one letter that is wrong, missing, extra or swapped with its neighbour. */
function isSlip(typed: string, word: string): boolean {
  if (typed.length < 4 || Math.abs(typed.length - word.length) > 1) return false;
  let at = 0;
  while (at < typed.length && at < word.length && typed[at] === word[at]) at += 1;
  const [left, right] = [typed.slice(at), word.slice(at)];
  return (
    left.slice(1) === right.slice(1) ||
    left.slice(1) === right ||
    left === right.slice(1) ||
    (left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2))
  );
}
