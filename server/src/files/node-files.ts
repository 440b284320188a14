/** Manifests on a disk. */

import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ignore, { type Ignore } from 'ignore';
import picomatch from 'picomatch';
import { manifestLengthLimit } from '../model/manifest.ts';
import type { Uri } from '../model/text.ts';
import type { Files } from './files.ts';

/** Folders that hold copies of others' files. */
const vendored = new Set(['node_modules', '.git', '.hg', '.svn', '.terraform', 'vendor', '.vscode-test']);

const isYaml = /\.ya?ml$|\/Kustomization$/i;

export const nodeFiles: Files = {
  async *list(folder, exclude) {
    if (!folder.startsWith('file:')) return;
    const root = fileURLToPath(folder);
    const isExcluded = exclude.length > 0 ? picomatch([...exclude], { dot: true }) : () => false;
    for await (const file of walk(root, root, [], isExcluded)) yield fileUri(file);
  },

  async read(uri) {
    if (!uri.startsWith('file:')) return undefined;
    const file = fileURLToPath(uri);
    try {
      // A longer text is not kept: the model says so once and reads no further than its length.
      const { size } = await stat(file);
      if (size > manifestLengthLimit * 4) return ' '.repeat(manifestLengthLimit + 1);
      return withoutMark(await readFile(file, 'utf8'));
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  },
};

/** The uri of a path, in the spelling that editors use: `file:///c%3A/…` becomes `file:///c:/…`. */
export function fileUri(file: string): Uri {
  return pathToFileURL(file).href;
}

interface Level {
  readonly folder: string;
  readonly rules: Ignore;
}

/** Files below a folder, depth first; links are not followed, so nothing outside the folder is read and no circle is walked. */
async function* walk(
  root: string,
  folder: string,
  levels: readonly Level[],
  isExcluded: (path: string) => boolean,
): AsyncGenerator<string> {
  const own = await ignoreFile(folder);
  const here = own ? [...levels, { folder, rules: own }] : levels;
  for (const entry of await entriesOf(folder)) {
    const full = path.join(folder, entry.name);
    const relative = path.relative(root, full).split(path.sep).join('/');
    if (isExcluded(relative) || isExcluded(`${relative}/`)) continue;
    if (entry.isDirectory()) {
      if (vendored.has(entry.name) || isVendoredChart(full) || isIgnored(here, full, true)) continue;
      yield* walk(root, full, here, isExcluded);
    } else if (entry.isFile() && isYaml.test(`/${entry.name}`) && !isIgnored(here, full, false)) yield full;
  }
}

/** Charts that a chart depends on are somebody else's. */
function isVendoredChart(folder: string): boolean {
  return (
    path.basename(folder) === 'charts' &&
    path.basename(path.dirname(folder)) !== '' &&
    /(?:^|[\\/])charts[\\/][^\\/]+[\\/]charts$/.test(folder)
  );
}

function isIgnored(levels: readonly Level[], full: string, isFolder: boolean): boolean {
  return levels.some(({ folder, rules }) => {
    const relative = path.relative(folder, full).split(path.sep).join('/');
    return relative !== '' && rules.ignores(isFolder ? `${relative}/` : relative);
  });
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
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM' || code === 'EISDIR';
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
