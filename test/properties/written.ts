/** Documents out of generated values, written in all styles that YAML has for them. */

import { isMap, isScalar, isSeq, type Node } from 'yaml';
import fc from '../harness/fast-check.ts';
import { keyText, rangeOf } from '../../server/src/model/decode.ts';
import type { Part } from '../../server/src/model/part.ts';
import type { Path } from '../../server/src/model/text.ts';

/** Words that YAML reads in surprising ways, and some that it does not. */
export const words: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'reviews',
    'a b',
    'on',
    'no',
    'y',
    'null',
    '~',
    '',
    '0777',
    '1e3',
    '1_000',
    '0x1F',
    '.5',
    '-',
    '--',
    '---',
    '- a',
    'a: b',
    'a:b',
    'a #b',
    'a#b',
    '#b',
    '"',
    "'",
    "it's",
    '"a" b',
    '{a}',
    '[b]',
    'a, b',
    '*',
    '*.com',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a`',
    '|',
    '>',
    '?',
    '? a',
    ':',
    ': a',
    ' a',
    'a ',
    'a\nb',
    'a\n',
    '\n',
    'a\tb',
    '\ta',
    'é',
    '😀',
    '\u2028',
    '\u0085',
    '\ufeff',
    '\u0000',
    '\u007f',
    '\\',
    'a\\n',
    '1:30',
    '2001-01-01',
    '=',
    '<<',
    '.inf',
    '+1',
    '-0',
    '1.',
    '__proto__',
    '{{ a }}',
    '10%',
    '30s',
  ),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: fc.constantFrom(...`ab:#-?,[]{}&*!|>'"%@\`\\ 01_.~=<\n\t`), maxLength: 6 }),
);

const keys: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom('host', 'spec', 'http', 'name', 'a.b/c', 'x-y', 'labels', 'n_0', '9090', 'a b'),
  },
  { weight: 1, arbitrary: words.filter(isPlainKey) },
);

/** Explicit keys (`? a`) and merge keys are another matter. */
function isPlainKey(text: string): boolean {
  return text !== '' && text.trim() === text && text !== '<<' && !/\{\{|[\n\u0000\u0085\u2028\ufeff]/.test(text);
}

/** Values as `JSON.parse` gives them. */
export const values: fc.Arbitrary<unknown> = fc.letrec<{
  readonly value: unknown;
  readonly map: unknown;
  readonly list: unknown;
  readonly scalar: unknown;
}>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('scalar'), tie('map'), tie('list')),
  scalar: fc.oneof(words, fc.integer({ min: -10, max: 100_000 }), fc.boolean(), fc.constant(null)),
  map: fc.dictionary(keys, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  list: fc.array(tie('value'), { maxLength: 3 }),
})).value;

/** A scalar, or what it stands in, at an offset of a text. */
export interface Written {
  readonly path: Path;
  readonly on: 'key' | 'value';
  readonly start: number;
  readonly isBlockScalar: boolean;
}

/** All keys and scalars of a part as the parser sees them. */
export function writtenIn(part: Part): readonly Written[] {
  const document = part.document();
  return document?.contents ? [...walk(document.contents as Node, [])] : [];
}

function* walk(node: unknown, path: Path): Generator<Written> {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const here = [...path, keyText(key) ?? ''];
      const { start, end } = rangeOf(key);
      if (end > start) yield { path: here, on: 'key', start, isBlockScalar: false };
      yield* walk(value, here);
    }
  } else if (isSeq(node)) {
    for (const [position, item] of node.items.entries()) yield* walk(item, [...path, position]);
  } else if (isScalar(node) && rangeOf(node).end > rangeOf(node).start) {
    yield { path, on: 'value', start: rangeOf(node).start, isBlockScalar: /^BLOCK/.test(node.type ?? '') };
  }
}
