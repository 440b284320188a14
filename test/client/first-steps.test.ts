/** The first steps as package.json tells them: pictures that are there and take the theme's colours, links that lead somewhere. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readPackage } from '../package-words.ts';

interface Step {
  readonly id: string;
  readonly description: string;
  readonly media: { readonly svg: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}

const { contributes, activationEvents } = readPackage() as {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: { readonly meshwright: readonly { readonly id: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly when: string; readonly contents: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly Step[] }[];
  };
};
const steps = contributes.walkthroughs.flatMap((it) => it.steps);
const views = contributes.views.meshwright.map((it) => it.id);
const commands = [...contributes.commands.map((it) => it.command), ...views.map((it) => `${it}.focus`)];

function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\]\(command:([\w.]+)/g)].map((it) => it[1] ?? '');
}

test('a walkthrough of five steps has a way to go in each, and knows when a step is done', () => {
  assert.equal(steps.length, 5);
  for (const { id, description, completionEvents } of steps) {
    assert.ok(linksIn(description).length > 0, id);
    assert.ok(completionEvents.length > 0, id);
  }
});

test('links of the walkthrough and of empty views name commands that are there', () => {
  const texts = [...steps.map((it) => it.description), ...contributes.viewsWelcome.map((it) => it.contents)];
  const own = texts.flatMap(linksIn).filter((it) => it.startsWith('meshwright.'));
  assert.deepEqual(
    own.filter((it) => !commands.includes(it)),
    [],
  );
  const events = steps
    .flatMap((it) => it.completionEvents)
    .map((it) => /^on(?:Command|View):(meshwright\..*)$/.exec(it)?.[1]);
  assert.deepEqual(
    events.filter((it) => it !== undefined && !commands.includes(it) && !views.includes(it)),
    [],
  );
});

test('pictures stand beside words for those who do not see them, and carry no styles that VS Code would refuse', () => {
  for (const { media } of steps) {
    assert.ok(media.altText.length > 20, media.svg);
    const picture = readFileSync(media.svg, 'utf8');
    assert.doesNotMatch(picture, /<style|style=|<script|href=/, media.svg);
    // Every colour is the theme's.
    for (const [, colour] of picture.matchAll(/(?:fill|stroke)="([^"]*)"/g))
      assert.match(colour ?? '', /^(none$|var\()/);
  }
});

test('an empty view says why for each reason', () => {
  const reasons = contributes.viewsWelcome.map((it) => it.when);
  for (const reason of ['noManifests', 'noMesh', 'failed'])
    assert.ok(
      reasons.some((it) => it.includes(reason)),
      reason,
    );
  assert.ok(activationEvents.includes('onUri'), 'links from outside start the extension');
});
