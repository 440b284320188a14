/** Labels, annotations and scalars that somebody made to be slow, and files with more of them than anybody writes. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { annotationDocs } from 'meshwright:schemas';
import fc from '../harness/fast-check.ts';
import { loadAnnotations } from '../../server/src/model/annotations.ts';
import { valueProblem } from '../../server/src/model/annotation-value.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { uriOf, workspaceOf } from '../harness/check.ts';

/** Each syntax once; many names share one. */
const syntaxes = [
  ...new Map(
    [...loadAnnotations(annotationDocs).values()].flatMap(({ syntax }) =>
      syntax ? [[JSON.stringify(syntax), syntax] as const] : [],
    ),
  ).values(),
];

/** Work in ms; waiting does not count, since other tests may keep the machine busy. */
function workOf(action: () => void): number {
  const started = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}

function found(text: string) {
  return diagnose(workspaceOf(new Map([['a.yaml', text]])), uriOf('a.yaml'));
}

describe('values of annotations', () => {
  test('any text gets an answer, and what is offered in its place is right', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...syntaxes),
        fc.oneof(fc.string(), fc.stringMatching(/^[-0-9a-z.,:/*~]*$/)),
        (syntax, text) => {
          const near = valueProblem(syntax, text)?.nearest;
          return near === undefined || valueProblem(syntax, near) === undefined;
        },
      ),
      { numRuns: 2_000 },
    );
  });

  for (const sign of ['1', 'a', '1,', '-', '1.', '1s', '[', '{', '"', ':', '.svc', '10.0.0.0/8,', '_'])
    test(`100,000 times ${JSON.stringify(sign)}`, () => {
      const text = sign.repeat(100_000);
      const work = workOf(() => syntaxes.forEach((it) => valueProblem(it, text)));
      assert.ok(work < 3_000, `${Math.round(work)} ms for ${syntaxes.length} values`);
    });
});

describe('many of them', () => {
  const config = (entries: readonly string[]) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n${entries.map((it) => `  ${it}\n`).join('')}`;
  const numbers = Array.from({ length: 20_000 }, (_, at) => at);

  const texts: Readonly<Record<string, string>> = {
    'numbers where text is wanted': config(numbers.map((at) => `k${at}: ${at}`)),
    'octal numbers': config(numbers.map((at) => `k${at}: 0${at}`)),
    'keys that are booleans': config(numbers.map(() => 'on: x')),
    'annotations that nobody knows': `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n${numbers
      .map((at) => `    sidecar.istio.io/proxyCP${at}: x\n`)
      .join('')}`,
    'digits without end': config([
      `a: ${'1'.repeat(500_000)}`,
      `b: ${'1_'.repeat(200_000)}`,
      `c: ${'0'.repeat(200_000)}`,
    ]),
  };
  for (const [name, text] of Object.entries(texts))
    test(name, () => {
      let count = 0;
      const work = workOf(() => {
        count = found(text).length;
      });
      assert.ok(work < 3_000, `${Math.round(work)} ms`);
      assert.ok(count <= 601, `${count} findings`);
    });
});
