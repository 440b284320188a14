/** A conversion's report as text for a terminal: what weakens security first, then resource by resource. */

import pc from 'picocolors';
import type { Fate } from '../model/report.ts';
import { dialectNames } from '../model/mesh-id.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type ConversionSummary, type SummaryLine, summarize } from '../queries/conversion-summary.ts';
import { type Conversion, resourceText } from '../queries/convert.ts';
import { countsInWords } from './report-words.ts';

export interface ReportTextOptions {
  /** Width of the terminal in columns. */
  readonly columns: number;
  readonly color: boolean;
}

type Colors = ReturnType<typeof pc.createColors>;

const signs: Record<Fate, string> = { exact: '=', changed: '~', lost: '✗' };

export function reportText(workspace: Workspace, conversion: Conversion, options: ReportTextOptions): string {
  const colors = pc.createColors(options.color);
  const width = Math.max(40, Math.min(options.columns, 110));
  const summary = summarize(workspace, conversion);
  const blocks = [
    [colors.bold(`To ${dialectNames[conversion.to]}: ${countsInWords(summary.counts)}`)],
    securityBlock(summary, width, colors),
    ...summary.resources.map(({ name, counts, lines }) => [
      `${colors.bold(name)} ${colors.dim(countsInWords(counts))}`,
      ...lines.flatMap((it) => lineText(it, width, colors)),
    ]),
    noteBlock(conversion, width, colors),
    refusedBlock(workspace, conversion, width, colors),
  ];
  return `${blocks
    .filter((it) => it.length > 0)
    .map((it) => it.join('\n'))
    .join('\n\n')}\n`;
}

function securityBlock({ security }: ConversionSummary, width: number, colors: Colors): string[] {
  if (security.length === 0) return [];
  return [
    colors.red(colors.bold('Weakens security')),
    ...security.flatMap((it) => {
      const text = `${it.name} ${it.path}: ${it.entry.reason}`;
      return wrap(text, width - 4).map((line, at) => (at === 0 ? `  ! ${line}` : `    ${line}`));
    }),
  ];
}

function lineText({ entry, path, leaves, target: place }: SummaryLine, width: number, colors: Colors): string[] {
  const paint = { exact: colors.green, changed: colors.yellow, lost: colors.red }[entry.fate];
  const several = leaves > 1 ? colors.dim(` (${leaves} fields)`) : '';
  const head = `  ${paint(signs[entry.fate])} ${path === '' ? 'everything' : path}${several}`;
  const target = place === '' ? [] : wrap(`→ ${place}`, width - 6).map((it) => colors.dim(`      ${it}`));
  const code = entry.code === '' ? '' : ` [${entry.code}]`;
  const reason = entry.reason === '' ? [] : wrap(`${entry.reason}${code}`, width - 6).map((it) => `      ${it}`);
  return [head, ...target, ...reason];
}

function noteBlock({ notes }: Conversion, width: number, colors: Colors): string[] {
  if (notes.length === 0) return [];
  return [
    colors.bold('To know'),
    ...notes.flatMap(({ kind, text }) =>
      wrap(`${kind}: ${text}`, width - 4).map((line, at) => (at === 0 ? `  - ${line}` : `    ${line}`)),
    ),
  ];
}

function refusedBlock(workspace: Workspace, { refused }: Conversion, width: number, colors: Colors): string[] {
  if (refused.length === 0) return [];
  return [
    colors.bold('Not converted'),
    ...refused.flatMap(({ resource, reason, errors }) => {
      const name = resourceText(environmentOf(workspace, resource.uri), resource);
      return [
        ...wrap(`${name}: ${reason}`, width - 4).map((line, at) => (at === 0 ? `  - ${line}` : `    ${line}`)),
        ...errors.flatMap((it) =>
          wrap(it, width - 6).map((line, at) => (at === 0 ? `    - ${line}` : `      ${line}`)),
        ),
      ];
    }),
  ];
}

/** Breaks at spaces; a word that is longer than a line stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
