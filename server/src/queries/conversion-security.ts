/** What a conversion admits or reveals that its source did not, said where nobody can miss it. */

import { addTo } from '../model/group.ts';
import type { Note, ReportEntry } from '../model/report.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { hangingComment } from '../render/manifest-yaml.ts';
import { type Conversion, type ConvertedFile, resourceText, weakensSecurity } from './conversion.ts';
import { lessSecure } from './conversion-comments.ts';
import { commonText } from './conversion-summary.ts';

export interface SecurityLosses {
  readonly entries: readonly ReportEntry[];
  readonly notes: readonly Note[];
}

/**
 * The losses that hold a conversion back until somebody accepts them. Defaults differ in every conversion, so a note about
 * them says nothing of this one.
 */
export function securityLosses({ report, notes }: Pick<Conversion, 'report' | 'notes'>): SecurityLosses {
  return {
    entries: report.filter(weakensSecurity),
    notes: notes.filter((it) => it.kind !== 'implicit' && weakensSecurity(it)),
  };
}

/** These losses as a comment, one item a reason; empty where there are none. */
export function securityComment(workspace: Workspace, { entries, notes }: SecurityLosses): string {
  const byReason = new Map<string, ReportEntry[]>();
  for (const it of entries) {
    const name = resourceText(environmentOf(workspace, it.resource.uri), it.resource);
    addTo(byReason, `${name}\n${it.reason}`, it);
  }
  const items = [
    ...[...byReason].map(([key, list]) => {
      const [name = '', reason = ''] = key.split('\n');
      const path = commonText(list.map((it) => it.path));
      return `${path === '' ? name : `${name} ${path}`}: ${reason}`;
    }),
    ...notes.map((it) => it.text),
  ];
  return items.length === 0 ? '' : `#${lessSecure}\n${items.map((it) => hangingComment(it)).join('')}`;
}

/**
 * The new files of an environment with its losses at the top: each those of the resources that its source holds; what
 * has no file of its own, and what is said of all, the first one tells.
 */
export function withLosses(
  workspace: Workspace,
  files: readonly ConvertedFile[],
  conversion: Pick<Conversion, 'report' | 'notes'>,
): readonly ConvertedFile[] {
  const { entries, notes } = securityLosses(conversion);
  if (entries.length === 0 && notes.length === 0) return files;
  const sources = new Set(files.map((it) => it.source));
  return files.map((file, position) => {
    const isFirst = position === 0;
    const own = entries.filter(({ resource: { uri } }) => uri === file.source || (isFirst && !sources.has(uri)));
    return { ...file, text: securityComment(workspace, { entries: own, notes: isFirst ? notes : [] }) + file.text };
  });
}
