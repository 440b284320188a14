/**
 * Playbooks on the wires: the request between the extension and the server, and the messages between the extension and its
 * page. A page names steps and values, never commands. Types and checks only, so that the extension and the page can import it.
 */

import { type FieldId, type FieldValues, isFieldId } from '../meshes/playbooks/fields.ts';
import type { Architecture } from '../meshes/playbooks/architectures.ts';
import { type Topic, topics } from '../meshes/playbooks/playbook.ts';
import type { Practice } from '../meshes/playbooks/practices.ts';
import { isMeshId, type MeshId } from '../model/mesh-id.ts';
import type { FilledPlaybook } from '../queries/playbooks.ts';

export type { Architecture, Box, Part } from '../meshes/playbooks/architectures.ts';
export type { FieldId, FieldValues } from '../meshes/playbooks/fields.ts';
export { type SeedCommand, type Topic, topics, topicTitles } from '../meshes/playbooks/playbook.ts';
export { type Practice, practiceGroups } from '../meshes/playbooks/practices.ts';
export type { FilledAction, FilledField, FilledPlaybook, FilledStep } from '../queries/playbooks.ts';

/** Request to the server; `PlaybooksParams` → `PlaybooksAnswer`. */
export const playbooksRequest = 'meshwright/playbooks';

/** What one can look at for a mesh: its playbooks, how it is built, and what is good practice. */
export type Sheet = Topic | 'architecture' | 'practices';

export const sheets: readonly Sheet[] = [...topics, 'architecture', 'practices'];

export interface PlaybooksParams {
  /** Without it, the mesh that the workspace uses most. */
  readonly mesh?: MeshId;
  readonly sheet: Sheet;
  readonly values: FieldValues;
  /** Whether the names of the workspace are wanted, to choose from. */
  readonly names?: boolean;
}

export interface PlaybooksAnswer {
  readonly mesh: MeshId;
  readonly sheet: Sheet;
  readonly playbook?: FilledPlaybook;
  readonly drawings?: readonly Drawing[];
  readonly practices?: readonly Practice[];
  /** The sheet as a document, to copy. */
  readonly markdown: string;
  /** What the workspace has for a field. */
  readonly names?: WorkspaceNames;
}

export type WorkspaceNames = Readonly<Partial<Record<FieldId, readonly string[]>>>;

/** A drawing, with what it shows in words. */
export interface Drawing {
  readonly architecture: Architecture;
  readonly text: string;
}

/** What the page is told; all but the document that it would only hand back. */
export type Page = Omit<PlaybooksAnswer, 'markdown'>;

export type ToPlaybooks =
  | { readonly type: 'page'; readonly page: Page }
  /** An action was done: its command is in the clipboard, in a terminal, its file is open. */
  | { readonly type: 'done'; readonly action: string; readonly how: 'copied' | 'put' | 'opened' }
  | { readonly type: 'reveal'; readonly mesh: MeshId; readonly sheet: Sheet }
  | { readonly type: 'failed'; readonly message: string };

/** Where an action stands, and with what it is filled in. */
interface Placed {
  readonly mesh: MeshId;
  readonly sheet: Sheet;
  readonly values: FieldValues;
}

export type FromPlaybooks =
  | { readonly type: 'ready' }
  | ({ readonly type: 'ask' } & PlaybooksParams)
  /** Copy it, put it in the terminal, or open its file: an action by its id, within what is shown. */
  | ({ readonly type: 'copy' | 'put' | 'open'; readonly action: string } & Placed)
  | ({ readonly type: 'copyAll' } & Placed)
  | { readonly type: 'openSource' };

export function isPlaybooksParams(value: unknown): value is PlaybooksParams {
  return (
    isObject(value) &&
    isAbsentOr(value['mesh'], isMeshId) &&
    isSheet(value['sheet']) &&
    areValues(value['values']) &&
    isAbsentOr(value['names'], (it) => typeof it === 'boolean')
  );
}

export function isPlaybooksAnswer(value: unknown): value is PlaybooksAnswer {
  return isObject(value) && isText(value['markdown']) && isPage(value);
}

export function isToPlaybooks(value: unknown): value is ToPlaybooks {
  if (!isObject(value)) return false;
  switch (value['type']) {
    case 'page':
      return isPage(value['page']);
    case 'done':
      return isText(value['action']) && ['copied', 'put', 'opened'].some((it) => it === value['how']);
    case 'reveal':
      return isMeshId(value['mesh']) && isSheet(value['sheet']);
    case 'failed':
      return isText(value['message']);
    default:
      return false;
  }
}

export function isFromPlaybooks(value: unknown): value is FromPlaybooks {
  if (!isObject(value)) return false;
  switch (value['type']) {
    case 'ready':
    case 'openSource':
      return true;
    case 'ask':
      return isPlaybooksParams(value);
    case 'copy':
    case 'put':
    case 'open':
      return isPlaced(value) && isText(value['action']);
    case 'copyAll':
      return isPlaced(value);
    default:
      return false;
  }
}

export function isSheet(value: unknown): value is Sheet {
  return sheets.some((it) => it === value);
}

/** What a page kept or sent as values; parts that are no texts of fields make it none. */
export function areValues(value: unknown): value is FieldValues {
  return isObject(value) && Object.entries(value).every(([id, it]) => isFieldId(id) && isText(it) && it.length < 2000);
}

function isPlaced(value: Record<string, unknown>): boolean {
  return isMeshId(value['mesh']) && isSheet(value['sheet']) && areValues(value['values']);
}

function isPage(value: unknown): value is Page {
  return (
    isObject(value) &&
    isMeshId(value['mesh']) &&
    isSheet(value['sheet']) &&
    isAbsentOr(value['playbook'], isPlaybook) &&
    isAbsentOr(value['drawings'], (it) => isListOf(it, isDrawing)) &&
    isAbsentOr(value['practices'], (it) => isListOf(it, isPractice)) &&
    isAbsentOr(value['names'], (it) => isObject(it) && Object.values(it).every((list) => isListOf(list, isText)))
  );
}

function isPlaybook(value: unknown): boolean {
  return (
    isObject(value) &&
    areTexts(value, 'title', 'summary', 'source', 'asOf') &&
    isListOf(value['fields'], isField) &&
    isListOf(value['steps'], isStep) &&
    isListOf(value['profiles'], (it) => isObject(it) && areTexts(it, 'name', 'holds', 'use') && isAction(it['action']))
  );
}

function isField(value: unknown): boolean {
  return (
    isObject(value) &&
    isFieldId(value['id']) &&
    areTexts(value, 'title', 'hint', 'example', 'value') &&
    isAbsentOr(value['preset'], isText) &&
    isAbsentOr(value['problem'], isText)
  );
}

function isStep(value: unknown): boolean {
  return (
    isObject(value) &&
    areTexts(value, 'id', 'title', 'why') &&
    ['actions', 'checks', 'rollback'].every((it) => isListOf(value[it], isAction))
  );
}

function isAction(value: unknown): boolean {
  return (
    isObject(value) &&
    areTexts(value, 'id', 'text') &&
    (value['kind'] === 'command' || (value['kind'] === 'file' && isText(value['name']))) &&
    isListOf(value['missing'], isFieldId) &&
    isListOf(value['seed'], (it) => isObject(it) && areTexts(it, 'verdict', 'why') && isAbsentOr(it['command'], isText))
  );
}

function isDrawing(value: unknown): boolean {
  if (!isObject(value) || !isText(value['text'])) return false;
  const it = value['architecture'];
  return (
    isObject(it) &&
    areTexts(it, 'id', 'title', 'tells', 'wire') &&
    isAbsentOr(it['history'], isText) &&
    isBox(it['control']) &&
    isAbsentOr(it['between'], isBox) &&
    isListOf(it['below'], isBox)
  );
}

function isBox(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value['title']) &&
    isListOf(value['parts'], (it) => isObject(it) && isText(it['name']) && isAbsentOr(it['does'], isText))
  );
}

function isPractice(value: unknown): boolean {
  if (!isObject(value) || !areTexts(value, 'id', 'group', 'title', 'advice')) return false;
  return isAbsentOr(value['watched'], (watched) =>
    isListOf(watched, (it) => isObject(it) && isText(it['what']) && isListOf(it['rules'], isText)),
  );
}

function areTexts(value: Record<string, unknown>, ...keys: readonly string[]): boolean {
  return keys.every((it) => isText(value[it]));
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
