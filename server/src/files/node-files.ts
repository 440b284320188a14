/** Manifests on a disk. */

import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ignore, { type Ignore } from 'ignore';
import picomatch from 'picomatch';
import { URI } from 'vscode-uri';
import { manifestLengthLimit, parseManifest } from '../model/manifest.ts';
import type { Uri } from '../model/text.ts';
import { listAt, textAt } from '../model/value.ts';
import type { Files } from './files.ts';

/** Folders that hold copies of others' files. */
const vendored = new Set(['node_modules', '.git', '.hg', '.svn', '.terraform', 'vendor', '.vscode-test']);

const isYaml = /\.ya?ml$|\/Kustomization$/i;

export const nodeFiles: Files = {
  async *list(folder, exclude) {
    if (!folder.startsWith('file:')) return;
    const root = fileURLToPath(folder);
    for await (const file of walk(await startOf(root, exclude), root)) yield fileUri(file);
  },

  async includes(folder, uri, exclude) {
    if (!folder.startsWith('file:') || !uri.startsWith('file:')) return false;
    const root = fileURLToPath(folder);
    const file = fileURLToPath(uri);
    const steps = path.relative(root, file).split(path.sep);
    if (steps[0] === '' || steps[0] === '..' || path.isAbsolute(steps[0] ?? '') || !isYaml.test(`/${steps.at(-1)}`))
      return false;
    let place = await startOf(root, exclude);
    let at = root;
    for (const step of steps) {
      place = await enter(place, at);
      at = path.join(at, step);
      const isFolder = at !== file;
      if (isLeftOut(place, at, isFolder) || (await isLink(at))) return false;
    }
    return true;
  },

  async read(uri) {
    if (!uri.startsWith('file:')) return undefined;
    const file = fileURLToPath(uri);
    try {
      // A longer text is not kept: the model says so once and reads no further than its length.
      const { size } = await stat(file);
      if (size > manifestLengthLimit * 4) return ' '.repeat(manifestLengthLimit + 1);
      return decoded(await readFile(file));
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  },
};

/** The uri of a path, in the one spelling that the server uses: `file:///c%3A/a%40b`. */
export function fileUri(file: string): Uri {
  return URI.file(file).toString();
}

/** What holds in a folder for the entries in it. */
interface Place {
  readonly root: string;
  readonly isExcluded: (path: string) => boolean;
  /** Ignore files from the repository's top down to here. */
  readonly levels: readonly Level[];
  /** Folders of this folder that hold charts of others. */
  readonly vendoredCharts: ReadonlySet<string>;
}

interface Level {
  readonly folder: string;
  readonly rules: Ignore;
}

async function startOf(root: string, exclude: readonly string[]): Promise<Place> {
  const globs = exclude.filter((it) => it !== '');
  const isExcluded = globs.length > 0 ? picomatch(globs, { dot: true }) : () => false;
  return { root, isExcluded, levels: await levelsAbove(root), vendoredCharts: new Set() };
}

/**
 * Ignore files of the folders that hold the root, up to the top of its repository. Those by which the root itself is
 * ignored say nothing about it: who names a build folder wants it read.
 */
async function levelsAbove(root: string): Promise<readonly Level[]> {
  const above: Level[] = [];
  for (let folder = root; ; folder = path.dirname(folder)) {
    const rules = folder === root ? undefined : await ignoreFile(folder);
    if (rules) above.unshift({ folder, rules });
    if (existsSync(path.join(folder, '.git'))) break;
    if (path.dirname(folder) === folder) return [];
  }
  return isIgnored(above, root, true) ? [] : above;
}

/** Files below a folder, depth first; links are not followed, so nothing outside the folder is read and no circle is walked. */
async function* walk(outer: Place, folder: string): AsyncGenerator<string> {
  const place = await enter(outer, folder);
  for (const entry of await entriesOf(folder)) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!isLeftOut(place, full, true)) yield* walk(place, full);
    } else if (entry.isFile() && isYaml.test(`/${entry.name}`) && !isLeftOut(place, full, false)) yield full;
  }
}

async function enter(outer: Place, folder: string): Promise<Place> {
  const rules = await ignoreFile(folder);
  return {
    ...outer,
    levels: rules ? [...outer.levels, { folder, rules }] : outer.levels,
    vendoredCharts: path.basename(folder) === 'charts' ? await fetchedCharts(path.dirname(folder)) : new Set(),
  };
}

function isLeftOut({ root, isExcluded, levels, vendoredCharts }: Place, full: string, isFolder: boolean): boolean {
  const relative = path.relative(root, full).split(path.sep).join('/');
  if (isExcluded(relative)) return true;
  if (isIgnored(levels, full, isFolder)) return true;
  const name = path.basename(full);
  return isFolder && (isExcluded(`${relative}/`) || vendored.has(name) || vendoredCharts.has(name));
}

/**
 * Names of the charts that `helm dependency update` fetches into `charts/` of a chart: dependencies with a repository.
 * Subcharts that its author keeps there have none, or one that starts with `file:`.
 */
async function fetchedCharts(chart: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const file of ['Chart.yaml', 'requirements.yaml']) {
    const uri = fileUri(path.join(chart, file));
    const [part] = parseManifest(uri, (await nodeFiles.read(uri)) ?? '').parts;
    for (const it of listAt(part?.goodValue, ['dependencies'])) {
      const name = textAt(it, ['name']);
      const repository = textAt(it, ['repository']) ?? '';
      if (name !== undefined && repository !== '' && !repository.startsWith('file:')) names.add(name);
    }
  }
  return names;
}

/** As git decides: the ignore file that is nearest to a file and says something about it wins. */
function isIgnored(levels: readonly Level[], full: string, isFolder: boolean): boolean {
  for (const { folder, rules } of [...levels].reverse()) {
    const relative = path.relative(folder, full).split(path.sep).join('/');
    if (relative === '') continue;
    const { ignored, unignored } = rules.test(isFolder ? `${relative}/` : relative);
    if (ignored || unignored) return ignored;
  }
  return false;
}

async function isLink(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isSymbolicLink();
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

async function ignoreFile(folder: string): Promise<Ignore | undefined> {
  const file = path.join(folder, '.gitignore');
  try {
    if (!(await lstat(file)).isFile()) return undefined;
    return ignore().add(await readFile(file, 'utf8'));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

async function entriesOf(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Gone, or not ours to read: for a look-up that is the same. */
function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return (
    code !== undefined && ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code)
  );
}

/** Text of bytes: UTF-8, or UTF-16 where a mark at the start says so; bytes that are neither become U+FFFD. */
function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
