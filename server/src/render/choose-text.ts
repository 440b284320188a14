/** A choice as text for a terminal: bars, what moved each variant, and what a must rules out. */

import pc from 'picocolors';
import { scoresAreJudgements } from '../meshes/chooser.ts';
import type { Choice, Ranked, Reason } from '../queries/choose.ts';
import { headline, movedWords, weightWords } from './choose-words.ts';
import { indented, wrap } from './wrap.ts';

export interface TextOptions {
  /** Width of the terminal in columns. */
  readonly columns: number;
  readonly color: boolean;
}

type Colors = ReturnType<typeof pc.createColors>;

const barWidth = 20;

/** The choice. Lines are no longer than `columns` unless a word is. */
export function choiceText(choice: Choice, { columns, color }: TextOptions): string {
  const colors = pc.createColors(color);
  const width = Math.min(columns, 100);
  const blocks = [wrap(headline(choice), width).map((it) => colors.bold(it))];
  const widest = Math.max(0, ...choice.ranked.map((it) => it.variant.name.length));
  for (const it of choice.ranked) blocks.push(rankedLines(it, widest, width, colors));
  if (choice.unranked.length > 0)
    blocks.push([colors.bold('Possible'), ...choice.unranked.map((it) => `  ${it.name}`)]);
  if (choice.ruledOut.length > 0) blocks.push(ruledOutLines(choice, width, colors));
  if (choice.drivers.length > 0) blocks.push(driverLines(choice, width, colors));
  const closing = [`State of ${choice.asOf}. ${scoresAreJudgements}`];
  if (hasUnconfirmed(choice)) closing.push('* rests on something that could not be confirmed.');
  blocks.push(closing.flatMap((it) => wrap(it, width)).map((it) => colors.dim(it)));
  return `${blocks.map((it) => it.join('\n')).join('\n\n')}\n`;
}

function rankedLines(ranked: Ranked, widest: number, width: number, colors: Colors): string[] {
  const { variant, rank, points, most, reasons } = ranked;
  const full = Math.round((points / most) * barWidth);
  const bar = `${colors.cyan('█'.repeat(full))}${colors.dim('░'.repeat(barWidth - full))}`;
  return [
    `${rank}  ${colors.bold(variant.name.padEnd(widest))}  ${bar}  ${points} of ${most}`,
    ...reasons.flatMap((it) => reasonLines(it, width, colors)),
    ...indented(`Whatever you ask for: ${variant.caveat}`, 4, 4, width).map((it) => colors.dim(it)),
  ];
}

function reasonLines(
  { question, weight, score, why, moved, isUnconfirmed }: Reason,
  width: number,
  colors: Colors,
): string[] {
  const mark = isUnconfirmed ? '*' : '';
  const sign = movedWords(moved).padStart(5);
  const paint = moved > 0.05 ? colors.green : moved < -0.05 ? colors.red : colors.dim;
  const [first = '', ...rest] = indented(
    `${question.need} (${weightWords[weight]}): ${score} of 3${mark}. ${why}`,
    10,
    10,
    width,
  );
  return [`    ${paint(sign)} ${first.trimStart()}`, ...rest];
}

function ruledOutLines({ ruledOut }: Choice, width: number, colors: Colors): string[] {
  return [
    colors.bold('Ruled out by a must'),
    ...ruledOut.flatMap(({ variant, failed }) => [
      `  ${variant.name}`,
      ...failed.flatMap(({ question, why, isUnconfirmed }) =>
        indented(`${question.need}${isUnconfirmed ? '*' : ''}: ${why}`, 4, 6, width),
      ),
    ]),
  ];
}

function driverLines({ drivers }: Choice, width: number, colors: Colors): string[] {
  return [
    colors.bold('What counts'),
    ...drivers.flatMap(({ question, weight, must }) =>
      indented(
        `${question.need}: ${weightWords[weight]}${must ? ', a must' : ''} (${question.id}; compare ${question.rows[0]})`,
        2,
        4,
        width,
      ),
    ),
  ];
}

/** Whether anything that the choice says could not be confirmed. */
export function hasUnconfirmed({ ranked, ruledOut }: Choice): boolean {
  return (
    ranked.some((it) => it.reasons.some((reason) => reason.isUnconfirmed)) ||
    ruledOut.some((it) => it.failed.some((failed) => failed.isUnconfirmed))
  );
}
