/** `meshwright check`: the diagnostics of files and folders, as people and as machines read them. */

import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import picocolors from 'picocolors';
import { fileUri, nodeFiles } from '../files/node-files.ts';
import { LineIndex, type Position, type Uri } from '../model/text.ts';
import type { Diagnostic, Severity } from '../model/rule.ts';
import type { Settings } from '../model/settings.ts';
import { applyChange, createWorkspace, type Knowledge, type Workspace } from '../model/workspace.ts';
import { diagnose } from '../queries/diagnose.ts';

export const checkFormats = ['text', 'json'] as const;
export const severities: readonly Severity[] = ['error', 'warning', 'info', 'hint'];

export interface CheckOptions {
  /** Files and folders; `-` reads standard input. */
  readonly paths: readonly string[];
  readonly format: (typeof checkFormats)[number];
  readonly settings: Settings;
  /** The mildest severity that makes the exit code 1. */
  readonly failOn: Severity;
  readonly color: boolean;
  readonly cwd: string;
  readStdin(): Promise<string>;
}

export interface CommandResult {
  /** 0 clean, 1 findings, 2 misuse. */
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `--format json` prints; `schemas/output/check.schema.json` describes it. */
export interface CheckJson {
  readonly findings: readonly FindingJson[];
  readonly summary: Readonly<Record<Severity, number>> & { readonly files: number };
}

interface FindingJson {
  /** Relative to the working directory, with forward slashes. */
  readonly file: string;
  /** Lines and columns from zero, columns in UTF-16 code units, as in LSP. */
  readonly range: { readonly start: Position; readonly end: Position };
  readonly severity: Severity;
  readonly rule: string;
  readonly message: string;
  /** Codes by which other tools know the mistake. */
  readonly peers: readonly string[];
}

/** Checks what the paths name. A path that is not there or cannot be read is misuse; a file without resources is simply clean. */
export async function checkCommand(knowledge: Knowledge, options: CheckOptions): Promise<CommandResult> {
  const loaded = await load(knowledge, options);
  if ('refusal' in loaded) return { exitCode: 2, stdout: '', stderr: `${loaded.refusal}\n` };
  const { workspace, asked } = loaded;
  const findings = asked.flatMap((uri) => findingsOf(workspace, uri, loaded.nameOf(uri)));
  const summary = summarize(findings, asked.length);
  const worst = severities.slice(0, severities.indexOf(options.failOn) + 1);
  const exitCode = findings.some((it) => worst.includes(it.severity)) ? 1 : 0;
  const json: CheckJson = { findings, summary };
  const stdout =
    options.format === 'json' ? `${JSON.stringify(json, undefined, 2)}\n` : text(findings, summary, options.color);
  return { exitCode, stdout, stderr: '' };
}

export interface Loaded {
  readonly workspace: Workspace;
  /** The files that the paths name, in order. */
  readonly asked: readonly Uri[];
  nameOf(uri: Uri): string;
}

const stdinName = 'stdin.yaml';

/** What paths name: files in order, not read yet, and the folders among the paths. */
export interface ListedPaths {
  readonly files: readonly ListedFile[];
  readonly folders: readonly Uri[];
}

interface ListedFile {
  readonly uri: Uri;
  /** As the user named it, or relative to the working folder. */
  readonly name: string;
  /** Its text, each time from the disk; undefined when it cannot be read. */
  read(): Promise<string | undefined>;
}

/** Lists files and folders, and reads standard input; gives a sentence instead when a path names nothing. */
export async function listPaths({
  paths,
  settings,
  cwd,
  readStdin,
}: Pick<CheckOptions, 'paths' | 'settings' | 'cwd' | 'readStdin'>): Promise<
  ListedPaths | { readonly refusal: string }
> {
  const files = new Map<Uri, ListedFile>();
  const folders: Uri[] = [];
  const add = (uri: Uri, name: string, read = () => nodeFiles.read(uri)) => {
    if (!files.has(uri)) files.set(uri, { uri, name, read });
  };
  for (const given of paths) {
    if (given === '-') {
      const text = await readStdin();
      add(fileUri(path.join(cwd, stdinName)), stdinName, async () => text);
      continue;
    }
    const full = path.resolve(cwd, given);
    const kind = await kindOf(full);
    if (kind === undefined) return { refusal: `There is no file or folder "${given}".` };
    if (kind === 'file') {
      add(fileUri(full), given);
      continue;
    }
    if (!(await isReadable(full))) return { refusal: `"${given}" cannot be read.` };
    folders.push(fileUri(full).replace(/\/$/, ''));
    for await (const uri of nodeFiles.list(fileUri(full), settings.exclude)) add(uri, relativeName(cwd, uri));
  }
  return { files: [...files.values()], folders };
}

/** Texts by file in order, with the folders among the paths. */
export interface ReadPaths {
  readonly texts: ReadonlyMap<Uri, string>;
  readonly folders: readonly Uri[];
}

/** Reads files, folders and standard input; gives a sentence instead when a path names nothing that can be read. */
export async function readPaths(
  asked: Pick<CheckOptions, 'paths' | 'settings' | 'cwd' | 'readStdin'>,
): Promise<ReadPaths | { readonly refusal: string }> {
  const listed = await listPaths(asked);
  if ('refusal' in listed) return listed;
  const texts = new Map<Uri, string>();
  for (const { uri, name, read } of listed.files) {
    const text = await read();
    if (text === undefined) return { refusal: `"${name}" cannot be read.` };
    texts.set(uri, text);
  }
  return { texts, folders: listed.folders };
}

/**
 * Reads what the paths name. Single files are seen together with their neighbours only when those are named too. Gives
 * a sentence instead when a path names nothing that can be read.
 */
export async function load(
  knowledge: Knowledge,
  asked: Pick<CheckOptions, 'paths' | 'settings' | 'cwd' | 'readStdin'>,
): Promise<Loaded | { readonly refusal: string }> {
  const { settings, cwd } = asked;
  const read = await readPaths(asked);
  if ('refusal' in read) return read;
  const { texts, folders } = read;
  const outer = folders.filter((it) => !folders.some((other) => it !== other && it.startsWith(`${other}/`)));
  const roots = outer.length > 0 ? outer : [fileUri(cwd).replace(/\/$/, '')];
  const workspace = applyChange(applyChange(createWorkspace(knowledge, settings), { folders: roots, settings }), {
    files: texts,
  });
  return { workspace, asked: [...texts.keys()], nameOf: (uri) => relativeName(cwd, uri) };
}

/** What a path names; undefined when there is nothing. */
export async function kindOf(full: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(full)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code)) return undefined;
    throw error;
  }
}

async function isReadable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A file as people write it, relative to a folder and with forward slashes. */
export function relativeName(cwd: string, uri: Uri): string {
  return path.relative(cwd, fileURLToPath(uri)).split(path.sep).join('/');
}

function findingsOf(workspace: Workspace, uri: Uri, file: string): FindingJson[] {
  const lines = new LineIndex(workspace.manifests.get(uri)?.text ?? '');
  return diagnose(workspace, uri).map(({ range, severity, code, message, peers }: Diagnostic) => ({
    file,
    range: { start: lines.positionAt(range.start), end: lines.positionAt(range.end) },
    severity,
    rule: code,
    message,
    peers,
  }));
}

function summarize(findings: readonly FindingJson[], files: number): CheckJson['summary'] {
  const count = (severity: Severity) => findings.filter((it) => it.severity === severity).length;
  return { files, error: count('error'), warning: count('warning'), info: count('info'), hint: count('hint') };
}

function text(findings: readonly FindingJson[], summary: CheckJson['summary'], color: boolean): string {
  const paint = picocolors.createColors(color);
  const paints: Record<Severity, (it: string) => string> = {
    error: paint.red,
    warning: paint.yellow,
    info: paint.blue,
    hint: paint.gray,
  };
  const lines = findings.map(({ file, range, severity, rule, message }) => {
    const place = `${file}:${range.start.line + 1}:${range.start.character + 1}`;
    return `${paint.bold(place)}: ${paints[severity](severity)}: ${message} ${paint.gray(`[${rule}]`)}`;
  });
  const counts = severities
    .filter((it) => summary[it] > 0)
    .map((it) => `${summary[it]} ${summary[it] === 1 || it === 'info' ? it : `${it}s`}`);
  const files = summary.files === 1 ? '1 file' : `${summary.files} files`;
  const closing = counts.length === 0 ? paint.green(`No findings in ${files}.`) : `${counts.join(', ')} in ${files}.`;
  return `${[...lines, ...(lines.length > 0 ? [''] : []), closing].join('\n')}\n`;
}
