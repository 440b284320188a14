/** Completion of what the workspace has: names of things, and values such as ports, labels and shares. */

import { quoteIfNeeded } from '../model/scalar.ts';
import { type Completion, item, nodeAt, type Question } from './completion.ts';
import { scaffold, styleAt } from './scaffold.ts';
import { groundBelow, suggestionsAt } from './suggest.ts';

/** Names and values out of the workspace for the place of the question; none while the resource is unknown. */
export function nameItems(question: Question): readonly Completion[] {
  const { environment, resource, slot, path } = question;
  if (!resource) return [];
  const isKey = slot.type === 'key';
  const wanted = isKey ? [...path, ''] : path;
  return suggestionsAt(environment, resource, wanted, isKey ? 'key' : 'value')
    .filter(({ value }) => !isKey || !slot.siblings.has(String(value)))
    .map(({ value, detail, order }) => {
      const text = typeof value === 'string' ? quoteIfNeeded(value, slot.inFlow) : String(value);
      const isNewKey = isKey && !slot.hasColon;
      return item(question, {
        label: String(value),
        type: 'name',
        detail,
        ...(isNewKey ? { snippet: newKey(question, text) } : { text }),
        order,
        continues: isNewKey,
      });
    });
}

/** A key with what its value needs; labels, of which no schema knows, are texts. */
function newKey(question: Question, text: string): string {
  const values = nodeAt(question)?.values;
  return values
    ? scaffold(text, values, styleAt(question), groundBelow(question, [...question.path, text]))
    : `${text}: $0`;
}
