/** A conversion's report in pieces, so that those of several conversions can be told as one. */

import type { Fate, Note } from '../model/report.ts';
import type { Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type SummaryGroup, summarize, type SummaryLine } from '../queries/conversion-summary.ts';
import { type Conversion, resourceText } from '../queries/convert.ts';
import type { Refused } from '../queries/conversion.ts';

/** How a report is written. Titles end with what stands between them and their first item. */
export interface ReportLayout {
  head(counts: Readonly<Record<Fate, number>>): string;
  readonly titles: { readonly security: string; readonly notes: string; readonly refused: string };
  securityItem(line: SummaryLine): string;
  resource(group: SummaryGroup): string;
  note(note: Note): string;
  /** `name` is the resource as reports call it. */
  refusal(refused: Refused, name: string): string;
}

/** What a report says of one resource. */
export interface ResourcePiece {
  readonly uri: Uri;
  /** Its place among the others: resources that lose something come first, then those that change. */
  readonly rank: number;
  readonly text: string;
  /** What of it weakens security; empty where nothing does. */
  readonly security: string;
}

export interface RefusalPiece {
  readonly uri: Uri;
  readonly text: string;
}

export interface ReportPieces {
  readonly counts: Readonly<Record<Fate, number>>;
  readonly resources: readonly ResourcePiece[];
  readonly notes: readonly Note[];
  readonly refused: readonly RefusalPiece[];
}

/** What a conversion adds to a report; resources in their order. */
export function reportPieces(workspace: Workspace, conversion: Conversion, layout: ReportLayout): ReportPieces {
  const { counts, security, resources } = summarize(workspace, conversion);
  const weak = new Set(security);
  return {
    counts,
    resources: resources.map((it) => ({
      uri: it.resource.uri,
      rank: it.counts.lost > 0 ? 0 : it.counts.changed > 0 ? 1 : 2,
      text: layout.resource(it),
      security: it.lines
        .filter((line) => weak.has(line))
        .map((line) => layout.securityItem(line))
        .join('\n'),
    })),
    notes: conversion.notes,
    refused: conversion.refused.map((it) => ({
      uri: it.resource.uri,
      text: layout.refusal(it, resourceText(environmentOf(workspace, it.resource.uri), it.resource)),
    })),
  };
}

/** The texts of a whole report, in order; may be read from wherever they were put. */
export interface ReportTexts {
  readonly counts: Readonly<Record<Fate, number>>;
  readonly security: Iterable<string>;
  readonly resources: Iterable<string>;
  readonly notes: readonly Note[];
  readonly refused: Iterable<string>;
}

/** A report, piece by piece; ends with a line break. */
export function* wholeReport(layout: ReportLayout, texts: ReportTexts): Generator<string> {
  const { titles } = layout;
  yield layout.head(texts.counts);
  yield* section(titles.security, texts.security);
  for (const it of texts.resources) yield `\n\n${it}`;
  yield* section(
    titles.notes,
    texts.notes.map((it) => layout.note(it)),
  );
  yield* section(titles.refused, texts.refused);
  yield '\n';
}

/** The report of one conversion. */
export function reportOf(workspace: Workspace, conversion: Conversion, layout: ReportLayout): string {
  const { counts, resources, notes, refused } = reportPieces(workspace, conversion, layout);
  const texts: ReportTexts = {
    counts,
    security: resources.map((it) => it.security).filter((it) => it !== ''),
    resources: resources.map((it) => it.text),
    notes,
    refused: refused.map((it) => it.text),
  };
  return [...wholeReport(layout, texts)].join('');
}

function* section(title: string, items: Iterable<string>): Generator<string> {
  let lead = `\n\n${title}`;
  for (const it of items) {
    yield lead + it;
    lead = '\n';
  }
}
