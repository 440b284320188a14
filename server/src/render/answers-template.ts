/** A file of answers to fill in: every question with its weight, and why it has one already. */

import { questionGroups, questions } from '../meshes/chooser.ts';
import type { Answers } from '../queries/choose.ts';
import { type Shown, shownWords } from '../queries/choose-evidence.ts';
import { weights, weightWords } from './choose-words.ts';

/** As YAML, with the questions as comments. */
export function answersYaml(answers: Answers, shown: readonly Shown[]): string {
  const scale = weights.map((it) => `${it} ${weightWords[it]}`).join(', ');
  const lines = [
    `# How much does each of these matter to you? ${scale}.`,
    '# must: true rules out every mesh that cannot do it at all.',
    '# Then: meshwright choose --answers FILE',
    'answers:',
  ];
  for (const group of questionGroups) {
    lines.push('', `  # ── ${group}`);
    for (const { id, need } of questions.filter((it) => it.group === group)) {
      const { weight, must } = answerTo(answers, id);
      const reason = shown.find((it) => it.questionId === id);
      lines.push('', `  # ${need}`, ...(reason ? [`  # ${shownWords(reason)}`] : []));
      lines.push(`  ${id}: { weight: ${weight}, must: ${must} }`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** As JSON; `need` and `why` are for people and are not read. */
export function answersJson(answers: Answers, shown: readonly Shown[]): string {
  const entries = questions.map(({ id, need }) => {
    const reason = shown.find((it) => it.questionId === id);
    return [id, { ...answerTo(answers, id), need, ...(reason ? { why: shownWords(reason) } : {}) }] as const;
  });
  return `${JSON.stringify({ answers: Object.fromEntries(entries) }, undefined, 2)}\n`;
}

function answerTo(answers: Answers, id: string): Answers[string] & object {
  return answers[id] ?? { weight: 0, must: false };
}
