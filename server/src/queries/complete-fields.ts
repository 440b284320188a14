/** Completion of fields: the keys of a map and the items of a list, as the schema has them. */

import { choicesOf, type SchemaNode } from '../model/schema.ts';
import type { Path } from '../model/text.ts';
import { unionOf } from '../model/union.ts';
import { listAt, textAt } from '../model/value.ts';
import { fieldMarkdown, paragraphs } from '../render/field-markdown.ts';
import { commonPaths } from './common-keys.ts';
import { nameItems } from './complete-names.ts';
import { isQuantity, valueItems } from './complete-values.ts';
import { type Completion, escape, item, knownFor, type Question } from './completion.ts';
import { fieldNewness } from './newness.ts';
import { namesOfFields, scaffold, scaffoldItem, type ScaffoldStyle, styleAt } from './scaffold.ts';
import { groundBelow } from './suggest.ts';

/** What may stand at a place that is no value yet. */
export function keyOrItemItems(question: Question, node: SchemaNode): readonly Completion[] {
  const { slot } = question;
  if (node.properties.size > 0) {
    const isNewItem = slot.type === 'item' && slot.siblings.size === 0;
    return [...(isNewItem ? wholeItem(question, node, question.path) : []), ...keyItems(question, node)];
  }
  if (slot.type === 'key' && node.values && isQuantity(node.values)) return resourceNames(question);
  if (slot.type === 'key' && node.items) return listItems(question, node.items);
  if (slot.type === 'item' || (slot.type === 'key' && !node.open && !node.values)) return valueItems(question, node);
  return [];
}

function keyItems(question: Question, node: SchemaNode): readonly Completion[] {
  const { slot } = question;
  const style = styleAt(question);
  const excluded = excludedBy(question, node);
  const known = knownFor(question);
  const common = known?.schema ? commonPaths(known.schema) : new Set<string>();
  const items: Completion[] = [];
  for (const [name, field] of node.properties) {
    if (slot.siblings.has(name) || excluded.has(name) || node.ignored.has(name)) continue;
    const isRequired = node.required.has(name);
    const isDeprecated = field.doc?.deprecated !== undefined;
    const group = alternativesOf(node, name);
    const since =
      known && fieldNewness(question.environment, known.kind, field.doc?.since) ? field.doc?.since : undefined;
    const ground = groundBelow(question, [...question.path, name]);
    items.push(
      item(question, {
        label: name,
        type: isRequired ? 'required-key' : 'key',
        detail: [detailOf(field), group && `one of ${group.names.length}`, since && `since ${since}`]
          .filter(Boolean)
          .join(' · '),
        snippet: slot.hasColon
          ? escape(name)
          : saidBefore(question, node, name, style) + scaffold(name, field, style, ground),
        order: `${isDeprecated ? 9 : since !== undefined ? 8 : isRequired ? 1 : common.has(field.path) ? 2 : 3}${name}`,
        isDeprecated,
        continues: !slot.hasColon,
        documentation: () => paragraphs([group && alternativesText(name, group), fieldMarkdown(field)]),
      }),
    );
  }
  return items;
}

/** What Kubernetes measures of a container, as keys of its limits and requests. */
function resourceNames(question: Question): readonly Completion[] {
  const { slot } = question;
  return ['cpu', 'memory']
    .filter((it) => !slot.siblings.has(it))
    .map((label) =>
      item(question, {
        label,
        type: 'key',
        detail: 'quantity',
        snippet: slot.hasColon ? label : `${label}: $0`,
        order: `1${label}`,
        continues: !slot.hasColon,
      }),
    );
}

/** On a line of its own below a key that holds a list: a dash, with what an item needs. */
function listItems(question: Question, items: SchemaNode): readonly Completion[] {
  const { slot, value } = question;
  const path = [...question.path, listAt(value, question.path).length];
  const inner: Question = {
    ...question,
    path,
    slot: { ...slot, type: 'item', path, column: slot.column + 2, siblings: new Set<string>() },
  };
  const offered =
    items.properties.size === 0
      ? [...nameItems(inner), ...valueItems(inner, items)]
      : [...wholeItem(inner, items, path), ...keyItems(inner, items)];
  return offered.map((it) => ({
    ...it,
    label: `- ${it.label}`,
    snippet: `- ${it.snippet}`,
    filter: `- ${it.filter}`,
  }));
}

/** All that an item of a list needs at once, when that is more than one field: `name, port`. */
function wholeItem(question: Question, node: SchemaNode, path: Path): readonly Completion[] {
  const ground = groundBelow(question, path);
  const names = namesOfFields(node, ground);
  if (names.length < 2) return [];
  return [
    item(question, {
      label: names.join(', '),
      type: 'item',
      detail: 'all that an item needs',
      snippet: scaffoldItem(node, styleAt(question), ground),
      order: '0',
      continues: true,
    }),
  ];
}

// ---- Alternatives --------------------------------------------------------------------------------------------------

interface Alternatives {
  readonly names: readonly string[];
  readonly needed: boolean;
}

/** The group of fields of which one is set that a field belongs to; undefined for fields that stand alone. */
function alternativesOf(node: SchemaNode, name: string): Alternatives | undefined {
  const group = choicesOf(node.attributes).find((it) => it.names.length > 1 && it.names.includes(name));
  if (group) return group;
  const union = unionOf(node);
  const names = union ? [...union.fields.values()] : [];
  return names.length > 1 && names.includes(name) ? { names, needed: false } : undefined;
}

function alternativesText(name: string, { names, needed }: Alternatives): string {
  const others = names.filter((it) => it !== name).map((it) => `\`${it}\``);
  const last = others.pop();
  const list = ['this', ...others].join(', ');
  return `${needed ? 'Exactly one has to be set' : 'At most one may be set'}: ${list} or ${last}.`;
}

/** Fields that cannot stand beside those which are there: another alternative is taken, or `type` says another one. */
function excludedBy(question: Question, node: SchemaNode): ReadonlySet<string> {
  const { slot } = question;
  const excluded = new Set(node.choices.filter((names) => names.some((it) => slot.siblings.has(it))).flat());
  const union = unionOf(node);
  if (!union) return excluded;
  const fields = [...union.fields.values()];
  const said = slot.siblings.has(union.discriminator)
    ? textAt(question.value, [...question.path, union.discriminator])
    : undefined;
  const isTaken = fields.some((it) => slot.siblings.has(it));
  for (const field of fields)
    if (isTaken || (said !== undefined && union.fields.get(said) !== field)) excluded.add(field);
  return excluded;
}

/** `type: RequestRedirect` and a line break, before a field of a union that nothing has said yet. */
function saidBefore({ slot }: Question, node: SchemaNode, name: string, { column, inFlow }: ScaffoldStyle): string {
  const union = unionOf(node);
  if (!union || slot.siblings.has(union.discriminator)) return '';
  for (const [value, field] of union.fields)
    if (field === name) return `${union.discriminator}: ${value}${inFlow ? ', ' : `\n${' '.repeat(column)}`}`;
  return '';
}

function detailOf(node: SchemaNode): string {
  if (node.enum) return node.enum.length <= 4 ? node.enum.join(' | ') : 'enum';
  if (node.items) return `list of ${node.items.types[0] ?? 'values'}s`;
  if (node.values) return 'map';
  return node.types.join(' or ');
}
