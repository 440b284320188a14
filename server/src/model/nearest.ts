/** "Did you mean": the word a person most likely wanted. */

import { distance } from 'fastest-levenshtein';

/**
 * The candidate nearest to a word, undefined when none is near. Same letters in another case or spelling (`jwks_uri`)
 * go first, then candidates that the word begins, then those within one edit for each three letters; two swapped
 * neighbours count as one edit.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const plain = plainOf(word);
  if (plain === '' || word.length > longest) return undefined;
  const limit = Math.max(1, Math.floor(plain.length / 3));
  let best: string | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const score = scoreOf(plain, plainOf(candidate), limit);
    if (score >= bestScore) continue;
    best = candidate;
    bestScore = score;
  }
  return best;
}

/** Whether a long word is another one with a slip or two of the fingers, where a mere likeness would be chance. */
export function isSlip(word: string, meant: string): boolean {
  if (word === meant || word.length < 8 || Math.abs(word.length - meant.length) > 2 || word.length > longest)
    return false;
  return distance(word, meant) <= 2;
}

/** Nobody mistypes longer words by accident; comparing them only costs time. */
const longest = 100;

function scoreOf(word: string, candidate: string, limit: number): number {
  if (word === candidate) return 0;
  if (word.length >= 2 && candidate.startsWith(word)) return 1 + (candidate.length - word.length) / 1000;
  if (Math.abs(word.length - candidate.length) > limit) return Number.POSITIVE_INFINITY;
  const edits = areSwapped(word, candidate) ? 1 : distance(word, candidate);
  return edits <= limit ? 2 + edits : Number.POSITIVE_INFINITY;
}

function plainOf(word: string): string {
  return word.replace(/[_-]/g, '').toLowerCase();
}

function areSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}
