/** The keys that most people want first: those that the example of a kind uses. */

import { parse } from 'yaml';
import type { KindSchema } from '../model/schema.ts';
import { isRecord } from '../model/value.ts';

const known = new WeakMap<KindSchema, ReadonlySet<string>>();

/** Paths, as patterns (`spec.http[*].route`), that the example of a kind uses; empty for kinds without an example. */
export function commonPaths(schema: KindSchema): ReadonlySet<string> {
  let paths = known.get(schema);
  if (!paths) {
    paths = new Set(patternsIn(exampleOf(schema), ''));
    known.set(schema, paths);
  }
  return paths;
}

const examples = new WeakMap<KindSchema, { readonly value: unknown }>();

/** The example of a kind as a value; undefined for kinds without one. */
export function exampleOf(schema: KindSchema): unknown {
  const { example } = schema.docs;
  const known = examples.get(schema) ?? { value: example === undefined ? undefined : parse(example) };
  examples.set(schema, known);
  return known.value;
}

function* patternsIn(value: unknown, at: string): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* patternsIn(item, `${at}[*]`);
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const here = at === '' ? key : `${at}.${key}`;
    yield here;
    yield* patternsIn(item, here);
  }
}
