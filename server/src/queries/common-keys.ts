/** The keys that most people want first: those that the example of a kind uses. */

import { parse } from 'yaml';
import type { KindSchema } from '../model/schema.ts';
import { isRecord } from '../model/value.ts';

const known = new WeakMap<KindSchema, ReadonlySet<string>>();

/** Paths, as patterns (`spec.http[*].route`), that the example of a kind uses; empty for kinds without an example. */
export function commonPaths(schema: KindSchema): ReadonlySet<string> {
  let paths = known.get(schema);
  if (!paths) {
    paths = new Set(patternsIn(schema.docs.example === undefined ? undefined : parse(schema.docs.example), ''));
    known.set(schema, paths);
  }
  return paths;
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
