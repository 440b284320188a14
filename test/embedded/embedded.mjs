// A complete VS Code out of npm packages: installs it on first use, serves it on the loopback address, opens it in Chromium.
// The packages stand in the package.json beside this file, apart from the project's own because they take 900 MB.

import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runNpm } from '../../scripts/run-npm.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, 'node_modules');
const vscode = path.join(modules, 'code-server', 'lib', 'vscode');
const node = path.join(modules, `node-linux-${process.arch}`, 'bin', 'node');
const packagedChromium = path.join(modules, '.chromium');
const installedMark = path.join(modules, '.installed');

/** Whether this machine can run the embedded VS Code; it was tried on Linux with glibc only. */
export const isSupported = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');

/**
 * Installs the embedded VS Code unless the one that the lock file asks for is there already.
 * `log` takes lines for the person who waits. Throws with npm's own words when npm fails.
 */
export async function ensureEmbedded({ log = console.log } = {}) {
  if (!isSupported)
    throw new Error(`The embedded VS Code runs on Linux only, this is ${process.platform} ${process.arch}.`);
  const wanted = await installationId();
  if ((await readIfThere(installedMark)) === wanted) return;

  log('Installing the embedded VS Code, a Node and a Chromium below test/embedded. This happens once:');
  log('about 300 MB to download, 1.1 GB on disk, usually one to three minutes.');
  const stopWatching = reportSize(log);
  try {
    await runNpm(['ci', '--ignore-scripts', '--include=optional'], { cwd: here });
    await runNpm(['install', '--omit=dev', '--ignore-scripts', '--no-package-lock'], { cwd: vscode });
    if (process.arch === 'x64') await unpackChromium();
  } finally {
    stopWatching();
  }
  await writeFile(installedMark, wanted);
  log('The embedded VS Code is installed.');
}

/**
 * Starts the server of the embedded VS Code on 127.0.0.1 and resolves when it takes requests.
 * `port` 0 takes a free one. `settings` are added to those that keep the window quiet. `packages` are .vsix files that
 * are installed first.
 * The result has the `port`, the `origin`, a promise `ended` and `stop()`, which ends all that was started and removes
 * the data.
 * Throws when `port` is taken, and with the server's last lines when it ends before it is ready.
 */
export async function startServer({ port = 0, settings = {}, packages = [] } = {}) {
  if (port !== 0) await checkPort(port);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'meshwright-vscode-'));
  await writeSettings(dataDir, { ...quietSettings, ...settings });
  for (const file of packages) await runServerTool(dataDir, '--install-extension', file);
  const token = randomBytes(16).toString('hex');
  // In a file, because other users of the machine can read the arguments of a process.
  const tokenFile = path.join(dataDir, 'token');
  await writeFile(tokenFile, token, { mode: 0o600 });
  const child = spawn(
    node,
    [
      ...['out/server-main.js', '--host', '127.0.0.1', '--port', String(port), '--connection-token-file', tokenFile],
      ...['--accept-server-license-terms', '--disable-telemetry', '--disable-workspace-trust'],
      // Without the driver the page ignores the paths of the extension and of the tests.
      ...['--server-data-dir', dataDir, '--enable-smoke-test-driver'],
    ],
    // A process group of its own, so that stopping reaches the extension hosts as well.
    { cwd: vscode, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: serverEnvironment() },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const forgetProcess = endWithProcess(() => {
    signalGroup(child.pid, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  let stopped;
  const stop = () => {
    stopped ??= (async () => {
      await endGroup(child);
      forgetProcess();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    })();
    return stopped;
  };

  try {
    const listening = await listeningPort(child);
    return { port: listening, origin: `http://127.0.0.1:${listening}`, token, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The address which opens `folder` (absolute) in a running server, with the extension at `extensionPath` and, when
 * given, the tests whose module is `testsPath`.
 */
export function pageUrl(server, { folder, extensionPath, testsPath } = {}) {
  const remote = (file) => `vscode-remote://127.0.0.1:${server.port}${encodeURI(file)}`;
  const payload = [['skipWelcome', 'true']];
  if (extensionPath) payload.push(['extensionDevelopmentPath', remote(extensionPath)]);
  if (testsPath) payload.push(['extensionTestsPath', remote(testsPath)]);

  const url = new URL(server.origin);
  url.searchParams.set('tkn', server.token);
  if (folder) url.searchParams.set('folder', folder);
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/**
 * A headless Chromium under playwright-core: the packaged one, else the machine's.
 * `options` are playwright's own launch options. Throws when there is no Chromium.
 */
export async function launchBrowser(options = {}) {
  const { chromium } = await import('playwright-core');
  const { executablePath, env } = await findChromium();
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    ...options,
  });
}

/**
 * Installs the extension package `file` into a fresh embedded VS Code and gives what `--list-extensions` then says,
 * one `publisher.name` an entry. Throws with the output when VS Code refuses the package.
 */
export async function installPackage(file) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'meshwright-vscode-'));
  try {
    await runServerTool(dataDir, '--install-extension', file);
    const { stdout } = await runServerTool(dataDir, '--list-extensions');
    return stdout
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^[\w-]+\.[\w-]+$/.test(line));
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Runs a command of the server that ends by itself, on the data in `dataDir`. */
function runServerTool(dataDir, ...args) {
  const all = ['out/server-main.js', '--accept-server-license-terms', ...args, '--server-data-dir', dataDir];
  return promisify(execFile)(node, all, { cwd: vscode, env: serverEnvironment() });
}

/** Settings which keep everything out of the window that is not the product, and VS Code off the network. */
const quietSettings = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'remote.autoForwardPorts': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'window.commandCenter': false,
  'window.menuBarVisibility': 'compact',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** Written as user and as machine settings: the first hold those that apply to the whole application. */
async function writeSettings(dataDir, settings) {
  for (const folder of ['User', 'Machine']) {
    const directory = path.join(dataDir, 'data', folder);
    await mkdir(directory, { recursive: true });
    await writeFile(path.join(directory, 'settings.json'), JSON.stringify(settings, null, 2));
  }
}

/** The environment without what an outer VS Code, npm or test runner would tell the server. */
function serverEnvironment() {
  const passed = Object.entries(process.env).filter(
    ([name]) =>
      !/^(VSCODE_|ELECTRON_|npm_)/.test(name) && !['NODE_OPTIONS', 'NODE_TEST_CONTEXT', 'PORT'].includes(name),
  );
  // Without a gallery nothing is looked up on the network.
  return { ...Object.fromEntries(passed), EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '' }) };
}

/** Throws when another program listens on `port`; the server itself would only wait. */
function checkPort(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const reason = error.code === 'EADDRINUSE' ? 'another program listens on it' : error.message;
      reject(new Error(`Port ${port} cannot be used: ${reason}.`));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(resolve));
  });
}

/** Resolves with the port that the server says it listens on. */
function listeningPort(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(
      () => reject(new Error(`The embedded VS Code was not ready after 60 s:\n${output}`)),
      60_000,
    );
    const read = (chunk) => {
      output = (output + chunk).slice(-4000);
      const match = /Extension host agent listening on (\d+)/.exec(output);
      if (!match) return;
      clearTimeout(timer);
      resolve(Number(match[1]));
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The embedded VS Code ended with code ${code} before it was ready:\n${output}`));
    });
  });
}

/**
 * Calls `end` when this process exits, also by a signal that nobody else listens to; the result takes that back.
 * A process group of its own would outlive its starter otherwise.
 */
function endWithProcess(end) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const onSignal = (signal) => {
    if (process.listenerCount(signal) === 1) process.exit(1);
  };
  process.once('exit', end);
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    process.removeListener('exit', end);
    for (const signal of signals) process.removeListener(signal, onSignal);
  };
}

/** Asks the process group of `child` to end and insists after five seconds. */
async function endGroup(child) {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    signalGroup(child.pid, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  }
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** What the installation depends on: another lock file or another kind of machine asks for a new one. */
async function installationId() {
  const lock = await readFile(path.join(here, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}\n`;
}

async function readIfThere(file) {
  return existsSync(file) ? readFile(file, 'utf8') : undefined;
}

/** Says every few seconds how much of the installation is on the disk; the result ends that. */
function reportSize(log) {
  const timer = setInterval(() => {
    execFile('du', ['-sm', modules], (error, stdout) => {
      // du complains about files which npm moves meanwhile, and still gives the sum.
      const size = Number.parseInt(stdout, 10);
      if (!Number.isNaN(size)) log(`  … ${size} of about 1100 MB`);
    });
  }, 5_000);
  return () => clearInterval(timer);
}

/** Unpacks beside the final place and renames, so that an interrupted run leaves nothing that looks whole. */
async function unpackChromium() {
  const partial = `${packagedChromium}-partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await promisify(execFile)(node, [path.join(here, 'prepare-chromium.mjs'), partial], { cwd: here });
  await rm(packagedChromium, { recursive: true, force: true });
  await rename(partial, packagedChromium);
}

const installedBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where Chromium is, and the environment that it needs: the same fonts everywhere, and libraries where they are missing. */
async function findChromium() {
  const packaged = path.join(packagedChromium, 'chromium');
  const fonts = { FONTCONFIG_FILE: path.join(here, 'fonts.conf') };
  const libraries = { LD_LIBRARY_PATH: path.join(packagedChromium, 'al2023', 'lib') };
  for (const env of [fonts, { ...fonts, ...libraries }]) {
    if (await starts(packaged, env)) return { executablePath: packaged, env };
  }
  for (const executablePath of installedBrowsers) {
    if (await starts(executablePath, fonts)) return { executablePath, env: fonts };
  }
  throw new Error(`No Chromium starts: neither the packaged one nor ${installedBrowsers.join(', ')}.`);
}

async function starts(executable, env) {
  if (!existsSync(executable)) return false;
  return promisify(execFile)(executable, ['--version'], { env: { ...process.env, ...env } }).then(
    () => true,
    () => false,
  );
}
