/** Questions about names that the reference table answers for everyone: definition, completion, the not-found rules. */

import { type Environment, namesAt, rowsFor, siteOf } from './environment.ts';
import { kindId } from './kind.ts';
import type { Resource } from './manifest.ts';
import type { Declaration, Named, Reference, Site, Space } from './reference.ts';
import type { FixEdit, Fix } from './rule.ts';
import { nearest } from './nearest.ts';
import { matchesPattern } from './value.ts';
import type { Path } from './text.ts';

/** The rows that say which names a field may hold; empty when the field names nothing. */
export function referencesAt(environment: Environment, resource: Resource, path: Path): readonly Reference[] {
  return rowsFor(environment.tables, idOf(resource)).references.filter((it) => matchesPattern(path, it.path));
}

/** The rows by which a field defines a name. */
export function declarationsAt(environment: Environment, resource: Resource, path: Path): readonly Declaration[] {
  return rowsFor(environment.tables, idOf(resource)).declarations.filter((it) => matchesPattern(path, it.path));
}

/** Where a name is defined; the first key that anything defines wins. */
export function definitionsOf(environment: Environment, reference: Reference, named: Named): readonly Named[] {
  for (const key of reference.keys(named.text, named.site)) {
    const found = reference.spaces(named.site).flatMap((space) => environment.index.declared(space, key));
    if (found.length > 0) return found;
  }
  return [];
}

/** Everything a field of this resource may name here, as it would be written, with where it is defined; out of `most` names. */
export function namesFor(
  environment: Environment,
  reference: Reference,
  site: Site,
  most = Number.POSITIVE_INFINITY,
): ReadonlyMap<string, Named> {
  const names = new Map<string, Named>();
  let read = 0;
  for (const space of reference.spaces(site)) {
    for (const [key, places] of environment.index.declaredIn(space)) {
      if (read++ >= most) break;
      const text = reference.write(key, site);
      const place = places[0];
      if (text !== undefined && place && !names.has(text)) names.set(text, place);
    }
  }
  return names;
}

/** Names of a resource that nothing defines, for one row of the table. */
export function* unresolved(environment: Environment, resource: Resource, reference: Reference): Generator<Named> {
  for (const named of namesAt(environment, resource, reference.path)) {
    const keys = reference.keys(named.text, named.site);
    if (keys.length > 0 && definitionsOf(environment, reference, named).length === 0) yield named;
  }
}

/** Keys under which a name is known: those it defines and those it uses, with their spaces. */
export function keysAt(
  environment: Environment,
  resource: Resource,
  path: Path,
  text: string,
): readonly { readonly space: Space; readonly key: string }[] {
  const site = siteOf(environment, resource, path);
  const defined = declarationsAt(environment, resource, path).flatMap((row) =>
    row.keys(text, site).map((key) => ({ space: row.space, key })),
  );
  const own = path.join('.') === 'metadata.name' ? [{ space: idOf(resource), key: `${site.namespace}/${text}` }] : [];
  const used = referencesAt(environment, resource, path).flatMap((row) =>
    row.spaces(site).flatMap((space) => row.keys(text, site).map((key) => ({ space, key }))),
  );
  return [...own, ...defined, ...used];
}

/** Fixes that put a name that exists in place of one that does not: the nearest, or each when there are few. */
export function useNearest(environment: Environment, reference: Reference, named: Named): readonly Fix[] {
  const names = [...namesFor(environment, reference, named.site).keys()];
  const best = nearest(named.text, names);
  const offered =
    names.length <= 4
      ? [...names].sort((a, b) => Number(b === best) - Number(a === best))
      : best === undefined
        ? []
        : [best];
  return offered.map((name) => ({
    title: `Use "${name}"`,
    isSafe: name === best,
    edits: (): readonly FixEdit[] => [
      { type: 'replace-value', resource: named.site.resource, path: named.site.path, value: name },
    ],
  }));
}

function idOf(resource: Resource): string {
  return kindId({ group: resource.group, name: resource.kind });
}
