/**
 * The comparison on the wires: the request between the extension and the server, and the messages between the extension
 * and its panel. Types and checks only, so that the extension and the panel can import it.
 */

import type { Comparison } from '../queries/compare.ts';

export type { Feature, Rating } from '../meshes/features/feature.ts';
export type { Comparison, ComparisonGroup, ComparisonRow } from '../queries/compare.ts';

/** Request to the server; `CompareParams` → `Comparison`. */
export const compareRequest = 'meshwright/compare';

export interface CompareParams {
  /** The file whose rows come first. */
  readonly uri?: string;
}

/** What the extension tells the panel. */
export type ToPanel =
  | { readonly type: 'comparison'; readonly comparison: Comparison; readonly file?: string }
  | { readonly type: 'reveal'; readonly featureId: string }
  | { readonly type: 'search' }
  | { readonly type: 'failed'; readonly message: string };

/** What the panel asks of the extension. */
export type FromPanel = { readonly type: 'ready' } | { readonly type: 'openSource'; readonly url: string };

export function isCompareParams(value: unknown): value is CompareParams {
  return isObject(value) && isAbsentOr(value['uri'], isText);
}

export function isToPanel(value: unknown): value is ToPanel {
  if (!isObject(value)) return false;
  if (value['type'] === 'comparison') return isComparison(value['comparison']) && isAbsentOr(value['file'], isText);
  if (value['type'] === 'reveal') return isText(value['featureId']);
  if (value['type'] === 'failed') return isText(value['message']);
  return value['type'] === 'search';
}

export function isFromPanel(value: unknown): value is FromPanel {
  if (!isObject(value)) return false;
  return value['type'] === 'ready' || (value['type'] === 'openSource' && isText(value['url']));
}

export function isComparison(value: unknown): value is Comparison {
  return isObject(value) && isText(value['asOf']) && isListOf(value['groups'], isGroup);
}

/** Whether an address is a page that the comparison cites; nothing else is opened for the panel. */
export function isCitedSource(comparison: Comparison, url: string): boolean {
  return (
    url.startsWith('https://') &&
    comparison.groups.some(({ rows }) =>
      rows.some(({ feature }) => Object.values(feature.cells).some((it) => it.source === url)),
    )
  );
}

function isGroup(value: unknown): boolean {
  return isObject(value) && isText(value['category']) && isListOf(value['rows'], isRow);
}

function isRow(value: unknown): boolean {
  return (
    isObject(value) &&
    isFeature(value['feature']) &&
    typeof value['used'] === 'boolean' &&
    isListOf(value['uses'], isText)
  );
}

function isFeature(value: unknown): boolean {
  return (
    isObject(value) &&
    [value['id'], value['title'], value['category'], value['why']].every(isText) &&
    typeof value['seedOutdated'] === 'boolean' &&
    isAbsentOr(value['seed'], (it) => isForEachMesh(it, isText)) &&
    isForEachMesh(value['cells'], isCell)
  );
}

function isCell(value: unknown): boolean {
  return (
    isObject(value) &&
    [value['value'], value['note'], value['source'], value['sourceRef']].every(isText) &&
    [0, 1, 2, 3, null].some((it) => it === value['rating']) &&
    (value['since'] === null || isText(value['since'])) &&
    isListOf(value['kinds'], isText)
  );
}

function isForEachMesh(value: unknown, check: (it: unknown) => boolean): boolean {
  return isObject(value) && ['istio', 'linkerd', 'consul'].every((mesh) => check(value[mesh]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, check: (it: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(check);
}

function isAbsentOr(value: unknown, check: (it: unknown) => boolean): boolean {
  return value === undefined || check(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
