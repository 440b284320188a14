/** The structure of a kind as `schemas/<mesh>/<kind>.json` holds it, and how it is made from a CRD. */

import { isRecord } from './value.ts';

/** A constraint that spans several fields or types, as the CRD writes it, without prose. */
export interface Constraint {
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Constraint>>;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly oneOf?: readonly Constraint[];
  readonly anyOf?: readonly Constraint[];
  readonly allOf?: readonly Constraint[];
  readonly not?: Constraint;
}

/** What a field demands, without its children; the part of a node that may differ between variants. */
export interface Attributes {
  readonly type?: string;
  /** Keys beyond `properties` are kept by Kubernetes. */
  readonly open?: boolean;
  readonly intOrString?: boolean;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly maximum?: number;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly uniqueItems?: boolean;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly oneOf?: readonly Constraint[];
  readonly anyOf?: readonly Constraint[];
  readonly allOf?: readonly Constraint[];
  readonly not?: Constraint;
  readonly listType?: string;
  readonly listMapKeys?: readonly string[];
}

export interface StructureNode extends Attributes {
  readonly properties?: Readonly<Record<string, StructureNode>>;
  readonly items?: StructureNode;
  /** Schema of the values of a map with free keys. */
  readonly values?: StructureNode;
  /** Variants that have this node; absent: all variants of its parent. */
  readonly in?: readonly string[];
  /** Attributes that differ in a variant; null takes one away. */
  readonly per?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface StructureVersion {
  readonly name: string;
  /** Whether the API server answers for it, in any channel. */
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated: boolean;
  /** Channels that serve it; only for kinds of the Gateway API. */
  readonly channels?: readonly string[];
}

export interface Structure {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: string;
  readonly shortNames: readonly string[];
  readonly versions: readonly StructureVersion[];
  /** `v1`, or `v1@standard` for kinds with channels. */
  readonly variants: readonly string[];
  readonly root: StructureNode;
}

/** Deeper CRDs are cut off and left open there. */
const depthLimit = 100;

const attributes = {
  type: 'type',
  'x-kubernetes-int-or-string': 'intOrString',
  nullable: 'nullable',
  enum: 'enum',
  pattern: 'pattern',
  format: 'format',
  minimum: 'minimum',
  exclusiveMinimum: 'exclusiveMinimum',
  maximum: 'maximum',
  exclusiveMaximum: 'exclusiveMaximum',
  multipleOf: 'multipleOf',
  minLength: 'minLength',
  maxLength: 'maxLength',
  minItems: 'minItems',
  maxItems: 'maxItems',
  minProperties: 'minProperties',
  maxProperties: 'maxProperties',
  uniqueItems: 'uniqueItems',
  required: 'required',
  default: 'default',
  'x-kubernetes-list-type': 'listType',
  'x-kubernetes-list-map-keys': 'listMapKeys',
} as const satisfies Record<string, keyof Attributes>;

/**
 * The node of an OpenAPI v3 schema as CRDs hold it: prose and CEL rules are left out, extensions get their short names.
 * Anything that is no schema gives an open node, which accepts every value.
 */
export function structureNode(schema: unknown, depth = 0): StructureNode {
  if (!isRecord(schema) || depth > depthLimit) return { open: true };
  const node: Record<string, unknown> = {};
  for (const [from, to] of Object.entries(attributes)) {
    const value = schema[from];
    if (isSound(to, value) && (value !== false || to === 'default')) node[to] = value;
  }
  const { properties, items, additionalProperties } = schema;
  const keepsUnknown =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-embedded-resource'] === true;
  if (keepsUnknown || additionalProperties === true) node.open = true;
  if (isRecord(properties)) {
    node.properties = Object.fromEntries(
      Object.entries(properties).map(([name, it]) => [name, structureNode(it, depth + 1)]),
    );
  }
  if (isRecord(items)) node.items = structureNode(items, depth + 1);
  if (isRecord(additionalProperties)) node.values = structureNode(additionalProperties, depth + 1);
  for (const word of ['oneOf', 'anyOf', 'allOf', 'not'] as const) {
    if (!isSound(word, schema[word])) continue;
    if (word === 'anyOf' && node.intOrString === true && isIntOrString(schema.anyOf)) continue;
    node[word] = constraint(schema[word]);
  }
  return node;
}

/** `anyOf: [{type: integer}, {type: string}]` only repeats what `x-kubernetes-int-or-string` says. */
function isIntOrString(anyOf: unknown): boolean {
  return (
    Array.isArray(anyOf) &&
    anyOf.length === 2 &&
    anyOf.every((it) => isRecord(it) && /^(integer|string)$/.test(String(it.type)))
  );
}

const isText = (value: unknown) => typeof value === 'string';
const isTrueOrFalse = (value: unknown) => typeof value === 'boolean';
const isNumber = (value: unknown) => typeof value === 'number';
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isRecords = (value: unknown) => Array.isArray(value) && value.every(isRecord);

const forms: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: isText,
  intOrString: isTrueOrFalse,
  nullable: isTrueOrFalse,
  enum: Array.isArray,
  pattern: isText,
  format: isText,
  minimum: isNumber,
  exclusiveMinimum: isTrueOrFalse,
  maximum: isNumber,
  exclusiveMaximum: isTrueOrFalse,
  multipleOf: isNumber,
  minLength: isNumber,
  maxLength: isNumber,
  minItems: isNumber,
  maxItems: isNumber,
  minProperties: isNumber,
  maxProperties: isNumber,
  uniqueItems: isTrueOrFalse,
  required: isTexts,
  listType: isText,
  listMapKeys: isTexts,
  properties: (value) => isRecord(value) && Object.values(value).every(isRecord),
  oneOf: isRecords,
  anyOf: isRecords,
  allOf: isRecords,
  not: isRecord,
};

/** Whether a word of a schema has the form that OpenAPI gives it; in a CRD that somebody is writing, it need not. */
function isSound(word: string, value: unknown): boolean {
  return value !== undefined && (forms[word]?.(value) ?? true);
}

/** Descriptions may hide anywhere in a constraint but as the name of a property. */
function constraint(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((it) => constraint(it));
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(
    ([name, it]) => isNames || (name !== 'description' && !name.startsWith('x-') && isSound(name, it)),
  );
  return Object.fromEntries(
    kept.map(([name, it]) => [name, name === 'enum' ? it : constraint(it, name === 'properties' && !isNames)]),
  );
}
