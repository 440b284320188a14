// Runs the npm of this machine from a script, on every platform and also from inside another npm run.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { existsSync } from 'node:fs';

/**
 * Runs `npm ARGS` in `cwd` and resolves when it succeeds; its output is the caller's.
 * Throws when npm fails or cannot be started.
 */
export function runNpm(args, { cwd }) {
  const [command, ...first] = npmCommand();
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args, ...quiet], { cwd, stdio: 'inherit', env: cleanEnvironment() });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(' ')} failed in ${cwd} (exit code ${code}).`));
    });
  });
}

/** npm as a script for this Node where it can be found, since `npm.cmd` cannot be started without a shell. */
function npmCommand() {
  const beside = path.dirname(process.execPath);
  const places = [
    process.env.npm_execpath,
    path.join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = places.find((place) => place && /npm-cli\.c?js$/.test(place) && existsSync(place));
  return script ? [process.execPath, script] : ['npm'];
}

/** Without what an outer `npm run` says about its own package, and without its silence. */
function cleanEnvironment() {
  const own = /^npm_(package_|lifecycle_|config_(local_prefix|prefix|node_gyp|noproxy|omit|include)$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}
