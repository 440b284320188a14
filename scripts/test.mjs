// npm test: checks types, then runs the unit tests, the suite inside a real VS Code and the person's test.
// Works on a fresh clone; installs and builds what is missing. The last line says how many tests passed and failed.

import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { inspect, parseArgs } from 'node:util';
import { ensureEmbedded, isSupported } from '../test/embedded/embedded.mjs';
import { ensurePackages, root } from './ensure.mjs';

const usage = `Runs the tests.

Usage: npm test [-- STAGE [FILTER]]

  STAGE    unit    type check, unit and page tests, round trips over the protocol
           e2e     the suite inside a real VS Code, and the package installed in one
           person  a person's work, driven through the window
           without STAGE all of them
  FILTER   with unit: only test files whose path contains this word
  --help   print this

MESHWRIGHT_VSCODE names a desktop VS Code to run the e2e suite in; without it, Linux runs the embedded one.`;

const stages = { unit, e2e, person };
const totals = { passed: 0, failed: 0, skipped: 0 };
/** Unit tests bundled for Node, and the suite for VS Code; inside node_modules so that bundles find the packages. */
const cache = path.join(root, 'node_modules', '.cache', 'meshwright');
/** A folder of this run's own, so that two runs at once do not take each other's files away. */
const unitBundles = path.join(cache, `unit-${process.pid}`);

const interruption = abortOnSignal();

await main();

async function main() {
  const { stage, filter } = readOptions();
  process.chdir(root);
  try {
    await ensurePackages();
    for (const name of stage ? [stage] : Object.keys(stages)) {
      const start = Date.now();
      console.log(`\n── ${name}`);
      await stages[name](filter);
      console.log(`── ${name} took ${((Date.now() - start) / 1000).toFixed(1)} s`);
    }
  } catch (error) {
    fail('npm test', error);
  }
  if (totals.skipped > 0) console.log(`${totals.skipped} skipped`);
  process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
}

/** Aborts when this process is told to end, so that the processes of the tests end with it. */
function abortOnSignal() {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      controller.abort();
      setTimeout(() => process.exit(1), 1_000);
    });
  }
  return controller.signal;
}

/** Type check, build, then every *.test.ts that needs no VS Code. */
async function unit(filter) {
  if (!filter) {
    await checkTypes();
    // The tests of the panel need the browser that comes with the embedded VS Code.
    if (isSupported) await ensureEmbedded();
  }
  const { bundle, bundleTests } = await import('../esbuild.mjs');
  await bundle();

  const tests = await testFiles(filter);
  if (tests.length === 0) throw new Error(`No test file has "${filter}" in its path.`);
  await rm(unitBundles, { recursive: true, force: true });
  try {
    await bundleTests({ entryPoints: tests, outdir: unitBundles });
    await runNodeTests(tests.map((file) => path.join(unitBundles, file.replace(/\.ts$/, '.mjs'))));
  } finally {
    await rm(unitBundles, { recursive: true, force: true });
  }
}

/** The suite of test/e2e through @vscode/test-electron, then what else stands there: installing, and living beside others. */
async function e2e() {
  const { bundle } = await import('../esbuild.mjs');
  await bundle();
  const suite = await bundleSuite();
  const embedded = isSupported && !process.env.MESHWRIGHT_VSCODE;
  if (embedded) await ensureEmbedded();

  const work = await mkdtemp(path.join(tmpdir(), 'meshwright-e2e-'));
  try {
    const folder = path.join(work, 'samples');
    const results = path.join(work, 'results.json');
    await cp(path.join(root, 'samples'), folder, { recursive: true });
    await runInVscode({ suite, folder, results, embedded });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  if (embedded) {
    const names = ['install.test.mjs', 'beside-red-hat.test.mjs'];
    await runNodeTests(names.map((it) => path.join(root, 'test', 'e2e', it)));
  }
}

/** The person's test, with one window after another. */
async function person() {
  if (!isSupported) {
    console.log("Left out: the person's test needs the embedded VS Code, which runs on Linux only.");
    return;
  }
  const { bundle } = await import('../esbuild.mjs');
  await bundle();
  await ensureEmbedded();
  await runNodeTests([path.join(root, 'test', 'person', 'person.test.mjs')]);
}

async function checkTypes() {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const code = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tsc, '-b'], { cwd: root, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code === 0) console.log('types agree');
  else fail('type check', new Error(`tsc ended with code ${code}.`));
}

/** Paths below the repository, with forward slashes, of the unit tests. */
async function testFiles(filter = '') {
  const elsewhere = ['node_modules', 'bench', 'e2e', 'embedded', 'person', 'screenshots'];
  const walk = async (folder) => {
    const entries = await readdir(path.join(root, folder), { withFileTypes: true });
    const lists = entries.map((entry) => {
      if (entry.isDirectory()) return elsewhere.includes(entry.name) ? [] : walk(`${folder}/${entry.name}`);
      return entry.name.endsWith('.test.ts') ? [`${folder}/${entry.name}`] : [];
    });
    return (await Promise.all(lists)).flat();
  };
  return (await walk('test')).filter((file) => file.includes(filter)).sort();
}

/** Runs test files with Node's own runner, prints a line for each file that defines tests and adds to the totals. */
async function runNodeTests(files) {
  const environment = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = `${environment ?? ''} --enable-source-maps`.trim();
  const counts = new Map();
  const count = (file, outcome) => {
    const source = shortName(file);
    if (!counts.has(source)) counts.set(source, { passed: 0, failed: 0, skipped: 0 });
    counts.get(source)[outcome] += 1;
  };

  for await (const { type, data } of run({ files, concurrency: 2, signal: interruption })) {
    if (type === 'test:stdout' || type === 'test:stderr') process.stdout.write(data.message);
    // What a test itself tells; the runner's own sums belong to no file.
    if (type === 'test:diagnostic' && data.file !== undefined) console.log(`  ${data.message}`);
    if (data?.details?.type === 'suite') continue;
    if (type === 'test:pass') {
      const skipped = data.skip !== undefined || data.todo !== undefined;
      if (typeof data.skip === 'string') console.log(`  skipped: ${data.name}: ${data.skip}`);
      // The runner reports a file without tests as a test that passed.
      if (files.includes(path.resolve(data.name))) console.log(`– ${shortName(data.name)}: no tests`);
      else count(data.file, skipped ? 'skipped' : 'passed');
    }
    // A test that failed because of a test in it is the same failure once more.
    if (type === 'test:fail' && data.details.error.failureType !== 'subtestsFailed') {
      count(data.file, 'failed');
      const name = files.includes(path.resolve(data.name)) ? shortName(data.name) : data.name;
      printFailure(name, data.details.error.cause ?? data.details.error);
    }
  }
  if (environment === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = environment;

  for (const [file, { passed, failed, skipped }] of counts) {
    const notes = Object.entries({ passed, failed, skipped }).filter(([, times]) => times > 0);
    console.log(`${failed ? '✗' : '✓'} ${file}: ${notes.map(([outcome, times]) => `${times} ${outcome}`).join(', ')}`);
    totals.passed += passed;
    totals.failed += failed;
    totals.skipped += skipped;
  }
}

/** Bundles the suite and its test files; gives the path of the module that VS Code runs. */
async function bundleSuite() {
  const { build } = await import('esbuild');
  const outdir = path.join(cache, 'e2e');
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const files = (await readdir(path.join(root, 'test', 'e2e'))).filter((file) => file.endsWith('.ts'));
  await build({
    entryPoints: files.map((file) => path.join(root, 'test', 'e2e', file)),
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return path.join(outdir, 'suite.cjs');
}

/** Runs the suite in VS Code; mocha leaves its results, as its JSON reporter writes them, in `results`. */
async function runInVscode({ suite, folder, results, embedded }) {
  const { runTests } = await import('@vscode/test-electron');
  const executable = embedded ? path.join(root, 'test', 'embedded', 'launcher.mjs') : process.env.MESHWRIGHT_VSCODE;
  let ended;
  try {
    await runTests({
      ...(executable ? { vscodeExecutablePath: executable } : {}),
      extensionDevelopmentPath: root,
      extensionTestsPath: suite,
      launchArgs: [folder],
      extensionTestsEnv: { MESHWRIGHT_RESULTS: results },
    });
  } catch (error) {
    ended = error;
  }

  const text = await readFile(results, 'utf8').catch(() => undefined);
  if (text === undefined) {
    fail('the suite inside VS Code', ended ?? new Error('It left no results.'));
    return;
  }
  const { passes, failures, pending } = JSON.parse(text);
  for (const { fullTitle, duration } of passes) console.log(`✓ ${fullTitle} (${duration} ms)`);
  for (const { fullTitle, err } of failures) printFailure(fullTitle, err.stack ?? err.message);
  totals.passed += passes.length;
  totals.failed += failures.length;
  totals.skipped += pending.length;
  if (ended && failures.length === 0) fail('the suite inside VS Code', ended);
}

function fail(name, error) {
  totals.failed += 1;
  printFailure(name, error);
}

function printFailure(name, error) {
  const text = typeof error === 'string' ? error : (error?.stack ?? inspect(error));
  console.log(`✗ ${name}\n${text.replace(/^/gm, '    ')}`);
}

/** A bundle goes by the name of its source. */
function shortName(file) {
  const bundled = path.relative(unitBundles, path.resolve(file));
  return bundled.startsWith('..') ? path.relative(root, file) : bundled.replace(/\.mjs$/, '.ts');
}

/** The options of the command line; ends the process after --help (0) and after a mistake (2). */
function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h', default: false } },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const [stage, filter] = positionals;
    if (stage !== undefined && !(stage in stages)) throw new Error(`There is no stage "${stage}".`);
    if (positionals.length > (stage === 'unit' ? 2 : 1)) throw new Error('Too many words.');
    return { stage, filter };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}
