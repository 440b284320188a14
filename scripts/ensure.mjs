// Installs the packages of this repository when they are missing. Imports nothing that has to be installed first.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNpm } from './run-npm.mjs';

/** The folder of the repository. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * Installs what package-lock.json asks for unless it is there already. `log` takes lines for the person who waits.
 * Throws when this Node is too old or npm fails.
 */
export async function ensurePackages({ log = console.log } = {}) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Error(`Meshwright needs Node 20 or later to be built, this is ${process.versions.node}.`);
  if (isInstalled()) return;

  log('Installing packages into node_modules, usually less than a minute …');
  // No package of the list needs its install script: binaries come as packages of their own.
  await runNpm(['ci', '--ignore-scripts'], { cwd: root });
}

/** Whether each package of the lock file is there in its version, going by the list which npm keeps in node_modules. */
function isInstalled() {
  const kept = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(kept)) return false;
  const { packages: present } = JSON.parse(readFileSync(kept, 'utf8'));
  const { packages: wanted } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(wanted).every(
    ([place, { version, optional }]) => place === '' || optional || present[place]?.version === version,
  );
}
