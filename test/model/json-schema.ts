/** The oracle of the differential tests: the same view of a kind as JSON Schema for Ajv, and what Kubernetes does before it checks. */

import { Ajv, type ValidateFunction } from 'ajv';
import type { SchemaNode } from '../../server/src/model/schema.ts';

type Json = Record<string, unknown>;

/** A compiled Ajv validator of a view; equal subtrees are compiled once. */
export function compileWithAjv(root: SchemaNode): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, strict: false, inlineRefs: false });
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format);
  const definitions = new Map<string, string>();
  const schema = jsonSchema(root, definitions);
  const $defs = Object.fromEntries([...definitions].map(([text, name]) => [name, JSON.parse(text) as Json]));
  return ajv.compile({ ...schema, $defs });
}

/** JSON Schema of the root without sharing, to tell equal views apart from others. */
export function jsonSchemaText(root: SchemaNode): string {
  return JSON.stringify(jsonSchema(root, new Map(), false));
}

const copied = [
  'enum',
  'pattern',
  'format',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'minimum',
  'maximum',
  'uniqueItems',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
] as const;

function jsonSchema(node: SchemaNode, definitions: Map<string, string>, share = true): Json {
  const schema: Json = {};
  if (node.types.length > 0) schema.type = node.types;
  for (const word of copied) if (node.attributes[word] !== undefined) schema[word] = node.attributes[word];
  if (node.required.size > 0) schema.required = [...node.required];
  const below = (it: SchemaNode) => jsonSchema(it, definitions, share);
  if (node.properties.size > 0 || node.ignored.size > 0) {
    const ignored = [...node.ignored].map((name): [string, Json] => [name, {}]);
    schema.properties = Object.fromEntries([
      ...ignored,
      ...[...node.properties].map(([name, it]): [string, Json] => [name, below(it)]),
    ]);
  }
  if (node.items) schema.items = below(node.items);
  if (node.types.includes('object') && !node.open)
    schema.additionalProperties = node.values ? below(node.values) : false;
  const result = node.nullable ? { anyOf: [{ type: 'null' }, schema] } : schema;
  if (!share || (!schema.properties && !schema.items)) return result;
  const text = JSON.stringify(result);
  const name = definitions.get(text) ?? `d${definitions.size}`;
  definitions.set(text, name);
  return { $ref: `#/$defs/${name}` };
}

const formats = {
  int32: { type: 'number', validate: (it: number) => Math.abs(it + 0.5) <= 2 ** 31 },
  int64: { type: 'number', validate: () => true },
  double: true,
  float: true,
  'date-time': /^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  duration: /^(?=.{0,99}$)(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/,
  byte: /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  ipv4: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$/,
  ipv6: /^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$|^::1$/,
} as const;

/** A copy of the value after Kubernetes dropped nulls that are not allowed and filled in defaults. */
export function asStored(node: SchemaNode, value: unknown): unknown {
  if (Array.isArray(value)) return node.items ? value.map((it) => asStored(node.items as SchemaNode, it)) : value;
  if (typeof value !== 'object' || value === null) return value;
  const result: Json = {};
  for (const [key, it] of Object.entries(value)) {
    const below = node.properties.get(key) ?? node.values;
    if (below && it === null && !below.nullable) continue;
    Object.defineProperty(result, key, {
      value: below ? asStored(below, it) : it,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  for (const [name, it] of node.properties) {
    if (it.default !== undefined && !Object.hasOwn(result, name))
      result[name] = asStored(it, structuredClone(it.default));
  }
  return result;
}
