#!/usr/bin/env node
// Stands in for the executable of desktop VS Code: takes its command line as @vscode/test-electron writes it, runs the
// extension's tests in the embedded VS Code and ends with their exit code.

import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureEmbedded, launchBrowser, pageUrl, startServer } from './embedded.mjs';

/** How long a whole suite may take. */
const limit = 10 * 60_000;

/** What VS Code prints about its own start, among it the native parts of the server that are left out on purpose. */
const ofVscode = [
  /^Resolv(ing|ed) connection token/,
  /^Creating a socket/,
  /^(Ignoring fetching|Updating) additional builtin extensions/,
  /^\[(reconnection-grace-time|AgentHost:remote|AccountPolicyGate|Service Worker)\]/,
  /^Error: Could not locate the bindings file/,
  /^Cannot find module '\.\/build\/Release\/watchdog'/,
];

const { values, positionals } = parseArgs({
  // Switches that mean nothing to the embedded VS Code (--no-sandbox, --extensions-dir=…) are let through.
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    // The one switch of our own: packages of other extensions that are there.
    installed: { type: 'string', multiple: true, default: [] },
  },
});
process.exitCode = await run({
  extensionPath: path.resolve(values.extensionDevelopmentPath),
  testsPath: path.resolve(values.extensionTestsPath),
  folder: positionals[0] ? path.resolve(positionals[0]) : undefined,
  packages: values.installed.map((it) => path.resolve(it)),
});

/** Runs the tests and gives their exit code; 1 when the window goes away or the time is up first. */
async function run(target) {
  await ensureEmbedded();
  const server = await startServer({ packages: target.packages });
  let browser;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      await browser?.close();
      await server.stop();
      process.exit(130);
    });
  }
  try {
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    return await exitCode(page, () => page.goto(pageUrl(server, target)));
  } finally {
    await browser?.close();
    await server.stop();
  }
}

/** Resolves with what the tests' module ends with after `open` has loaded the page. */
async function exitCode(page, open) {
  let timer;
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`The tests have not ended after ${limit / 60_000} minutes.`)), limit);
      page.on('crash', () => reject(new Error('The page of the embedded VS Code crashed.')));
      page.on('close', () => reject(new Error('The page of the embedded VS Code closed before the tests ended.')));
      page
        .exposeFunction('codeAutomationLog', printLine)
        // A last line of the console may still be on its way when the tests have ended.
        .then(() => page.exposeFunction('codeAutomationExit', (code) => void setTimeout(() => resolve(code), 300)))
        .then(open)
        .catch(reject);
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Prints a console line of the extension host, leaving out what VS Code says of itself unless `MESHWRIGHT_VERBOSE` is set. */
function printLine(_type, args) {
  const text = args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ');
  if (process.env.MESHWRIGHT_VERBOSE || !ofVscode.some((pattern) => pattern.test(text))) console.log(text);
}
