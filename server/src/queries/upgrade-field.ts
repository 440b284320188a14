/** The fix of a deprecated field: the one that has taken its place, with what it takes for the same. */

import type { Environment } from '../model/environment.ts';
import { type Kind, kindId } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import { isUnknown } from '../model/part.ts';
import type { Fix, FixEdit } from '../model/rule.ts';
import { type SchemaNode, schemaAt } from '../model/schema.ts';
import type { Path } from '../model/text.ts';
import { matchesPattern, valueAt } from '../model/value.ts';
import { successorsOf } from '../meshes/knowledge.ts';
import { fieldNewness } from './newness.ts';

/** Fixes for the deprecated field at a path: one, or none where no table says what takes its place, or it is there. */
export function successorFixes(
  environment: Environment,
  resource: Resource,
  kind: Kind,
  root: SchemaNode,
  path: Path,
): readonly Fix[] {
  const row = successorsOf(kindId(kind)).find((it) => matchesPattern(path, it.path));
  const old = valueAt(resource.value, path);
  if (!row || old === undefined || old === null || isUnknown(old)) return [];
  const steps = row.successor.split('.');
  const to: Path = [...path.slice(0, -1), ...steps];
  const [first = ''] = steps;
  if (valueAt(resource.value, [...path.slice(0, -1), first]) !== undefined) return [];
  if (fieldNewness(environment, kind, schemaAt(root, to, resource.value)?.doc?.since) !== undefined) return [];
  const value = row.value ? row.value(old) : old;
  if (value === undefined) return [];
  return [{ title: `Use "${row.successor}"`, isSafe: true, edits: () => editsFor(resource, path, to, value, old) }];
}

function editsFor(resource: Resource, path: Path, to: Path, value: unknown, old: unknown): readonly FixEdit[] {
  if (to.length > path.length)
    return [
      { type: 'delete', resource, path },
      { type: 'insert', resource, path: to, value },
    ];
  const renamed: FixEdit = { type: 'rename-key', resource, path, key: String(to.at(-1)) };
  return value === old ? [renamed] : [{ type: 'replace-value', resource, path, value }, renamed];
}
