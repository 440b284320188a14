/** Words for what the chooser says, the same in the panel, on the terminal and in Markdown. */

import type { Verdict } from '../meshes/chooser.ts';
import type { Choice, Ranked, Weight } from '../queries/choose.ts';

export const weights: readonly Weight[] = [0, 1, 2, 3];

/** What each weight says. */
export const weightWords: Readonly<Record<Weight, string>> = {
  0: 'off',
  1: 'low',
  2: 'medium',
  3: 'high',
};

/** What becomes of a reason that one often reads. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  holds: 'holds',
  partly: 'holds in part',
  'no longer': 'decides nothing any more',
  new: 'missing from older advice',
};

/** The result in one sentence, or what is missing for one. */
export function headline({ standing, ranked, isClose, ruledOut }: Choice): string {
  switch (standing) {
    case 'unasked':
      return 'Say what matters to you: nothing is ranked before that.';
    case 'unweighed':
      return 'Musts alone rank nothing. Give a weight to what matters.';
    case 'shown':
      return 'Manifests tell what is in use, not what matters more. Change a weight to see a ranking.';
    case 'alike':
      return 'Everything weighs the same, which only tells which product does most. Say what matters more.';
    case 'none-left':
      return 'No mesh meets all of these musts.';
    case 'ranked':
      return rankingWords(ranked, isClose, ruledOut.length);
  }
}

function rankingWords(ranked: readonly Ranked[], isClose: boolean, out: number): string {
  const first = ranked.filter((it) => it.rank === 1).map((it) => it.variant.name);
  if (ranked.length === 1) return `Only ${first[0]} meets ${out === 0 ? 'them' : 'all musts'}.`;
  if (first.length > 1) return `${listed(first)} are level.`;
  const second = ranked.filter((it) => it.rank === 2).map((it) => it.variant.name);
  return isClose ? `${first[0]} leads, but ${listed(second)} is too near to tell apart.` : `${first[0]} leads.`;
}

/** How far a question moved a variant: `+2.4`, `−0.6`, `±0`. */
export function movedWords(moved: number): string {
  const rounded = Math.round(Math.abs(moved) * 10) / 10;
  if (rounded === 0) return '±0';
  return `${moved > 0 ? '+' : '−'}${rounded}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(texts: readonly string[]): string {
  if (texts.length < 2) return texts.join('');
  return `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}
