/** The page "Playbooks" as a person meets it: choosing, filling in, copying, in all themes and widths. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { FieldValues, Page as PlaybookPage, Sheet } from '../../server/src/lsp/protocol-playbooks.ts';
import { type MeshId, meshIds } from '../../server/src/model/mesh-id.ts';
import { architecturesOf, architectureText, filledPlaybook, practiceList } from '../../server/src/queries/playbooks.ts';
import {
  keepPicture,
  launchBrowser,
  openPanel,
  type Panel,
  type PanelOptions,
  themeIds,
  violations,
} from './panel-page.ts';

const browser = await launchBrowser();
const skip = typeof browser === 'string' ? browser : false;
after(async () => {
  if (typeof browser !== 'string') await browser.close();
});

/** What the server would answer. */
function answer(mesh: MeshId, sheet: Sheet, values: FieldValues = {}): PlaybookPage {
  const names = { namespace: ['bookinfo', 'shop'] };
  const page: PlaybookPage =
    sheet === 'architecture'
      ? {
          mesh,
          sheet,
          drawings: architecturesOf(mesh).map((it) => ({ architecture: it, text: architectureText(it) })),
        }
      : sheet === 'practices'
        ? { mesh, sheet, practices: practiceList(mesh) }
        : { mesh, sheet, playbook: filledPlaybook(mesh, sheet, values), names };
  return JSON.parse(JSON.stringify(page));
}

/** A test with an open page that shows a sheet; fails on any error of the page. */
function playbookTest(
  name: string,
  options: PanelOptions & { readonly mesh?: MeshId; readonly sheet?: Sheet },
  run: (panel: Panel) => Promise<void>,
): void {
  test(name, { skip }, async () => {
    if (typeof browser === 'string') return;
    const { mesh = 'istio', sheet = 'install', ...rest } = options;
    const panel = await openPanel(browser, { page: 'playbooks', ...rest });
    try {
      await panel.send({ type: 'page', page: answer(mesh, sheet) });
      await run(panel);
      assert.deepEqual(panel.errors, []);
    } finally {
      await panel.close();
    }
  });
}

playbookTest('It asks for what it shows, and for names of the workspace', {}, async ({ sent, page }) => {
  assert.deepEqual(sent, [{ type: 'ready' }, { type: 'ask', sheet: 'install', values: {}, names: true }]);
  assert.equal(await page.locator('h2').first().textContent(), 'Istio: Install');
  assert.equal(await page.getByRole('radio', { name: 'Istio' }).isChecked(), true);
});

playbookTest('Another mesh and another playbook are a key away', {}, async ({ page, sent }) => {
  await page.getByRole('radio', { name: 'Istio' }).focus();
  await page.keyboard.press('ArrowRight');
  assert.deepEqual(sent.at(-1), { type: 'ask', mesh: 'linkerd', sheet: 'install', values: {} });
  await page.getByLabel('Playbook').selectOption('troubleshoot');
  assert.deepEqual(sent.at(-1), { type: 'ask', mesh: 'linkerd', sheet: 'troubleshoot', values: {} });
});

playbookTest('What one fills in is sent, kept, and shown quoted', {}, async (panel) => {
  const { page, sent, kept } = panel;
  await page.locator('#field-context').fill("it's prod");
  await page.waitForTimeout(250);
  const values = { context: "it's prod" };
  assert.deepEqual(sent.at(-1), { type: 'ask', mesh: 'istio', sheet: 'install', values });
  assert.deepEqual((await kept()) && Reflect.get(Object(await kept()), 'values'), values);
  await panel.send({ type: 'page', page: answer('istio', 'install', values) });
  assert.equal(
    await page.locator('[data-action="control-plane.do.0"] pre').textContent(),
    "istioctl --context 'it'\\''s prod' x precheck",
  );
  assert.equal(await page.locator('#field-context').inputValue(), "it's prod");
});

playbookTest('Names of the workspace are offered', {}, async ({ page }) => {
  const list = await page.locator('#field-namespace').getAttribute('list');
  assert.deepEqual(
    await page.locator(`#${list} option`).evaluateAll((all) => all.map((it) => it.getAttribute('value'))),
    ['bookinfo', 'shop'],
  );
});

playbookTest('Buttons send the id of an action and the values, and no text of a command', {}, async (panel) => {
  const { page, sent } = panel;
  await page.getByRole('button', { name: /^Copy: istioctl x precheck/ }).click();
  await page.getByRole('button', { name: /^Put in Terminal, without running it: istioctl x precheck/ }).click();
  const where = { mesh: 'istio', sheet: 'install', values: {}, action: 'control-plane.do.0' };
  assert.deepEqual(sent.slice(-2), [
    { type: 'copy', ...where },
    { type: 'put', ...where },
  ]);
  await panel.send({ type: 'done', action: 'control-plane.do.0', how: 'put' });
  assert.match((await page.getByRole('status').textContent()) ?? '', /Press Enter there to run it/);
});

playbookTest('What is not filled in yet leads to its field', { sheet: 'troubleshoot' }, async ({ page, sent }) => {
  const before = sent.length;
  assert.equal(await page.locator('mark').first().textContent(), 'POD');
  await page.locator('[data-action="one-proxy.do.0"] button').first().click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'field-pod');
  assert.match((await page.getByRole('status').textContent()) ?? '', /Fill in “Pod” first/);
  assert.equal(sent.length, before);
});

playbookTest('A value that cannot be taken says why', {}, async (panel) => {
  await panel.send({ type: 'page', page: answer('istio', 'install', { namespace: 'a b' }) });
  const field = panel.page.getByRole('combobox', { name: 'Namespace', exact: true });
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.match(
    (await panel.page.locator(`#${await field.getAttribute('aria-describedby')}`).textContent()) ?? '',
    /^Namespace must be/,
  );
});

playbookTest('Commands of older guides stand beside what took their place', {}, async ({ page }) => {
  const seeds = await page.locator('.seed.dated').allTextContents();
  assert.ok(seeds.some((it) => /istioctl verify-install is gone\. Gone since 1\.24/.test(it.replaceAll(/\s+/g, ' '))));
  assert.ok(seeds.some((it) => it.includes('profile=production')));
});

playbookTest('A file is opened, not put into a terminal', { mesh: 'consul' }, async ({ page, sent }) => {
  await page.getByRole('button', { name: 'Open as New File: consul-values.yaml' }).click();
  assert.deepEqual(sent.at(-1), {
    type: 'open',
    mesh: 'consul',
    sheet: 'install',
    values: {},
    action: 'values.do.0',
  });
});

playbookTest('Ways back are folded, and stay open when they were', {}, async ({ page, kept, send }) => {
  await page.locator('summary').first().click();
  await page.waitForFunction(() => sessionStorage.getItem('state')?.includes('-back'));
  assert.deepEqual(Reflect.get(Object(await kept()), 'open'), ['istio-install-control-plane-back']);
  await page.reload();
  await page.waitForSelector('header');
  await send({ type: 'page', page: answer('istio', 'install') });
  assert.equal(
    await page
      .locator('details')
      .first()
      .evaluate((it) => it instanceof HTMLDetailsElement && it.open),
    true,
  );
});

playbookTest('Best practices bear a mark where diagnostics watch', { sheet: 'practices' }, async ({ page }) => {
  assert.equal(await page.locator('.practice').count(), 25);
  const canary = page.locator('.practice', { hasText: 'Release by canary' });
  assert.equal(await canary.locator('.mark-3').count(), 1);
  assert.match((await canary.textContent()) ?? '', /istio\/route-weights/);
  assert.equal(await page.locator('.practice', { hasText: 'at rest' }).locator('.mark-3').count(), 0);
});

playbookTest(
  'Drawings have names, the same in words, and history folded',
  { sheet: 'architecture' },
  async ({ page }) => {
    assert.equal(await page.getByRole('img', { name: 'Istio in ambient mode' }).count(), 1);
    assert.equal(
      await page.locator('details.history').evaluate((it) => it instanceof HTMLDetailsElement && it.open),
      false,
    );
    await page.getByText('In words').nth(1).click();
    assert.match((await page.locator('figure').nth(1).textContent()) ?? '', /Node 1 holds Application A and ztunnel/);
  },
);

playbookTest('A reveal from outside turns to the sheet', {}, async (panel) => {
  await panel.send({ type: 'reveal', mesh: 'consul', sheet: 'observe' });
  assert.deepEqual(panel.sent.at(-1), { type: 'ask', mesh: 'consul', sheet: 'observe', values: {} });
});

playbookTest('A failure says so and offers to try again', {}, async ({ page, send, sent }) => {
  await send({ type: 'failed', message: 'The language server does not answer.' });
  assert.match((await page.getByRole('alert').textContent()) ?? '', /does not answer/);
  await page.getByRole('button', { name: 'Try Again' }).click();
  assert.equal(sent.at(-1)?.type, 'ask');
});

playbookTest(
  'A state of another shape and messages of another shape change nothing',
  { state: { mesh: 'x', sheet: 3, values: { pod: 1 }, open: 'x', scroll: -1 } },
  async ({ page, send }) => {
    for (const nonsense of [
      null,
      'page',
      { type: 'page' },
      { type: 'page', page: { mesh: 'istio' } },
      { type: 'reveal' },
    ])
      await send(nonsense);
    assert.equal(await page.locator('h2').first().textContent(), 'Istio: Install');
  },
);

const looks: readonly (PanelOptions & { readonly name: string })[] = [
  ...themeIds.flatMap((theme) => [280, 480, 900].map((width) => ({ name: `${theme}-${width}`, theme, width }))),
  { name: 'forced-colors-480', theme: 'hc-dark', width: 480, forcedColors: 'active' },
  { name: 'narrow-200', theme: 'dark', width: 200 },
];

for (const { name, ...options } of looks) {
  playbookTest(`Nothing is cut off and nobody is kept out: ${name}`, options, async (panel) => {
    const { page } = panel;
    for (const [mesh, sheet] of [
      ['istio', 'install'],
      ['linkerd', 'troubleshoot'],
      ['consul', 'multi-cluster'],
      ['istio', 'architecture'],
      ['consul', 'architecture'],
      ['linkerd', 'practices'],
    ] as const) {
      await page.getByRole('radio', { name: mesh }).check();
      await page.getByLabel('Playbook').selectOption(sheet);
      await panel.send({
        type: 'page',
        page: answer(mesh, sheet, { namespace: sheet === 'install' ? 'a b' : 'shop' }),
      });
      for (const it of await page.locator('details').all())
        await it.evaluate((element) => element.setAttribute('open', ''));
      const { inner, needed } = await page.evaluate(() => ({
        inner: document.documentElement.clientWidth,
        needed: document.documentElement.scrollWidth,
      }));
      assert.ok(needed <= inner, `${mesh} ${sheet} needs ${needed} of ${inner} pixels`);
      assert.deepEqual(await violations(page), [], `${mesh} ${sheet}`);
      if (mesh !== 'consul' || sheet === 'architecture') {
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.setViewportSize({ width: options.width ?? 900, height: Math.min(height, 2400) });
        await keepPicture(page, `playbooks-${mesh}-${sheet}-${name}`);
        await page.setViewportSize({ width: options.width ?? 900, height: 800 });
      }
    }
  });
}

playbookTest('Every playbook of every mesh is a page that is understood', {}, async ({ page, send }) => {
  for (const mesh of meshIds) {
    for (const sheet of ['install', 'inject', 'multi-cluster', 'observe', 'troubleshoot', 'migrate'] as const) {
      const shown = answer(mesh, sheet);
      await send({ type: 'page', page: shown });
      assert.equal(await page.locator('h2').first().textContent(), shown.playbook?.title);
    }
  }
});
