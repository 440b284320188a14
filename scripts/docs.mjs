/**
 * Writes the pages of docs/ that show what tables of the product hold; `npm run generate` runs it. test/docs.test.ts fails
 * when a page is out of date.
 */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './ensure.mjs';

const { rosettaPage } = await importTypeScript('server/src/render/rosetta-markdown.ts');
writeFileSync(path.join(root, 'docs/rosetta.md'), rosettaPage());

/** A module of ours with all that it imports. */
async function importTypeScript(file) {
  const outfile = path.join(root, `.docs-${process.pid}.mjs`);
  await build({
    entryPoints: [path.join(root, file)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}
