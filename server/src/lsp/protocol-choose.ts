/**
 * The chooser on the wires: the requests between the extension and the server, and the messages between the extension and
 * its page. Types and checks only, so that the extension and the page can import it.
 */

import type { Verdict } from '../meshes/chooser.ts';
import type { Answers, Standing, Weight } from '../queries/choose.ts';

export type { Answer, Answers, Standing, Weight } from '../queries/choose.ts';
export type { Verdict } from '../meshes/chooser.ts';

/** Request to the server; `{}` → `Chooser`: what is asked, and what the workspace answers. */
export const chooserRequest = 'meshwright/chooser';
/** Request to the server; `ChooseParams` → `ChoiceAnswer`. */
export const chooseRequest = 'meshwright/choose';
/** Request to the server; `ChooseParams` → `RecordAnswer`: the choice as a decision record in Markdown. */
export const recordRequest = 'meshwright/decisionRecord';

export interface ChooseParams {
  readonly answers: Answers;
  /** Questions that the workspace has answered, and nobody since. */
  readonly filled: readonly string[];
}

export interface RecordAnswer {
  readonly text: string;
}

export interface Chooser {
  /** The day whose state the scores are of, `2026-08-22`. */
  readonly asOf: string;
  /** What scores are, in a sentence. */
  readonly judgement: string;
  readonly groups: readonly { readonly name: string; readonly questions: readonly AskedQuestion[] }[];
  readonly hints: readonly AskedHint[];
  /** What the manifests of the workspace answer. */
  readonly shown: Answers;
}

export interface AskedQuestion {
  readonly id: string;
  readonly need: string;
  /** The row of the comparison that the scores come from, most of all. */
  readonly row: ComparedRow;
  /** Why the workspace answers it: `RequestAuthentication/shop/tokens needs it.` */
  readonly shownBy?: string;
}

export interface ComparedRow {
  readonly id: string;
  readonly title: string;
}

export interface AskedHint {
  /** `Istio`. */
  readonly mesh: string;
  readonly reason: string;
  readonly verdict: Verdict;
  readonly note: string;
}

export interface ChoiceAnswer {
  readonly standing: Standing;
  readonly headline: string;
  readonly ranked: readonly RankedVariant[];
  /** Names of variants that nothing ranks. */
  readonly unranked: readonly string[];
  readonly ruledOut: readonly { readonly name: string; readonly failed: readonly FailedMust[] }[];
}

export interface RankedVariant {
  readonly id: string;
  readonly name: string;
  readonly caveat: string;
  readonly rank: number;
  readonly points: number;
  readonly most: number;
  readonly reasons: readonly MovingReason[];
}

export interface MovingReason {
  readonly need: string;
  readonly row: ComparedRow;
  readonly weight: Weight;
  readonly score: number;
  readonly why: string;
  /** In points against the mean of those that are compared. */
  readonly moved: number;
  readonly isUnconfirmed: boolean;
}

export interface FailedMust {
  readonly need: string;
  readonly row: ComparedRow;
  readonly why: string;
  readonly isUnconfirmed: boolean;
}

/** What the extension tells the page. `fills` asks it to take over what the workspace answers. */
export type ToChooser =
  | { readonly type: 'chooser'; readonly chooser: Chooser; readonly fills: boolean }
  | { readonly type: 'choice'; readonly choice: ChoiceAnswer }
  | { readonly type: 'failed'; readonly message: string };

/** What the page asks of the extension. */
export type FromChooser =
  | { readonly type: 'ready' }
  | { readonly type: 'fill' }
  | ({ readonly type: 'choose' } & ChooseParams)
  | ({ readonly type: 'record' } & ChooseParams)
  | { readonly type: 'reveal'; readonly featureId: string };

export function isChooseParams(value: unknown): value is ChooseParams {
  return isObject(value) && isAnswers(value['answers']) && isListOf(value['filled'], isText);
}

export function isFromChooser(value: unknown): value is FromChooser {
  if (!isObject(value)) return false;
  const { type } = value;
  if (type === 'choose' || type === 'record') return isChooseParams(value);
  return type === 'ready' || type === 'fill' || (type === 'reveal' && isText(value['featureId']));
}

export function isToChooser(value: unknown): value is ToChooser {
  if (!isObject(value)) return false;
  if (value['type'] === 'chooser') return isChooser(value['chooser']) && typeof value['fills'] === 'boolean';
  if (value['type'] === 'choice') return isChoiceAnswer(value['choice']);
  return value['type'] === 'failed' && isText(value['message']);
}

/** Whether a row is one that the chooser names; nothing else is revealed for the page. */
export function isNamedRow({ groups }: Chooser, id: string): boolean {
  return groups.some((group) => group.questions.some((it) => it.row.id === id));
}

export function isAnswers(value: unknown): value is Answers {
  return isObject(value) && Object.values(value).every(isAnswer);
}

export function isChooser(value: unknown): value is Chooser {
  return (
    isObject(value) &&
    isText(value['asOf']) &&
    isText(value['judgement']) &&
    isListOf(value['groups'], isGroup) &&
    isListOf(value['hints'], isHint) &&
    isAnswers(value['shown'])
  );
}

export function isChoiceAnswer(value: unknown): value is ChoiceAnswer {
  return (
    isObject(value) &&
    ['ranked', 'unasked', 'unweighed', 'shown', 'alike', 'none-left'].some((it) => it === value['standing']) &&
    isText(value['headline']) &&
    isListOf(value['ranked'], isRanked) &&
    isListOf(value['unranked'], isText) &&
    isListOf(value['ruledOut'], (it) => isObject(it) && isText(it['name']) && isListOf(it['failed'], isFailed))
  );
}

export function isRecordAnswer(value: unknown): value is RecordAnswer {
  return isObject(value) && isText(value['text']);
}

function isAnswer(value: unknown): boolean {
  return isObject(value) && isWeight(value['weight']) && typeof value['must'] === 'boolean';
}

function isWeight(value: unknown): value is Weight {
  return [0, 1, 2, 3].some((it) => it === value);
}

function isGroup(value: unknown): boolean {
  return isObject(value) && isText(value['name']) && isListOf(value['questions'], isQuestion);
}

function isQuestion(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value['id']) &&
    isText(value['need']) &&
    isRow(value['row']) &&
    (value['shownBy'] === undefined || isText(value['shownBy']))
  );
}

function isRow(value: unknown): boolean {
  return isObject(value) && isText(value['id']) && isText(value['title']);
}

function isHint(value: unknown): boolean {
  return (
    isObject(value) &&
    [value['mesh'], value['reason'], value['note']].every(isText) &&
    ['holds', 'partly', 'no longer', 'new'].some((it) => it === value['verdict'])
  );
}

function isRanked(value: unknown): boolean {
  return (
    isObject(value) &&
    [value['id'], value['name'], value['caveat']].every(isText) &&
    [value['rank'], value['points'], value['most']].every(isNumber) &&
    isListOf(value['reasons'], isReason)
  );
}

function isReason(value: unknown): boolean {
  return (
    isFailed(value) &&
    isObject(value) &&
    isWeight(value['weight']) &&
    isNumber(value['score']) &&
    isNumber(value['moved'])
  );
}

function isFailed(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value['need']) &&
    isText(value['why']) &&
    isRow(value['row']) &&
    typeof value['isUnconfirmed'] === 'boolean'
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, check: (it: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(check);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}
