/** The comparison panel as a person meets it: mouse, keyboard, themes and widths, in a real browser engine. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Comparison } from '../../server/src/lsp/protocol-compare.ts';
import { compare } from '../../server/src/queries/compare.ts';
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

const file = 'reviews.yaml';
const comparison: Comparison = JSON.parse(
  JSON.stringify(
    compare(
      [
        {
          apiVersion: 'networking.istio.io/v1',
          kind: 'VirtualService',
          value: { spec: { http: [{ retries: { attempts: 3 }, route: [{ weight: 90 }, { weight: 10 }] }] } },
        },
        {
          apiVersion: 'networking.istio.io/v1',
          kind: 'DestinationRule',
          value: { spec: { subsets: [{ name: 'v1' }], trafficPolicy: { outlierDetection: {} } } },
        },
      ],
      '',
      {
        features: new Map([
          ['traffic-splitting', 2],
          ['circuit-breaking', 1],
          ['retries', 1],
          ['mtls', 3],
        ]),
        kinds: new Map([['networking.istio.io/DestinationRule', 2]]),
      },
    ),
  ),
);

/** A test with an open panel that shows the comparison; fails on any error of the page. */
function panelTest(name: string, options: PanelOptions, run: (panel: Panel) => Promise<void>): void {
  test(name, { skip }, async () => {
    if (typeof browser === 'string') return;
    const panel = await openPanel(browser, options);
    try {
      await panel.send({ type: 'comparison', comparison, file });
      await run(panel);
      assert.deepEqual(panel.errors, []);
    } finally {
      await panel.close();
    }
  });
}

const titles = (page: Page) => page.locator('.title').allTextContents();
const focusedRow = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-row'));
const isSearchFocused = (page: Page) => page.evaluate(() => document.activeElement?.tagName === 'INPUT');

panelTest('All features stand in their groups, those of the file first', {}, async ({ page, sent }) => {
  assert.deepEqual(sent, [{ type: 'ready' }]);
  assert.equal((await titles(page)).length, 59);
  assert.equal(await page.locator('.category').first().textContent(), 'In this file');
  assert.equal(await page.locator('.file').textContent(), file);
  assert.match(
    (await page.locator('[data-feature="traffic-splitting"] .uses').textContent()) ?? '',
    /VirtualService, DestinationRule/,
  );
  const first = await page.locator('tbody').first().locator('.title').allTextContents();
  assert.deepEqual(first, ['Traffic splitting', 'Circuit breaking', 'Retries']);
});

panelTest('A search narrows the rows, says how many are left, and Escape ends it', {}, async ({ page }) => {
  await page.keyboard.press('/');
  assert.ok(await isSearchFocused(page));
  await page.keyboard.type('retires');
  assert.deepEqual(await titles(page), ['Retries']);
  assert.match((await page.locator('.count').textContent()) ?? '', /1 of 59/);
  await page.keyboard.press('Escape');
  assert.equal((await titles(page)).length, 59);
  assert.ok(await isSearchFocused(page));
  await page.keyboard.type('no such thing');
  assert.match((await page.locator('main').textContent()) ?? '', /No feature matches “no such thing”/);
  await page.getByRole('button', { name: 'Clear Search', exact: true }).click();
  assert.equal((await titles(page)).length, 59);
});

panelTest('Ctrl+F goes to the search from anywhere', {}, async ({ page }) => {
  await page.locator('[data-row]').nth(4).focus();
  await page.keyboard.press('Control+f');
  assert.ok(await isSearchFocused(page));
});

panelTest('Arrows, Home and End move between rows; Right opens and Left closes', {}, async ({ page }) => {
  await page.locator('.search input').focus();
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.activeElement?.closest('[role=toolbar]')));
  await page.keyboard.press('Tab');
  assert.equal(await focusedRow(page), 'group In this file');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focusedRow(page), 'feature traffic-splitting');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('#detail-traffic-splitting').count(), 1);
  await page.keyboard.press('ArrowLeft');
  assert.equal(await page.locator('#detail-traffic-splitting').count(), 0);
  await page.keyboard.press('ArrowLeft');
  assert.equal(await focusedRow(page), 'group In this file');
  await page.keyboard.press('ArrowLeft');
  assert.equal((await titles(page)).length, 56);
  await page.keyboard.press('End');
  assert.equal(await focusedRow(page), 'feature crd-count');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#detail-crd-count').count(), 1);
  await page.keyboard.press('Home');
  assert.equal(await focusedRow(page), 'group In this file');
});

panelTest('Tab goes from a row through what its details offer, and on to the foot', {}, async ({ page }) => {
  await page.locator('[data-row="feature mtls"]').click();
  const stops: string[] = [];
  for (let left = 20; left > 0; left -= 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const it = document.activeElement;
      return it?.closest('.detail, footer') ? (it.getAttribute('aria-label') ?? it.textContent ?? '').trim() : '';
    });
    if (name === '') break;
    stops.push(name.replace(/\s+/g, ' '));
  }
  assert.match(stops[0] ?? '', /^Copy as Markdown: mTLS/);
  assert.ok(stops.includes('Insert a snippet with PeerAuthentication'), stops.join());
  assert.deepEqual(
    stops.filter((it) => it.startsWith('Source for')).map((it) => it.split(' ').at(-1)),
    ['Istio', 'Linkerd', 'Consul'],
  );
  assert.equal(stops.at(-1), 'Benchmarks and overhead');
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const columns = (page: Page) => page.locator('thead th').allTextContents();

panelTest('A column is hidden and shown again by its button, and the last one stays', {}, async ({ page }) => {
  await page.locator('[data-row="feature circuit-breaking"]').click();
  await button(page, 'Linkerd').click();
  assert.deepEqual(await columns(page), ['Feature', 'Istio', 'Consul']);
  assert.equal(await button(page, 'Linkerd').getAttribute('aria-pressed'), 'false');
  assert.equal(await page.locator('#detail-circuit-breaking > td').count(), 3);
  assert.equal(await page.locator('.group td').first().getAttribute('colspan'), '3');
  await button(page, 'Consul').click();
  assert.equal(await button(page, 'Istio').getAttribute('aria-disabled'), 'true');
  assert.equal(await button(page, 'Only differences').getAttribute('aria-disabled'), 'true');
  await button(page, 'Istio').click({ force: true });
  assert.deepEqual(await columns(page), ['Feature', 'Istio']);
  await button(page, 'Linkerd').click();
  assert.deepEqual(await columns(page), ['Feature', 'Istio', 'Linkerd']);
});

panelTest('Only rows in which the shown meshes differ, by mark or by answer', {}, async ({ page }) => {
  await button(page, 'Only differences').click();
  const all = await titles(page);
  assert.ok(!all.includes('Traffic splitting') && all.includes('Circuit breaking') && all.includes('Proxy'));
  assert.match((await page.locator('.count').textContent()) ?? '', /^\s*\d\d of 59/);
  await button(page, 'Linkerd').click();
  const two = await titles(page);
  assert.ok(!two.includes('Circuit breaking') && two.length < all.length);
});

panelTest('Only rows that the workspace uses, with how many files use them', {}, async ({ page, send }) => {
  await button(page, 'In workspace').click();
  assert.equal((await titles(page)).length, 4);
  await page.locator('[data-row="feature traffic-splitting"]').click();
  assert.match(
    (await page.locator('#detail-traffic-splitting').textContent()) ?? '',
    /Used in 2 files of this workspace/,
  );
  await page.locator('.search input').fill('jwt');
  assert.match((await page.locator('main').textContent()) ?? '', /No feature matches “jwt”/);
  await button(page, 'Clear Filters').click();
  assert.equal(await page.locator('[data-feature=jwt]').count(), 1);
  assert.equal(await button(page, 'In workspace').getAttribute('aria-pressed'), 'false');
  assert.ok(await page.evaluate(() => document.activeElement?.closest('[role=toolbar]')));
  await page.locator('.search input').fill('');
  await button(page, 'In workspace').click();
  await send({ type: 'comparison', comparison: JSON.parse(JSON.stringify(compare([]))) });
  assert.match((await page.locator('main').textContent()) ?? '', /No file of this workspace uses a feature/);
  await send({ type: 'reveal', featureId: 'jwt' });
  assert.equal(await focusedRow(page), 'feature jwt');
});

panelTest('Arrows, Home and End move along the toolbar, which Tab stops at once', {}, async ({ page }) => {
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  await button(page, 'Istio').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), 'Consul');
  await page.keyboard.press('Space');
  assert.deepEqual(await columns(page), ['Feature', 'Istio', 'Linkerd']);
  assert.equal(await focused(), 'Consul');
  await page.keyboard.press('Tab');
  assert.equal(await focusedRow(page), 'group In this file');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'Consul');
  await page.keyboard.press('End');
  assert.equal(await focused(), 'Copy table');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), 'Istio');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await focused(), 'Copy table');
  await page.keyboard.press('Home');
  assert.equal(await focused(), 'Istio');
});

panelTest(
  'Columns, filters and the rest come back from what was kept',
  { width: 900 },
  async ({ page, send, kept }) => {
    await button(page, 'Linkerd').click();
    await button(page, 'Only differences').click();
    const { hidden, onlyDifferences } = JSON.parse(JSON.stringify(await kept()));
    assert.deepEqual([hidden, onlyDifferences], [['linkerd'], true]);
    await page.reload();
    await page.waitForSelector('header');
    await send({ type: 'comparison', comparison, file });
    assert.deepEqual(await columns(page), ['Feature', 'Istio', 'Consul']);
    assert.equal(await button(page, 'Only differences').getAttribute('aria-pressed'), 'true');
  },
);

panelTest('Kinds are inserted and found by message, where there is something of them', {}, async ({ page, sent }) => {
  await page.locator('[data-row="feature circuit-breaking"]').click();
  const detail = page.locator('#detail-circuit-breaking');
  await detail.getByRole('button', { name: 'Insert a snippet with DestinationRule' }).click();
  await detail.getByRole('button', { name: 'Show the 2 DestinationRule of this workspace' }).click();
  const kind = 'networking.istio.io/DestinationRule';
  assert.deepEqual(sent.slice(1), [
    { type: 'insert', kind },
    { type: 'findUses', kind },
  ]);
  assert.equal(await detail.getByRole('button', { name: /^Show/ }).count(), 1);
});

panelTest('A row and the shown table are copied as Markdown', {}, async ({ page, sent, send }) => {
  const last = () => {
    const message = sent.at(-1);
    return message && 'markdown' in message ? message.markdown : '';
  };
  await button(page, 'Linkerd').click();
  await page.locator('.search input').fill('retries');
  await page.locator('[data-row="feature retries"]').click();
  await page.getByRole('button', { name: 'Copy as Markdown: Retries' }).click();
  assert.match(last(), /^## Retries\n\n### Istio/);
  assert.ok(!last().includes('### Linkerd'));
  await button(page, 'Copy table').click();
  assert.match(last(), /^## In this file\n\n\| Feature \| Istio \| Consul \|\n\|---\|---\|---\|\n\| Retries \|/);
  await send({ type: 'copied' });
  assert.equal(await page.locator('.copied').textContent(), 'Copied.');
});

panelTest('The figures behind the comparison are one click away', {}, async ({ page, sent, send }) => {
  await page.locator('footer').getByRole('button', { name: 'Benchmarks and overhead' }).click();
  const measured = ['resource-overhead', 'request-footprint'];
  for (const featureId of measured) {
    await send({ type: 'reveal', featureId });
    await page.locator(`#detail-${featureId}`).getByRole('button', { name: 'Benchmarks and overhead' }).click();
  }
  assert.deepEqual(
    sent.slice(1),
    ['footer', ...measured].map(() => ({ type: 'showMeasurements' })),
  );
});

panelTest(
  'Details name what is often read and no longer true, and ask for the source by message',
  {},
  async (panel) => {
    const { page, sent } = panel;
    await page.locator('[data-feature="circuit-breaking"] td').nth(1).click();
    const detail = page.locator('#detail-circuit-breaking');
    assert.match((await detail.textContent()) ?? '', /Often read, no longer true/);
    assert.equal(await detail.locator('s').textContent(), 'Limited');
    assert.match((await detail.textContent()) ?? '', /2\.13; unified and 429-aware 2\.20/);
    await detail.locator('a').nth(1).click();
    assert.deepEqual(sent.slice(1), [
      { type: 'openSource', url: 'https://linkerd.io/docs/reference/circuit-breaking/' },
    ]);
    assert.equal(page.url(), 'https://panel.test/');
  },
);

panelTest(
  'A revealed feature is unfolded, opened, focused and in sight, whatever was searched',
  { height: 400 },
  async (panel) => {
    const { page } = panel;
    await page
      .getByRole('button', { name: /Governance/ })
      .first()
      .click();
    await page.locator('.search input').fill('retries');
    await panel.send({ type: 'reveal', featureId: 'licence' });
    assert.equal(await focusedRow(page), 'feature licence');
    assert.equal(await page.locator('#detail-licence').count(), 1);
    await page.waitForFunction(() => {
      const top = document.querySelector('[data-feature="licence"]')?.getBoundingClientRect().top ?? 0;
      return top > 0 && top < 400;
    });
    await panel.send({ type: 'reveal', featureId: 'there-is-none' });
    assert.equal(await focusedRow(page), 'feature licence');
  },
);

test('A feature that is revealed before the comparison arrives is shown with it', { skip }, async () => {
  if (typeof browser === 'string') return;
  const panel = await openPanel(browser);
  assert.match((await panel.page.locator('main').textContent()) ?? '', /Waiting for the language server/);
  await panel.send({ type: 'reveal', featureId: 'jwt' });
  await panel.send({ type: 'comparison', comparison });
  assert.equal(await focusedRow(panel.page), 'feature jwt');
  await panel.close();
});

panelTest('Search, folding and open details survive that the panel is hidden', {}, async ({ page, kept, send }) => {
  await page.locator('[data-row="feature retries"]').click();
  await page.locator('[data-row="group Traffic"]').click();
  await page.locator('.search input').fill('re');
  assert.deepEqual(await kept(), {
    query: 're',
    collapsed: ['Traffic'],
    expanded: ['retries'],
    hidden: [],
    onlyDifferences: false,
    onlyWorkspace: false,
    scroll: 0,
  });
  await page.reload();
  await page.waitForSelector('header');
  await send({ type: 'comparison', comparison, file });
  assert.equal(await page.locator('.search input').inputValue(), 're');
  assert.equal(await page.locator('#detail-retries').count(), 1);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('[data-row="group Traffic"]').getAttribute('aria-expanded'), 'false');
});

panelTest(
  'A state of another shape and messages of another shape change nothing',
  { state: { query: 7, expanded: 'x', collapsed: [1], hidden: ['istio', 'linkerd', 'consul'], onlyWorkspace: 1 } },
  async (panel) => {
    for (const nonsense of [
      null,
      'comparison',
      { type: 'comparison' },
      { type: 'comparison', comparison: { groups: [{}] } },
      { type: 'reveal' },
    ]) {
      await panel.send(nonsense);
    }
    assert.equal((await titles(panel.page)).length, 59);
  },
);

panelTest('The comparison of another file takes the place of the former', {}, async ({ page, send }) => {
  await page.locator('[data-row="feature retries"]').focus();
  await send({ type: 'comparison', comparison: JSON.parse(JSON.stringify(compare([]))) });
  assert.equal(await page.locator('.category').first().textContent(), 'Architecture');
  assert.equal(await focusedRow(page), 'feature retries');
});

panelTest('A failure says so and offers to try again', {}, async ({ page, send, sent }) => {
  await send({ type: 'failed', message: 'The language server does not answer.' });
  assert.match((await page.getByRole('alert').textContent()) ?? '', /does not answer/);
  await page.getByRole('button', { name: 'Try Again' }).click();
  assert.deepEqual(sent, [{ type: 'ready' }, { type: 'ready' }]);
});

test('Scripts and styles that are not the panel’s own do not run', { skip }, async () => {
  if (typeof browser === 'string') return;
  const panel = await openPanel(browser);
  await panel.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "run"';
    document.body.append(script);
    document.body.insertAdjacentHTML('beforeend', '<p id="p" style="color: red" onclick="document.title = 1">x</p>');
  });
  assert.equal(await panel.page.title(), 'Compare service meshes');
  assert.equal(await panel.page.evaluate(() => document.getElementById('p')?.style.color), '');
  assert.ok(panel.errors.some((it) => it.includes('Content Security Policy')));
  await panel.close();
});

for (const width of [200, 300, 480, 900, 1600]) {
  panelTest(`Nothing is cut off at ${width} pixels`, { width }, async ({ page, send }) => {
    await send({ type: 'reveal', featureId: 'gitops' });
    await send({ type: 'reveal', featureId: 'circuit-breaking' });
    const { inner, needed } = await page.evaluate(() => ({
      inner: document.documentElement.clientWidth,
      needed: document.documentElement.scrollWidth,
    }));
    assert.ok(needed <= inner, `needs ${needed} of ${inner} pixels`);
    const isTable = await page.evaluate(
      () => getComputedStyle(document.querySelector('table') as Element).display === 'table',
    );
    assert.equal(isTable, width >= 560);
  });
}

panelTest('The head of the table stays in sight', {}, async ({ page }) => {
  await page.mouse.wheel(0, 2000);
  await page.waitForFunction(() => window.scrollY > 500);
  const top = await page
    .locator('thead th')
    .first()
    .evaluate((it) => it.getBoundingClientRect().top);
  assert.equal(top, await page.locator('header').evaluate((it) => it.getBoundingClientRect().bottom));
});

const looks: readonly (PanelOptions & { readonly name: string })[] = [
  ...themeIds.flatMap((theme) => [300, 480, 900].map((width) => ({ name: `${theme}-${width}`, theme, width }))),
  { name: 'forced-colors-480', theme: 'hc-dark', width: 480, forcedColors: 'active' },
  { name: 'dark-200', theme: 'dark', width: 200 },
];

for (const { name, ...options } of looks) {
  panelTest(
    `axe finds nothing: ${name}`,
    { ...options, height: 900, reducedMotion: 'reduce' },
    async ({ page, send }) => {
      await page.locator('[data-row="feature circuit-breaking"]').click();
      await page.locator('header').hover();
      await keepPicture(page, name);
      assert.deepEqual(await violations(page), []);
      await send({ type: 'reveal', featureId: 'resource-overhead' });
      await send({ type: 'reveal', featureId: 'cert-rotation' });
      await keepPicture(page, `${name}-revealed`);
      assert.deepEqual(await violations(page), []);
      await button(page, 'Only differences').click();
      await button(page, 'Linkerd').click();
      await keepPicture(page, `${name}-two-columns`);
      await page.locator('.search input').fill('zone');
      assert.deepEqual(await violations(page), []);
      await page.locator('.search input').fill('nothing of this kind');
      assert.deepEqual(await violations(page), []);
    },
  );
}
