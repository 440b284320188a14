/**
 * Costs on the wires: the request between the extension and the server, and the messages between the extension and its page.
 * Types and checks only, so that the extension and the page can import it.
 */

import { type CostInputs, costInputNames, fitsInput } from '../model/cost-inputs.ts';
import { meshIds } from '../model/mesh-id.ts';
import type { CostEstimate } from '../queries/cost.ts';

export type { Figure } from '../meshes/costs.ts';
export { type CostInputName, type CostInputs, costInputNames, costInputs, fitsInput } from '../model/cost-inputs.ts';
export type { CostEstimate, SourcedFigures, VariantCost } from '../queries/cost.ts';

/** Request to the server; `CostParams` → `CostAnswer`. */
export const costRequest = 'meshwright/cost';

export interface CostParams {
  /** What the user has filled in; the example stands for the rest. */
  readonly inputs: Partial<CostInputs>;
  /** Whether services and replicas are counted in the workspace, whatever `inputs` says of them. */
  readonly counts?: boolean;
}

export interface CostAnswer {
  readonly estimate: CostEstimate;
  /** The estimate as a document, to copy. */
  readonly markdown: string;
}

/** What the extension tells the page. */
export type ToCost =
  | { readonly type: 'estimate'; readonly estimate: CostEstimate }
  | { readonly type: 'copied' }
  /** Go to the sources of the figures. */
  | { readonly type: 'showSources' }
  | { readonly type: 'failed'; readonly message: string };

/** What the page asks of the extension. */
export type FromCost =
  | { readonly type: 'ready' }
  | { readonly type: 'ask'; readonly inputs: Partial<CostInputs>; readonly counts?: boolean }
  | { readonly type: 'openSource'; readonly url: string }
  /** Show a row of the comparison. */
  | { readonly type: 'compare'; readonly featureId: string }
  | { readonly type: 'copy' };

export function isCostParams(value: unknown): value is CostParams {
  return isObject(value) && isInputs(value['inputs'], false) && isAbsentOr(value['counts'], isFlag);
}

export function isCostAnswer(value: unknown): value is CostAnswer {
  return isObject(value) && isEstimate(value['estimate']) && isText(value['markdown']);
}

export function isToCost(value: unknown): value is ToCost {
  if (!isObject(value)) return false;
  if (value['type'] === 'estimate') return isEstimate(value['estimate']);
  if (value['type'] === 'failed') return isText(value['message']);
  return value['type'] === 'copied' || value['type'] === 'showSources';
}

export function isFromCost(value: unknown): value is FromCost {
  if (!isObject(value)) return false;
  switch (value['type']) {
    case 'ready':
    case 'copy':
      return true;
    case 'ask':
      return isCostParams(value);
    case 'openSource':
      return isText(value['url']);
    case 'compare':
      return isText(value['featureId']);
    default:
      return false;
  }
}

/** Whether an address is a page that the estimate cites; nothing else is opened for the page. */
export function isCitedByCost({ sources, requests, prices }: CostEstimate, url: string): boolean {
  const cited = [...sources.map((it) => it.url), ...requests.asked.map((it) => it.source), prices.url];
  return url.startsWith('https://') && cited.includes(url);
}

function isEstimate(value: unknown): value is CostEstimate {
  return (
    isObject(value) &&
    isInputs(value['inputs'], true) &&
    isAbsentOr(
      value['counted'],
      (it) => isObject(it) && ['workloads', 'pods', 'assumed'].every((key) => isNumber(it[key])),
    ) &&
    isListOf(value['variants'], isVariant) &&
    isListOf(value['example'], isExample) &&
    isListOf(
      value['article'],
      (it) => isObject(it) && areTexts(it, 'of', 'verdict') && isForEachMesh(it['values'], isFigure),
    ) &&
    isListOf(value['sources'], isSource) &&
    isRequests(value['requests']) &&
    isPrices(value['prices'])
  );
}

function isInputs(value: unknown, isWhole: boolean): boolean {
  if (!isObject(value)) return false;
  return costInputNames.every((name) => {
    const it = value[name];
    return it === undefined ? !isWhole : typeof it === 'number' && fitsInput(name, it);
  });
}

function isVariant(value: unknown): boolean {
  return (
    isObject(value) &&
    areTexts(value, 'id', 'mesh', 'name') &&
    isAmount(value['memory']) &&
    isAbsentOr(value['cpu'], isAmount) &&
    isAbsentOr(value['latency'], isAmount) &&
    isAmount(value['money']) &&
    isFlag(value['moneyHasCpu']) &&
    isListOf(value['parts'], isPart) &&
    isListOf(value['remarks'], isText)
  );
}

function isAmount(value: unknown): boolean {
  return (
    isSpread(value) &&
    ['measured', 'partly', 'unverified', 'printed'].some((it) => it === value['basis']) &&
    isListOf(value['readings'], (it) => isSpread(it) && isListOf(it['terms'], isTerm))
  );
}

function isTerm(value: unknown): boolean {
  return isObject(value) && isFigure(value['figure']) && isNumber(value['times']) && isAbsentOr(value['rps'], isNumber);
}

function isPart(value: unknown): boolean {
  return (
    isSpread(value) &&
    isText(value['name']) &&
    ['pods', 'nodes', 'waypoints', 'once'].some((it) => it === value['countedBy']) &&
    isNumber(value['count']) &&
    isSpread(value['each']) &&
    isListOf(value['figures'], isFigure) &&
    isAbsentOr(value['beyond'], (it) => isObject(it) && isNumber(it['services']) && isNumber(it['pods']))
  );
}

function isExample(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value['mesh']) &&
    ['control', 'each', 'printed', 'sum'].every((key) => isSpread(value[key]))
  );
}

function isSource(value: unknown): boolean {
  return (
    isObject(value) &&
    areTexts(value, 'id', 'title', 'date', 'versions', 'setUp', 'bias') &&
    isAbsentOr(value['url'], isText) &&
    isAbsentOr(value['caveat'], isText) &&
    isListOf(value['figures'], isFigure)
  );
}

function isRequests(value: unknown): boolean {
  return (
    isObject(value) &&
    areTexts(value, 'featureId', 'title') &&
    isListOf(value['asked'], (it) => isObject(it) && areTexts(it, 'mesh', 'value', 'source'))
  );
}

function isPrices(value: unknown): boolean {
  return (
    isObject(value) &&
    areTexts(value, 'name', 'url', 'date', 'caveat') &&
    ['vcpuHour', 'gbHour', 'hours'].every((key) => isNumber(value[key]))
  );
}

function isFigure(value: unknown): boolean {
  return isSpread(value) && areTexts(value, 'of', 'source');
}

function isSpread(value: unknown): value is Record<string, unknown> {
  return isObject(value) && isNumber(value['low']) && isNumber(value['high']) && isText(value['unit']);
}

function isForEachMesh(value: unknown, check: (it: unknown) => boolean): boolean {
  return isObject(value) && meshIds.every((mesh) => check(value[mesh]));
}

function areTexts(value: Readonly<Record<string, unknown>>, ...keys: readonly string[]): boolean {
  return keys.every((key) => isText(value[key]));
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

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
