// npm start: opens Meshwright in VS Code on the samples. Works on a fresh clone; installs and builds what is missing.

import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isSupported, ensureEmbedded, pageUrl, startServer } from '../test/embedded/embedded.mjs';
import { ensurePackages, root } from './ensure.mjs';

const usage = `Opens Meshwright in VS Code, on the samples unless told otherwise.

Usage: npm start [-- OPTIONS]

  --folder DIR   open DIR instead of samples/
  --port PORT    serve the embedded VS Code on PORT; without it, on a free one
  --no-open      print the address, open no browser
  --desktop      use the desktop VS Code of this machine
  --help         print this

The embedded VS Code comes from the npm registry, runs in the browser, and is reached from this machine only.
It was tried on Linux; elsewhere the desktop VS Code is used.`;

const macApplications =
  process.platform === 'darwin' ? ['/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code'] : [];

try {
  await main(readOptions());
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function main({ folder, port, open, desktop }) {
  await ensurePackages();
  console.log('Building …');
  const { bundle } = await import('../esbuild.mjs');
  await bundle();

  if (!desktop && !isSupported)
    console.log('The embedded VS Code was tried on Linux only; opening the desktop VS Code.');
  if (desktop || !isSupported) openDesktop(folder);
  else await serve({ folder, port, open });
}

/** Serves until a signal comes or the server ends. */
async function serve({ folder, port, open }) {
  let server;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    console.log('\nStopping VS Code …');
    await server?.stop();
    process.exit(0);
  };
  await ensureEmbedded();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

  server = await startServer({ port });
  const url = pageUrl(server, { folder, extensionPath: root });
  console.log(`Meshwright is open in VS Code at\n\n${url}\n\nPress Ctrl+C to stop.`);
  if (open) openBrowser(url);

  await server.ended;
  if (stopping) return;
  await server.stop();
  throw new Error('The embedded VS Code ended by itself.');
}

function openBrowser(url) {
  const hasDisplay = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const opener = hasDisplay && findExecutable(['xdg-open']);
  if (opener) spawn(opener, [url], { stdio: 'ignore', detached: true }).unref();
}

function openDesktop(folder) {
  const code = findExecutable(['code', 'code-insiders', 'codium', ...macApplications]);
  if (!code) {
    throw new Error(
      'No desktop VS Code found: install it, and on macOS run "Shell Command: Install \'code\' command in PATH" in it.',
    );
  }
  // code.cmd can be started through a shell only, which takes the arguments as one line.
  const args = [`--extensionDevelopmentPath=${root}`, '--new-window', folder];
  const isScript = /\.(cmd|bat)$/i.test(code);
  const child = isScript
    ? spawn(
        `"${code}"`,
        args.map((arg) => `"${arg}"`),
        { stdio: 'inherit', shell: true },
      )
    : spawn(code, args, { stdio: 'inherit' });
  child.once('error', (error) => {
    console.error(`Cannot start ${code}: ${error.message}`);
    process.exitCode = 1;
  });
  child.once('exit', (exitCode) => {
    process.exitCode = exitCode ?? 1;
  });
}

/** The first of `names`, absolute or looked for in PATH, that can be executed. */
function findExecutable(names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.cmd', '.exe'] : [''];
  const candidates = names.flatMap((name) =>
    path.isAbsolute(name)
      ? [name]
      : folders.flatMap((folder) => endings.map((ending) => path.join(folder, name + ending))),
  );
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

/** The options of the command line; ends the process after --help (0) and after a mistake (2). */
function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        folder: { type: 'string' },
        port: { type: 'string', default: '0' },
        'no-open': { type: 'boolean', default: false },
        desktop: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    return {
      folder: existingFolder(values.folder ?? path.join(root, 'samples')),
      port: portNumber(values.port),
      open: !values['no-open'],
      desktop: values.desktop,
    };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

/** npm runs scripts in the folder of the package; INIT_CWD is where the person is. */
function existingFolder(name) {
  const folder = path.resolve(process.env.INIT_CWD ?? '.', name);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`There is no folder ${folder}.`);
  return folder;
}

function portNumber(text) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new Error(`--port takes a number from 0 to 65535, not "${text}".`);
  return port;
}
