/** Scalars mean what Kubernetes makes of them, and what we write means what was meant. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { blockText, flowText } from '../../server/src/model/edit.ts';
import { Part } from '../../server/src/model/part.ts';
import { quoteIfNeeded } from '../../server/src/model/scalar.ts';
import { values, words } from './written.ts';

const runs = Number(process.env['RUNS'] ?? 1_000);

/** The value of `a:` in a text that has to be well-formed. */
function read(text: string): unknown {
  const part = new Part(text);
  assert.deepEqual(part.problems, [], JSON.stringify(text));
  return (part.value as { readonly a: unknown }).a;
}

test('a text is read back as it was written, in block style and inside braces', () => {
  fc.assert(
    fc.property(words.filter(isPrintable), (text) => {
      assert.deepEqual(read(`a: ${quoteIfNeeded(text)}\n`), text);
      assert.deepEqual(read(`a:\n  - ${quoteIfNeeded(text)}\n`), [text]);
      assert.deepEqual(read(`{ a: ${quoteIfNeeded(text, true)} }`), text);
      assert.deepEqual(read(`a: [${quoteIfNeeded(text, true)},${quoteIfNeeded(text, true)}]`), [text, text]);
      assert.deepEqual(read(`a: {${quoteIfNeeded(text, true)}: 1}`), mapOf(text, 1));
      assert.deepEqual(read(`a:\n  ${quoteIfNeeded(text)}: 1\n`), mapOf(text, 1));
    }),
    { numRuns: runs },
  );
});

test('a value is read back as it was written, in block style and inside braces', () => {
  fc.assert(
    fc.property(
      values.filter(isPrintableValue),
      fc.constantFrom(0, 2),
      fc.constantFrom(2, 4),
      (value, listIndent, indentStep) => {
        assert.deepEqual(read(`a:${blockText(value, 0, { listIndent, indentStep })}\n`), value);
        assert.deepEqual(read(`a: ${flowText(value)}\n`), value);
        assert.deepEqual(read(`{ a: ${flowText(value, true)} }`), value);
      },
    ),
    { numRuns: runs },
  );
});

/** Also for `__proto__`. */
function mapOf(key: string, value: unknown): unknown {
  return Object.fromEntries([[key, value]]);
}

/** The API server refuses text that is no valid UTF-16, and YAML has no place for it. */
function isPrintable(text: string): boolean {
  return !/\p{Surrogate}/u.test(text) && !text.includes('{{');
}

function isPrintableValue(value: unknown): boolean {
  return isPrintable(JSON.stringify(value)) && !JSON.stringify(value).includes('__proto__');
}

/** What sigs.k8s.io/yaml 1.4.0 answered when it was asked. */
const answers: readonly (readonly [string, unknown])[] = [
  ['.5_', '.5_'],
  ['._5', '._5'],
  ['.5_0', 0.5],
  ['1_000.5', 1000.5],
  ['1__0', 10],
  ['0O17', 15],
  ['0o17', 15],
  ['0B11', 3],
  ['-0b11', -3],
  ['+0x1F', 31],
  ['08', 8],
  ['0_7', 7],
  ['0777', 511],
  ['1e400', '1e400'],
  ['.5e400', '.5e400'],
  ['1:30', '1:30'],
  ['2001-01-01', '2001-01-01'],
  ['1e3', 1000],
  ['1.', 1],
  ['+.5', 0.5],
  ['.', '.'],
  ['0x', '0x'],
  ['_1', '_1'],
  ['-_1', -1],
  ['nUll', 'nUll'],
  ['TrUe', 'TrUe'],
  ['y', true],
  ['N', false],
  ['On', true],
  ['~', null],
  ['0o8', '0o8'],
  ['09.5', 9.5],
];

test('plain scalars are what sigs.k8s.io/yaml answered', () => {
  for (const [text, value] of answers) assert.deepEqual(read(`a: ${text}\n`), value, text);
});

test('plain scalars follow its rules', () => {
  const plain = fc.oneof(
    fc.constantFrom(...named.keys()),
    fc.string({ unit: fc.constantFrom(...'0123456789abxoXOeE+-._:'), minLength: 1, maxLength: 7 }),
    words,
  );
  fc.assert(
    fc.property(plain.filter(isPlain), (text) => assert.deepEqual(read(`a: ${text}\n`), expected(text), text)),
    { numRuns: runs },
  );
});

/** Whether YAML has this as one plain scalar on one line. */
function isPlain(text: string): boolean {
  return (
    isPrintable(text) &&
    text.trim() === text &&
    /^[^\s\-?:,[\]{}#&*!|>'"%@`]|^[-?:](?=\S)/.test(text) &&
    !/:(?:\s|$)| #|[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]|^---$|^[-+]?0[bB][-+]/.test(text)
  );
}

const named = new Map<string, unknown>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map((it) => [it, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map((it) => [it, false] as const),
  ...['~', 'null', 'Null', 'NULL'].map((it) => [it, null] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((it) => [it, Number.POSITIVE_INFINITY] as const),
]);

/** Its rules once more: names first, then ParseInt of base 0, then ParseFloat, both without underscores. */
function expected(text: string): unknown {
  if (named.has(text)) return named.get(text);
  if (!/^[-+.\d]/.test(text)) return text;
  if (text.startsWith('.') && /\D_|_\D|_$/.test(text)) return text;
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text.replaceAll('_', '')) ?? [];
  const factor = sign === '-' ? -1 : 1;
  if (/^0[0-7]+$/.test(digits)) return factor * Number(BigInt(`0o${digits.slice(1)}`));
  if (/^(?:\d+|0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(digits)) return factor * Number(BigInt(digits));
  const value = /^\.?\d/.test(digits) && !/[^\d.eE+-]/.test(digits) ? factor * Number(digits) : Number.NaN;
  return Number.isFinite(value) ? value : text;
}
