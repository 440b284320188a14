/** Any bytes: each query answers soon, with a message where it gives up, and none throws. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { fixes } from '../../server/src/queries/actions.ts';
import { complete } from '../../server/src/queries/complete.ts';
import { definition } from '../../server/src/queries/definition.ts';
import { hints } from '../../server/src/queries/hints.ts';
import { hover } from '../../server/src/queries/hover.ts';
import { callItems, incomingCalls, outgoingCalls } from '../../server/src/queries/call-hierarchy.ts';
import { folding } from '../../server/src/queries/folding.ts';
import { highlights } from '../../server/src/queries/highlights.ts';
import { lensCount, lenses } from '../../server/src/queries/lens.ts';
import { links } from '../../server/src/queries/links.ts';
import { references } from '../../server/src/queries/references.ts';
import { selectionRanges } from '../../server/src/queries/selection-ranges.ts';
import { symbols } from '../../server/src/queries/symbols.ts';
import { symbolLocation, workspaceSymbols } from '../../server/src/queries/workspace-symbols.ts';
import type { Diagnostic } from '../../server/src/model/rule.ts';
import { applyChange } from '../../server/src/model/workspace.ts';
import { uriOf, workspaceOf } from '../harness/check.ts';

/** What a person waits for at most, in ms; counted as work, since other tests may keep the machine busy. */
const patience = 2_000;

/** Asks everything about a text, at the given offsets, and gives its diagnostics. */
function askAll(text: string, offsets: readonly number[]): readonly Diagnostic[] {
  const started = process.cpuUsage();
  const workspace = workspaceOf(new Map([['a.yaml', text]]), { codeLens: true });
  const uri = uriOf('a.yaml');
  const found = diagnose(workspace, uri);
  for (const it of found) {
    assert.ok(it.range.start >= 0 && it.range.start <= it.range.end && it.range.end <= text.length, it.message);
    assert.ok(it.message.length > 0 && it.message.length < 1_000);
  }
  symbols(workspace, uri);
  const whole = { start: 0, end: text.length };
  const surrounding = [...(folding(workspace, uri) ?? []), ...links(workspace, uri), ...lenses(workspace, uri)];
  for (const { range } of surrounding) assert.ok(range.start <= range.end && range.end <= text.length);
  for (const { offset, type } of lenses(workspace, uri).slice(0, 50))
    if (type !== 'convert') lensCount(workspace, uri, offset, type);
  for (const { place } of workspaceSymbols(workspace, 'a').slice(0, 10)) symbolLocation(workspace, place);
  for (const it of hints(workspace, uri, whole)) assert.ok(it.offset >= 0 && it.offset <= text.length, it.text);
  for (const offset of offsets) {
    complete(workspace, uri, offset);
    hover(workspace, uri, offset);
    definition(workspace, uri, offset);
    references(workspace, uri, offset, true);
    highlights(workspace, uri, offset);
    const around = selectionRanges(workspace, uri, offset);
    assert.deepEqual(around.at(-1) ?? whole, whole);
    for (const ask of [callItems, incomingCalls, outgoingCalls]) ask(workspace, uri, offset);
    for (const fix of fixes(workspace, uri, { start: offset, end: offset })) fix.edits();
  }
  const { user, system } = process.cpuUsage(started);
  const took = (user + system) / 1_000;
  assert.ok(took < patience, `It took ${Math.round(took)} ms.`);
  return found;
}

const ends = (text: string) => [0, Math.floor(text.length / 2), text.length];
const head = 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: a }\n';

describe('documents that nobody should read', () => {
  test('an alias bomb', () => {
    const levels = Array.from({ length: 30 }, (_, at) => `  a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(9)}]`);
    const text = `${head}spec:\n  a0: &a0 x\n${levels.join('\n')}\n`;
    assert.ok(askAll(text, ends(text)).some((it) => /Aliases unfold/.test(it.message)));
  });

  test('an alias of itself', () => {
    const text = `${head}spec: &a\n  hosts: *a\n`;
    askAll(text, ends(text));
  });

  test('ten megabytes in one document', () => {
    const text = `${head}spec:\n  hosts:\n${'    - reviews.example.com\n'.repeat(400_000)}`;
    assert.ok(text.length > 10_000_000);
    const found = askAll(text, ends(text));
    assert.deepEqual(
      found.map((it) => it.code),
      ['common/yaml-syntax'],
    );
    assert.match(found[0]?.message ?? '', /million characters/);
  });

  test('two megabytes in one document', () => {
    const text = `${head}spec:\n  hosts:\n${'    - reviews.example.com\n'.repeat(80_000)}`;
    assert.match(askAll(text, ends(text))[0]?.message ?? '', /1\.5 MB/);
  });

  test('5,000 levels of brackets', () => {
    const text = `${head}spec: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`;
    assert.match(askAll(text, ends(text))[0]?.message ?? '', /levels deep/);
  });

  test('5,000 levels of brackets that are never closed', () => {
    const text = `${head}spec: ${'{a: ['.repeat(5_000)}`;
    assert.match(askAll(text, ends(text))[0]?.message ?? '', /levels deep/);
  });

  test('5,000 levels of indentation', () => {
    const text = `${head}spec:\n${Array.from({ length: 5_000 }, (_, at) => `${' '.repeat(at + 1)}a:\n`).join('')}`;
    assert.ok(askAll(text, ends(text)).some((it) => /levels deep|million characters/.test(it.message)));
  });

  test('a line of a million signs', () => {
    const text = `${head}spec: { hosts: ["${'x'.repeat(1_000_000)}"] }\n`;
    askAll(text, ends(text));
  });

  test('a hundred documents that are all broken', () => {
    const text = `${head}spec:\n  hosts: [a\n  "b\n  c\n---\n`.repeat(100);
    askAll(text, ends(text));
  });

  test('ten thousand mistakes in one document', () => {
    const text = `${head}spec:\n  hosts: [a]\n  http:\n${'    - { nmae: x }\n'.repeat(10_000)}`;
    askAll(text, ends(text));
  });
});

describe('thousands of one thing', () => {
  const lines = (count: number, one: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => one(at)).join('');
  const tooMuch = /is not checked, since reading it takes too long/;

  test('20,000 equal keys: the first mistakes are listed, the others counted', () => {
    const found = askAll(`${head}spec:\n${'  a: 1\n'.repeat(20_000)}`, [0]);
    const duplicates = found.filter((it) => it.code === 'common/duplicate-map-key');
    assert.equal(duplicates.length, 201);
    assert.equal(duplicates.at(-1)?.message, 'From here on, 19,799 more mistakes of this document are not listed.');
  });

  const texts: Readonly<Record<string, string>> = {
    '100,000 equal keys': `${head}spec:\n${'  a: 1\n'.repeat(100_000)}`,
    'a million blank lines': `${head}spec:\n${'\n'.repeat(1_000_000)}`,
    'a million blank lines before it': `${'\n'.repeat(1_000_000)}${head}`,
    '50,000 pairs in brackets': `${head}spec: { hosts: [${lines(50_000, (at) => `k${at}: v, `)}] }\n`,
    '50,000 pairs in braces': `${head}spec: { ${lines(50_000, (at) => `k${at}: v, `)} }\n`,
    '20,000 anchors and aliases': `${head}spec:\n${lines(20_000, (at) => `  a${at}: &a${at} x\n  b${at}: *a${at}\n`)}`,
    '20,000 aliases without anchors': `${head}spec:\n${lines(20_000, (at) => `  a${at}: *b\n`)}`,
    '10,000 routes': `${head}spec:\n  hosts: [a]\n  http:\n${lines(10_000, (at) => `    - match: [{ uri: { prefix: /p${at} } }]\n      route: [{ destination: { host: h${at} } }]\n`)}`,
    '100,000 templates': `${head}spec:\n${lines(100_000, (at) => `  k${at}: {{ .x }}\n`)}`,
    '100,000 templates that are never closed': `${head}spec:\n${'  a: {{ .x\n'.repeat(100_000)}`,
    '30,000 unknown fields': `${head}spec:\n${lines(30_000, (at) => `  k${at}: v\n`)}`,
    '20,000 quotes that are never closed': `${head}spec:\n${'  a: "x\n'.repeat(20_000)}`,
    '100,000 brackets beside each other': `${head}spec: ${'[] '.repeat(100_000)}\n`,
    '100,000 closing brackets': `${head}spec: ${']'.repeat(100_000)}\n`,
    '100,000 dashes on a line': `${head}spec:\n${'- '.repeat(100_000)}\n`,
    '100,000 spaces in a line': `${head}spec:\n  key${' '.repeat(100_000)}x\n`,
    '30,000 tabs': `${head}spec:\n${'\ta: 1\n'.repeat(30_000)}`,
  };
  for (const [name, text] of Object.entries(texts)) test(name, () => void askAll(text, ends(text)));

  test('what is not read says so', () => {
    assert.match(askAll(texts['a million blank lines'] ?? '', [0])[0]?.message ?? '', tooMuch);
    assert.match(askAll(texts['100,000 equal keys'] ?? '', [0])[0]?.message ?? '', tooMuch);
  });

  test('a megabyte in a block of text is read', () => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  a.json: |\n${'    { "a": [1, 2, 3], "b": 4 },\n'.repeat(32_000)}`;
    assert.ok(text.length > 1_000_000);
    assert.deepEqual(askAll(text, [0]), []);
  });

  test('messages name long words by their start', () => {
    for (const text of [
      `${head}spec:\n  ${'x'.repeat(300_000)}\n`,
      `${head}spec:\n  ${'x '.repeat(150_000)}\n`,
      `${head}spec:\n  ? ${'x'.repeat(300_000)}\n  : 1\n  ? ${'x'.repeat(300_000)}\n  : 1\n`,
      `${head}spec: *${'x'.repeat(300_000)}\n`,
    ]) {
      const found = askAll(text, [0]);
      assert.ok(found.length > 0);
      for (const { message } of found) assert.ok(message.length < 200, message.slice(0, 300));
    }
    const unfinished = `${head}spec:\n  hosts: [a]\n  ${'x'.repeat(60)}\n  gateways: [b]\n`;
    assert.match(askAll(unfinished, [0])[0]?.message ?? '', /^"x{40}…" is not finished/);
  });
});

test('a megabyte of YAML without resources costs next to nothing', () => {
  const text = Array.from({ length: 25_000 }, (_, at) => `key${at}:\n  name: value${at}\n  list: [a, b]\n`).join('');
  const uri = uriOf('values.yaml');
  let workspace = workspaceOf(new Map([['values.yaml', text]]));
  const started = process.cpuUsage();
  const keystrokes = 10;
  for (let at = 1; at <= keystrokes; at += 1) {
    const offset = at * 90_000;
    const typed = `${text.slice(0, offset)}\nx${text.slice(offset)}`;
    workspace = applyChange(workspace, { files: new Map([[uri, typed]]) });
    assert.deepEqual(diagnose(workspace, uri, 'quick'), []);
    assert.deepEqual(complete(workspace, uri, offset + 2), []);
    assert.equal(hover(workspace, uri, offset + 2), undefined);
    assert.deepEqual(symbols(workspace, uri), []);
  }
  const { user, system } = process.cpuUsage(started);
  const took = (user + system) / 1_000 / keystrokes;
  assert.ok(took < 20, `A keystroke took ${took.toFixed(1)} ms.`);
});

describe('bytes', () => {
  test('none of them break anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const text = new TextDecoder().decode(bytes);
        askAll(text, ends(text));
        askAll(head + text, ends(head + text));
      }),
      { numRuns: 300 },
    );
  });

  test('nor do the signs of YAML in any order', () => {
    const piece = fc.constantFrom(
      ...[
        'apiVersion: v1',
        'kind: List',
        'kind: Service',
        'items:',
        'spec:',
        'a',
        ':',
        ' ',
        '\n',
        '  ',
        '- ',
        '? ',
        '{',
        '}',
        '[',
        ']',
        ',',
        '"',
        "'",
        '#',
        '|',
        '>',
        '&x ',
        '*x',
        '<<: ',
        '!t ',
        '---\n',
        '...\n',
        '%YAML',
        '\t',
        '\r',
        '\r\n',
        '\\',
        '{{',
        '}}',
        '\0',
        '\ufeff',
        '😀',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        askAll(text, ends(text));
        askAll(head + text, ends(head + text));
      }),
      { numRuns: 600 },
    );
  });
});

describe('samples, cut off', () => {
  const samples = [
    'istio/reviews',
    'linkerd/access',
    'consul/reviews',
    'istio/workloads/reviews',
    'legacy/istio-reviews',
  ];
  for (const name of samples) {
    test(`${name} at every 50th offset`, () => {
      const whole = readFileSync(`samples/${name}.yaml`, 'utf8');
      for (let end = 0; end <= whole.length; end += 50) {
        askAll(whole.slice(0, end), [end]);
        askAll(`${whole.slice(0, end)}\n${whole.slice(end + 30)}`, [end, end + 1]);
      }
    });
  }

  test('every file of the samples at every place of a line', () => {
    for (const mesh of ['istio', 'linkerd', 'consul', 'legacy']) {
      for (const file of readdirSync(`samples/${mesh}`).filter((it) => it.endsWith('.yaml'))) {
        const text = readFileSync(`samples/${mesh}/${file}`, 'utf8');
        const offsets = [...text.matchAll(/\n/g)]
          .flatMap((it) => [it.index, it.index + 3])
          .filter((_, at) => at % 5 === 0);
        askAll(text, offsets);
      }
    }
  });
});
