/** A conversion's report as Markdown: for the editor's preview and for pull requests. */

import type { Fate } from '../model/report.ts';
import { type DialectId, dialectNames } from '../model/mesh-id.ts';
import type { Workspace } from '../model/workspace.ts';
import type { SummaryGroup, SummaryLine } from '../queries/conversion-summary.ts';
import type { Conversion } from '../queries/convert.ts';
import { type ReportLayout, reportOf } from './report-pieces.ts';
import { countsInWords } from './report-words.ts';

const fateWords: Record<Fate, string> = { exact: '', changed: '**changed** ', lost: '**lost** ' };

/** The report below a heading of the first level; what weakens security stands first. */
export function reportMarkdown(workspace: Workspace, conversion: Conversion): string {
  return reportOf(workspace, conversion, markdownLayout(conversion.to));
}

/** How a report is written in Markdown. */
export function markdownLayout(to: DialectId): ReportLayout {
  return {
    head: (counts) => `# Conversion to ${dialectNames[to]}\n\n${sentence(countsInWords(counts))}.`,
    titles: { security: '## Weakens security\n\n', notes: '## To know\n\n', refused: '## Not converted\n\n' },
    securityItem: ({ name, path, entry }) => `- ${code(`${name} ${path}`)}: ${escapeMarkdown(entry.reason)}`,
    resource: resourceBlocks,
    note: ({ kind, text }) => `- *${kind}*: ${escapeMarkdown(text)}`,
    refusal: ({ reason, errors }, name) =>
      [`- ${code(name)}: ${escapeMarkdown(reason)}`, ...errors.map((it) => `  - ${escapeMarkdown(it)}`)].join('\n'),
  };
}

function resourceBlocks({ name, counts, lines }: SummaryGroup): string {
  const blocks = [`## ${escapeMarkdown(name)}`, `${sentence(countsInWords(counts))}.`];
  const [kept, touched] = [
    lines.filter((it) => it.entry.fate === 'exact'),
    lines.filter((it) => it.entry.fate !== 'exact'),
  ];
  if (touched.length > 0) blocks.push(list(touched));
  // What is carried over is there for those who want to check it, and out of the way of what needs a decision.
  if (kept.length > 0 && touched.length > 0)
    blocks.push(
      `<details><summary>Carried over: ${kept.length === 1 ? '1 more line' : `${kept.length} more lines`}</summary>`,
      list(kept),
      '</details>',
    );
  else if (kept.length > 0) blocks.push(list(kept));
  return blocks.join('\n\n');
}

/** One line a field, since a narrow pane cuts tables off. */
function list(lines: readonly SummaryLine[]): string {
  return lines.map(item).join('\n');
}

function item({ entry, path, leaves, target: place }: SummaryLine): string {
  const field = `${path === '' ? 'everything' : code(path)}${leaves > 1 ? ` (${leaves} fields)` : ''}`;
  const fate = fateWords[entry.fate];
  const target = place === '' ? '' : ` → ${code(place)}`;
  const reason = escapeMarkdown(entry.reason) + (entry.code === '' ? '' : ` (${code(entry.code)})`);
  const why = entry.reason === '' ? '' : `<br>${reason}`;
  return `- ${fate}${field}${target}${why}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text}${fence}`;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, (it) => `\\${it}`);
}
