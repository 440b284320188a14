// Drives the window of the embedded VS Code as a person does: keys, mouse, and what is to be seen.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ensureEmbedded, launchBrowser, pageUrl, startServer } from '../embedded/embedded.mjs';

/** How long anything that a person waits for may take, in milliseconds. */
const patience = 20_000;

/**
 * Opens `folder` in a fresh embedded VS Code with the extension at `extensionPath` under development, or with
 * the .vsix file `packageFile` installed. All three are absolute paths. `settings` are VS Code's
 * (`workbench.colorTheme`, …); `scale` is the device scale factor of screenshots.
 */
export async function openWorkbench({
  folder,
  extensionPath,
  packageFile,
  settings = {},
  width = 1440,
  height = 900,
  scale = 1,
}) {
  await ensureEmbedded();
  const server = await startServer({ settings, packages: packageFile ? [packageFile] : [] });
  let browser;
  try {
    browser = await launchBrowser();
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    await page.goto(pageUrl(server, { folder, extensionPath }));
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
    return new Workbench(page, async () => {
      await browser.close();
      await server.stop();
    });
  } catch (error) {
    await browser?.close();
    await server.stop();
    throw error;
  }
}

/** The window of a running VS Code. Every method resolves when its effect is to be seen, and throws when it is not in time. */
export class Workbench {
  /** The page of playwright-core, for what the methods do not cover. */
  page;
  /** Closes the window and stops the server. */
  close;

  constructor(page, close) {
    this.page = page;
    this.close = close;
  }

  /** The editor that has the focus. */
  get editor() {
    return this.page.locator('.editor-group-container.active .editor-instance .monaco-editor').first();
  }

  /** Opens a file by quick open; `name` is a path below the folder, as much of it as makes it the only one. */
  async openFile(name) {
    await this.page.keyboard.press('Control+P');
    await this.#pick(name, path.basename(name));
    await this.page.locator(`.tab.active[data-resource-name="${path.basename(name)}"]`).waitFor();
    await this.editor.locator('.view-line').first().waitFor();
    await this.editor.locator('.native-edit-context, textarea.inputarea').first().focus();
  }

  /** Runs a command by its title in the palette, `Meshwright: Convert …`. */
  async runCommand(title) {
    const box = this.page.locator('.quick-input-widget input.input');
    // A list that is just closing, or a view that is just being focused, may take the key or close the list again.
    for (let tries = 1; ; tries += 1) {
      await this.page.keyboard.press('F1');
      try {
        await box.waitFor({ timeout: 3000 });
        await box.fill(`>${title}`, { timeout: 3000 });
        break;
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
    await this.#pick(`>${title}`, title);
  }

  /** Puts the cursor; line and column count from one. */
  async goTo(line, column = 1) {
    await this.page.keyboard.press('Control+G');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** Puts the cursor at the end of the first line that contains `text`, which must be in view. */
  async goToEndOf(text) {
    await this.line(text).click();
    await this.page.keyboard.press('End');
  }

  /** The first visible line of the focused editor that contains `text`. */
  line(text) {
    return this.editor
      .locator('.view-line')
      .filter({ hasText: spaced(text) })
      .first();
  }

  /** The first visible line of any editor that contains `text`. */
  anyLine(text) {
    return this.page
      .locator('.monaco-editor .view-line')
      .filter({ hasText: spaced(text) })
      .first();
  }

  /** Types as a person does, one key after another. */
  async type(text) {
    await this.page.keyboard.type(text, { delay: 20 });
  }

  /** What the suggest widget offers, as labels; opens it with Ctrl+Space when it is not open. */
  async suggestions() {
    const rows = this.page.locator('.suggest-widget.visible .monaco-list-row');
    if (!(await rows.first().isVisible())) await this.page.keyboard.press('Control+Space');
    await rows.first().waitFor();
    return rows.locator('.label-name').allInnerTexts();
  }

  /** Types the label of a suggestion and takes it; more suggestions may follow where it leads. */
  async acceptSuggestion(label) {
    await this.suggestions();
    await this.type(label);
    const row = this.page
      .locator('.suggest-widget.visible .monaco-list-row.focused')
      .filter({ has: this.page.locator('.label-name', { hasText: new RegExp(`^${escaped(label)}$`) }) });
    await row.first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Shows the documentation of the selected suggestion beside the list. */
  async showSuggestionDetails() {
    const details = this.page.locator('.suggest-details:visible').first();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      // The list may still be filtering what was typed; then the first press only asks for it again.
      if (await details.isVisible()) break;
      await this.page.keyboard.press('Control+Space');
      await details.waitFor({ timeout: 2_000 }).catch((error) => {
        if (error.name !== 'TimeoutError') throw error;
      });
    }
    await details.waitFor();
  }

  /** Gives the editors the whole width. */
  async hideSideBar() {
    const bar = this.page.locator('.part.sidebar');
    if (await bar.isVisible()) await this.page.keyboard.press('Control+B');
    await bar.waitFor({ state: 'hidden' });
  }

  /** Drags the edge of the side bar until it is about this many pixels wide. */
  async widenSideBar(width) {
    const bar = await this.page.locator('.part.sidebar').boundingBox();
    const edge = bar.x + bar.width;
    const middle = bar.y + bar.height / 3;
    await this.page.mouse.move(edge, middle);
    await this.page.mouse.down();
    await this.page.mouse.move(bar.x + width, middle, { steps: 10 });
    await this.page.mouse.up();
  }

  /** Takes from the status bar what only a VS Code in the browser shows. */
  async hideStatusNoise() {
    const ids = ['status.host', 'status.forwardedPorts', 'status.workbench.keyboardLayout'];
    await this.page.addStyleTag({ content: ids.map((id) => `[id="${id}"] { display: none !important }`).join('\n') });
  }

  /** The text of the hover over the first visible `word` (a whole token as the editor colours it). */
  async hover(word) {
    const token = this.editor
      .locator('.view-line span > span')
      .filter({ hasText: new RegExp(`^\\s*${escaped(word)}\\s*$`) });
    await token.first().hover();
    const hover = this.page.locator('.monaco-resizable-hover:visible, .monaco-hover:visible').first();
    await hover.waitFor();
    await hover.getByText('Loading...').waitFor({ state: 'hidden' });
    return hover.innerText();
  }

  /** The titles in the menu of the light bulb at the cursor; leaves the menu open. */
  async codeActions() {
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    if (!(await rows.first().isVisible())) {
      const bulb = this.page.locator(
        '.codicon-light-bulb:visible, .codicon-lightbulb:visible, [class*="codicon-gutter-lightbulb"]:visible',
      );
      await bulb.first().waitFor();
      await this.page.keyboard.press('Control+.');
    }
    await rows.first().waitFor();
    return rows.locator('.title').allInnerTexts();
  }

  /** Takes an action of the light bulb at the cursor by its title. */
  async takeCodeAction(title) {
    await this.codeActions();
    const row = this.page.locator('.action-widget .monaco-list-row.action', { hasText: title }).first();
    await row.click();
    await row.waitFor({ state: 'hidden' });
  }

  /** Waits until the status bar counts at least these errors and warnings; gives the counts. */
  async waitForProblems({ errors = 0, warnings = 0 }) {
    const item = this.page.locator('[id="status.problems"]');
    const deadline = Date.now() + patience;
    for (;;) {
      const label = (await item.getAttribute('aria-label')) ?? '';
      const counts = { errors: countOf(label, 'Error'), warnings: countOf(label, 'Warning') };
      if (counts.errors >= errors && counts.warnings >= warnings) return counts;
      if (Date.now() > deadline)
        throw new Error(`Expected ${errors} errors and ${warnings} warnings, the status bar says "${label}".`);
      await this.page.waitForTimeout(100);
    }
  }

  /** Opens a view container by its icon in the activity bar. */
  async openActivity(name) {
    await this.page.locator('.activitybar').getByRole('tab', { name, exact: false }).first().click();
  }

  /** The content of the visible webview, the first one unless `index` says otherwise. */
  webview(index = 0) {
    return this.page.frameLocator('iframe.webview.ready >> visible=true').nth(index).frameLocator('#active-frame');
  }

  /** Picks a line of the list that a command has opened; without a label, accepts what is ticked. */
  async choose(label) {
    const rows = this.page.locator('.quick-input-widget .monaco-list-row');
    await (label === undefined ? rows : rows.filter({ hasText: label })).first().waitFor();
    if (label === undefined) await this.page.keyboard.press('Enter');
    else await rows.filter({ hasText: label }).first().click();
  }

  /** Presses a button of the dialog in the middle of the window. */
  async answer(button) {
    await this.page.locator('.monaco-dialog-box').getByRole('button', { name: button }).click();
  }

  /** Closes notifications, so that they do not cover anything. */
  async closeNotifications() {
    await this.page.keyboard.press('F1');
    await this.#pick('>Notifications: Clear All Notifications', 'Notifications: Clear All Notifications');
  }

  /** Writes a PNG of the window to `file`, making its folder; the mouse pointer is moved out of the way first if `still`. */
  async screenshot(file, { still = false } = {}) {
    if (still) await this.page.mouse.move(0, 0);
    await mkdir(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file, animations: 'disabled', caret: 'initial' });
  }

  async #pick(input, label) {
    const box = this.page.locator('.quick-input-widget input.input');
    await box.waitFor();
    await box.fill(input);
    const row = this.page.locator('.quick-input-widget .monaco-list-row', { hasText: label }).first();
    await row.waitFor();
    await row.click();
    // What is picked may open a list of its own in the same place.
    await row.waitFor({ state: 'hidden' });
  }
}

/** `text` as the editor draws it: with no-break spaces. */
function spaced(text) {
  return new RegExp(escaped(text).replaceAll(' ', '[ \\u00a0]'));
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function countOf(label, what) {
  return Number(
    new RegExp(`(\\d+) ${what}|${what}s: (\\d+)`)
      .exec(label)
      ?.slice(1)
      .find((count) => count !== undefined) ?? 0,
  );
}
