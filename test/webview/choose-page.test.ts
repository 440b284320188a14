/** The chooser as a person meets it: what is asked, what answers come to, what leads where, in all themes and widths. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  type Answers,
  type ChoiceAnswer,
  type Chooser,
  isChoiceAnswer,
  isChooser,
} from '../../server/src/lsp/protocol-choose.ts';
import { answerOf, chooserOf } from '../../server/src/lsp/choosing.ts';
import { applyChange, createWorkspace } from '../../server/src/model/workspace.ts';
import { choose } from '../../server/src/queries/choose.ts';
import { shownNeeds } from '../../server/src/queries/choose-evidence.ts';
import { knowledge } from '../harness/check.ts';
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

const manifests = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: shop}
spec: {jwtRules: [{issuer: a}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
`;

const workspace = applyChange(createWorkspace(knowledge), { files: new Map([['file:///a.yaml', manifests]]) });
const chooser = wired<Chooser>(chooserOf(shownNeeds(workspace)));
const empty = wired<Chooser>(chooserOf([]));

const answers: Answers = {
  simple: { weight: 3, must: false },
  overhead: { weight: 2, must: false },
  jwt: { weight: 1, must: true },
  'post-quantum': { weight: 1, must: false },
};

/** What stands on the wires of a value. */
function wired<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** What the extension answers to the last question of the page. */
async function answer({ sent, send }: Panel): Promise<ChoiceAnswer> {
  const asked = sent.findLast((it) => it.type === 'choose');
  assert.ok(asked && 'answers' in asked);
  const choice = wired(answerOf(choose(asked.answers, asked.filled)));
  await send({ type: 'choice', choice });
  return choice;
}

/** A test with an open page that has its questions; fails on any error of the page. */
function pageTest(
  name: string,
  options: PanelOptions & { readonly chooser?: Chooser },
  run: (panel: Panel) => Promise<void>,
): void {
  test(name, { skip }, async () => {
    if (typeof browser === 'string') return;
    const panel = await openPanel(browser, { page: 'choose', width: 320, ...options });
    try {
      await panel.send({ type: 'chooser', chooser: options.chooser ?? empty, fills: false });
      await answer(panel);
      await run(panel);
      assert.deepEqual(panel.errors, []);
    } finally {
      await panel.close();
    }
  });
}

const kept = { answers, filled: [], isFresh: false, open: ['group Running it', 'variant istio-ambient'], scroll: 0 };

test('What the server sends is what the page takes', () => {
  assert.ok(isChooser(chooser));
  for (const it of [{}, answers, { jwt: { weight: 0, must: true } } as const])
    assert.ok(isChoiceAnswer(wired(answerOf(choose(it)))));
});

pageTest(
  'Nothing is ranked before something matters; then weights and musts are sent as they are set',
  {},
  async (panel) => {
    const { page, sent } = panel;
    assert.match(await page.locator('.headline').innerText(), /nothing is ranked/);
    assert.equal(await page.locator('.ranked').count(), 0);
    assert.ok(await page.getByRole('button', { name: 'Export as Decision Record' }).isDisabled());
    await page
      .getByRole('radiogroup', { name: 'Weight: A small team and few concepts' })
      .getByRole('radio', { name: 'High' })
      .check();
    await answer(panel);
    await page.getByRole('checkbox', { name: 'Must: No proxy inside the pods' }).check();
    const choice = await answer(panel);
    assert.deepEqual(sent.at(-1), {
      type: 'choose',
      answers: { simple: { weight: 3, must: false }, 'no-sidecar': { weight: 0, must: true } },
      filled: [],
    });
    assert.equal(await page.locator('.headline').innerText(), choice.headline);
    assert.deepEqual(await page.locator('.ranked .name').allInnerTexts(), ['Istio ambient']);
    assert.equal(await page.locator('.ruled-out li').count(), 4);
  },
);

pageTest(
  'A variant opens to the reasons that moved it, and each leads to its row in Compare',
  { state: { ...kept, open: [] } },
  async (panel) => {
    const { page, sent } = panel;
    await page.getByRole('button', { name: /Istio ambient/ }).click();
    const reasons = await page.locator('.reason').allInnerTexts();
    assert.match(
      (reasons[0] ?? '').replace(/\s+/g, ' '),
      /^\+3 The lowest CPU, memory and latency scores 3 of 3, weight medium No proxy per pod/,
    );
    await page.getByRole('button', { name: 'The lowest CPU, memory and latency' }).click();
    assert.deepEqual(sent.at(-1), { type: 'reveal', featureId: 'resource-overhead' });
    await page.locator('.ruled-out').getByRole('button').click();
    assert.deepEqual(sent.at(-1), { type: 'reveal', featureId: 'jwt' });
    await page.getByRole('button', { name: 'Running it' }).click();
    await page.getByRole('button', { name: 'Show “Learning curve” in Compare' }).click();
    assert.deepEqual(sent.at(-1), { type: 'reveal', featureId: 'learning-curve' });
  },
);

pageTest('The workspace answers a page that nobody has touched, and says why', { chooser }, async (panel) => {
  const { page } = panel;
  assert.match(await page.locator('.note').innerText(), /^2 needs come from the manifests/);
  assert.match(await page.locator('.headline').innerText(), /^Manifests tell what is in use/);
  assert.equal(await page.locator('.ranked').count(), 0);
  const question = page.locator('[data-question="jwt"]');
  assert.match(await question.innerText(), /RequestAuthentication\/shop\/tokens needs it\./);
  assert.ok(await question.getByRole('radio', { name: 'Medium' }).isChecked());
  await question.getByRole('radio', { name: 'High' }).check();
  await answer(panel);
  assert.match(await page.locator('.note').innerText(), /^One need comes from/);
  assert.notEqual(await page.locator('.ranked').count(), 0);
  await page.getByRole('button', { name: 'Clear All' }).click();
  await answer(panel);
  assert.match(await page.locator('.headline').innerText(), /nothing is ranked/);
});

pageTest(
  'What was cleared stays so until the workspace is asked again; a person’s answers stand',
  { chooser, state: { ...kept, answers: { jwt: { weight: 3, must: true } } } },
  async (panel) => {
    const { page, sent, send } = panel;
    assert.deepEqual(sent.at(-1), { type: 'choose', answers: { jwt: { weight: 3, must: true } }, filled: [] });
    await page.getByRole('button', { name: 'Fill In from Workspace' }).click();
    assert.deepEqual(sent.at(-1), { type: 'fill' });
    await send({ type: 'chooser', chooser, fills: true });
    assert.deepEqual(sent.at(-1), {
      type: 'choose',
      answers: { jwt: { weight: 3, must: true }, ingress: { weight: 2, must: false } },
      filled: ['ingress'],
    });
    await send({ type: 'chooser', chooser, fills: true });
    assert.match(await page.locator('.note').innerText(), /is answered already/);
    await send({ type: 'chooser', chooser: empty, fills: true });
    assert.equal(await page.locator('.note').innerText(), 'The manifests of this workspace show no need.');
  },
);

pageTest('The record is asked for with the answers', { state: kept }, async ({ page, sent }) => {
  await page.getByRole('button', { name: 'Export as Decision Record' }).click();
  assert.deepEqual(sent.at(-1), { type: 'record', answers, filled: [] });
});

pageTest('Answers and what is open stay when the page was hidden', {}, async (panel) => {
  const { page, send } = panel;
  await page.getByRole('button', { name: 'Security' }).click();
  await page
    .getByRole('radiogroup', { name: /^Weight: Post-quantum/ })
    .getByRole('radio', { name: 'Low' })
    .check();
  await answer(panel);
  await page.reload();
  await page.waitForSelector('main');
  await send({ type: 'chooser', chooser, fills: false });
  assert.ok(
    await page
      .getByRole('radiogroup', { name: /^Weight: Post-quantum/ })
      .getByRole('radio', { name: 'Low' })
      .isChecked(),
  );
});

pageTest('The keyboard alone gives weights and musts', {}, async (panel) => {
  const { page, sent } = panel;
  const off = page
    .getByRole('radiogroup', { name: 'Weight: A small team and few concepts' })
    .getByRole('radio', { name: 'Off' });
  await off.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  assert.deepEqual(sent.at(-1), { type: 'choose', answers: { simple: { weight: 2, must: true } }, filled: [] });
});

pageTest(
  'Without a server the page says so and can ask again; messages of another shape change nothing',
  {},
  async ({ page, send, sent }) => {
    for (const nonsense of [
      null,
      'choice',
      { type: 'choice' },
      { type: 'choice', choice: { ranked: 1 } },
      { type: 'chooser', chooser: {} },
    ])
      await send(nonsense);
    assert.match(await page.locator('.headline').innerText(), /nothing is ranked/);
    await send({ type: 'failed', message: 'The language server does not answer.' });
    assert.equal(await page.getByRole('alert').locator('p').innerText(), 'The language server does not answer.');
    await page.getByRole('button', { name: 'Try Again' }).click();
    assert.deepEqual(sent.at(-1), { type: 'ready' });
  },
);

for (const theme of themeIds) {
  for (const width of [200, 280, 480, 900]) {
    pageTest(
      `The page is whole and accessible in ${theme} at ${width}`,
      { theme, width, height: 900, state: kept, chooser },
      async ({ page }) => {
        const { scrolls, cut } = await page.evaluate(() => ({
          scrolls: document.documentElement.scrollWidth > document.documentElement.clientWidth,
          cut: [...document.querySelectorAll('.weights span')].filter((it) => it.scrollWidth > it.clientWidth).length,
        }));
        assert.ok(!scrolls, 'it scrolls sideways');
        assert.equal(cut, 0, 'labels are cut');
        assert.deepEqual(await violations(page), []);
        await keepPicture(page, `choose-${theme}-${width}`);
      },
    );
  }
}

pageTest(
  'Forced colours and reduced motion leave it readable',
  { forcedColors: 'active', reducedMotion: 'reduce', state: kept, height: 900 },
  async ({ page }) => {
    assert.equal(await page.locator('.ranked .bar').count(), 4);
    await keepPicture(page, 'choose-forced-colors');
  },
);

pageTest('The first look, with nothing answered', { height: 700 }, async ({ page }) => {
  assert.deepEqual(await violations(page), []);
  await keepPicture(page, 'choose-fresh');
});

pageTest(
  'Reasons that one reads stand with their verdicts',
  { state: { ...kept, open: ['group hints'] }, height: 1000 },
  async ({ page }) => {
    assert.match(await page.locator('.hints').innerText(), /Graduated at the CNCF\n+decides nothing any more/i);
    assert.deepEqual(await violations(page), []);
    await keepPicture(page, 'choose-hints');
  },
);
