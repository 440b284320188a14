/** Plain scalars as Kubernetes reads them, and strings as it reads them back. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { parseManifest } from '../../server/src/model/manifest.ts';
import { quoteIfNeeded, resolvePlain } from '../../server/src/model/scalar.ts';
import { flowText } from '../../server/src/model/edit.ts';

const valueOf = (text: string): unknown => parseManifest('file:///a.yaml', text).parts[0]?.value;

describe('what Kubernetes makes of a plain scalar', () => {
  const rows: readonly (readonly [string, unknown])[] = [
    ['yes', true],
    ['On', true],
    ['n', false],
    ['OFF', false],
    ['yEs', 'yEs'],
    ['null', null],
    ['~', null],
    ['', null],
    ['12', 12],
    ['-12', -12],
    ['+12', 12],
    ['0777', 511],
    ['0o777', 511],
    ['08', 8],
    ['1_000', 1000],
    ['0x1F', 31],
    ['0b101', 5],
    ['1.10', 1.1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1.2.3', '1.2.3'],
    ['12:30', '12:30'],
    ['2026-01-31', '2026-01-31'],
    ['10s', '10s'],
    ['v1', 'v1'],
    ['.inf', Infinity],
    ['-.INF', -Infinity],
  ];
  for (const [text, value] of rows)
    test(`${text || '(nothing)'} is ${JSON.stringify(value)}`, () => assert.deepEqual(resolvePlain(text), value));

  test('.nan is no number that equals another', () => assert.ok(Number.isNaN(resolvePlain('.nan'))));
});

describe('a string written as a scalar', () => {
  test('stays plain where that is safe', () => {
    for (const text of ['reviews', 'v1', 'reviews.shop.svc.cluster.local', '/api/v1', '10s', 'a b', 'a:b', '-x', 'x#y'])
      assert.equal(quoteIfNeeded(text), text);
  });

  test('gets quotes where it would be read as something else', () => {
    for (const text of [
      'yes',
      'on',
      '80',
      '1.10',
      '',
      'null',
      '*',
      '&a',
      '- a',
      'a: b',
      'a #b',
      '@a',
      '%a',
      'a ',
      ' a',
      '{a',
      '"a',
      '0777',
    ])
      assert.equal(quoteIfNeeded(text), JSON.stringify(text));
  });

  test('inside braces also for the signs of braces', () => {
    assert.equal(quoteIfNeeded('a,b'), 'a,b');
    assert.equal(quoteIfNeeded('a,b', true), '"a,b"');
  });

  test('any string comes back, in block and in flow style', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        if (/\{\{|\ue000/.test(text)) return;
        assert.deepEqual(valueOf(`kind: ${quoteIfNeeded(text)}\n`), { kind: text });
        assert.deepEqual(valueOf(`kind: ${flowText({ [`a${text}`]: [text] })}\n`), { kind: { [`a${text}`]: [text] } });
      }),
      { numRuns: 500 },
    );
  });
});
