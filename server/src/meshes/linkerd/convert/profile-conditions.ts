/** Conditions of ServiceProfiles as matches: `any` becomes several, `all` and fields side by side become one. */

import type { Asked, Origin, RouteMatch } from '../../../model/ir.ts';
import { isRecord, valueAt } from '../../../model/value.ts';
import { readPath } from '../../kubernetes/smi/convert/matches.ts';

type Match = Pick<RouteMatch, 'from' | 'path' | 'methods'>;

/**
 * The matches of a condition, any of which is enough; empty when everything is taken. Undefined where a match cannot say
 * it: requests that are left out, or two paths at once.
 */
export function readCondition(at: Origin, condition: unknown): readonly RouteMatch[] | undefined {
  const matches = matchesOf(at, condition);
  if (!matches) return undefined;
  const isEverything = matches.some((it) => !it.path && !it.methods);
  return isEverything ? [] : matches.map((it) => ({ ...it, headers: [], query: [] }));
}

function matchesOf({ resource, path }: Origin, condition: unknown): readonly Match[] | undefined {
  if (!isRecord(condition)) return [{ from: [] }];
  const below = (...steps: (string | number)[]): Origin => ({ resource, path: [...path, ...steps] });
  let matches: readonly Match[] | undefined = [{ from: [] }];
  const narrow = (others: readonly Match[] | undefined) => {
    matches = matches && others && both(matches, others);
  };
  for (const [key, value] of Object.entries(condition)) {
    const from = [below(key)];
    if (key === 'pathRegex' && typeof value === 'string') narrow([{ from, path: { value: readPath(value), from } }]);
    else if (key === 'method' && typeof value === 'string')
      narrow([{ from, methods: { value: [value.toUpperCase()], from } }]);
    else if (key === 'all' && Array.isArray(value))
      for (const [at, it] of value.entries()) narrow(matchesOf(below('all', at), it));
    else if (key === 'any' && Array.isArray(value) && value.length > 0) {
      const each = value.map((it, at) => matchesOf(below('any', at), it));
      narrow(each.every((it) => it !== undefined) ? each.flat() : undefined);
    } else if (key === 'not' && valueAt(condition, ['not']) !== null) narrow(undefined);
  }
  return matches;
}

/** Every match of one together with every match of the other; undefined where two paths or methods would meet. */
function both(some: readonly Match[], others: readonly Match[]): readonly Match[] | undefined {
  const found: Match[] = [];
  for (const one of some) {
    for (const other of others) {
      const path = oneOf(one.path, other.path);
      const methods = oneOf(one.methods, other.methods);
      if (path === 'both' || methods === 'both') return undefined;
      const from = [...one.from, ...other.from];
      found.push({ from, ...(path ? { path } : {}), ...(methods ? { methods } : {}) });
    }
  }
  return found;
}

function oneOf<T>(a: Asked<T> | undefined, b: Asked<T> | undefined): Asked<T> | 'both' | undefined {
  return a && b ? 'both' : (a ?? b);
}
