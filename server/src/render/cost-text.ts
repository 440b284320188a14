/** What meshes cost, as text for a terminal. */

import pc from 'picocolors';
import { costInputNames, costInputs } from '../model/cost-inputs.ts';
import { meshNames } from '../model/mesh-id.ts';
import type { CostEstimate, VariantCost } from '../queries/cost.ts';
import type { TextOptions } from './compare-text.ts';
import {
  amountRemarks,
  amountWords,
  countWords,
  figuresOfVariant,
  formulaLines,
  gigabytes,
  limits,
  type Measure,
  measureNotes,
  measures,
  measureTitles,
  priceWords,
  remarksOf,
} from './cost-words.ts';
import { indented, wrap } from './wrap.ts';

/** The numbers of each mesh, how they come about, and where they come from. Lines keep to `columns` unless a word is longer. */
export function costText(estimate: CostEstimate, { columns, color }: TextOptions): string {
  const colors = pc.createColors(color);
  const width = Math.min(columns, 100);
  const { inputs, variants, example, requests } = estimate;
  const given = costInputNames.map((it) => `${lowered(costInputs[it].title)} ${inputs[it]}`).join(', ');
  const count = countWords(estimate);
  const lines = [
    ...wrap(`For ${given}.`, width),
    ...(count ? wrap(count, width) : []),
    ...wrap(priceWords(estimate), width).map((it) => colors.dim(it)),
  ];
  for (const measure of measures) {
    lines.push('', `${colors.bold(measureTitles[measure])} ${colors.dim(`(${measureNotes[measure]})`)}`);
    for (const variant of variants) lines.push(...numberLines(variant, measure, width));
  }
  lines.push('', colors.bold('How it is computed'));
  for (const variant of variants) {
    lines.push(`  ${variant.name}`);
    for (const measure of measures) {
      for (const it of formulaLines(variant, measure, estimate))
        lines.push(...indented(`${measureTitles[measure]}: ${it}`, 4, 6, width));
    }
    for (const it of remarksOf(variant)) lines.push(...indented(it, 4, 6, width).map((line) => colors.dim(line)));
  }
  lines.push('', colors.bold(requests.title));
  for (const { mesh, value } of requests.asked) lines.push(...indented(`${meshNames[mesh]}: ${value}`, 2, 4, width));
  lines.push('', colors.bold('The example of 100 services that is often copied'));
  for (const it of example) {
    const text = `${meshNames[it.mesh]}: printed ${gigabytes(it.printed)}, adds up to ${gigabytes(it.sum)}`;
    lines.push(...indented(text, 2, 4, width));
  }
  lines.push('', ...limits.flatMap((it) => wrap(it, width)).map((it) => colors.dim(it)));
  lines.push('', colors.bold('Sources'));
  const used = new Set(variants.flatMap(figuresOfVariant).map((it) => it.source));
  for (const { id, title, url, date, bias, caveat } of estimate.sources) {
    if (!used.has(id)) continue;
    lines.push(...indented(`${title}, ${date}. ${bias}${caveat ? ` ${caveat}` : ''}`, 2, 4, width));
    if (url) lines.push(`    ${colors.dim(url)}`);
  }
  return `${lines.join('\n')}\n`;
}

function numberLines(variant: VariantCost, measure: Measure, width: number): string[] {
  const remarks = amountRemarks(variant, measure).join(', ');
  const text = `${variant.name.padEnd(16)} ${amountWords(variant, measure)}${remarks === '' ? '' : `  ${remarks}`}`;
  return indented(text, 2, 4, width);
}

function lowered(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}
