// npm run screenshots: makes the pictures of the README from the real VS Code with the packed extension on the samples.

import { cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensurePackages, root } from './ensure.mjs';

const pictures = path.join(root, 'docs', 'images');
/** A picture in the README takes no longer to load than this many bytes allow. */
const limit = 500_000;

/** One window each, so that no picture shows what another has left behind. */
const scenes = {
  async editing(workbench) {
    await workbench.openFile('istio/reviews.yaml');
    await workbench.goToEndOf('weight: 20');
    await workbench.page.keyboard.press('Enter');
    for (let level = 0; level < 2; level += 1) await workbench.page.keyboard.press('Shift+Tab');
    await workbench.suggestions();
    await workbench.type('ret');
    await workbench.showSuggestionDetails();
  },

  async converting(workbench) {
    await workbench.openFile('istio/reviews.yaml');
    await workbench.goTo(1);
    await workbench.page.keyboard.press('Control+A');
    await workbench.takeCodeAction('Convert to Linkerd');
    await workbench.anyLine('kind: HTTPRoute').waitFor();
    await workbench.hideSideBar();
    await workbench.webview().getByRole('heading', { name: 'Conversion to Linkerd' }).waitFor();
    await workbench.closeNotifications();
  },

  async comparing(workbench) {
    await workbench.openFile('istio/reviews.yaml');
    await workbench.openActivity('Meshwright');
    await workbench.webview().getByRole('searchbox').waitFor();
    await workbench.widenSideBar(820);
    await workbench
      .webview()
      .getByRole('button', { name: /Circuit breaking/ })
      .click();
  },
};

/** Settings that leave room for the product and make text large enough to be read in the README. */
const settings = {
  'breadcrumbs.enabled': false,
  'editor.fontSize': 14,
  'editor.minimap.enabled': false,
  'editor.scrollbar.vertical': 'hidden',
  'window.menuBarVisibility': 'hidden',
  'window.title': '${activeEditorShort}${separator}${rootName}',
  'workbench.colorTheme': 'Dark 2026',
  'workbench.editor.empty.hint': 'hidden',
  'workbench.layoutControl.enabled': false,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in scenes));
if (unknown.length > 0) {
  console.error(
    `There is no picture ${unknown.join(', ')}.\n\nUsage: npm run screenshots [-- ${Object.keys(scenes).join(' | ')}]`,
  );
  process.exit(2);
}

await ensurePackages();
const { makePackage } = await import('./package.mjs');
const { openWorkbench } = await import('../test/person/workbench.mjs');
const work = await mkdtemp(path.join(tmpdir(), 'meshwright-pictures-'));
try {
  const packageFile = await makePackage({ out: path.join(work, 'meshwright.vsix') });
  for (const [name, act] of Object.entries(scenes)) {
    if (wanted.length === 0 || wanted.includes(name)) await takePicture(name, act, packageFile);
  }
} finally {
  await rm(work, { recursive: true, force: true });
}

async function takePicture(name, act, packageFile) {
  // The name of the folder is to be seen, and nothing that is typed may reach the samples.
  const folder = path.join(work, name, 'shop');
  await cp(path.join(root, 'samples'), folder, { recursive: true });
  const workbench = await openWorkbench({ folder, packageFile, settings, scale: 1.5 });
  try {
    await workbench.hideStatusNoise();
    await act(workbench);
    const file = path.join(pictures, `${name}.png`);
    await workbench.screenshot(file, { still: true });
    const { size } = await stat(file);
    console.log(`${path.relative(root, file)} ${Math.round(size / 1000)} kB`);
    if (size > limit) throw new Error(`${name}.png is larger than ${limit / 1000} kB.`);
  } catch (error) {
    await workbench.screenshot(path.join(root, 'test', 'screenshots', `failed-${name}.png`));
    throw error;
  } finally {
    await workbench.close();
  }
}
