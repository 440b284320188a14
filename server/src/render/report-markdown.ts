/** A conversion's report as Markdown: for the editor's preview and for pull requests. */

import type { Fate } from '../model/report.ts';
import { dialectNames } from '../model/mesh-id.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type SummaryLine, summarize } from '../queries/conversion-summary.ts';
import { type Conversion, resourceText } from '../queries/convert.ts';
import { countsInWords } from './report-words.ts';

const fateWords: Record<Fate, string> = { exact: '', changed: '**changed** ', lost: '**lost** ' };

/** The report below a heading of the first level; what weakens security stands first. */
export function reportMarkdown(workspace: Workspace, conversion: Conversion): string {
  const summary = summarize(workspace, conversion);
  const blocks = [`# Conversion to ${dialectNames[conversion.to]}`, `${sentence(countsInWords(summary.counts))}.`];
  if (summary.security.length > 0) {
    const items = summary.security.map(
      (it) => `- ${code(`${it.name} ${it.path}`)}: ${escapeMarkdown(it.entry.reason)}`,
    );
    blocks.push('## Weakens security', items.join('\n'));
  }
  for (const { name, counts, lines } of summary.resources) {
    blocks.push(`## ${escapeMarkdown(name)}`, `${sentence(countsInWords(counts))}.`);
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
  }
  if (conversion.notes.length > 0) {
    const items = conversion.notes.map((it) => `- *${it.kind}*: ${escapeMarkdown(it.text)}`);
    blocks.push('## To know', items.join('\n'));
  }
  if (conversion.refused.length > 0) {
    const items = conversion.refused.map(({ resource, reason, errors }) => {
      const name = resourceText(environmentOf(workspace, resource.uri), resource);
      const mistakes = errors.map((it) => `  - ${escapeMarkdown(it)}`);
      return [`- ${code(name)}: ${escapeMarkdown(reason)}`, ...mistakes].join('\n');
    });
    blocks.push('## Not converted', items.join('\n'));
  }
  return `${blocks.join('\n\n')}\n`;
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
