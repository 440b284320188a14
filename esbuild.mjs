/**
 * Bundles the extension, the server, the command line and the panel. `node esbuild.mjs [--production] [--watch]`.
 * Schemas and prose are packed into a file that server and command line share (schemas/fold.mjs).
 */
import { context, build } from 'esbuild';
import { schemasPlugin } from './schemas/fold.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
  legalComments: 'none',
  target: 'node20',
};

/** `vscode-languageserver` ships CommonJS; the server needs its ESM twin of `yaml` and friends for small bundles. */
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  mainFields: ['module', 'main'],
  conditions: ['import', 'module'],
};

/** Pages of webviews: a folder each below `client/webview`. */
const pages = ['comparison', 'choose', 'conversion', 'cost', 'playbooks'];

const bundles = [
  { ...node, entryPoints: { extension: 'client/src/extension.ts' }, outdir: 'dist', external: ['vscode'] },
  {
    ...node,
    entryPoints: { server: 'server/src/main.ts' },
    outdir: 'dist',
    plugins: [schemasPlugin({ isBeside: true })],
  },
  {
    ...node,
    entryPoints: { cli: 'server/src/main.cli.ts' },
    outdir: 'dist',
    plugins: [schemasPlugin({ isBeside: true })],
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...common,
    target: 'es2022',
    platform: 'browser',
    format: 'iife',
    entryPoints: Object.fromEntries(pages.map((it) => [it, `client/webview/${it}/main.ts`])),
    outdir: 'dist/webview',
  },
];

/**
 * Bundles test files for Node's test runner.
 * Takes entry points and a folder; gives the files as `<outdir>/<path of the test>.mjs`.
 */
export async function bundleTests({ entryPoints, outdir }) {
  await build({
    ...node,
    format: 'esm',
    entryPoints,
    outdir,
    outbase: '.',
    outExtension: { '.js': '.mjs' },
    sourcemap: 'inline',
    splitting: true,
    packages: 'external',
    plugins: [schemasPlugin()],
  });
}

/** Builds everything that ships. */
export async function bundle() {
  await Promise.all(bundles.map((options) => build(options)));
}

if (process.argv[1] && import.meta.url.endsWith('/esbuild.mjs') && process.argv[1].endsWith('esbuild.mjs')) {
  if (watch) for (const options of bundles) await (await context(options)).watch();
  else await bundle();
}
