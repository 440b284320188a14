/** How much a match takes: whether every request, and which of two matches is the more specific. */

import type { RouteMatch } from '../../../model/ir.ts';
import { isEveryPath } from './matches.ts';

/** Whether a match takes every request; of every server name when that one plays no part. */
export function isEvery(match: RouteMatch | undefined, aside?: 'sni'): boolean {
  if (!match) return true;
  const { methods, headers, query, authority, scheme, sni, clients } = match;
  return (
    isEveryPath(match.path?.value) &&
    headers.length + query.length === 0 &&
    [methods, authority, scheme, aside === 'sni' ? undefined : sni, clients].every((it) => it === undefined)
  );
}

/** How specific a match is, the greater the sooner: path, then headers, query parameters, method. */
export function rankOf(match: RouteMatch | undefined): readonly number[] {
  const path = match?.path?.value;
  const isWhole = path?.type === 'exact' || path?.type === 'regex';
  const length = isWhole ? Number.MAX_SAFE_INTEGER : Math.max(1, (path?.value ?? '/').replace(/\/+$/, '').length);
  return [length, match?.headers.length ?? 0, match?.query.length ?? 0, match?.methods ? 1 : 0];
}

/** Sorts the more specific first. */
export function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [at, rank] of a.entries()) if (rank !== b[at]) return (b[at] ?? 0) - rank;
  return 0;
}
