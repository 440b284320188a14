/** The comparison as text for a terminal: tables that fit its width, and one feature in full. */

import pc from 'picocolors';
import type { Cell, Feature } from '../meshes/features/feature.ts';
import { meshIds, meshNames } from '../model/mesh-id.ts';
import type { ComparisonGroup } from '../queries/compare.ts';
import { kindLabels, outdatedValues } from '../queries/feature-facts.ts';
import { ratingLegend, ratingSign, ratingWords } from './rating.ts';
import { indented, wrap } from './wrap.ts';

export interface TextOptions {
  /** Width of the terminal in columns; narrow ones get a list instead of a table. */
  readonly columns: number;
  readonly color: boolean;
}

type Colors = ReturnType<typeof pc.createColors>;

/** Below this width four columns are too narrow to read. */
const tableWidth = 78;

/** The groups as aligned tables with a key to the signs. Lines are no longer than `columns` unless a word is. */
export function comparisonText(groups: readonly ComparisonGroup[], { columns, color }: TextOptions): string {
  const colors = pc.createColors(color);
  const widest = Math.max(...groups.flatMap(({ rows }) => rows.map((it) => it.feature.title.length)));
  const blocks = groups.map(({ category, rows }) => {
    const features = rows.map((it) => it.feature);
    const body =
      columns >= tableWidth ? tableLines(features, widest, columns, colors) : listLines(features, columns, colors);
    return [colors.bold(category), ...body].join('\n');
  });
  const legend = ratingLegend.map((it) => `${ratingSign(it)} ${ratingWords(it).toLowerCase()}`).join('   ');
  return `${[...blocks, colors.dim(wrap(legend, columns).join('\n'))].join('\n\n')}\n`;
}

/** One feature in full: each mesh's answer, how, since when, with which kinds and where to read on. */
export function featureText(feature: Feature, { columns, color }: TextOptions): string {
  const colors = pc.createColors(color);
  const width = Math.min(columns, 100);
  const lines = [`${colors.bold(feature.title)} ${colors.dim(`(${feature.category}, ${feature.id})`)}`];
  for (const mesh of meshIds) {
    const cell = feature.cells[mesh];
    const heading = indented(`${ratingSign(cell.rating)} ${meshNames[mesh]}: ${cell.value}`, 0, 2, width);
    lines.push('', ...heading.map((it) => colors.bold(it)));
    if (cell.note) lines.push(...indented(cell.note, 2, 2, width));
    for (const [label, text] of factsOf(cell)) {
      const [first = '', ...rest] = indented(text, 9, 9, width);
      lines.push(`  ${colors.dim(label.padEnd(6))} ${first.trimStart()}`, ...rest);
    }
  }
  const stale = outdatedValues(feature);
  if (feature.why || stale) lines.push('');
  if (stale) lines.push(...wrap(`Often read, no longer true: ${stale}`, width));
  if (feature.why) lines.push(...wrap(feature.why, width));
  return `${lines.join('\n')}\n`;
}

function factsOf(cell: Cell): readonly (readonly [string, string])[] {
  const facts: [string, string][] = [];
  if (cell.since) facts.push(['Since', cell.since]);
  if (cell.kinds.length > 0) facts.push(['Kinds', kindLabels(cell.kinds).join(', ')]);
  facts.push(['Source', cell.source]);
  if (cell.unverified) facts.push(['Note', 'Not everything here could be confirmed.']);
  return facts;
}

function tableLines(features: readonly Feature[], widest: number, columns: number, colors: Colors): string[] {
  const total = Math.min(columns, 160) - 2;
  const first = Math.min(widest, Math.floor(total / 5));
  const each = Math.floor((total - first - 6) / 3);
  const row = (cells: readonly string[][]): string[] => {
    const height = Math.max(...cells.map((it) => it.length));
    return Array.from({ length: height }, (_, line) =>
      `  ${cells.map((it, at) => (it[line] ?? '').padEnd(at === 0 ? first : each)).join('  ')}`.trimEnd(),
    );
  };
  const header = row([['Feature'], ...meshIds.map((it) => [meshNames[it]])]);
  const body = features.map((feature) =>
    row([
      wrap(feature.title, first),
      ...meshIds.map((mesh) => {
        const { rating, value } = feature.cells[mesh];
        return indented(`${ratingSign(rating)} ${value}`, 0, 2, each);
      }),
    ]),
  );
  const tall = body.some((it) => it.length > 1);
  return [...header.map((it) => colors.dim(it)), ...body.flatMap((it, at) => (tall && at > 0 ? ['', ...it] : it))];
}

function listLines(features: readonly Feature[], columns: number, colors: Colors): string[] {
  return features.flatMap((feature) => [
    ...indented(feature.title, 2, 4, columns)
      .map((it) => colors.underline(it.trimStart()))
      .map((it) => `  ${it}`),
    ...meshIds.flatMap((mesh) => {
      const { rating, value } = feature.cells[mesh];
      return indented(`${ratingSign(rating)} ${meshNames[mesh]}: ${value}`, 4, 6, columns);
    }),
  ]);
}
