/** How deep a text nests is known before the parser, which recurses, is given it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nestingLimit, tooDeepAt } from '../../server/src/model/depth.ts';

const brackets = (depth: number) => `a: ${'['.repeat(depth)}${']'.repeat(depth)}`;
const maps = (depth: number) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:\n`).join('');

describe('nesting', () => {
  test('of real manifests is never too deep', () => {
    assert.equal(tooDeepAt('apiVersion: v1\nkind: Service\nspec: { a: [{ b: [1] }] }\n'), undefined);
    assert.equal(tooDeepAt(maps(nestingLimit / 2)), undefined);
    assert.equal(tooDeepAt(brackets(nestingLimit / 2)), undefined);
  });

  test('of brackets and of indentation is found', () => {
    assert.equal(typeof tooDeepAt(brackets(5_000)), 'number');
    assert.equal(typeof tooDeepAt(maps(5_000)), 'number');
  });

  test('of dashes on one line is found', () => {
    assert.equal(typeof tooDeepAt(`a:\n${'- '.repeat(5_000)}b`), 'number');
    assert.equal(typeof tooDeepAt(`a:\n${'? '.repeat(5_000)}b`), 'number');
  });

  test('brackets in text nest nothing', () => {
    assert.equal(tooDeepAt(`a: "${'['.repeat(1_000)}"\n`), undefined);
    assert.equal(tooDeepAt(`a: |\n  ${'{ '.repeat(1_000)}\n`), undefined);
  });

  test('it takes time that grows with the text only', () => {
    const started = process.cpuUsage();
    tooDeepAt(brackets(200_000));
    tooDeepAt('['.repeat(500_000));
    const { user, system } = process.cpuUsage(started);
    assert.ok((user + system) / 1_000 < 2_000);
  });
});
