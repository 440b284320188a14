// Red Hat's yaml-language-server: what we are measured against, and a neighbour in the tests of test/client.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNpm } from '../../scripts/run-npm.mjs';

const home = path.dirname(fileURLToPath(import.meta.url));

/** The folder of the package. */
export const otherServer = path.join(home, 'node_modules', 'yaml-language-server');

/** Installs it unless it is there already. `log` takes a line for the person who waits. Throws when npm fails. */
export async function ensureOtherServer({ log = console.error } = {}) {
  if (existsSync(path.join(home, 'node_modules', '.package-lock.json'))) return;
  log('Installing yaml-language-server into test/bench/node_modules, a few seconds …');
  await runNpm(['ci', '--ignore-scripts'], { cwd: home });
}
