/**
 * The comparison on the wires: the request between the extension and the server, and the messages between the extension
 * and its panel. Types and checks only, so that the extension and the panel can import it.
 */

import type { Location } from 'vscode-languageserver-types';
import type { Comparison } from '../queries/compare.ts';

export type { Feature, Rating } from '../meshes/features/feature.ts';
export type { Comparison, ComparisonGroup, ComparisonRow, KindStock } from '../queries/compare.ts';

/** Request to the server; `CompareParams` → `Comparison`. */
export const compareRequest = 'meshwright/compare';

export interface CompareParams {
  /** The file whose rows come first. */
  readonly uri?: string;
}

/** Request to the server; `KindParams` → `KindAnswer`: what there is of a kind. */
export const kindRequest = 'meshwright/kind';

export interface KindParams {
  /** Id of a kind, `networking.istio.io/VirtualService`. */
  readonly kind: string;
}

export interface KindAnswer {
  /** Snippets that show the kind, those that begin with it first. */
  readonly snippets: readonly { readonly name: string; readonly description: string; readonly body: string }[];
  /** The resources of the workspace that are of it. */
  readonly places: readonly {
    readonly name: string;
    readonly namespace?: string;
    readonly location: Location;
  }[];
}

/** What the extension tells the panel. */
export type ToPanel =
  | { readonly type: 'comparison'; readonly comparison: Comparison; readonly file?: string }
  | { readonly type: 'reveal'; readonly featureId: string }
  | { readonly type: 'search' }
  | { readonly type: 'copied' }
  | { readonly type: 'failed'; readonly message: string };

/** What the panel asks of the extension. */
export type FromPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'openSource'; readonly url: string }
  /** A snippet of a kind goes into the active editor. */
  | { readonly type: 'insert'; readonly kind: string }
  /** The resources of a kind are shown. */
  | { readonly type: 'findUses'; readonly kind: string }
  | { readonly type: 'copy'; readonly markdown: string }
  /** The view of costs, where the measurements stand with their sources. */
  | { readonly type: 'showMeasurements' };

export function isCompareParams(value: unknown): value is CompareParams {
  return isObject(value) && isAbsentOr(value['uri'], isText);
}

export function isToPanel(value: unknown): value is ToPanel {
  if (!isObject(value)) return false;
  if (value['type'] === 'comparison') return isComparison(value['comparison']) && isAbsentOr(value['file'], isText);
  if (value['type'] === 'reveal') return isText(value['featureId']);
  if (value['type'] === 'failed') return isText(value['message']);
  return value['type'] === 'search' || value['type'] === 'copied';
}

export function isFromPanel(value: unknown): value is FromPanel {
  if (!isObject(value)) return false;
  switch (value['type']) {
    case 'ready':
    case 'showMeasurements':
      return true;
    case 'openSource':
      return isText(value['url']);
    case 'insert':
    case 'findUses':
      return isText(value['kind']);
    case 'copy':
      return isText(value['markdown']);
    default:
      return false;
  }
}

export function isComparison(value: unknown): value is Comparison {
  return (
    isObject(value) &&
    isText(value['asOf']) &&
    isListOf(value['groups'], isGroup) &&
    isObject(value['kinds']) &&
    Object.values(value['kinds']).every(isStock)
  );
}

export function isKindParams(value: unknown): value is KindParams {
  return isObject(value) && isText(value['kind']);
}

export function isKindAnswer(value: unknown): value is KindAnswer {
  return isObject(value) && isListOf(value['snippets'], isSnippet) && isListOf(value['places'], isPlace);
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

/** Whether a kind is one that the comparison has something of; nothing else is looked up for the panel. */
export function isStocked(comparison: Comparison, kind: string): boolean {
  return Object.hasOwn(comparison.kinds, kind);
}

function isStock(value: unknown): boolean {
  return isObject(value) && isCount(value['snippets']) && isCount(value['resources']);
}

function isSnippet(value: unknown): boolean {
  return isObject(value) && [value['name'], value['description'], value['body']].every(isText);
}

function isPlace(value: unknown): boolean {
  return (
    isObject(value) && isText(value['name']) && isAbsentOr(value['namespace'], isText) && isLocation(value['location'])
  );
}

function isLocation(value: unknown): boolean {
  if (!isObject(value) || !isText(value['uri']) || !isObject(value['range'])) return false;
  return [value['range']['start'], value['range']['end']].every(
    (it) => isObject(it) && isCount(it['line']) && isCount(it['character']),
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
    isListOf(value['uses'], isText) &&
    isCount(value['files'])
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

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
