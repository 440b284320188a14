/** What meshes cost, as Markdown: for the clipboard, the command line and documents. */

import { meshNames } from '../model/mesh-id.ts';
import { costInputNames, costInputs } from '../model/cost-inputs.ts';
import type { CostEstimate, SourcedFigures, VariantCost } from '../queries/cost.ts';
import {
  amountRemarks,
  amountWords,
  countWords,
  figureWords,
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

/** The whole estimate below a heading of the first level, with its formulas and sources. */
export function costMarkdown(estimate: CostEstimate): string {
  const { inputs, variants, example, article, sources, requests } = estimate;
  const count = countWords(estimate);
  const blocks = [
    '# What a mesh costs to run',
    costInputNames.map((it) => `- ${costInputs[it].title}: ${inputs[it]} ${costInputs[it].unit}`).join('\n'),
    ...(count ? [count] : []),
    priceWords(estimate),
    table(
      ['Mesh', ...measures.map((it) => measureTitles[it])],
      variants.map((it) => [it.name, ...measures.map((measure) => cell(it, measure))]),
    ),
    measures.map((it) => `- ${measureTitles[it]}: ${measureNotes[it]}.`).join('\n'),
    limits.map((it) => `- ${it}`).join('\n'),
    '## How it is computed',
    ...variants.flatMap((it) => [`### ${it.name}`, formulas(it, estimate)]),
    `## ${requests.title}`,
    requests.asked
      .map((it) => `- ${meshNames[it.mesh]}: ${escapeMarkdown(it.value)} ([source](${it.source}))`)
      .join('\n'),
    '## The example of 100 services that is often copied',
    table(
      ['Mesh', 'Control plane', 'Each service', 'Total as printed', 'Total as it adds up'],
      example.map((it) => [
        meshNames[it.mesh],
        gigabytes(it.control),
        figureWords(it.each),
        gigabytes(it.printed),
        gigabytes(it.sum),
      ]),
    ),
    '## What the article of 2023 prints, and what measurements say',
    table(
      ['', ...example.map((it) => meshNames[it.mesh]), 'Today'],
      article.map((row) => [row.of, ...example.map((it) => figureWords(row.values[it.mesh])), row.verdict]),
    ),
    '## Sources',
    ...sources.map(sourceMarkdown),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function cell(variant: VariantCost, measure: Measure): string {
  const remarks = amountRemarks(variant, measure);
  return `${amountWords(variant, measure)}${remarks.length > 0 ? ` (${remarks.join(', ')})` : ''}`;
}

function formulas(variant: VariantCost, estimate: CostEstimate): string {
  const lines = measures.flatMap((measure) =>
    formulaLines(variant, measure, estimate).map((it) => `- ${measureTitles[measure]}: ${it}`),
  );
  return [...lines, ...remarksOf(variant).map((it) => `- ${it}`)].map(escapeMarkdown).join('\n');
}

function sourceMarkdown({ title, url, date, versions, setUp, bias, caveat, figures }: SourcedFigures): string {
  const name = url ? `[${escapeMarkdown(title)}](${url})` : escapeMarkdown(title);
  const about = `${name}, ${date}. Versions: ${versions}. Set-up: ${setUp}. ${bias}${caveat ? ` ${caveat}` : ''}`;
  return [about, ...figures.map((it) => `- ${it.of}: ${figureWords(it)}`)].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\*_[\]<>|#~]/g, '\\$&');
}
