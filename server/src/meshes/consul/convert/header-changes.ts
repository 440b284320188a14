/** Changes of headers as routes and splits write them. */

import type { HeaderChange, Origin } from '../../../model/ir.ts';
import type { Drafts, Spec } from './drafts.ts';

/** A change in Consul's words; what Consul may not change is left out and reported at the place. */
export function headersOf(change: HeaderChange, from: readonly Origin[], place: string, { ledger }: Drafts): Spec {
  const isForbidden = (name: string) => name.startsWith(':') || name.toLowerCase() === 'host';
  const keep = (pairs: HeaderChange['set']) =>
    Object.fromEntries(Object.entries(pairs).filter(([it]) => !isForbidden(it)));
  const names = [...Object.keys(change.set), ...Object.keys(change.add), ...change.remove];
  if (names.some(isForbidden))
    ledger.changed(from, place, 'host-rewrite', 'The host is not a header that Consul may change; the others are.');
  const [set, add] = [keep(change.set), keep(change.add)];
  const remove = change.remove.filter((it) => !isForbidden(it));
  return {
    ...(Object.keys(set).length > 0 && { set }),
    ...(Object.keys(add).length > 0 && { add }),
    ...(remove.length > 0 && { remove }),
  };
}

/** Two changes as one, the second after the first; either may be absent. */
export function mergedHeaders(first: unknown, second: unknown): unknown {
  const [a, b] = [first, second] as (Record<string, Record<string, string> | string[]> | undefined)[];
  if (!a || !b) return a ?? b;
  return {
    ...((a['set'] ?? b['set']) && { set: { ...a['set'], ...b['set'] } }),
    ...((a['add'] ?? b['add']) && { add: { ...a['add'], ...b['add'] } }),
    ...((a['remove'] ?? b['remove']) && { remove: [...asList(a['remove']), ...asList(b['remove'])] }),
  };
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
