/** The page "Cost" as a person meets it: numbers, charts and their table, sources, themes and widths, in a real browser. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import type { CostEstimate } from '../../server/src/lsp/protocol-cost.ts';
import { estimateCost } from '../../server/src/queries/cost.ts';
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

/** An estimate as it arrives: without what JSON leaves out. */
function estimated(...of: Parameters<typeof estimateCost>): CostEstimate {
  return JSON.parse(JSON.stringify(estimateCost(...of)));
}

/** A test with an open page that shows the example; fails on any error of the page. */
function pageTest(name: string, options: PanelOptions, run: (panel: Panel) => Promise<void>): void {
  test(name, { skip }, async () => {
    if (typeof browser === 'string') return;
    const panel = await openPanel(browser, { ...options, page: 'cost' });
    try {
      await panel.send({ type: 'estimate', estimate: estimated({}) });
      await run(panel);
      assert.deepEqual(panel.errors, []);
    } finally {
      await panel.close();
    }
  });
}

/** Waits until the last thing that the page has sent is this. */
async function lastSent({ page, sent }: Pick<Panel, 'page' | 'sent'>, message: unknown): Promise<void> {
  for (let tries = 0; tries < 50 && !isDeepStrictEqual(sent.at(-1), message); tries += 1) await page.waitForTimeout(20);
  assert.deepEqual(sent.at(-1), message);
}

const numbers = (page: Page) => page.getByRole('table', { name: 'In numbers' });
const rowOf = async (page: Page, name: string) =>
  (await numbers(page).getByRole('row').filter({ hasText: name }).getByRole('cell').allInnerTexts()).map((it) =>
    it.replace(/\s+/g, ' ').trim(),
  );

pageTest('The sources come into sight when they are asked for', { height: 400 }, async ({ page, send }) => {
  await send({ type: 'showSources' });
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Sources');
  await page.waitForFunction(() => {
    const top = document.getElementById('sources')?.getBoundingClientRect().top ?? -1;
    return top >= 0 && top < 400;
  });
});

test('Sources that are asked for before there are any are shown with them', { skip }, async () => {
  if (typeof browser === 'string') return;
  const panel = await openPanel(browser, { page: 'cost' });
  await panel.send({ type: 'showSources' });
  await panel.send({ type: 'estimate', estimate: estimated({}) });
  assert.equal(await panel.page.evaluate(() => document.activeElement?.id), 'sources');
  await panel.close();
});

pageTest('The example of 100 services stands there at first, in charts and as a table', {}, async ({ page, sent }) => {
  await lastSent({ page, sent }, { type: 'ask', inputs: {} });
  assert.deepEqual(sent[0], { type: 'ready' });
  assert.equal(await page.getByRole('spinbutton', { name: 'Services' }).inputValue(), '100');
  assert.deepEqual(await rowOf(page, 'Istio, ambient'), [
    '0.72–1.62 GB',
    '0.32–0.37 vCPU partly unverified',
    '2.48 ms unverified',
    '12–16 partly unverified',
  ]);
  assert.deepEqual(await rowOf(page, 'Consul'), [
    '5–9 GB not measured, printed in 2023',
    'nobody measured this',
    '1–2.5 ms not measured, printed in 2023',
    '16–29 not measured, printed in 2023, memory alone',
  ]);
  const charts = page.getByRole('img');
  assert.equal(await charts.count(), 4);
  assert.match((await charts.first().getAttribute('aria-label')) ?? '', /^Memory: Istio, sidecars 5\.6–17\.1 GB; /);
  // Bars are as long as the numbers say: the highest fills the width, and a printed one is dashed, not filled.
  const widths = await charts
    .first()
    .locator('rect.spread')
    .evaluateAll((all) =>
      all.map(
        (it) => Number.parseFloat(it.getAttribute('x') ?? '') + Number.parseFloat(it.getAttribute('width') ?? ''),
      ),
    );
  assert.ok(Math.abs(Math.max(...widths) - 100) < 0.01, String(widths));
  assert.equal((await charts.nth(1).locator('rect.known').count()) > 0, true);
  assert.equal(await charts.nth(1).locator('rect.printed').count(), 0);
  assert.equal(await charts.first().locator('rect.printed').count(), 2);
});

pageTest('A number that is typed asks again; one that makes no sense is told and not sent', {}, async (panel) => {
  const { page, sent } = panel;
  const services = page.getByRole('spinbutton', { name: 'Services' });
  await services.fill('250');
  await lastSent({ page, sent }, { type: 'ask', inputs: { services: 250 } });
  await panel.send({ type: 'estimate', estimate: estimated({ services: 250 }) });
  assert.equal((await rowOf(page, 'Consul'))[0], '11–19.5 GB not measured, printed in 2023');
  await page.getByRole('spinbutton', { name: 'Replicas' }).fill('2.5');
  await services.fill('-3');
  await lastSent({ page, sent }, { type: 'ask', inputs: { replicas: 2.5 } });
  assert.equal(await services.getAttribute('aria-invalid'), 'true');
  await page.getByText('A whole number from 0 to 100,000.').waitFor();
  await page.getByRole('button', { name: 'Reset' }).click();
  await lastSent({ page, sent }, { type: 'ask', inputs: {} });
  await panel.send({ type: 'estimate', estimate: estimated({}) });
  assert.equal(await services.inputValue(), '100');
  assert.equal(await page.getByRole('button', { name: 'Reset' }).count(), 0);
});

pageTest('The workspace fills in services and replicas, until somebody types others', {}, async (panel) => {
  const { page, sent } = panel;
  await page.getByRole('button', { name: 'Use This Workspace' }).click();
  await lastSent({ page, sent }, { type: 'ask', inputs: {}, counts: true });
  const counted = { workloads: 4, pods: 10, assumed: 1 };
  await panel.send({ type: 'estimate', estimate: estimated({ services: 4, replicas: 2.5 }, counted) });
  assert.equal(await page.getByRole('spinbutton', { name: 'Services' }).inputValue(), '4');
  assert.equal(await page.getByRole('spinbutton', { name: 'Replicas' }).inputValue(), '2.5');
  const status = page.getByRole('status');
  assert.match(await status.innerText(), /^Counted: 4 Deployments.* with 10 pods; one of them names no replicas/);
  await page.getByRole('spinbutton', { name: 'Nodes' }).fill('3');
  await lastSent({ page, sent }, { type: 'ask', inputs: { services: 4, replicas: 2.5, nodes: 3 } });
  assert.match(await status.innerText(), /^Counted/);
  await page.getByRole('spinbutton', { name: 'Services' }).fill('5');
  assert.equal(await status.innerText(), '');

  const none = { workloads: 0, pods: 0, assumed: 0 };
  await panel.send({ type: 'estimate', estimate: estimated({ services: 5 }, none) });
  assert.match(await status.innerText(), /^There are no Deployments/);
  assert.equal(await page.getByRole('spinbutton', { name: 'Services' }).inputValue(), '5');
});

pageTest('Sources open by message, and so does the row of the comparison', {}, async ({ page, sent }) => {
  await page.locator('summary', { hasText: 'Linkerd' }).first().click();
  await page.getByText('0.29 vCPU × 1,000 / 3,200 requests per second').waitFor();
  await page.getByRole('link', { name: 'Source for Linkerd, largest proxy, memory' }).click();
  await lastSent(
    { page, sent },
    {
      type: 'openSource',
      url: 'https://linkerd.io/2021/11/29/linkerd-vs-istio-benchmarks-2021/',
    },
  );
  await page.getByRole('button', { name: 'Show in Compare' }).click();
  await lastSent({ page, sent }, { type: 'compare', featureId: 'request-footprint' });
  assert.equal(page.url(), 'https://panel.test/');
});

pageTest('Copying is told', {}, async ({ page, sent, send }) => {
  await page.getByRole('button', { name: 'Copy as Markdown' }).click();
  await lastSent({ page, sent }, { type: 'copy' });
  await send({ type: 'copied' });
  assert.equal(await page.getByRole('status').innerText(), 'Copied.');
});

pageTest('The keyboard alone reaches everything', {}, async ({ page, sent }) => {
  await page.keyboard.press('Tab');
  await page.keyboard.type('7');
  await page.keyboard.press('ArrowUp');
  await lastSent({ page, sent }, { type: 'ask', inputs: { services: 8 } });
  for (let at = 0; at < 8; at += 1) await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'Copy as Markdown');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'SUMMARY');
  await page.keyboard.press('Enter');
  await page.locator('details[open]').waitFor();
});

pageTest('What was typed and opened is kept', {}, async (panel) => {
  const { page } = panel;
  await page.getByRole('spinbutton', { name: 'Requests' }).fill('5000');
  await page.locator('summary', { hasText: 'Consul' }).first().click();
  await page.waitForFunction(() => (sessionStorage.getItem('state') ?? '').includes('formula'));
  assert.ok(typeof browser !== 'string');
  const again = await openPanel(browser, { page: 'cost', state: await panel.kept() });
  await lastSent(again, { type: 'ask', inputs: { rps: 5000 } });
  await again.send({ type: 'estimate', estimate: estimated({ rps: 5000 }) });
  assert.equal(await again.page.getByRole('spinbutton', { name: 'Requests' }).inputValue(), '5000');
  assert.equal(await again.page.locator('details[open]').count(), 1);
  await again.close();
  const odd = await openPanel(browser, { page: 'cost', state: { texts: 3, open: 'x', scroll: -1 } });
  await lastSent(odd, { type: 'ask', inputs: {} });
  await odd.close();
});

test('Without a server the page says so and asks again', { skip }, async () => {
  if (typeof browser === 'string') return;
  const { page, send, sent, close } = await openPanel(browser, { page: 'cost' });
  await page.getByText('Waiting for the language server').waitFor();
  await send({ type: 'nonsense' });
  await send({ type: 'estimate', estimate: { inputs: {} } });
  await send({ type: 'failed', message: 'The language server does not answer.' });
  assert.equal(await page.getByRole('alert').getByText('does not answer').count(), 1);
  await page.getByRole('button', { name: 'Try Again' }).click();
  await lastSent({ page, sent }, { type: 'ask', inputs: {} });
  await send({ type: 'estimate', estimate: estimated({}) });
  assert.equal(await page.getByRole('alert').count(), 0);
  await close();
});

for (const width of [200, 280, 480, 900, 1600]) {
  pageTest(`Nothing is cut off at ${width} pixels`, { width }, async ({ page }) => {
    for (const it of await page.locator('summary').all()) await it.click();
    await page.getByRole('spinbutton', { name: 'Services' }).fill('-3');
    const { inner, needed } = await page.evaluate(() => ({
      inner: document.documentElement.clientWidth,
      needed: document.documentElement.scrollWidth,
    }));
    assert.ok(needed <= inner, `needs ${needed} of ${inner} pixels`);
    const overlaps = await page.locator('.chart g').evaluateAll(
      (rows) =>
        rows.filter((it) => {
          const [name, value] = [...it.querySelectorAll('text')].map((text) => text.getBoundingClientRect());
          return !name || !value || (name.right > value.left && name.bottom > value.top + 2);
        }).length,
    );
    assert.equal(overlaps, 0, 'names and numbers of charts overlap');
  });
}

const looks: readonly (PanelOptions & { readonly name: string })[] = [
  ...themeIds.flatMap((theme) => [280, 480, 900].map((width) => ({ name: `cost-${theme}-${width}`, theme, width }))),
  { name: 'cost-forced-colors-480', theme: 'hc-dark', width: 480, forcedColors: 'active' },
  { name: 'cost-dark-200', theme: 'dark', width: 200 },
];

for (const { name, ...options } of looks) {
  pageTest(`axe finds nothing: ${name}`, { ...options, height: 900, reducedMotion: 'reduce' }, async ({ page }) => {
    await keepPicture(page, name);
    assert.deepEqual(await violations(page), []);
    for (const it of await page.locator('summary').all()) await it.click();
    await page.getByRole('spinbutton', { name: 'Services' }).fill('-3');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('heading', { name: 'How it is computed' }).scrollIntoViewIfNeeded();
    await page.evaluate(() => window.scrollBy(0, 600));
    await keepPicture(page, `${name}-open`);
  });
}
