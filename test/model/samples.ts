/** Values for a schema: valid ones, and those with one thing changed. */

import fc from 'fast-check';
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

/** A value with one thing changed: a key dropped, misspelt or added, a value of another type or out of bounds. */
export function changedValue(value: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(value, []);
  const other = fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1.5,
    99_999_999_999,
    'text',
    'No Such Value',
    '',
    [],
    {},
    [1],
    ['a'],
    { x: 1 },
  );
  return fc
    .record({
      path: fc.constantFrom(...paths),
      change: fc.constantFrom('replace', 'drop', 'rename', 'add', 'repeat'),
      other,
    })
    .map(({ path, change, other: it }) => {
      const copy = structuredClone(value) as Record<string, unknown>;
      const parent = at(copy, path.slice(0, -1)) as Record<string | number, unknown>;
      const key = path.at(-1) as string | number;
      const old = parent[key];
      if (change === 'replace') parent[key] = it;
      else if (change === 'drop') Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key];
      else if (change === 'rename' && !Array.isArray(parent)) {
        delete parent[key];
        parent[`${key}x`] = old;
      } else if (change === 'add' && typeof old === 'object' && old !== null && !Array.isArray(old))
        (old as Record<string, unknown>).zzz = it;
      else if (change === 'repeat' && Array.isArray(old))
        for (let times = 0; times < 70; times += 1) old.push(structuredClone(old[0] ?? it));
      else if (typeof old === 'string') parent[key] = old.toUpperCase().repeat(60);
      return copy;
    });
}

function pathsOf(value: unknown, path: Path): Path[] {
  const own = path.length > 0 ? [path] : [];
  if (typeof value !== 'object' || value === null) return own;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [...own, ...entries.flatMap(([key, it]) => pathsOf(it, [...path, key]))];
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
