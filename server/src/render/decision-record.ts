/** A choice as a decision record in Markdown: context, drivers, options with their scores, decision and consequences. */

import { type Question, scoresAreJudgements, type Variant } from '../meshes/chooser.ts';
import { featureById } from '../meshes/features.ts';
import { meshNames } from '../model/mesh-id.ts';
import type { Choice, Driver, Ranked } from '../queries/choose.ts';
import { type Shown, shownWords } from '../queries/choose-evidence.ts';
import { hasUnconfirmed } from './choose-text.ts';
import { headline, listed, movedWords, weightWords } from './choose-words.ts';
import { escapeMarkdown } from './compare-markdown.ts';

/** The record. `shown` are needs that manifests showed, for the context. The date is left to whoever decides. */
export function decisionRecord(choice: Choice, shown: readonly Shown[] = []): string {
  const { ranked } = choice;
  const winners = ranked.filter((it) => it.rank === 1);
  const blocks = [
    `# ${winners.length === 1 && winners[0] ? `Use ${winners[0].variant.name} as service mesh` : 'Choose a service mesh'}`,
    '- Status: proposed\n- Date:\n- Deciders:',
    '## Context',
    ...context(choice, shown),
    '## Decision drivers',
    drivers(choice),
    '## Options',
    ...options(choice),
    '## Decision',
    ...decision(choice, winners),
  ];
  if (winners.length > 0) blocks.push('## Consequences', ...winners.flatMap((it) => consequences(it, choice)));
  blocks.push('## Sources', ...sources(choice));
  return `${blocks.join('\n\n')}\n`;
}

function context({ drivers }: Choice, shown: readonly Shown[]): readonly string[] {
  const used = shown.filter((it) => drivers.some(({ question }) => question.id === it.questionId));
  const intro =
    'Which service mesh fits what we need? Each need has a weight; what is a must rules out whatever cannot do it at all. What has no weight was not counted.';
  if (used.length === 0) return [intro];
  const needs = used.map((it) => {
    const driver = drivers.find(({ question }) => question.id === it.questionId);
    return `- ${escapeMarkdown(driver?.question.need ?? it.questionId)}: ${escapeMarkdown(shownWords(it))}`;
  });
  return [intro, 'Our manifests already show these needs:', needs.join('\n')];
}

function drivers({ drivers }: Choice): string {
  if (drivers.length === 0) return 'None yet.';
  return table(
    ['Need', 'Weight', 'Must'],
    drivers.map(({ question, weight, must }) => [
      escapeMarkdown(question.need),
      `${weight} (${weightWords[weight]})`,
      must ? 'yes' : '',
    ]),
  );
}

function options({ ranked, unranked, ruledOut, drivers }: Choice): readonly string[] {
  const blocks: string[] = [];
  if (ranked.length > 0) {
    const weighed = drivers.filter((it) => it.weight > 0);
    const scores = weighed.map(({ question, weight }) => [
      `${escapeMarkdown(question.need)} × ${weight}`,
      ...ranked.map(({ variant }) => scoreText(question, variant)),
    ]);
    const sums = ['**Points**', ...ranked.map((it) => `**${it.points} of ${it.most}**`)];
    blocks.push(table(['Score, 0 to 3', ...ranked.map((it) => it.variant.name)], [...scores, sums]));
  }
  if (unranked.length > 0) blocks.push(unranked.map((it) => `- ${it.name}`).join('\n'));
  if (ruledOut.length > 0)
    blocks.push(
      'Ruled out by a must:',
      ruledOut
        .flatMap(({ variant, failed }) =>
          failed.map(
            ({ question, why, isUnconfirmed }) =>
              `- ${variant.name}: ${escapeMarkdown(question.need)}. ${escapeMarkdown(why)}${isUnconfirmed ? ' (unconfirmed)' : ''}`,
          ),
        )
        .join('\n'),
    );
  return blocks;
}

function scoreText(question: Question, { id }: Variant): string {
  return `${question.fits[id][0]}${question.unconfirmed?.includes(id) ? '\\*' : ''}`;
}

function decision(choice: Choice, winners: readonly Ranked[]): readonly string[] {
  const blocks = [headline(choice)];
  for (const { variant, reasons } of winners) {
    const forward = reasons.filter((it) => it.moved > 0);
    if (forward.length > 0)
      blocks.push(
        `What moved ${variant.name} ahead, in points against the mean of the options:`,
        forward
          .map((it) => `- ${movedWords(it.moved)} ${escapeMarkdown(it.question.need)}: ${escapeMarkdown(it.why)}`)
          .join('\n'),
      );
  }
  return blocks;
}

/** What one gains, what one gives up, and how it is done, from the rows of the comparison. */
function consequences({ variant, reasons }: Ranked, { drivers }: Choice): readonly string[] {
  const good = reasons.filter((it) => it.score === 3);
  const bad = reasons.filter((it) => it.score <= 1);
  const lines = [
    ...good.map((it) => `- Good: ${escapeMarkdown(it.question.need)}. ${escapeMarkdown(it.why)}`),
    ...bad.map((it) => `- Bad: ${escapeMarkdown(it.question.need)}. ${escapeMarkdown(it.why)}`),
    `- Whatever we ask for: ${escapeMarkdown(variant.caveat)}`,
  ];
  const how = drivers.flatMap(({ question }) => featureLines(question, variant));
  return [
    `### ${variant.name}`,
    lines.join('\n'),
    ...(how.length > 0
      ? [`How ${meshNames[variant.mesh]} does what was asked for:`, [...new Set(how)].join('\n')]
      : []),
  ];
}

function featureLines({ rows: [row] }: Question, { mesh }: Variant): readonly string[] {
  const feature = featureById(row);
  if (!feature) return [];
  const { value, source, unverified } = feature.cells[mesh];
  const doubt = unverified ? ' Not everything here could be confirmed.' : '';
  return [`- ${escapeMarkdown(feature.title)}: ${escapeMarkdown(value)}.${doubt} [Source](${source})`];
}

function sources(choice: Choice): readonly string[] {
  const rows = [...new Set(choice.drivers.flatMap((it: Driver) => it.question.rows))].flatMap((it) => {
    const title = featureById(it)?.title;
    return title === undefined ? [] : [escapeMarkdown(title)];
  });
  return [
    `State of ${choice.asOf}. ${scoresAreJudgements}`,
    ...(rows.length > 0 ? [`Rows: ${listed(rows)}.`] : []),
    ...(hasUnconfirmed(choice) ? ['\\* rests on something that could not be confirmed.'] : []),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((it) => `| ${it.join(' | ')} |`).join('\n');
}
