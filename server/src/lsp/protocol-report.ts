/**
 * The report of a conversion on the wires: what the server says of it, and the messages between the extension and the page
 * that shows it. Types and checks only, so that the extension and the page can import it.
 */

import type { Position, Range } from 'vscode-languageserver-types';
import type { Fate, Note } from '../model/report.ts';
import type { Risk } from '../model/ir.ts';

/** A conversion as a page for people. */
export interface ReportPage {
  /** `Linkerd`. */
  readonly meshName: string;
  readonly counts: Readonly<Record<Fate, number>>;
  /** What weakens security, before everything else. */
  readonly security: readonly ReportLine[];
  /** By resource, those that lose something first. */
  readonly groups: readonly ReportGroup[];
  readonly notes: readonly Note[];
  readonly refused: readonly RefusedResource[];
  /** Manifests that exist and get fields of the conversion. */
  readonly changed: readonly { readonly name: string; readonly place?: Place }[];
}

export interface ReportGroup {
  /** `VirtualService/shop/reviews`. */
  readonly name: string;
  readonly place?: Place;
  readonly counts: Readonly<Record<Fate, number>>;
  readonly lines: readonly ReportLine[];
}

/** Leaves that share fate, reason and target. */
export interface ReportLine {
  /** The resource that they stand in. */
  readonly name: string;
  readonly fate: Fate;
  readonly risk: Risk;
  readonly code: string;
  readonly reason: string;
  /** What the leaves have in common: `spec.http[0].retries`; empty for a whole resource. */
  readonly path: string;
  readonly leaves: number;
  readonly place?: Place;
  /** `HTTPRoute/shop/reviews spec.rules[0].timeouts`; of many places the first, and how many more. */
  readonly target: string;
  readonly targetPlace?: Place;
}

export interface RefusedResource {
  readonly name: string;
  readonly reason: string;
  readonly place?: Place;
}

/** A place in a file that exists, or, without `uri`, in the result with this number. */
export interface Place {
  readonly uri?: string;
  readonly output?: number;
  readonly range: Range;
}

/** What the extension tells the page. */
export type ToReport = { readonly type: 'report'; readonly report: ReportPage };

/** What the page asks of the extension. */
export type FromReport = { readonly type: 'ready' } | { readonly type: 'open'; readonly place: Place };

export function isToReport(value: unknown): value is ToReport {
  return isObject(value) && value['type'] === 'report' && isReportPage(value['report']);
}

export function isFromReport(value: unknown): value is FromReport {
  if (!isObject(value)) return false;
  return value['type'] === 'ready' || (value['type'] === 'open' && isPlace(value['place']));
}

/** Whether a place is one that the report names; the page opens no other. */
export function isNamedIn(report: ReportPage, place: Place): boolean {
  const lines = [...report.security, ...report.groups.flatMap((it) => it.lines)];
  const named = [
    ...lines.flatMap((it) => [it.place, it.targetPlace]),
    ...[...report.groups, ...report.refused, ...report.changed].map((it) => it.place),
  ];
  return named.some(
    (it) =>
      it !== undefined && it.uri === place.uri && it.output === place.output && isSameRange(it.range, place.range),
  );
}

function isReportPage(value: unknown): value is ReportPage {
  return (
    isObject(value) &&
    typeof value['meshName'] === 'string' &&
    isObject(value['counts']) &&
    ['security', 'groups', 'notes', 'refused', 'changed'].every((it) => Array.isArray(value[it]))
  );
}

function isPlace(value: unknown): value is Place {
  return (
    isObject(value) &&
    (value['uri'] === undefined || typeof value['uri'] === 'string') &&
    (value['output'] === undefined || isLine(value['output'])) &&
    isObject(value['range']) &&
    isPosition(value['range']['start']) &&
    isPosition(value['range']['end'])
  );
}

function isSameRange(a: Range, b: Range): boolean {
  const isSame = (one: Position, other: Position) => one.line === other.line && one.character === other.character;
  return isSame(a.start, b.start) && isSame(a.end, b.end);
}

function isPosition(value: unknown): value is Position {
  return isObject(value) && isLine(value['line']) && isLine(value['character']);
}

function isLine(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
