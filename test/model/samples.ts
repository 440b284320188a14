/** Values for a schema: valid ones, and those with one thing changed. */

import fc from '../harness/fast-check.ts';
import type { SchemaNode } from '../../server/src/model/schema.ts';
import type { Path } from '../../server/src/model/text.ts';

/** Valid values of a node. Optional fields come up rarely, the more so the deeper they are, so that values stay small. */
export function validValue(node: SchemaNode, depth = 0): fc.Arbitrary<unknown> {
  const { enum: allowed, nullable } = node;
  const plain = allowed ? fc.constantFrom(...allowed) : byType(node, depth);
  return nullable ? fc.oneof({ weight: 9, arbitrary: plain }, { weight: 1, arbitrary: fc.constant(null) }) : plain;
}

function byType(node: SchemaNode, depth: number): fc.Arbitrary<unknown> {
  if (node.intOrString) return fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom('http', '80'));
  const type = node.types[0];
  if (type === 'string') return validText(node);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.integer(range(node));
  if (type === 'number')
    return fc.oneof(
      fc.integer(range(node)),
      fc.integer(range(node)).map((it) => (it > range(node).min ? it - 0.5 : it)),
    );
  if (type === 'array') return validList(node, depth);
  if (type === 'object') return validMap(node, depth);
  return fc.constantFrom('x', 1, true);
}

function range(node: SchemaNode): { readonly min: number; readonly max: number } {
  const { minimum, maximum } = node.attributes;
  return { min: minimum ?? Math.min(0, maximum ?? 0), max: maximum ?? Math.max(1000, minimum ?? 0) };
}

const words = [
  'a',
  'web',
  'example.com',
  '10s',
  'Service',
  '/',
  '10.0.0.1',
  'a.b/c',
  '2026-01-31T09:00:00Z',
  'https://example.com',
  'HTTP',
  '1Gi',
  'YQ==',
  'GET',
  'spiffe://example.org/a',
  'System',
  'X-Name',
  '0123456789abcdef'.repeat(4),
  '*',
  '',
];

function validText(node: SchemaNode): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = 1000, pattern, format } = node.attributes;
  const fits = words.filter(
    (it) => it.length >= minLength && it.length <= maxLength && (pattern === undefined || new RegExp(pattern).test(it)),
  );
  const byFormat: Record<string, string> = {
    'date-time': '2026-01-31T09:00:00Z',
    byte: 'YQ==',
    ipv4: '10.0.0.1',
    duration: '10s',
  };
  const formatted = format === undefined ? undefined : byFormat[format];
  if (formatted !== undefined) return fc.constant(formatted);
  if (fits.length === 0)
    throw new Error(`No sample text fits ${node.path}: ${pattern} of ${minLength} to ${maxLength} characters.`);
  return fc.constantFrom(...fits);
}

function validList(node: SchemaNode, depth: number): fc.Arbitrary<unknown> {
  const { items } = node;
  const { minItems = 0, maxItems = 2 } = node.attributes;
  if (!items) return fc.constant([]);
  return fc.array(validValue(items, depth + 1), {
    minLength: minItems,
    maxLength: Math.max(minItems, Math.min(maxItems, depth > 4 ? 1 : 2)),
  });
}

function validMap(node: SchemaNode, depth: number): fc.Arbitrary<unknown> {
  const { values, properties, required, choices } = node;
  if (values)
    return fc.dictionary(fc.constantFrom('a', 'b/c'), validValue(values, depth + 1), {
      maxKeys: 2,
      noNullPrototype: true,
    });
  if (properties.size === 0) return fc.constant(node.open ? { any: [1] } : {});
  const [alone] = choices;
  return fc.integer({ min: 0, max: 2 ** 30 }).chain((seed) => {
    const random = numbers(seed);
    const rarely = depth < 3 ? 0.3 : 0.12;
    const exclusive = new Set(choices.flat());
    const chosen = alone ? alone[Math.floor(random() * alone.length)] : undefined;
    const names = [...properties.keys()].filter(
      (name) =>
        required.has(name) ||
        name === chosen ||
        (node.path === 'metadata' && name === 'name') ||
        (!exclusive.has(name) && depth < 7 && random() < rarely),
    );
    return fc.record(
      Object.fromEntries(names.map((name) => [name, validValue(properties.get(name) as SchemaNode, depth + 1)])),
      { noNullPrototype: true },
    );
  });
}

/** A value with one thing changed: a key dropped, misspelt or added, a value of another type or just out of bounds. */
export function changedValue(root: SchemaNode, value: unknown): fc.Arbitrary<unknown> {
  return fc.constantFrom(...placesOf(root, value, [])).chain(({ path, node, value: old }) => {
    const put = (it: fc.Arbitrary<unknown>) => it.map((next) => replaced(value, path, next));
    const changes = [
      put(fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 99_999_999_999, 'text', '', [], {}, [1], ['a'], { x: 1 })),
    ];
    const bounds = outOfBounds(node, old);
    if (bounds.length > 0) changes.push(put(fc.constantFrom(...bounds)), put(fc.constantFrom(...bounds)));
    if (typeof old === 'object' && old !== null && !Array.isArray(old)) {
      const map = old as Record<string, unknown>;
      const absent = [...node.properties].filter(([name]) => !Object.hasOwn(map, name));
      changes.push(put(fc.constant({ ...map, zzz: 1 })));
      for (const key of Object.keys(map)) {
        const { [key]: value, ...rest } = map;
        changes.push(put(fc.constantFrom<unknown>(rest, { ...rest, [`${key}x`]: value })));
      }
      if (absent.length > 0) {
        const added = fc
          .constantFrom(...absent)
          .chain(([name, property]) => validValue(property, 6).map((it) => ({ ...map, [name]: it })));
        changes.push(put(added), put(added));
      }
    }
    return fc.oneof(...changes);
  });
}

/** Values that are on both sides of what a node just allows. */
function outOfBounds(node: SchemaNode, old: unknown): unknown[] {
  const {
    minimum,
    maximum,
    minLength,
    maxLength,
    minItems,
    maxItems,
    minProperties,
    maxProperties,
    enum: allowed,
    pattern,
  } = node.attributes;
  const around = (bound: number | undefined) => (bound === undefined ? [] : [bound - 1, bound, bound + 1]);
  const result: unknown[] = [...around(minimum), ...around(maximum)];
  for (const length of [...around(minLength), ...around(maxLength)]) {
    if (length >= 0 && length < 10_000) result.push('a'.repeat(length), 'é'.repeat(length));
  }
  if (Array.isArray(old)) {
    for (const length of [...around(minItems), ...around(maxItems)]) {
      if (length >= 0) result.push(Array.from({ length }, (_, position) => old[position] ?? old[0] ?? 'a'));
    }
  }
  for (const count of [...around(minProperties), ...around(maxProperties)]) {
    if (count >= 0)
      result.push(Object.fromEntries(Array.from({ length: count }, (_, position) => [`k${position}`, 'a'])));
  }
  if (allowed) result.push('NO_SUCH_VALUE', String(allowed[0]).toLowerCase());
  if (pattern) result.push('No Such_Name!', 'a..b', '-');
  return result;
}

interface Place {
  readonly path: Path;
  readonly node: SchemaNode;
  readonly value: unknown;
}

function placesOf(node: SchemaNode, value: unknown, path: Path): Place[] {
  const own = [{ path, node, value }];
  if (typeof value !== 'object' || value === null) return own;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  const below = entries.map(([key, it]) => ({
    key,
    it,
    node: typeof key === 'number' ? node.items : (node.properties.get(key) ?? node.values),
  }));
  return [...own, ...below.flatMap(({ key, it, node: found }) => (found ? placesOf(found, it, [...path, key]) : []))];
}

function replaced(value: unknown, path: Path, next: unknown): unknown {
  if (path.length === 0) return next;
  const copy = structuredClone(value);
  (at(copy, path.slice(0, -1)) as Record<string | number, unknown>)[path.at(-1) as string | number] = next;
  return copy;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((it, key) => (it as Record<string | number, unknown>)[key], value);
}

/** Mulberry32: a stream of numbers below one for a seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
