/**
 * Whether a resource that exists is what a new one of its name would be about: the same hosts, parent, target or pods.
 * Then the new one is a newer state of it, as when the same source is converted again, and takes its place.
 */

import type { Kind } from './kind.ts';
import type { Resource } from './manifest.ts';
import { valueAt } from './value.ts';

/** Whether `spec` is about the same as the spec of `existing`; never for a kind of which that is not known. */
export function isSameThing(existing: Resource, kind: Kind, spec: unknown): boolean {
  const fields = kind.subject;
  if (!fields || existing.part.masked.templated || !existing.part.isWellFormed) return false;
  return fields.every((it) => textOf(valueAt(existing.value, ['spec', it])) === textOf(valueAt(spec, [it])));
}

/** A value as text that does not depend on the order of keys. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, it: unknown) =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );
}
