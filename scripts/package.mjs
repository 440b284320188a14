// npm run package: builds what ships and packs it into meshwright-<version>.vsix, or into the file that --out names.

import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { ensurePackages, root } from './ensure.mjs';

/**
 * Builds for production and packs the extension into `out`, an absolute path; gives that path.
 * Throws when the build or the packing fails.
 */
export async function makePackage({ out }) {
  await ensurePackages();
  await promisify(execFile)(process.execPath, ['esbuild.mjs', '--production'], { cwd: root });
  const { createVSIX } = await import('@vscode/vsce');
  await createVSIX({
    cwd: root,
    packagePath: out,
    // Bundles hold their packages; what of the repository goes in stands in .vscodeignore.
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

async function main() {
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const out = path.resolve(readOptions().out ?? path.join(root, `meshwright-${version}.vsix`));
  await makePackage({ out });
  const { size } = await stat(out);
  console.log(`${out} (${(size / 1e6).toFixed(1)} MB)`);
}

/** The options of the command line; ends the process after a mistake (2). */
function readOptions() {
  try {
    return parseArgs({ options: { out: { type: 'string' } } }).values;
  } catch (error) {
    console.error(`${error.message}\n\nUsage: npm run package [-- --out FILE]`);
    process.exit(2);
  }
}
