/** What a route is about, and what became of it. */

import type { Asked, RouteTarget } from '../../../model/ir.ts';
import type { Draft } from './draft.ts';

/** Reports where a target went; one that a wildcard stands for is there since the workspace knows it. */
export function settleTarget(
  { value, from }: Asked<RouteTarget>,
  place: string,
  reason: string,
  { ledger }: Draft,
): void {
  if (value.type === 'host' || value.pattern === undefined) ledger.exact(from, place, reason);
  else ledger.changed(from, place, 'wildcard-expanded', expanded(value.pattern));
}

function expanded(pattern: string): string {
  return `A route stands on a Service, so there is one for each that the workspace knows of ${pattern}: those that come later need their own.`;
}
