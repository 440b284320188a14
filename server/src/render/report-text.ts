/** A conversion's report as text for a terminal: what weakens security first, then resource by resource. */

import pc from 'picocolors';
import type { Fate } from '../model/report.ts';
import { type DialectId, dialectNames } from '../model/mesh-id.ts';
import type { Workspace } from '../model/workspace.ts';
import type { SummaryLine } from '../queries/conversion-summary.ts';
import type { Conversion } from '../queries/convert.ts';
import { type ReportLayout, reportOf } from './report-pieces.ts';
import { countsInWords } from './report-words.ts';

export interface ReportTextOptions {
  /** Width of the terminal in columns. */
  readonly columns: number;
  readonly color: boolean;
}

type Colors = ReturnType<typeof pc.createColors>;

const signs: Record<Fate, string> = { exact: '=', changed: '~', lost: '✗' };

export function reportText(workspace: Workspace, conversion: Conversion, options: ReportTextOptions): string {
  return reportOf(workspace, conversion, textLayout(conversion.to, options));
}

/** How a report is written for a terminal. */
export function textLayout(to: DialectId, options: ReportTextOptions): ReportLayout {
  const colors = pc.createColors(options.color);
  const width = Math.max(40, Math.min(options.columns, 110));
  return {
    head: (counts) => colors.bold(`To ${dialectNames[to]}: ${countsInWords(counts)}`),
    titles: {
      security: `${colors.red(colors.bold('Weakens security'))}\n`,
      notes: `${colors.bold('To know')}\n`,
      refused: `${colors.bold('Not converted')}\n`,
    },
    securityItem: ({ name, path, entry }) => hanging('  ! ', `${name} ${path}: ${entry.reason}`, width),
    resource: ({ name, counts, lines }) =>
      [
        `${colors.bold(name)} ${colors.dim(countsInWords(counts))}`,
        ...lines.flatMap((it) => lineText(it, width, colors)),
      ].join('\n'),
    note: ({ kind, text }) => hanging('  - ', `${kind}: ${text}`, width),
    refusal: ({ reason, errors }, name) =>
      [hanging('  - ', `${name}: ${reason}`, width), ...errors.map((it) => hanging('    - ', it, width))].join('\n'),
  };
}

/** Text behind a sign, its further lines below the first. */
function hanging(sign: string, text: string, width: number): string {
  return wrap(text, width - sign.length)
    .map((line, at) => (at === 0 ? sign : ' '.repeat(sign.length)) + line)
    .join('\n');
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
