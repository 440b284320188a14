/** The report of a conversion as a person meets it: what is shown, what leads where, in all themes. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ReportLine, ReportPage } from '../../server/src/lsp/protocol-report.ts';
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

const at = (line: number) => ({
  uri: 'file:///shop/reviews.yaml',
  range: { start: { line, character: 4 }, end: { line, character: 20 } },
});

const line = (it: Partial<ReportLine>): ReportLine => ({
  name: 'VirtualService/shop/reviews',
  fate: 'exact',
  risk: 'none',
  code: '',
  reason: '',
  path: 'spec.hosts[0]',
  leaves: 1,
  target: 'HTTPRoute/shop/reviews spec.parentRefs[0]',
  place: at(6),
  targetPlace: { output: 0, range: at(3).range },
  ...it,
});

const lost = line({
  name: 'AuthorizationPolicy/shop/reviews',
  fate: 'lost',
  risk: 'security',
  code: 'no-deny',
  reason: 'Linkerd cannot refuse one client and take all others, so `DELETE` stays open to everyone.',
  path: 'spec.rules[0]',
  leaves: 4,
  target: '',
  place: at(30),
});

const report: ReportPage = {
  meshName: 'Linkerd',
  counts: { lost: 4, changed: 1, exact: 1 },
  security: [lost],
  groups: [
    {
      name: 'AuthorizationPolicy/shop/reviews',
      place: at(24),
      counts: { lost: 4, changed: 0, exact: 0 },
      lines: [lost],
    },
    {
      name: 'VirtualService/shop/reviews',
      place: at(0),
      counts: { lost: 0, changed: 1, exact: 1 },
      lines: [
        line({
          fate: 'changed',
          risk: 'availability',
          code: 'retry-status-only',
          reason: 'Linkerd retries on statuses only.',
          path: 'spec.http[0].retries.retryOn',
          place: at(12),
        }),
        line({}),
      ],
    },
  ],
  notes: [
    { kind: 'implicit', text: 'Istio retries twice without being asked.', risk: 'availability' },
    { kind: 'missing', text: 'Class of the Gateway: set `ingressClass`.', risk: 'availability' },
  ],
  refused: [{ name: 'VirtualService/shop/broken', reason: 'Its YAML has mistakes; mend them first.', place: at(60) }],
  changed: [{ name: 'Service/shop/reviews', place: at(80) }],
};

function reportTest(name: string, options: PanelOptions, run: (panel: Panel) => Promise<void>): void {
  test(name, { skip }, async () => {
    if (typeof browser === 'string') return;
    const panel = await openPanel(browser, { page: 'conversion', ...options });
    try {
      await panel.send({ type: 'report', report });
      await run(panel);
      assert.deepEqual(panel.errors, []);
    } finally {
      await panel.close();
    }
  });
}

reportTest('What weakens security stands first; what is exact is one click away', {}, async ({ page }) => {
  const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
  assert.match(text, /^Weakens security AuthorizationPolicy\/shop\/reviews spec\.rules\[0\]/);
  assert.doesNotMatch(text, /spec\.hosts\[0\]/);
  await page.getByRole('button', { name: 'Exact' }).click();
  assert.match(
    (await page.locator('main').innerText()).replace(/\s+/g, ' '),
    /spec\.hosts\[0\].*HTTPRoute\/shop\/reviews/,
  );
  await page.getByRole('button', { name: 'Lost' }).click();
  await page.getByRole('button', { name: 'Changed' }).click();
  assert.equal(await page.locator('section.resource').count(), 1);
});

reportTest('Lines lead to the source and to the result, and only to places of the report', {}, async (panel) => {
  const { page, sent } = panel;
  await page.getByRole('button', { name: 'spec.http[0].retries.retryOn', exact: true }).click();
  await page.getByRole('button', { name: 'HTTPRoute/shop/reviews spec.parentRefs[0]', exact: true }).click();
  await page.getByRole('button', { name: 'Service/shop/reviews', exact: true }).click();
  assert.deepEqual(sent.slice(1), [
    { type: 'open', place: at(12) },
    { type: 'open', place: { output: 0, range: at(3).range } },
    { type: 'open', place: at(80) },
  ]);
});

reportTest('A resource folds its fields away, and stays so when the page was hidden', {}, async ({ page, send }) => {
  const fold = page.getByRole('button', { name: 'Fields of VirtualService/shop/reviews' });
  await fold.click();
  assert.equal(await fold.getAttribute('aria-expanded'), 'false');
  await page.reload();
  await page.waitForSelector('main');
  await send({ type: 'report', report });
  assert.equal(await fold.getAttribute('aria-expanded'), 'false');
  await send({ type: 'report', report: { ...report, counts: { lost: 4, changed: 1, exact: 2 } } });
  assert.equal(await fold.getAttribute('aria-expanded'), 'true');
});

reportTest('Notes that ask for something come before those that only tell', {}, async ({ page }) => {
  const notes = await page.locator('section', { hasText: 'To know' }).locator('li').allInnerTexts();
  assert.match(notes[0] ?? '', /Missing/);
  assert.match(notes[1] ?? '', /Default/);
});

reportTest('Messages of another shape change nothing', {}, async ({ page, send }) => {
  for (const nonsense of [null, 'report', { type: 'report' }, { type: 'report', report: { meshName: 1 } }])
    await send(nonsense);
  assert.equal(await page.locator('h1').innerText(), 'Conversion to Linkerd');
});

for (const theme of themeIds)
  for (const width of [280, 760])
    reportTest(`axe finds nothing: ${theme}-${width}`, { theme, width }, async ({ page }) => {
      await page.getByRole('button', { name: 'Exact' }).click();
      await page.locator('h1').hover();
      await keepPicture(page, `report-${theme}-${width}`);
      assert.deepEqual(await violations(page), []);
      const { inner, needed } = await page.evaluate(() => ({
        inner: document.documentElement.clientWidth,
        needed: document.documentElement.scrollWidth,
      }));
      assert.ok(needed <= inner, `needs ${needed} of ${inner} pixels`);
    });
