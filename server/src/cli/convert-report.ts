/** The report of a conversion that is made group by group; its pieces are put aside until the order is known. */

import { addTo } from '../model/group.ts';
import type { DialectId } from '../model/mesh-id.ts';
import type { Fate, Note } from '../model/report.ts';
import type { Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import type { Conversion } from '../queries/convert.ts';
import { jsonEntries, jsonItem, jsonRefusals, wholeJson } from '../render/report-json.ts';
import { markdownLayout } from '../render/report-markdown.ts';
import { type ReportLayout, reportPieces, wholeReport } from '../render/report-pieces.ts';
import { textLayout, type ReportTextOptions } from '../render/report-text.ts';
import type { Kept, Spool } from './spool.ts';

export const convertFormats = ['text', 'json', 'markdown'] as const;

export type ConvertFormat = (typeof convertFormats)[number];

/** A file of the result; its text may come in several pieces. */
export interface OutputFile {
  readonly path: string;
  text(): Iterable<string>;
}

export interface GrowingReport {
  /** Adds what became of a group; the workspace may change afterwards. */
  add(workspace: Workspace, conversion: Conversion): void;
  /** All of it, piece by piece, ends with a line break. JSON holds the files of the result as well. */
  whole(outputs: readonly OutputFile[]): Iterable<string>;
}

export interface ReportSurroundings extends ReportTextOptions {
  readonly to: DialectId;
  readonly spool: Spool;
  /** The place of a file among all that are converted. */
  positionOf(uri: Uri): number;
  /** How the user calls a file. */
  nameOf(uri: Uri): string;
}

/** An empty report. */
export function growingReport(format: ConvertFormat, surroundings: ReportSurroundings): GrowingReport {
  if (format === 'json') return new JsonReport(surroundings);
  const { to } = surroundings;
  return new ReadableReport(format === 'text' ? textLayout(to, surroundings) : markdownLayout(to), surroundings);
}

/** A text with its place among others. */
interface Placed {
  readonly rank: number;
  readonly position: number;
  readonly text: Kept;
}

class ReadableReport implements GrowingReport {
  readonly #layout: ReportLayout;
  readonly #surroundings: ReportSurroundings;
  readonly #counts: Record<Fate, number> = { exact: 0, changed: 0, lost: 0 };
  readonly #security: Placed[] = [];
  readonly #resources: Placed[] = [];
  readonly #refused: Placed[] = [];
  readonly #notes = new Map<string, Note>();

  constructor(layout: ReportLayout, surroundings: ReportSurroundings) {
    this.#layout = layout;
    this.#surroundings = surroundings;
  }

  add(workspace: Workspace, conversion: Conversion): void {
    const { spool, positionOf } = this.#surroundings;
    const { counts, resources, notes, refused } = reportPieces(workspace, conversion, this.#layout);
    for (const fate of ['exact', 'changed', 'lost'] as const) this.#counts[fate] += counts[fate];
    for (const { uri, rank, text, security } of resources) {
      const place = { rank, position: positionOf(uri) };
      this.#resources.push({ ...place, text: spool.keep(text) });
      if (security !== '') this.#security.push({ ...place, text: spool.keep(security) });
    }
    for (const { uri, text } of refused)
      this.#refused.push({ rank: 0, position: positionOf(uri), text: spool.keep(text) });
    for (const it of notes) if (!this.#notes.has(it.text)) this.#notes.set(it.text, it);
  }

  whole(): Iterable<string> {
    return wholeReport(this.#layout, {
      counts: this.#counts,
      security: inOrder(this.#security),
      resources: inOrder(this.#resources),
      notes: [...this.#notes.values()],
      refused: inOrder(this.#refused),
    });
  }
}

class JsonReport implements GrowingReport {
  readonly #surroundings: ReportSurroundings;
  readonly #entries: Placed[] = [];
  readonly #refused: Placed[] = [];
  readonly #notes = new Map<string, Note>();

  constructor(surroundings: ReportSurroundings) {
    this.#surroundings = surroundings;
  }

  add(workspace: Workspace, conversion: Conversion): void {
    const { spool, positionOf, nameOf } = this.#surroundings;
    // Entries of a file stand together: one text for all of them.
    const byFile = new Map<Uri, string[]>();
    for (const { uri, entry } of jsonEntries(workspace, conversion, nameOf)) addTo(byFile, uri, jsonItem(entry));
    for (const [uri, texts] of byFile)
      this.#entries.push({ rank: 0, position: positionOf(uri), text: spool.keep(texts.join(',\n')) });
    for (const { uri, note } of jsonRefusals(workspace, conversion, nameOf))
      this.#refused.push({ rank: 0, position: positionOf(uri), text: spool.keep(jsonItem(note)) });
    for (const it of conversion.notes) if (!this.#notes.has(it.text)) this.#notes.set(it.text, it);
  }

  whole(outputs: readonly OutputFile[]): Iterable<string> {
    return wholeJson({
      outputs: lazily(outputs, ({ path, text }) => jsonItem({ path, text: [...text()].join('') })),
      report: inOrder(this.#entries),
      notes: inTurn(
        lazily([...this.#notes.values()], ({ kind, text }) => jsonItem({ kind, text })),
        inOrder(this.#refused),
      ),
    });
  }
}

/** Texts in the order of their places, each read when it is its turn. */
function inOrder(texts: readonly Placed[]): Iterable<string> {
  const sorted = [...texts].sort((a, b) => a.rank - b.rank || a.position - b.position);
  return lazily(sorted, (it) => it.text());
}

function* lazily<T>(items: readonly T[], textOf: (item: T) => string): Generator<string> {
  for (const it of items) yield textOf(it);
}

/** Several texts as one. */
export function* inTurn(...texts: readonly Iterable<string>[]): Generator<string> {
  for (const it of texts) yield* it;
}

/** The documents of several files as one stream of documents. */
export function* together(files: readonly OutputFile[]): Generator<string> {
  for (const [position, file] of files.entries()) {
    if (position > 0) yield '---\n';
    let last = '';
    for (const it of file.text()) {
      yield it;
      last = it;
    }
    if (!last.endsWith('\n')) yield '\n';
  }
}
