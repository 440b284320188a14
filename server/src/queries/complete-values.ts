/** Completion of values, as the schema has them: those allowed, else usual ones with their units. */

import { parseDocument } from 'yaml';
import { matches } from '../model/pattern.ts';
import { quoteIfNeeded } from '../model/scalar.ts';
import { type SchemaNode, schemaAt } from '../model/schema.ts';
import { unionOf } from '../model/union.ts';
import { type Completion, escape, item, type Question, schemaFor } from './completion.ts';
import { scaffold, styleAt } from './scaffold.ts';
import { groundBelow, hasSuggestions } from './suggest.ts';

/** The values that a field may have; empty where any will do. */
export function valueItems(question: Question, node: SchemaNode): readonly Completion[] {
  const { slot } = question;
  return valuesOf(question, node).map(({ value, detail }, position) => {
    const label = String(value);
    const text = typeof value === 'string' ? quoteIfNeeded(value, slot.inFlow) : label;
    const field = unionField(question, value);
    return item(question, {
      label,
      type: 'value',
      ...(detail === undefined ? {} : { detail }),
      ...(field === undefined ? { text } : { snippet: escape(text) + field }),
      order: `1${String(position).padStart(3, '0')}`,
      continues: field !== undefined,
      documentation: () => node.doc?.values?.[label] ?? node.doc?.text,
    });
  });
}

interface Value {
  readonly value: unknown;
  readonly detail?: string;
}

function valuesOf(question: Question, node: SchemaNode): readonly Value[] {
  const allowed =
    node.enum ??
    (node.types.includes('boolean') ? [true, false] : node.doc?.values ? Object.keys(node.doc.values) : []);
  if (allowed.length > 0)
    return allowed.map((value) => (isDefault(node, value) ? { value, detail: 'default' } : { value }));
  const { resource, environment, path } = question;
  const isOfWorkspace = resource !== undefined && hasSuggestions(environment, resource, path);
  return isOfWorkspace || !isScalar(node) ? [] : usualValues(node, question);
}

function isDefault(node: SchemaNode, value: unknown): boolean {
  return value !== undefined && String(value) === String(defaultOf(node));
}

/** What holds when nothing is written: what Kubernetes fills in, else what our prose says where that is a word alone. */
function defaultOf(node: SchemaNode): unknown {
  const said = node.doc?.default?.replaceAll('`', '').replace(/^"(.*)"$/, '$1');
  const isWord = said !== undefined && /^[^\s"]+$/.test(said);
  return node.default ?? (isWord ? (isNumber(node) ? Number(said) : said) : undefined);
}

function isScalar(node: SchemaNode): boolean {
  return !node.items && !node.values && node.properties.size === 0 && !node.types.includes('object');
}

// ---- Values with units ---------------------------------------------------------------------------------------------

const duration = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;

interface Unit {
  /** Whether a field measures this: by its schema, its example, or the names of the field and of what it stands in. */
  readonly isMeant: (node: SchemaNode, example: unknown, names: string) => boolean;
  readonly usual: readonly (string | number)[];
  /** What a typed number may be completed with. */
  readonly suffixes: readonly string[];
}

const units: readonly Unit[] = [
  {
    isMeant: (node, example) =>
      node.attributes.format === 'duration' || (typeof example === 'string' && duration.test(example)),
    usual: ['1s', '5s', '10s', '30s', '1m', '5m', '100ms', '1h'],
    suffixes: ['s', 'ms', 'm', 'h'],
  },
  {
    isMeant: (node, _example, names) => isQuantity(node) && /cpu$/i.test(names),
    usual: ['100m', '250m', '500m', '1'],
    suffixes: ['m'],
  },
  {
    isMeant: (node, _example, names) => isQuantity(node) && /(?:memory|storage)$/i.test(names),
    usual: ['64Mi', '128Mi', '256Mi', '1Gi'],
    suffixes: ['Mi', 'Gi'],
  },
  {
    isMeant: (node, _example, names) => isNumber(node) && /percent(?:age)?(?: value)?$/i.test(names),
    usual: [1, 10, 50, 100],
    suffixes: [],
  },
];

/** Whether a field holds an amount as Kubernetes writes it, `250m` or `64Mi`; CRDs say so by its pattern. */
export function isQuantity(node: SchemaNode): boolean {
  return node.intOrString && node.pattern?.includes('[KMGTPE]i') === true;
}

/** Values that are usual for what a field measures, its default and the example of its prose first. */
function usualValues(node: SchemaNode, { slot: { prefix: typed }, path }: Question): readonly Value[] {
  const example = exampleOf(node);
  const unit = units.find((it) => it.isMeant(node, example, path.slice(-2).join(' ')));
  const found = new Map<unknown, string | undefined>();
  const add = (value: unknown, detail?: string) => {
    if (!found.has(value) && isAllowed(node, value)) found.set(value, detail);
  };
  const assumed = defaultOf(node);
  // Our prose may also say `none`, which is no value.
  if (assumed === node.default || /^\d/.test(String(assumed))) add(assumed, 'default');
  const number = /^\d+(?:\.\d+)?$/.test(typed) ? typed : undefined;
  if (unit && number !== undefined) for (const suffix of unit.suffixes) add(number + suffix);
  if (unit || isNumber(node)) {
    if (unit) for (const value of unit.usual) add(value, isDefault(node, value) ? 'default' : undefined);
    add(example, 'example');
  }
  return [...found].map(([value, detail]) => (detail === undefined ? { value } : { value, detail }));
}

function isNumber(node: SchemaNode): boolean {
  return node.types.length === 1 && /^(?:integer|number)$/.test(node.types[0] ?? '');
}

/** Whether a scalar is of the field's type and within its bounds. */
function isAllowed(node: SchemaNode, value: unknown): boolean {
  const { minimum = -Infinity, maximum = Infinity } = node.attributes;
  if (typeof value === 'number')
    return (isNumber(node) || node.intOrString) && value >= minimum && value <= maximum && fits(node, value);
  return typeof value === 'string' && node.types.includes('string') && (!node.pattern || matches(node.pattern, value));
}

function fits(node: SchemaNode, value: number): boolean {
  return Number.isInteger(value) || !node.types.includes('integer');
}

/** The example of a field's prose, which is a fragment of YAML; undefined when it has none, or a long one. */
function exampleOf({ doc }: SchemaNode): unknown {
  const text = doc?.example;
  if (text === undefined || text.length > longestExample) return undefined;
  const document = parseDocument(text);
  return document.errors.length > 0 ? undefined : document.toJS();
}

/** No scalar with a unit is longer. */
const longestExample = 40;

// ---- Unions --------------------------------------------------------------------------------------------------------

/** For a value such as `RequestRedirect`: a snippet for the field that it asks for, when none of them is there yet. */
function unionField(question: Question, value: unknown): string | undefined {
  const { slot, path, part } = question;
  if (slot.type !== 'value' || /^["']/.test(part.masked.text.slice(slot.range.start, slot.range.end))) return undefined;
  const schema = schemaFor(question);
  const parent = schema && schemaAt(schema.root, path.slice(0, -1), question.value);
  const union = parent && unionOf(parent);
  if (!union || union.discriminator !== path.at(-1) || typeof value !== 'string') return undefined;
  const name = union.fields.get(value);
  const field = name === undefined ? undefined : parent.properties.get(name);
  if (name === undefined || !field || [...union.fields.values()].some((it) => slot.siblings.has(it))) return undefined;
  const ground = groundBelow(question, [...path.slice(0, -1), name]);
  return (slot.inFlow ? ', ' : `\n${' '.repeat(slot.column)}`) + scaffold(name, field, styleAt(question), ground);
}
