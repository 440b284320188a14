/** Values of a resource that remember where they stand. */

import type { Asked, Origin } from './ir-values.ts';
import type { Resource } from './manifest.ts';
import type { Path } from './text.ts';
import { isRecord, listAt, numberAt, textAt, valueAt } from './value.ts';

/** The text at a path; undefined when something else or nothing stands there. */
export function askedText(resource: Resource, path: Path): Asked<string> | undefined {
  const value = textAt(resource.value, path);
  return value === undefined ? undefined : { value, from: [{ resource, path }] };
}

/** The number at a path; undefined when something else or nothing stands there. */
export function askedNumber(resource: Resource, path: Path): Asked<number> | undefined {
  const value = numberAt(resource.value, path);
  return value === undefined ? undefined : { value, from: [{ resource, path }] };
}

/** The texts of a list, each with its own place; other items are passed over. */
export function askedTexts(resource: Resource, path: Path): readonly Asked<string>[] {
  return listAt(resource.value, path).flatMap((it, at) =>
    typeof it === 'string' ? [{ value: it, from: [{ resource, path: [...path, at] }] }] : [],
  );
}

/** The map of texts at a path, whole; empty when nothing stands there, and then asked for by nobody. */
export function askedLabels(resource: Resource, path: Path): Asked<Readonly<Record<string, string>>> {
  const value = valueAt(resource.value, path);
  if (!isRecord(value)) return { value: {}, from: [] };
  const texts = Object.entries(value).flatMap(([key, it]) => (typeof it === 'string' ? [[key, it] as const] : []));
  return { value: Object.fromEntries(texts), from: [{ resource, path }] };
}

/** The places of those paths at which something stands. */
export function askedAt(resource: Resource, ...paths: readonly Path[]): readonly Origin[] {
  return paths.filter((it) => valueAt(resource.value, it) !== undefined).map((path) => ({ resource, path }));
}
