/** Answers to the chooser as they come out of a file or off the wire: read, or refused with the reason. */

import { questions } from '../meshes/chooser.ts';
import { nearest } from '../model/nearest.ts';
import { isRecord } from '../model/value.ts';
import { weights } from '../render/choose-words.ts';
import type { Answer, Answers, Weight } from './choose.ts';

/**
 * Reads answers by the id of their question: `{weight: 2, must: false}`, of which either part may be absent, or the weight
 * alone. They may stand below `answers`. Nothing at all is no answers. Gives a sentence when something is not understood.
 */
export function readAnswers(value: unknown): { readonly answers: Answers } | { readonly problem: string } {
  if (value === undefined || value === null) return { answers: {} };
  const map = isRecord(value) && 'answers' in value ? (value['answers'] ?? {}) : value;
  if (!isRecord(map)) return { problem: 'Answers are a map from questions to weights.' };
  const answers: Record<string, Answer> = {};
  for (const [id, given] of Object.entries(map)) {
    if (!questions.some((it) => it.id === id)) return { problem: unknownQuestion(id) };
    const answer = readAnswer(given);
    if (!answer) return { problem: `The answer to "${id}" must be a weight of 0 to 3, or {weight: 2, must: true}.` };
    answers[id] = answer;
  }
  return { answers };
}

function readAnswer(given: unknown): Answer | undefined {
  if (!isRecord(given)) return isWeight(given) ? { weight: given, must: false } : undefined;
  const { weight = 0, must = false } = given;
  return isWeight(weight) && typeof must === 'boolean' ? { weight, must } : undefined;
}

/** Whether a value is a weight. */
export function isWeight(value: unknown): value is Weight {
  return weights.some((it) => it === value);
}

function unknownQuestion(id: string): string {
  const near = nearest(
    id,
    questions.map((it) => it.id),
  );
  const advice = near === undefined ? 'The template lists all questions.' : `Did you mean "${near}"?`;
  return `There is no question "${id}". ${advice}`;
}
