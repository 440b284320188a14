// What a newcomer does in the first minutes, done through the window: open, type, complete, hover, convert, compare.
// Leaves a picture of every step in test/screenshots/.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openWorkbench } from './workbench.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pictures = path.join(root, 'test', 'screenshots');

describe('a person at the window', () => {
  let workbench;
  let folder;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'meshwright-person-'));
    await cp(path.join(root, 'samples'), folder, { recursive: true });
    workbench = await openWorkbench({ folder, extensionPath: root });
  });

  after(async () => {
    await workbench?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  step('opens a VirtualService that has nothing to complain about', async () => {
    await workbench.openFile('istio/reviews.yaml');
    await workbench.line('kind: VirtualService').waitFor();
  });

  step('adds an http rule and completes its retries', async () => {
    await workbench.goToEndOf('weight: 20');
    await workbench.page.keyboard.press('Enter');
    for (let level = 0; level < 3; level += 1) await workbench.page.keyboard.press('Shift+Tab');
    await workbench.type('- name: everyone-else');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.keyboard.press('Tab');

    const offered = await workbench.suggestions();
    for (const key of ['route', 'match', 'fault']) assert.ok(offered.includes(key), `${key} among ${offered}`);
    await workbench.screenshot(path.join(pictures, 'completing.png'));
    await workbench.acceptSuggestion('retries');
    await workbench.line('retries:').waitFor();
    assert.ok((await workbench.suggestions()).includes('attempts'), 'the fields of retries are offered at once');
    await workbench.page.keyboard.press('Escape');
  });

  step('sees a misspelt key underlined, and undoes it', async () => {
    const earlier = await workbench.waitForProblems({});
    await workbench.goToEndOf('- name: everyone-else');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.keyboard.press('Tab');
    await workbench.type('timeuot: 3s');
    await workbench.page.keyboard.press('Escape');
    await workbench.waitForProblems({ errors: earlier.errors + 1 });
    assert.match(await workbench.hover('timeuot'), /timeout/);
    await workbench.screenshot(path.join(pictures, 'misspelt.png'));
    await workbench.runCommand('File: Revert File');
  });

  step('reads what a kind is on hover', async () => {
    const text = await workbench.hover('VirtualService');
    assert.match(text, /VirtualService/);
    assert.match(text, /Linkerd/);
    assert.match(text, /Consul/);
  });

  step('converts to Linkerd by the light bulb', async () => {
    await workbench.goTo(3, 8);
    const actions = await workbench.codeActions();
    assert.ok(actions.includes('Convert to Linkerd'), actions.join(', '));
    await workbench.screenshot(path.join(pictures, 'light-bulb.png'));
    await workbench.takeCodeAction('Convert to Linkerd');
    await workbench.anyLine('kind: HTTPRoute').waitFor();
  });

  step('follows a line of the report to the source and to the result', async () => {
    const { page } = workbench;
    const report = workbench.webview();
    await report.getByRole('heading', { name: 'Conversion to Linkerd' }).waitFor();
    await report.getByRole('button', { name: 'spec.http[1].route[0]', exact: true }).click();
    await page.locator('.tab.active', { hasText: 'reviews.yaml' }).first().waitFor();
    await page.getByRole('button', { name: /^Ln 22,/ }).waitFor();
    await report.getByRole('button', { name: /HTTPRoute\/shop\/reviews spec\.rules\[1\]\.backendRefs\[0\]/ }).click();
    await page.locator('.tab.active', { hasText: 'reviews.linkerd.yaml' }).waitFor();
  });

  step('sees each file of a converted folder before it is written', async () => {
    const { page } = workbench;
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Meshwright: Convert Workspace');
    await workbench.choose('Istio → Consul');
    await workbench.choose();
    await workbench.choose('Convert to Consul');
    await workbench.answer('Show Files');
    await page.getByText('Refactor Preview').first().waitFor();
    await page.getByRole('button', { name: 'Apply' }).click();
    const written = path.join(folder, 'consul-2', 'istio');
    await eventually(async () => (await readdir(written)).includes('reviews.consul.yaml'));
    await workbench.runCommand('View: Close All Editors');
  });

  step('looks a feature up in the Compare view', async () => {
    await workbench.openActivity('Meshwright');
    const search = workbench.webview().getByRole('searchbox');
    await search.fill('mirror');
    await workbench
      .webview()
      .getByText(/mirror/i)
      .first()
      .waitFor();
  });

  step('narrows the comparison, goes from a kind to its resource, and inserts a snippet of it', async () => {
    const { page } = workbench;
    const compare = workbench.webview();
    await compare.getByRole('searchbox').fill('rotation');
    await compare.getByRole('button', { name: 'Consul', exact: true }).click();
    await compare.getByRole('columnheader', { name: 'Consul' }).waitFor({ state: 'detached' });
    await compare.getByRole('button', { name: 'Consul', exact: true }).click();
    await compare.getByRole('button', { name: 'In workspace', exact: true }).click();
    await compare.getByRole('searchbox').fill('circuit breaking');
    const row = compare.locator('[data-row="feature circuit-breaking"]');
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.click();
    await compare.getByRole('button', { name: 'Copy as Markdown: Circuit breaking' }).click();
    await compare.getByText('Copied.').waitFor();
    await compare
      .getByRole('button', { name: /DestinationRule of this workspace$/ })
      .first()
      .click();
    await workbench.choose('reviews');
    await page.locator('.tab.active', { hasText: 'reviews.yaml' }).first().waitFor();
    await compare.getByRole('button', { name: 'Insert a snippet with DestinationRule' }).first().click();
    await workbench.choose('Istio: circuit breaker');
    await page.locator('.tab.active.dirty', { hasText: 'reviews.yaml' }).first().waitFor();
    await workbench.runCommand('File: Revert File');
  });

  step('follows the tree of the workspace to a route, and looks a feature up by its name', async () => {
    const { page } = workbench;
    await workbench.runCommand('Meshwright: Focus on Workspace View');
    const tree = page.getByRole('tree', { name: 'Workspace' });
    await tree.getByRole('treeitem', { name: 'Istio' }).first().waitFor();
    const host = tree.getByRole('treeitem', { name: 'orders' }).first();
    await host.locator('.monaco-tl-twistie').click();
    await tree
      .getByRole('treeitem', { name: /^VirtualService orders/ })
      .first()
      .click();
    await page.locator('.tab.active', { hasText: 'orders.yaml' }).first().waitFor();
    await workbench.screenshot(path.join(pictures, 'workspace.png'));
    await workbench.runCommand('Meshwright: Look Up Mesh Feature');
    await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'mTLS' }).first().waitFor();
    await workbench.screenshot(path.join(pictures, 'look-up.png'));
    await page.locator('.quick-input-widget input.input').fill('mirroring');
    await workbench.choose('Traffic mirroring');
    await workbench
      .webview()
      .getByText(/mirroring/i)
      .first()
      .waitFor();
  });

  step('reckons what the meshes cost for the workspace', async () => {
    await workbench.runCommand('Meshwright: Focus on Cost View');
    const cost = await webviewWith((frame) => frame.getByRole('spinbutton', { name: 'Services' }));
    await cost.getByRole('button', { name: 'Use This Workspace' }).click();
    await cost.getByText(/^Counted: \d+ Deployments/).waitFor();
    await cost.getByRole('spinbutton', { name: 'Requests' }).fill('5000');
    await cost.getByRole('table', { name: 'In numbers' }).getByText('nobody measured this').waitFor();
    await cost.getByRole('button', { name: 'Copy as Markdown' }).click();
    await cost.getByText('Copied.').waitFor();
  });

  step('chooses a mesh by what matters, and keeps the decision', async () => {
    await workbench.runCommand('Meshwright: Focus on Choose View');
    const choose = await webviewWith((frame) => frame.getByRole('button', { name: 'Export as Decision Record' }));
    await choose.getByText(/needs come from the manifests of this workspace/).waitFor();
    const simple = choose.getByRole('radiogroup', { name: 'Weight: A small team and few concepts' });
    if ((await simple.count()) === 0) await choose.getByRole('button', { name: 'Running it' }).click();
    await simple.getByRole('radio', { name: 'High' }).check();
    await choose.getByRole('checkbox', { name: 'Must: No proxy inside the pods' }).check();
    await choose.getByText('Only Istio ambient meets all musts.').waitFor();
    await choose.getByRole('button', { name: 'Export as Decision Record' }).click();
    await workbench.anyLine('# Use Istio ambient as service mesh').waitFor();
    await workbench.runCommand('View: Revert and Close Editor');
  });

  step('puts a command of a playbook into the terminal, and leaves Enter to the user', async () => {
    const { page } = workbench;
    await workbench.runCommand('Meshwright: Open Playbooks');
    const playbooks = await webviewWith((frame) => frame.getByRole('radiogroup', { name: 'Mesh', exact: true }));
    await playbooks.getByRole('radio', { name: 'Linkerd' }).check();
    await playbooks.getByRole('combobox', { name: 'Playbook', exact: true }).selectOption('inject');
    await playbooks.getByRole('heading', { name: 'Linkerd: Bring workloads in' }).waitFor();
    await playbooks.getByRole('combobox', { name: 'Namespace', exact: true }).fill('shop');
    const command = 'kubectl annotate namespace shop linkerd.io/inject=enabled --overwrite';
    await playbooks.getByRole('button', { name: `Put in Terminal, without running it: ${command}` }).click();
    await playbooks.getByText('Press Enter there to run it').waitFor();
    await page.locator('.terminal-wrapper .xterm').first().waitFor();
  });

  step('reads a plan for moving to another mesh', async () => {
    await workbench.runCommand('Meshwright: Plan Migration');
    await workbench.choose('Istio → Linkerd');
    await workbench.anyLine('# From Istio to Linkerd').waitFor();
  });

  /** The visible webview that holds something: views of one container stand below each other. */
  async function webviewWith(thing) {
    let found;
    await eventually(async () => {
      for (let index = 0; index < 6 && !found; index += 1) {
        const frame = workbench.webview(index);
        if ((await thing(frame).count()) > 0) found = frame;
      }
      return found !== undefined;
    });
    return found;
  }

  /** Waits up to ten seconds until something is so; what throws is not so yet. */
  async function eventually(isSo) {
    for (let tries = 0; tries < 100; tries += 1) {
      if (await isSo().catch(() => false)) return;
      await workbench.page.waitForTimeout(100);
    }
    assert.fail('It has not become so.');
  }

  /** A test that leaves a picture, also when it fails. */
  function step(name, act) {
    test(name, async () => {
      const picture = path.join(pictures, `${name.replace(/[^a-z]+/gi, '-').toLowerCase()}.png`);
      try {
        await act();
      } finally {
        await workbench?.screenshot(picture);
      }
    });
  }
});
