// Measures our server and Red Hat's yaml-language-server side by side on the same made-up manifests: `npm run bench`.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from '../../scripts/ensure.mjs';
import { ensureOtherServer, otherServer } from './other-server.mjs';
import { asMarkdown, asText, summary } from './report.mjs';

const home = path.dirname(fileURLToPath(import.meta.url));
const work = path.join(home, 'work');
const usage = `Measures Meshwright's language server and yaml-language-server side by side. About six minutes.

Usage: npm run bench -- [options]

  --quick            fewer samples, about two minutes
  --sizes LIST       lines of the files, default 200,2000,10000
  --samples N        samples of a figure, default 36
  --starts N         starts of each server for first diagnostics, default 15
  --files N          files of the workspace, default 1000; 0 leaves it out
  --only WHO         ours or theirs: measures one server alone
  --server FILE      a built server, instead of building one
  --node FILE        the Node that runs the servers, default the one that runs this
  --out FILE         where the results go as JSON, default test/bench/results.json
  --markdown         prints the table in Markdown, as the README has it
  --from FILE        prints the table of earlier results and measures nothing
  --help             prints this`;

const options = readOptions();
if (options.help) console.log(usage);
else if (options.from) print(JSON.parse(readFileSync(options.from, 'utf8')));
else await measure();

async function measure() {
  await ensurePackages();
  await ensureOtherServer();
  const server = options.server ? path.resolve(options.server) : build();
  const { jsonSchemas } = await import('./json-schema.mjs');
  const { mixedFile, workspaceFiles } = await import('./workload.mjs');
  const { measureFile, measureWorkspace } = await import('./scenarios.mjs');

  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const { kinds, combined } = jsonSchemas();
  const schemaFile = path.join(work, 'schemas.json');
  writeFileSync(schemaFile, JSON.stringify(combined));
  const servers = [ours(server), theirs(schemaFile)].filter((it) => !options.only || it.side === options.only);

  const report = {
    date: new Date().toISOString(),
    machine: machine(),
    node: nodeVersion(),
    servers: [],
    workloads: [],
  };
  report.servers = servers.map(({ name, version, settings }) => ({ name, version, settings }));
  for (const lines of options.sizes) {
    const name = `${lines.toLocaleString('en')} lines`;
    const folder = path.join(work, `mixed-${lines}`);
    mkdirSync(folder);
    const file = { ...mixedFile(lines, kinds), path: path.join(folder, 'mesh.yaml') };
    writeFileSync(file.path, file.text);
    add(
      name,
      await measureFile(servers, file, folder, { ...options, log: (what) => console.error(`${name}: ${what}`) }),
    );
  }
  if (options.files > 0) {
    const name = `${options.files.toLocaleString('en')} files`;
    const folder = path.join(work, 'workspace');
    const workspace = workspaceFiles(options.files, kinds);
    for (const it of workspace.files) {
      mkdirSync(path.dirname(path.join(folder, it.path)), { recursive: true });
      writeFileSync(path.join(folder, it.path), it.text);
    }
    const starts = Math.min(options.starts, 5);
    add(
      name,
      await measureWorkspace(servers, workspace, folder, {
        ...options,
        starts,
        log: (what) => console.error(`${name}: ${what}`),
      }),
    );
  }
  writeFileSync(options.out, `${JSON.stringify(report, undefined, 2)}\n`);
  print(report);
  console.error(`\nResults are in ${path.relative(process.cwd(), options.out)}.`);

  function add(name, measured) {
    const results = Object.entries(measured).map(([server, { samples, checks, peakMemory }]) => {
      const figures = Object.fromEntries(Object.entries(samples).map(([figure, it]) => [figure, summary(it)]));
      return [server, { figures, ...(peakMemory === undefined ? {} : { peakMemory: Math.round(peakMemory) }), checks }];
    });
    report.workloads.push({ name, results: Object.fromEntries(results) });
  }
}

function print(report) {
  console.log(options.markdown ? asMarkdown(report) : asText(report));
}

// ---- The servers ---------------------------------------------------------------------------------------------------

function ours(server) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const command = [options.node, server, '--stdio'];
  return { side: 'ours', name: 'Meshwright', version, command, settings: {}, readsWorkspace: true };
}

/** With one schema of all kinds and nothing that asks the network; the settings under which it was fastest and complete. */
function theirs(schemaFile) {
  const { version } = JSON.parse(readFileSync(path.join(otherServer, 'package.json'), 'utf8'));
  const command = [options.node, path.join(otherServer, 'bin', 'yaml-language-server'), '--stdio'];
  const yaml = {
    validate: true,
    hover: true,
    completion: true,
    format: { enable: false },
    schemaStore: { enable: false, url: '' },
    kubernetesCRDStore: { enable: false },
    maxItemsComputed: 5000,
    schemas: { [pathToFileURL(schemaFile).href]: ['*.yaml'] },
  };
  const editor = { 'editor.tabSize': 2, 'editor.insertSpaces': true };
  const settings = { yaml, '[yaml]': editor, editor: { tabSize: 2, detectIndentation: true } };
  return { side: 'theirs', name: 'yaml-language-server', version, command, settings, readsWorkspace: false };
}

/** Builds what ships and gives the server. */
function build() {
  console.error('Building the server …');
  execFileSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: root, stdio: 'inherit' });
  return path.join(root, 'dist', 'server.js');
}

// ---- Options and machine -------------------------------------------------------------------------------------------

function readOptions() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const known = { quick: flag, markdown: flag, help: flag, sizes: text, samples: text, starts: text, files: text };
  try {
    const { values } = parseArgs({
      options: { ...known, only: text, server: text, node: text, out: text, from: text },
    });
    if (values.only && !['ours', 'theirs'].includes(values.only)) throw new Error('--only takes ours or theirs.');
    return {
      ...values,
      sizes: (values.sizes ?? '200,2000,10000').split(',').map((it) => wholeNumber('--sizes', it)),
      samples: wholeNumber('--samples', values.samples ?? (values.quick ? '8' : '36')),
      starts: wholeNumber('--starts', values.starts ?? (values.quick ? '3' : '15')),
      files: wholeNumber('--files', values.files ?? '1000'),
      node: values.node ?? process.execPath,
      out: path.resolve(values.out ?? path.join(home, 'results.json')),
    };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

function wholeNumber(option, text) {
  if (!/^\d+$/.test(text)) throw new Error(`${option} takes whole numbers, not "${text}".`);
  return Number(text);
}

function nodeVersion() {
  return execFileSync(options.node, ['--version'], { encoding: 'utf8' }).trim().slice(1);
}

function machine() {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return {
    cpus: os.cpus().length,
    model: cpu?.model.trim() ?? 'unknown processor',
    memory,
    system: `${os.type()} ${os.release()}`,
  };
}
