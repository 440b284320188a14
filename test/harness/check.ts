/**
 * Answers the questions of one test by asking the product: what each fence that expects something should say.
 *
 *     yaml [file]                  a file, with a mark for every diagnostic
 *     yaml after [file] [title]    the file after a fix at the cursor: the one of this title, else the best
 *     yaml picked label [tab=4]    the file after a completion; tab stops are shown as they are
 *     yaml upgraded [file]         the file after all resources of all files have got their newest version
 *     yaml mended [file]           the file after all safe fixes
 *     upgrade [file]               what an upgrade of one file, or of all, does and leaves: `file: kind/name → version`
 *     fixes                        titles of the fixes at the cursor, best first
 *     items [contains|not|details] [tab=4]
 *                                  labels of the completions at the cursor that fit what is typed, with what stands beside
 *     markdown hover               the hover at the cursor; `…` stands for any text
 *     definition, references       `file:line: text` with the name in «»
 *     rename [new name]            the lines that say the new name, or why there is none; without one, what would be renamed
 *     symbols                      the outline, indented
 *     hints [reasons]              lines with hints, each hint in «»; or the hints with their reasons
 *     json settings                settings of this test
 *
 * Words `crlf` (line ends of Windows) and `unterminated` (no newline at the end) change how a file is made.
 */

import { annotationDocs, schemas } from 'meshwright:schemas';
import { tables } from '../../server/src/meshes/knowledge.ts';
import { loadAnnotations } from '../../server/src/model/annotations.ts';
import { loadSchemas } from '../../server/src/model/schema.ts';
import { readSettings } from '../../server/src/model/settings.ts';
import {
  applyEdits,
  LineIndex,
  type Location,
  type Range,
  type TextEdit,
  type Uri,
} from '../../server/src/model/text.ts';
import { applyChange, createWorkspace, type Knowledge, type Workspace } from '../../server/src/model/workspace.ts';
import { fixes } from '../../server/src/queries/actions.ts';
import { complete, type Completion } from '../../server/src/queries/complete.ts';
import { definition } from '../../server/src/queries/definition.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { hints } from '../../server/src/queries/hints.ts';
import { hover } from '../../server/src/queries/hover.ts';
import { fixAll } from '../../server/src/queries/fix-all.ts';
import { references } from '../../server/src/queries/references.ts';
import { prepareRename, rename } from '../../server/src/queries/rename.ts';
import { type Symbol, symbols } from '../../server/src/queries/symbols.ts';
import { upgrades } from '../../server/src/queries/upgrade.ts';
import { type Case, type Fence, readSource, type Source, writeSource } from './page.ts';

export const knowledge: Knowledge = {
  tables,
  schemas: loadSchemas(schemas),
  annotations: loadAnnotations(annotationDocs),
};

/** A fence that expects something, and what it would have to say. */
export interface Answer {
  readonly fence: Fence;
  readonly actual: string;
  readonly isMet: boolean;
}

interface File extends Source {
  readonly uri: Uri;
  readonly fence: Fence;
}

interface Question {
  readonly workspace: Workspace;
  readonly files: readonly File[];
  /** The file with the cursor; the first where a test has none. */
  readonly file: File;
  readonly fence: Fence;
}

const folder = 'file:///page';

/** A workspace with these files, by path below its only folder. */
export function workspaceOf(files: ReadonlyMap<string, string>, settings: unknown = {}): Workspace {
  return applyChange(createWorkspace(knowledge, readSettings(settings)), {
    folders: [folder],
    files: new Map([...files].map(([path, text]) => [uriOf(path), text])),
  });
}

export function uriOf(path: string): Uri {
  return `${folder}/${path}`;
}

/** Answers all fences of a test. Throws when the test itself makes no sense: no file, no such fix. */
export function answersOf({ fences }: Case): readonly Answer[] {
  const files = fences.filter(isFile).map(readFile);
  const [first] = files;
  if (!first) throw new Error('A test needs a yaml fence.');
  const settings = fences.find((it) => it.words[0] === 'json' && it.words[1] === 'settings');
  const workspace = workspaceOf(
    new Map(files.map((it) => [pathOf(it.uri), it.text])),
    settings ? JSON.parse(settings.text) : {},
  );
  const file = files.find((it) => it.cursor !== undefined) ?? first;
  const questions = fences.filter((it) => !isFile(it) && it !== settings);
  const asksElse = questions.some((it) => it.words[1] !== 'after' && it.words[0] !== 'fixes');
  // Half-typed files are full of mistakes that have nothing to do with what a completion is asked for.
  const judgesDiagnostics = !asksElse || files.some((it) => it.isMarked);
  return [
    ...(judgesDiagnostics ? files.map((it) => answer(it.fence, marked(workspace, it))) : []),
    ...questions.map((fence) => answerTo({ workspace, files, file, fence })),
  ];
}

function answerTo(question: Question): Answer {
  const { fence } = question;
  const [kind, second] = fence.words;
  if (kind === 'yaml' && second === 'after') return answer(fence, afterFix(question));
  if (kind === 'yaml' && second === 'picked') return answer(fence, picked(question));
  if (kind === 'yaml' && second === 'upgraded') return answer(fence, afterUpgrade(question));
  if (kind === 'yaml' && second === 'mended') return answer(fence, afterFixAll(question));
  if (kind === 'upgrade') return answer(fence, lines(upgradeReport(question)));
  if (kind === 'fixes') return answer(fence, lines(fixesAt(question).map((it) => it.title)));
  if (kind === 'items') return itemsAnswer(question);
  if (kind === 'markdown' && second === 'hover') return hoverAnswer(question);
  if (kind === 'hints') return answer(fence, second === 'reasons' ? reasonsText(question) : hintsText(question));
  if (kind === 'definition') return answer(fence, definitionText(question));
  if (kind === 'references') return answer(fence, referencesText(question));
  if (kind === 'rename') return answer(fence, renameText(question));
  if (kind === 'symbols') return answer(fence, lines(symbols(question.workspace, question.file.uri).flatMap(outline)));
  throw new Error(`A fence "${fence.info}" means nothing.`);
}

function answer(fence: Fence, actual: string): Answer {
  return { fence, actual, isMet: actual === fence.text };
}

function lines(texts: readonly string[]): string {
  return texts.map((it) => `${it}\n`).join('');
}

// ---- Files and diagnostics -----------------------------------------------------------------------------------------

/** Words of fences that hold what becomes of a file. */
const results = new Set(['after', 'picked', 'upgraded', 'mended']);

function isFile({ words }: Fence): boolean {
  return words[0] === 'yaml' && !results.has(words[1] ?? '');
}

const fileOptions = new Set(['crlf', 'unterminated']);

function readFile(fence: Fence): File {
  const path = fence.words.slice(1).find((it) => !fileOptions.has(it)) ?? 'manifest.yaml';
  const source = readSource(fence.text);
  let { text, cursor } = source;
  if (fence.words.includes('unterminated')) text = text.replace(/\n$/, '');
  if (fence.words.includes('crlf')) {
    if (cursor !== undefined) cursor += text.slice(0, cursor).split('\n').length - 1;
    text = text.replaceAll('\n', '\r\n');
  }
  return { ...source, text, cursor, uri: uriOf(path), fence };
}

/** The file as a page shows it: every diagnostic marked. */
function marked(workspace: Workspace, { uri, text, cursor, fence }: File): string {
  const shown = writeSource(text, cursor, diagnose(workspace, uri)).replaceAll('\r', '');
  return fence.words.includes('unterminated') ? `${shown}\n` : shown;
}

function pathOf(uri: Uri): string {
  return uri.slice(folder.length + 1);
}

function cursorOf({ file }: Question): number {
  if (file.cursor === undefined) throw new Error('This test needs a cursor, $0.');
  return file.cursor;
}

// ---- Fixes ---------------------------------------------------------------------------------------------------------

function fixesAt(question: Question) {
  const offset = cursorOf(question);
  const found = fixes(question.workspace, question.file.uri, { start: offset, end: offset });
  return [...found].sort((a, b) => Number(b.isPreferred) - Number(a.isPreferred));
}

function afterFix(question: Question): string {
  const { files, file, fence } = question;
  const [path, title] = afterWords(files, fence);
  const offered = fixesAt(question);
  const fix = title === undefined ? offered[0] : offered.find((it) => it.title === title);
  if (!fix)
    throw new Error(`No such fix here; there are: ${offered.map((it) => `"${it.title}"`).join(', ') || 'none'}.`);
  return edited(question, fix.edits(), path === undefined ? file.uri : uriOf(path));
}

/** One of the files after edits of any, with what is wrong with it then. */
function edited({ workspace, files }: Question, edits: ReadonlyMap<Uri, readonly TextEdit[]>, uri: Uri): string {
  const changed = new Map(
    [...edits].map(([uri, list]) => [uri, applyEdits(workspace.manifests.get(uri)?.text ?? '', list)]),
  );
  const all = new Map(files.map((it) => [pathOf(it.uri), changed.get(it.uri) ?? it.text]));
  const after = workspaceOf(all, workspace.settings);
  const text = after.manifests.get(uri)?.text ?? '';
  return writeSource(text, undefined, diagnose(after, uri)).replaceAll('\r', '');
}

function afterUpgrade(question: Question): string {
  const { workspace, files, file, fence } = question;
  const all = [...upgrades(workspace, workspace.manifests.keys())];
  const [path] = afterWords(files, fence);
  return edited(question, new Map(all.map((it) => [it.uri, it.edits])), path === undefined ? file.uri : uriOf(path));
}

function afterFixAll(question: Question): string {
  const { workspace, files, file, fence } = question;
  const [path] = afterWords(files, fence);
  const uri = path === undefined ? file.uri : uriOf(path);
  return edited(question, new Map([[uri, fixAll(workspace, uri)]]), uri);
}

function upgradeReport({ workspace, fence }: Question): string[] {
  const path = fence.words[1];
  const uris = path === undefined ? [...workspace.manifests.keys()] : [uriOf(path)];
  return [...upgrades(workspace, uris)].flatMap(({ uri, done, left }) => [
    ...done.map(({ resource, to }) => `${pathOf(uri)}: ${resource.kind}/${resource.name} → ${to}`),
    ...left.map(({ resource, reason }) => `${pathOf(uri)}: ${resource.kind}/${resource.name} stays: ${reason}`),
  ]);
}

function afterWords(
  files: readonly File[],
  { words, info }: Fence,
): [path: string | undefined, title: string | undefined] {
  const path = files.map((it) => pathOf(it.uri)).find((it) => it === words[2]);
  const title = info.slice(`yaml after ${path === undefined ? '' : path}`.length).trim();
  return [path, title === '' ? undefined : title];
}

// ---- Completion ----------------------------------------------------------------------------------------------------

function itemsAt(question: Question): readonly Completion[] {
  const { workspace, file, fence } = question;
  const offset = cursorOf(question);
  const tab = fence.words.find((it) => it.startsWith('tab='));
  const all = complete(workspace, file.uri, offset, tab ? Number(tab.slice(4)) : 2);
  return all
    .filter((it) => isTyped(file.text.slice(it.range.start, offset), it.filter))
    .sort((a, b) => (a.order === b.order ? 0 : a.order < b.order ? -1 : 1));
}

/** Whether an editor would still offer an item when this much is typed: all its signs, in order. */
function isTyped(typed: string, filter: string): boolean {
  let at = 0;
  const signs = filter.toLowerCase();
  for (const sign of typed.toLowerCase()) {
    at = signs.indexOf(sign, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

function itemsAnswer(question: Question): Answer {
  const { fence } = question;
  const labels = itemsAt(question).map((it) => it.label);
  const wanted = fence.text.split('\n').filter((it) => it !== '');
  const manner = fence.words[1];
  if (manner === 'details')
    return answer(fence, lines(itemsAt(question).map((it) => (it.detail ? `${it.label} · ${it.detail}` : it.label))));
  if (manner === 'contains') return { fence, actual: lines(labels), isMet: wanted.every((it) => labels.includes(it)) };
  if (manner === 'not') {
    const actual = lines(wanted.filter((it) => !labels.includes(it)));
    return { fence, actual, isMet: actual === fence.text };
  }
  return answer(fence, lines(labels));
}

function picked(question: Question): string {
  const { file, fence } = question;
  const label = fence.info.replace(/^yaml picked /, '').replace(/ tab=\d+$/, '');
  const items = itemsAt(question);
  const item = items.find((it) => it.label === label);
  if (!item)
    throw new Error(`No item "${label}" here; there are: ${items.map((it) => it.label).join(', ') || 'none'}.`);
  const edits = [...item.also, { range: item.range, newText: item.snippet.replace(/\\([\\$}])/g, '$1') }];
  const text = applyEdits(file.text, edits).replaceAll('\r', '');
  return text.endsWith('\n') ? text : `${text}\n`;
}

// ---- Hints ---------------------------------------------------------------------------------------------------------

function hintsAt({ workspace, file }: Question) {
  return hints(workspace, file.uri, { start: 0, end: file.text.length });
}

/** The lines that have hints, as an editor shows them. */
function hintsText(question: Question): string {
  const { text } = question.file;
  const found = hintsAt(question);
  let shown = '';
  let at = 0;
  for (const it of found) {
    shown += `${text.slice(at, it.offset)}«${it.text}»`;
    at = it.offset;
  }
  const all = `${shown}${text.slice(at)}`.split('\n');
  return lines(all.filter((it) => it.includes('«')).map((it) => it.trim()));
}

function reasonsText(question: Question): string {
  return lines(hintsAt(question).map((it) => `${it.text}: ${it.tooltip}`));
}

// ---- Hover, names, outline -----------------------------------------------------------------------------------------

function hoverAnswer(question: Question): Answer {
  const { workspace, file, fence } = question;
  const found = hover(workspace, file.uri, cursorOf(question));
  const actual = found ? `${found.markdown}\n` : '';
  const pattern = fence.text
    .replace(/…\n$/, '…')
    .split('…')
    .map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^]*');
  return { fence, actual, isMet: new RegExp(`^${pattern}$`).test(actual) };
}

function definitionText(question: Question): string {
  const found = definition(question.workspace, question.file.uri, cursorOf(question));
  return lines((found?.targets ?? []).map((it) => placeText(question.workspace, it)));
}

function referencesText(question: Question): string {
  const withDefinition = question.fence.words.includes('declared');
  const found = references(question.workspace, question.file.uri, cursorOf(question), withDefinition);
  return lines(found.map((it) => placeText(question.workspace, it)));
}

/** Each changed line as it is afterwards, with the new name marked; or why there is no renaming. */
function renameText(question: Question): string {
  const { workspace, file, fence } = question;
  const newName = fence.info.slice('rename'.length).trim();
  const offset = cursorOf(question);
  const prepared = prepareRename(workspace, file.uri, offset);
  if (newName === '') return 'refusal' in prepared ? `${prepared.refusal}\n` : `${prepared.name}\n`;
  const found = rename(workspace, file.uri, offset, newName);
  if ('refusal' in found) return `${found.refusal}\n`;
  const files = [...found.edits].sort(([a], [b]) => (a < b ? -1 : 1));
  return lines(
    files.flatMap(([uri, edits]) => {
      const text = workspace.manifests.get(uri)?.text ?? '';
      const marked = edits.map((it) => ({ ...it, newText: `«${it.newText}»` }));
      const shown = applyEdits(text, marked).split('\n');
      return shown.flatMap((line, at) => (line.includes('«') ? [`${pathOf(uri)}:${at + 1}: ${line.trim()}`] : []));
    }),
  );
}

/** `services.yaml:4: name: «reviews»`. */
function placeText(workspace: Workspace, { uri, range }: Location): string {
  const text = workspace.manifests.get(uri)?.text ?? '';
  const { line } = new LineIndex(text).positionAt(range.start);
  return `${pathOf(uri)}:${line + 1}: ${shownLine(text, range).trim()}`;
}

function shownLine(text: string, range: Range): string {
  const start = text.lastIndexOf('\n', range.start - 1) + 1;
  const end = text.indexOf('\n', range.end);
  const line = text.slice(start, end === -1 ? text.length : end);
  const [from, to] = [range.start - start, range.end - start];
  return `${line.slice(0, from)}«${line.slice(from, to)}»${line.slice(to)}`;
}

function outline({ name, detail, children }: Symbol): string[] {
  const own = detail === '' ? name : `${name} (${detail})`;
  return [own, ...children.flatMap(outline).map((it) => `  ${it}`)];
}
