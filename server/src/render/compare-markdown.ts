/** The comparison as Markdown: for the command line and for documents. */

import type { Cell, Feature } from '../meshes/features/feature.ts';
import { type MeshId, meshIds, meshNames } from '../model/mesh-id.ts';
import type { ComparisonGroup } from '../queries/compare.ts';
import { kindLabels, outdatedValues } from '../queries/feature-facts.ts';
import { ratingLegend, ratingSign, ratingWords } from './rating.ts';

/** The groups as tables below headings of the second level, a column for each of the meshes, with a key to the signs. */
export function comparisonMarkdown(groups: readonly ComparisonGroup[], meshes: readonly MeshId[] = meshIds): string {
  const tables = groups.map(({ category, rows }) =>
    [
      `## ${escapeMarkdown(category)}`,
      '',
      `| Feature | ${meshes.map((it) => meshNames[it]).join(' | ')} |`,
      `|---|${'---|'.repeat(meshes.length)}`,
      ...rows.map(({ feature }) => {
        const cells = meshes.map((it) => signed(feature.cells[it]));
        return `| ${[escapeMarkdown(feature.title), ...cells].join(' | ')} |`;
      }),
    ].join('\n'),
  );
  const legend = ratingLegend.map((it) => `${ratingSign(it)} ${ratingWords(it).toLowerCase()}`).join(' · ');
  return `${[...tables, legend].join('\n\n')}\n`;
}

/** One feature in full below a heading of the second level, with how each of the meshes does it. */
export function featureMarkdown(feature: Feature, meshes: readonly MeshId[] = meshIds): string {
  const blocks = [`## ${escapeMarkdown(feature.title)}`];
  for (const mesh of meshes) {
    const cell = feature.cells[mesh];
    blocks.push(`### ${meshNames[mesh]}: ${signed(cell)}`);
    if (cell.note) blocks.push(escapeMarkdown(cell.note));
    blocks.push(
      factsOf(cell)
        .map((it) => `- ${it}`)
        .join('\n'),
    );
  }
  const stale = outdatedValues(feature);
  if (stale) blocks.push(`**Often read, no longer true:** ${escapeMarkdown(stale)}`);
  if (feature.why) blocks.push(escapeMarkdown(feature.why));
  return `${blocks.join('\n\n')}\n`;
}

function signed({ rating, value }: Cell): string {
  return rating === null ? escapeMarkdown(value) : `${ratingSign(rating)} ${escapeMarkdown(value)}`;
}

function factsOf(cell: Cell): readonly string[] {
  const kinds = kindLabels(cell.kinds);
  return [
    ...(cell.since ? [`Since: ${escapeMarkdown(cell.since)}`] : []),
    ...(kinds.length > 0 ? [`Kinds: ${kinds.join(', ')}`] : []),
    `[Source](${cell.source})`,
    ...(cell.unverified ? ['Not everything here could be confirmed.'] : []),
  ];
}

/** Keeps `code` as it is and takes their meaning from all other signs. */
export function escapeMarkdown(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((it, at) => (at % 2 === 1 ? it.replaceAll('|', '\\|') : it.replace(/[\\*_[\]<>|#~]/g, '\\$&')))
    .join('');
}
