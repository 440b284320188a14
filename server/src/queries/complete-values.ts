/** Completion of values, as the schema has them. */

import { quoteIfNeeded } from '../model/scalar.ts';
import type { SchemaNode } from '../model/schema.ts';
import { type Completion, item, type Question } from './completion.ts';

/** The values that a field may have; empty where any will do. */
export function valueItems(question: Question, node: SchemaNode): readonly Completion[] {
  const { slot } = question;
  const values =
    node.enum ??
    (node.types.includes('boolean') ? [true, false] : node.doc?.values ? Object.keys(node.doc.values) : []);
  return values.map((value, position) => {
    const label = String(value);
    return item(question, {
      label,
      type: 'value',
      ...(value === node.default ? { detail: 'default' } : {}),
      text: typeof value === 'string' ? quoteIfNeeded(value, slot.inFlow) : label,
      order: `1${String(position).padStart(3, '0')}`,
      documentation: () => node.doc?.values?.[label],
    });
  });
}
