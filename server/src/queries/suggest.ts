/** What the workspace has for one place of a resource: names that may stand there, and values such as ports and labels. */

import { type Environment, rowsFor, siteOf } from '../model/environment.ts';
import { essentialsAt } from '../model/essentials.ts';
import { kindId } from '../model/kind.ts';
import { namesFor } from '../model/lookup.ts';
import type { Resource } from '../model/manifest.ts';
import type { Path } from '../model/text.ts';
import { isRecord, matchesPattern } from '../model/value.ts';
import { essentialsOf } from '../meshes/essentials.ts';
import { offersFor } from '../meshes/offers.ts';
import { type Question, schemaFor } from './completion.ts';
import type { Ground } from './scaffold.ts';

export interface Suggested {
  readonly value: string | number;
  readonly detail: string;
  /** Sorts the best first. */
  readonly order: string;
}

/** What the workspace has for a value, or for a key of the map at `path` without its last step; out of `most` names. */
export function suggestionsAt(
  environment: Environment,
  resource: Resource,
  path: Path,
  side: 'key' | 'value',
  most?: number,
): readonly Suggested[] {
  const id = kindId({ group: resource.group, name: resource.kind });
  const site = siteOf(environment, resource, path);
  const found = new Map<string | number, Suggested>();
  for (const reference of rowsFor(environment.tables, id).references) {
    if (!matchesPattern(path, reference.path) || (side === 'key') !== reference.path.endsWith('.*')) continue;
    for (const [name, named] of namesFor(environment, reference, site, most)) {
      if (found.has(name)) continue;
      const home = named.site.namespace === '' ? '' : ` in ${named.site.namespace}`;
      const order = `0${/[./]/.test(name) ? 1 : 0}${name}`;
      found.set(name, { value: name, detail: `${named.site.resource.kind}${home}`, order });
    }
  }
  for (const offer of offersFor(id)) {
    if (offer.side !== side || !matchesPattern(path, offer.path)) continue;
    for (const [position, { value, detail }] of offer.suggest(site, environment).entries())
      if (!found.has(value)) found.set(value, { value, detail, order: `0${String(position).padStart(3, '0')}` });
  }
  return [...found.values()];
}

/** Whether anything is said of what the workspace has for a place, be it nothing. */
export function hasSuggestions(environment: Environment, resource: Resource, path: Path): boolean {
  const id = kindId({ group: resource.group, name: resource.kind });
  return [...rowsFor(environment.tables, id).references, ...offersFor(id)].some((it) => matchesPattern(path, it.path));
}

/** The ground of what is new at a path of the resource around the cursor. */
export function groundBelow(question: Question, path: Path): Ground {
  const { environment, resource } = question;
  const schema = schemaFor(question);
  const [first] = schema ? essentialsOf(kindId({ group: schema.group, name: schema.kind })) : [];
  return {
    essentials: essentialsAt(first?.value, path),
    choices: (below, draft) => (resource ? choicesIn(environment, resource, path, below, draft) : []),
  };
}

/** A tab stop shows a dozen names; it is no place to look for one among thousands. */
const mostRead = 300;

/** The values for a place below `path`, if `draft` stood at `path`, best first. */
export function choicesIn(
  environment: Environment,
  resource: Resource,
  path: Path,
  below: Path,
  draft: unknown,
): readonly (string | number)[] {
  const drafted = { ...resource, value: withValue(resource.value, path, draft) };
  return [...suggestionsAt(environment, drafted, [...path, ...below], 'value', mostRead)]
    .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
    .map((it) => it.value);
}

/** A copy in which something else stands at a path; maps and lists on the way are made where there are none. */
function withValue(value: unknown, path: Path, wanted: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return wanted;
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [];
    list[step] = withValue(list[step], rest, wanted);
    return list;
  }
  const map = isRecord(value) ? value : {};
  return { ...map, [step]: withValue(map[step], rest, wanted) };
}
