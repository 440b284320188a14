/**
 * Which mesh fits what somebody weighs: the variants by rank, what moved each, and which a must rules out. Without weights
 * that differ nothing is ranked: a sum over everything only tells which product does most.
 */

import { type Question, questions, type Score, type Variant, variants } from '../meshes/chooser.ts';
import { featuresAsOf } from '../meshes/features.ts';

/** 0 off, 1 low, 2 medium, 3 high. */
export type Weight = 0 | 1 | 2 | 3;

export interface Answer {
  readonly weight: Weight;
  /** What cannot do it at all is out. */
  readonly must: boolean;
}

/** Answers by the id of their question; what is absent does not matter. */
export type Answers = Readonly<Record<string, Answer>>;

/** A question that counts, with its answer. */
export interface Driver extends Answer {
  readonly question: Question;
}

/**
 * Why there is a ranking or none: `unasked` nothing matters; `unweighed` there are musts but no weights; `shown` manifests
 * tell what is in use, and nobody has said what of it matters; `alike` every question weighs the same; `none-left` the
 * musts leave nothing.
 */
export type Standing = 'ranked' | 'unasked' | 'unweighed' | 'shown' | 'alike' | 'none-left';

export interface Choice {
  readonly standing: Standing;
  /** The day whose state the scores are of, `2026-08-22`. */
  readonly asOf: string;
  /** What counts, weightiest first. */
  readonly drivers: readonly Driver[];
  /** Best first; empty unless the standing is `ranked`. */
  readonly ranked: readonly Ranked[];
  /** What no must rules out, while nothing ranks it. */
  readonly unranked: readonly Variant[];
  readonly ruledOut: readonly RuledOut[];
  /** Whether the first two are so near to each other that the answers do not tell them apart. */
  readonly isClose: boolean;
}

export interface Ranked {
  readonly variant: Variant;
  /** From 1; variants with as many points share a rank. */
  readonly rank: number;
  /** Sum of weight times score. */
  readonly points: number;
  /** The points of one that is best at everything asked for. */
  readonly most: number;
  /** What moved it most first. */
  readonly reasons: readonly Reason[];
}

export interface Reason {
  readonly question: Question;
  readonly weight: Weight;
  readonly score: Score;
  readonly why: string;
  /** How far the question moved it from the mean of those that are compared, in points: above 0 forward, below 0 back. */
  readonly moved: number;
  /** Whether the score rests on something that could not be confirmed. */
  readonly isUnconfirmed: boolean;
}

export interface RuledOut {
  readonly variant: Variant;
  /** The musts that it cannot meet, and why it cannot. */
  readonly failed: readonly { readonly question: Question; readonly why: string; readonly isUnconfirmed: boolean }[];
}

/** A lead of less than this share of the leader's points says nothing. */
const closeShare = 0.05;

/**
 * Ranks the variants by answers. Answers to questions that do not exist are left alone. `filled` are ids of questions that
 * manifests have answered and nobody since.
 */
export function choose(answers: Answers, filled: readonly string[] = []): Choice {
  const drivers = driversOf(answers);
  const failures = variants.map((variant) => ({ variant, failed: failedMusts(variant, drivers) }));
  const ruledOut = failures.filter((it) => it.failed.length > 0);
  const left = failures.filter((it) => it.failed.length === 0).map((it) => it.variant);
  const standing = standingOf(drivers, left, filled);
  const ranked = standing === 'ranked' ? rank(left, drivers) : [];
  return {
    standing,
    asOf: featuresAsOf,
    drivers,
    ranked,
    unranked: standing === 'ranked' ? [] : left,
    ruledOut,
    isClose: isClose(ranked),
  };
}

/** What counts, the weightiest first, musts before others of the same weight. */
function driversOf(answers: Answers): readonly Driver[] {
  return questions
    .flatMap((question) => {
      const answer = Object.hasOwn(answers, question.id) ? answers[question.id] : undefined;
      return answer && (answer.weight > 0 || answer.must) ? [{ question, ...answer }] : [];
    })
    .sort((a, b) => b.weight - a.weight || Number(b.must) - Number(a.must));
}

function failedMusts(variant: Variant, drivers: readonly Driver[]): RuledOut['failed'] {
  return drivers.flatMap(({ question, must }) => {
    const [score, why] = question.fits[variant.id];
    return must && score === 0 ? [{ question, why, isUnconfirmed: isUnconfirmed(question, variant) }] : [];
  });
}

function standingOf(drivers: readonly Driver[], left: readonly Variant[], filled: readonly string[]): Standing {
  if (drivers.length === 0) return 'unasked';
  if (left.length === 0) return 'none-left';
  const weights = new Set(drivers.map((it) => it.weight));
  if (weights.size === 1 && weights.has(0)) return 'unweighed';
  if (drivers.every(({ question }) => filled.includes(question.id))) return 'shown';
  if (weights.size === 1 && drivers.length === questions.length) return 'alike';
  return 'ranked';
}

function rank(left: readonly Variant[], drivers: readonly Driver[]): readonly Ranked[] {
  const weighed = drivers.filter((it) => it.weight > 0);
  const most = sum(weighed.map((it) => it.weight * 3));
  // Of one alone nobody could say what moved it, so it is compared with those that are out.
  const field = left.length > 1 ? left : variants;
  const scored = left.map((variant) => {
    const reasons = weighed.map((driver) => reasonOf(variant, driver, field));
    return {
      variant,
      points: sum(reasons.map((it) => it.weight * it.score)),
      most,
      reasons: reasons.sort((a, b) => Math.abs(b.moved) - Math.abs(a.moved)),
    };
  });
  return scored
    .map((it) => ({ ...it, rank: 1 + scored.filter((other) => other.points > it.points).length }))
    .sort((a, b) => a.rank - b.rank);
}

function reasonOf(variant: Variant, { question, weight }: Driver, field: readonly Variant[]): Reason {
  const [score, why] = question.fits[variant.id];
  const mean = sum(field.map((it) => question.fits[it.id][0])) / field.length;
  const moved = weight * (score - mean);
  return { question, weight, score, why, moved, isUnconfirmed: isUnconfirmed(question, variant) };
}

function isUnconfirmed({ unconfirmed }: Question, { id }: Variant): boolean {
  return unconfirmed?.includes(id) ?? false;
}

function isClose([first, second]: readonly Ranked[]): boolean {
  return first !== undefined && second !== undefined && first.points - second.points < first.points * closeShare;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, it) => total + it, 0);
}
