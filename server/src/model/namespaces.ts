/** The namespaces that an environment shows. */

import type { Environment } from './environment.ts';
import type { Resource } from './manifest.ts';

/** All namespaces that its resources stand in or are, sorted. A change asks the kinds again of which it changed a resource. */
export function namespacesOf(environment: Environment): readonly string[] {
  const found = new Set<string>();
  for (const kind of environment.tables.kinds) {
    const all = environment.index.all(kind);
    if (kind.group === '' && kind.name === 'Namespace') for (const it of all) found.add(it.name);
    else if (all.length > 0) for (const it of homesOf(all, environment)) found.add(it);
  }
  found.delete('');
  return [...found].sort();
}

/** By the list of a kind, which the index keeps until a resource of the kind changes. */
const homes = new WeakMap<readonly Resource[], ReadonlySet<string>>();

function homesOf(all: readonly Resource[], environment: Environment): ReadonlySet<string> {
  let found = homes.get(all);
  if (!found) {
    found = new Set(all.map((it) => environment.namespaceOf(it)));
    homes.set(all, found);
  }
  return found;
}
