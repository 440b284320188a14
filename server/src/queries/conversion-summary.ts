/** A conversion's report as people read it: counted, grouped by resource, leaves with one fate and reason on one line. */

import { addTo } from '../model/group.ts';
import type { Resource } from '../model/manifest.ts';
import type { Fate, ReportEntry } from '../model/report.ts';
import { type Path, pathText } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type Conversion, resourceText, weakensSecurity } from './conversion.ts';

export interface ConversionSummary {
  readonly counts: Readonly<Record<Fate, number>>;
  /** Entries that weaken security, first in every view. */
  readonly security: readonly SummaryLine[];
  /** Those that lose something first, then those that change, else in the order of the documents. */
  readonly resources: readonly SummaryGroup[];
}

export interface SummaryGroup {
  /** `VirtualService/shop/reviews`. */
  readonly name: string;
  readonly resource: Resource;
  readonly counts: Readonly<Record<Fate, number>>;
  /** The worst fates first, else in the order of the document. */
  readonly lines: readonly SummaryLine[];
}

/** Leaves that share fate, reason and target. */
export interface SummaryLine {
  readonly name: string;
  readonly entry: ReportEntry;
  /** The path of the leaf, or what several leaves have in common. */
  readonly path: string;
  /** The same as keys. */
  readonly at: Path;
  readonly leaves: number;
  /** Where it went; of many places the first and how many more. Empty when it went nowhere. */
  readonly target: string;
}

const rank: Record<Fate, number> = { lost: 0, changed: 1, exact: 2 };

export function summarize(workspace: Workspace, conversion: Conversion): ConversionSummary {
  const byResource = new Map<Resource, ReportEntry[]>();
  for (const entry of conversion.report) addTo(byResource, entry.resource, entry);
  const inOrder = [...byResource].map(([resource, entries]) => {
    const name = resourceText(environmentOf(workspace, resource.uri), resource);
    const lines = linesOf(name, entries).sort((a, b) => rank[a.entry.fate] - rank[b.entry.fate]);
    return { name, resource, counts: count(entries), lines };
  });
  const resources = inOrder.sort((a, b) => worst(a) - worst(b));
  const security = resources.flatMap((it) => it.lines.filter(({ entry }) => weakensSecurity(entry)));
  return { counts: count(conversion.report), security, resources };
}

/** Whether somebody must decide about leaves: they are lost or differ, and that does more than read otherwise. */
export function isDecision({ entry }: SummaryLine): boolean {
  return entry.fate !== 'exact' && entry.risk !== 'none';
}

/** The rank of the worst fate in a group. */
function worst({ counts }: SummaryGroup): number {
  return counts.lost > 0 ? rank.lost : counts.changed > 0 ? rank.changed : rank.exact;
}

/** Targets are told one by one in the data; people want to know the first and how many there are. */
function targetInWords(target: string): string {
  const places = target.split(', ');
  return places.length <= 2 ? target : `${places[0]} and ${places.length - 1} more`;
}

function count(entries: readonly ReportEntry[]): Record<Fate, number> {
  const counts = { exact: 0, changed: 0, lost: 0 };
  for (const { fate } of entries) counts[fate] += 1;
  return counts;
}

function linesOf(name: string, entries: readonly ReportEntry[]): SummaryLine[] {
  const groups = new Map<string, ReportEntry[]>();
  for (const entry of entries) {
    const { fate, code, reason, risk, target } = entry;
    const key = JSON.stringify([fate, code, reason, risk, target]);
    addTo(groups, key, entry);
  }
  return [...groups.values()].flatMap((group) => {
    const [entry] = group;
    if (!entry) return [];
    const at = commonPath(group.map((it) => it.path));
    return [
      {
        name,
        entry,
        path: pathText(at),
        at,
        leaves: group.length,
        target: targetInWords(entry.target),
      },
    ];
  });
}

/** What several paths have in common, as people write it; empty when that is nothing. */
export function commonText(paths: readonly Path[]): string {
  return pathText(commonPath(paths));
}

function commonPath(paths: readonly Path[]): Path {
  const [first = [], ...rest] = paths;
  let length = first.length;
  for (const path of rest) {
    let same = 0;
    while (same < length && same < path.length && path[same] === first[same]) same += 1;
    length = same;
  }
  return first.slice(0, length);
}
