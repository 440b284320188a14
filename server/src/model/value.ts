/** Reading untyped values: `unknown` comes in here and is narrowed. */

import { isUnknown } from './part.ts';
import type { Path } from './text.ts';

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path; undefined when it is not there, also when a template hides it. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isRecord(at) && Object.hasOwn(at, String(key))) at = at[key];
    else return undefined;
  }
  return isUnknown(at) ? undefined : at;
}

/** The text at a path; undefined when there is none. */
export function textAt(value: unknown, path: Path): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : undefined;
}

/** The number at a path; undefined when there is none. */
export function numberAt(value: unknown, path: Path): number | undefined {
  const found = valueAt(value, path);
  return typeof found === 'number' ? found : undefined;
}

/** The list at a path; empty when there is none. */
export function listAt(value: unknown, path: Path): readonly unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

/** The map at a path; empty when there is none. */
export function recordAt(value: unknown, path: Path): Readonly<Record<string, unknown>> {
  const found = valueAt(value, path);
  return isRecord(found) ? found : {};
}

/** Text entries of a map, such as labels; others are left out. */
export function textRecordAt(value: unknown, path: Path): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(recordAt(value, path)).filter(
      (it): it is [string, string] => typeof it[1] === 'string' && !isUnknown(it[1]),
    ),
  );
}

/** Whether two values are written alike, order of keys included. */
export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether a path is known: written, or surely absent. False when a template may supply it. */
export function isKnown(value: unknown, path: Path, hiddenLines: boolean): boolean {
  let at = value;
  for (const key of path) {
    if (isUnknown(at)) return false;
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isRecord(at) && Object.hasOwn(at, String(key))) at = at[key];
    else return !hiddenLines;
  }
  return !isUnknown(at);
}

/**
 * All places of a value that a pattern names: `spec.http[*].route[*].destination.host`; `.*` goes through the values of
 * a map. Places that are not there are left out.
 */
export function* expand(value: unknown, pattern: string): Generator<{ readonly path: Path; readonly value: unknown }> {
  yield* expandSteps(value, patternSteps(pattern), 0, []);
}

const stepsOf = new Map<string, readonly string[]>();

/** `spec.http[*].host` → `['spec', 'http', '[*]', 'host']`; a quoted key may hold dots: `metadata.annotations["a.b/c"]`. */
export function patternSteps(pattern: string): readonly string[] {
  let steps = stepsOf.get(pattern);
  if (!steps) {
    steps = [...pattern.matchAll(/\[\*\]|\["([^"]*)"\]|[^.[\]]+/g)].map((it) => it[1] ?? it[0]);
    stepsOf.set(pattern, steps);
  }
  return steps;
}

function* expandSteps(
  value: unknown,
  steps: readonly string[],
  at: number,
  path: Path,
): Generator<{ path: Path; value: unknown }> {
  const step = steps[at];
  if (step === undefined) {
    if (!isUnknown(value)) yield { path, value };
    return;
  }
  if (step === '[*]') {
    if (!Array.isArray(value)) return;
    for (const [position, item] of value.entries()) yield* expandSteps(item, steps, at + 1, [...path, position]);
    return;
  }
  if (!isRecord(value)) return;
  if (step === '*') {
    for (const [key, item] of Object.entries(value)) yield* expandSteps(item, steps, at + 1, [...path, key]);
  } else if (Object.hasOwn(value, step)) yield* expandSteps(value[step], steps, at + 1, [...path, step]);
}

/** Whether a template supplies what stands at a place that a pattern names, or something that it stands in. */
export function mayHold(value: unknown, pattern: string): boolean {
  const steps = patternSteps(pattern);
  const isHiddenBelow = (it: unknown, at: number): boolean => {
    if (isUnknown(it)) return true;
    const step = steps[at];
    if (step === undefined) return false;
    if (step === '[*]') return Array.isArray(it) && it.some((item) => isHiddenBelow(item, at + 1));
    if (!isRecord(it)) return false;
    if (step === '*') return Object.entries(it).some(([key, item]) => isUnknown(key) || isHiddenBelow(item, at + 1));
    return Object.hasOwn(it, step) && isHiddenBelow(it[step], at + 1);
  };
  return isHiddenBelow(value, 0);
}

/** Whether a path is one that a pattern names. */
export function matchesPattern(path: Path, pattern: string): boolean {
  const steps = patternSteps(pattern);
  return (
    steps.length === path.length &&
    steps.every((step, position) => {
      const key = path[position];
      return step === '[*]' ? typeof key === 'number' : step === '*' ? typeof key === 'string' : step === key;
    })
  );
}
