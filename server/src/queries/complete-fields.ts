/** Completion of fields: the keys of a map and the items of a list, as the schema has them. */

import { isSpaced } from '../model/edit.ts';
import type { SchemaNode } from '../model/schema.ts';
import { fieldMarkdown } from '../render/field-markdown.ts';
import { commonPaths } from './common-keys.ts';
import { valueItems } from './complete-values.ts';
import { type Completion, escape, item, type Question, schemaFor } from './completion.ts';
import { scaffold } from './scaffold.ts';

/** What may stand at a place that is no value yet. */
export function keyOrItemItems(question: Question, node: SchemaNode): readonly Completion[] {
  const { slot } = question;
  if (node.properties.size > 0) return keyItems(question, node);
  if (slot.type === 'key' && node.items) return listItems(question, node.items);
  if (slot.type === 'item' || (slot.type === 'key' && !node.open && !node.values)) return valueItems(question, node);
  return [];
}

function keyItems(question: Question, node: SchemaNode): readonly Completion[] {
  const { slot } = question;
  const style = { ...slot, isSpaced: slot.inFlow && isSpaced(question.part.text) };
  const taken = new Set(node.choices.filter((names) => names.some((it) => slot.siblings.has(it))).flat());
  const schema = schemaFor(question);
  const common = schema ? commonPaths(schema) : new Set<string>();
  const items: Completion[] = [];
  for (const [name, field] of node.properties) {
    if (slot.siblings.has(name) || taken.has(name) || node.ignored.has(name)) continue;
    const isRequired = node.required.has(name);
    const isDeprecated = field.doc?.deprecated !== undefined;
    items.push(
      item(question, {
        label: name,
        type: isRequired ? 'required-key' : 'key',
        detail: detailOf(field),
        snippet: slot.hasColon ? escape(name) : scaffold(name, field, style),
        order: `${isDeprecated ? 9 : isRequired ? 1 : common.has(field.path) ? 2 : 3}${name}`,
        isDeprecated,
        continues: !slot.hasColon,
        documentation: () => fieldMarkdown(field),
      }),
    );
  }
  return items;
}

/** On a line of its own below a key that holds a list: a dash, with what an item needs. */
function listItems(question: Question, items: SchemaNode): readonly Completion[] {
  const { slot } = question;
  if (items.properties.size === 0) {
    return valueItems(question, items).map((it) => ({
      ...it,
      label: `- ${it.label}`,
      snippet: `- ${it.snippet}`,
      filter: `- ${it.filter}`,
    }));
  }
  const inner = { ...question, slot: { ...slot, column: slot.column + 2, siblings: new Set<string>() } };
  return keyItems(inner, items).map((it) => ({
    ...it,
    label: `- ${it.label}`,
    snippet: `- ${it.snippet}`,
    filter: `- ${it.filter}`,
  }));
}

function detailOf(node: SchemaNode): string {
  if (node.enum) return node.enum.length <= 4 ? node.enum.join(' | ') : 'enum';
  if (node.items) return `list of ${node.items.types[0] ?? 'values'}s`;
  if (node.values) return 'map';
  return node.types.join(' or ');
}
