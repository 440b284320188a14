/** Completion of names of things in the workspace. */

import { rowsFor, siteOf } from '../model/environment.ts';
import { kindId } from '../model/kind.ts';
import { namesFor } from '../model/lookup.ts';
import { quoteIfNeeded } from '../model/scalar.ts';
import { matchesPattern } from '../model/value.ts';
import { type Completion, item, type Question } from './completion.ts';

/** Names of things in the workspace, where the reference table says that a field names one. */
export function nameItems(question: Question): readonly Completion[] {
  const { environment, resource, slot, path } = question;
  if (!resource) return [];
  const { references } = rowsFor(environment.tables, kindId({ group: resource.group, name: resource.kind }));
  const wanted = slot.type === 'key' ? [...path, ''] : path;
  const seen = new Set<string>();
  const items: Completion[] = [];
  for (const reference of references) {
    if (!matchesPattern(wanted, reference.path) || (slot.type === 'key') !== reference.path.endsWith('.*')) continue;
    for (const [name, named] of namesFor(environment, reference, siteOf(environment, resource, wanted))) {
      if (seen.has(name) || (slot.type === 'key' && slot.siblings.has(name))) continue;
      seen.add(name);
      const home = named.site.namespace === '' ? '' : ` in ${named.site.namespace}`;
      items.push(
        item(question, {
          label: name,
          type: 'name',
          detail: `${named.site.resource.kind}${home}`,
          text: quoteIfNeeded(name, slot.inFlow) + (slot.type === 'key' && !slot.hasColon ? ':' : ''),
          order: `0${name.includes('.') || name.includes('/') ? 1 : 0}${name}`,
        }),
      );
    }
  }
  return items;
}
