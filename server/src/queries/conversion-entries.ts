/** The entries of a conversion's report: what no mesh spoke of, and what leads nowhere after all. */

import type { Environment } from '../model/environment.ts';
import type { Resource } from '../model/manifest.ts';
import { leavesOf, type Loss, type ReportEntry } from '../model/report.ts';
import { type Path, pathText } from '../model/text.ts';
import { valueAt } from '../model/value.ts';
import { fieldRowFor } from '../meshes/ideas.ts';
import type { Dialect, Output } from '../meshes/mesh.ts';
import { existingAt, isCreation, placeOf, resourceText } from './conversion.ts';

/** The reason of the tables for a leaf that neither reader nor writer spoke of; undefined for a field that nobody knows. */
export function unspoken(source: Dialect, target: Dialect, resource: Resource, path: Path): Loss | undefined {
  const row = fieldRowFor(source.fields, resource, path);
  if (!row && isEmpty(valueAt(resource.value, path)))
    return { code: 'no-equivalent', reason: 'It is empty, so there is nothing to carry over.', risk: 'none' };
  if (!row) return undefined;
  if (row.peculiar) return row.peculiar;
  const answer = target.answers[row.idea];
  if (answer.fate === 'lost') return { code: answer.code, reason: answer.reason, risk: answer.risk ?? 'behaviour' };
  return {
    code: 'no-equivalent',
    reason: 'Nothing in the result says this: what it belongs to is not carried over.',
    risk: 'behaviour',
  };
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** The entries of a resource that stays what it is, since the target implements it: all but what speaks to other meshes. */
export function keptEntries(environment: Environment, resource: Resource, { name }: Dialect): ReportEntry[] {
  const place = resourceText(environment, resource);
  return leavesOf(resource).map((path): ReportEntry => {
    if (path[0] === 'spec')
      return {
        resource,
        path,
        fate: 'exact',
        code: '',
        reason: `It stays, since ${name} implements it.`,
        risk: 'none',
        target: `${place} ${pathText(path)}`,
        targets: [{ place, path }],
      };
    return {
      resource,
      path,
      fate: 'lost',
      code: 'no-equivalent',
      reason: `The resource stays, but ${name} does not read this.`,
      risk: 'behaviour',
      target: '',
      targets: [],
    };
  });
}

/**
 * An entry as it is true of what was written: a leaf that went to a resource which in the end had nothing to say, and so
 * was not written, is lost. Services may be in the cluster alone.
 */
export function grounded(outputs: readonly Output[], environment: Environment): (entry: ReportEntry) => ReportEntry {
  const places = new Set(outputs.map((it) => (isCreation(it) ? placeOf(it) : resourceText(environment, it.change))));
  const isThere = (place: string) =>
    places.has(place) || place.startsWith('Service/') || existingAt(environment, place) !== undefined;
  return (entry) => {
    const targets = entry.targets.filter((it) => isThere(it.place));
    if (targets.length === entry.targets.length) return entry;
    if (entry.fate === 'lost' || targets.length > 0) return { ...entry, targets };
    const [first] = entry.targets;
    return {
      ...entry,
      fate: 'lost',
      code: 'no-equivalent',
      reason: `No ${first?.place} is written: with this alone it would change nothing.`,
      target: '',
      targets,
    };
  };
}
