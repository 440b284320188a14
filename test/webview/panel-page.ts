/** A webview in a headless Chromium, with a stand-in for VS Code: its theme variables, its message interface, its policy. */

import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Browser, LaunchOptions, Page } from 'playwright-core';
import { webviewHtml } from '../../client/src/webview-html.ts';
import type { FromChooser } from '../../server/src/lsp/protocol-choose.ts';
import type { FromPanel, ToPanel } from '../../server/src/lsp/protocol-compare.ts';
import type { FromCost } from '../../server/src/lsp/protocol-cost.ts';
import type { FromPlaybooks } from '../../server/src/lsp/protocol-playbooks.ts';
import type { FromReport } from '../../server/src/lsp/protocol-report.ts';
import { themes } from './themes.ts';

export type ThemeId = keyof typeof themes;

export const themeIds: readonly ThemeId[] = ['light', 'dark', 'hc-light', 'hc-dark'];

const themeClasses: Readonly<Record<ThemeId, string>> = {
  light: 'vscode-light',
  dark: 'vscode-dark',
  'hc-light': 'vscode-high-contrast vscode-high-contrast-light',
  'hc-dark': 'vscode-high-contrast',
};

/** What pages send. */
type Sent = FromPanel | FromReport | FromCost | FromPlaybooks | FromChooser;

export interface Panel {
  readonly page: Page;
  /** What the panel has sent so far. */
  readonly sent: readonly Sent[];
  /** Errors on the page, breaches of the content security policy among them. */
  readonly errors: readonly string[];
  /** Sends as the extension does; takes anything, so that tests can send nonsense. */
  send(message: ToPanel | unknown): Promise<void>;
  /** What `setState` kept. */
  kept(): Promise<unknown>;
  close(): Promise<void>;
}

/** The pages that ship, by their folders. */
export type PageId = 'comparison' | 'choose' | 'conversion' | 'cost' | 'playbooks';

export interface PanelOptions {
  readonly page?: PageId;
  readonly theme?: ThemeId;
  readonly width?: number;
  readonly height?: number;
  /** What `getState` gives at first. */
  readonly state?: unknown;
  readonly forcedColors?: 'active';
  readonly reducedMotion?: 'reduce';
}

/** A browser, or the reason why there is none. */
export async function launchBrowser(): Promise<Browser | string> {
  const file = path.resolve('test/embedded/embedded.mjs');
  const embedded: { launchBrowser(options?: LaunchOptions): Promise<Browser> } = await import(pathToFileURL(file).href);
  try {
    return await embedded.launchBrowser();
  } catch (error) {
    return `The panel is not tested here: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Opens the panel as VS Code would and waits until its script runs. */
export async function openPanel(browser: Browser, options: PanelOptions = {}): Promise<Panel> {
  const { page: id = 'comparison', theme = 'dark', width = 900, height = 800, state } = options;
  const files = await panelFiles(id);
  const context = await browser.newContext({
    viewport: { width, height },
    ...(options.forcedColors ? { forcedColors: options.forcedColors } : {}),
    ...(options.reducedMotion ? { reducedMotion: options.reducedMotion } : {}),
  });
  const page = await context.newPage();
  const sent: Sent[] = [];
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.exposeFunction('sentByPanel', (message: Sent) => sent.push(message));
  await page.addInitScript(standIn, { variables: themes[theme], classes: themeClasses[theme], state });
  await page.route('https://panel.test/**', async (route) => {
    const name = new URL(route.request().url()).pathname;
    if (name === '/main.js') await route.fulfill({ contentType: 'text/javascript', body: files.script });
    else if (name === '/main.css') await route.fulfill({ contentType: 'text/css', body: files.style });
    else await route.fulfill({ contentType: 'text/html', body: pageHtml });
  });
  await page.goto('https://panel.test/');
  await page.waitForSelector('main');
  return {
    page,
    sent,
    errors,
    send: (message) => page.evaluate((it) => window.postMessage(it, '*'), message).then(() => page.evaluate(settled)),
    kept: () => page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? 'null')),
    close: () => context.close(),
  };
}

/** Keeps a picture of the panel for people to look at, in a folder that is not under version control. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = path.resolve('test/screenshots/panel');
  if (!existsSync(folder)) await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
}

const pageHtml = webviewHtml({
  title: 'Compare service meshes',
  script: 'https://panel.test/main.js',
  style: 'https://panel.test/main.css',
  cspSource: 'https://panel.test',
  nonce: 'a1b2c3',
});

const bundled = new Map<PageId, Promise<{ readonly script: string; readonly style: string }>>();

/** Script and style of a page as they ship, bundled once for all tests. */
function panelFiles(id: PageId): Promise<{ readonly script: string; readonly style: string }> {
  const known = bundled.get(id);
  if (known) return known;
  const made = build({
    entryPoints: { [id]: `client/webview/${id}/main.ts` },
    outdir: 'dist/webview',
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  }).then(({ outputFiles }) => {
    const textOf = (ending: string) => outputFiles.find((it) => it.path.endsWith(ending))?.text ?? '';
    return { script: textOf('.js'), style: textOf('.css') };
  });
  bundled.set(id, made);
  return made;
}

/** What axe-core objects to, as `rule: element`. */
export async function violations(page: Page): Promise<readonly string[]> {
  const axe = await readFile('node_modules/axe-core/axe.min.js', 'utf8');
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const run: () => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> =
      Reflect.get(window, 'axe').run;
    const { violations } = await run();
    return violations.flatMap((it) => it.nodes.map((node) => `${it.id}: ${node.html} ${node.failureSummary ?? ''}`));
  });
}

/** Runs in the page before its own script. */
function standIn({ variables, classes, state }: { variables: object; classes: string; state: unknown }): void {
  const ours = {
    '--vscode-font-family': '"Segoe UI", system-ui, "Ubuntu", "Droid Sans", sans-serif',
    '--vscode-font-size': '13px',
    '--vscode-font-weight': 'normal',
    '--vscode-editor-font-family': '"Droid Sans Mono", monospace',
  };
  if (state !== undefined && sessionStorage.getItem('state') === null) {
    sessionStorage.setItem('state', JSON.stringify(state));
  }
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => Reflect.get(window, 'sentByPanel')(message),
      getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
      setState: (it: unknown) => sessionStorage.setItem('state', JSON.stringify(it)),
    }),
  });
  const dress = () => {
    for (const [name, value] of Object.entries({ ...variables, ...ours })) {
      document.documentElement.style.setProperty(name, value);
    }
    document.body.className = classes;
  };
  if (document.body) dress();
  else document.addEventListener('DOMContentLoaded', dress);
  new MutationObserver((_changes, observer) => {
    if (!document.body) return;
    observer.disconnect();
    dress();
  }).observe(document, { childList: true, subtree: true });
}

/** Resolves when the page has taken its messages and drawn. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => resolve()), 0));
}
