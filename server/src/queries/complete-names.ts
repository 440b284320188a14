/** Completion of what the workspace has: names of things, and values such as ports, labels and shares. */

import { quoteIfNeeded } from '../model/scalar.ts';
import { type Completion, item, nodeAt, type Question } from './completion.ts';
import { suggestionsAt } from './suggest.ts';

/** Names and values out of the workspace for the place of the question; none while the resource is unknown. */
export function nameItems(question: Question): readonly Completion[] {
  const { environment, resource, slot, path } = question;
  if (!resource) return [];
  const isKey = slot.type === 'key';
  const wanted = isKey ? [...path, ''] : path;
  const below = isKey ? nodeAt(question)?.values : undefined;
  const colon = below && (below.properties.size > 0 || below.types.includes('object')) ? ':' : ': ';
  return suggestionsAt(environment, resource, wanted, isKey ? 'key' : 'value')
    .filter(({ value }) => !isKey || !slot.siblings.has(String(value)))
    .map(({ value, detail, order }) =>
      item(question, {
        label: String(value),
        type: 'name',
        detail,
        text:
          (typeof value === 'string' ? quoteIfNeeded(value, slot.inFlow) : String(value)) +
          (isKey && !slot.hasColon ? colon : ''),
        order,
        continues: isKey,
      }),
    );
}
