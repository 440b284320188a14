/** New resources beside those that exist already: a newer state of them, or in their way. */

import type { Environment } from '../model/environment.ts';
import { groupOf } from '../model/kind.ts';
import { isMeshKey, type Ledger, type Note, placeText } from '../model/report.ts';
import { isSameThing } from '../model/same-thing.ts';
import type { Path } from '../model/text.ts';
import { isRecord, recordAt, sameValue, valueAt } from '../model/value.ts';
import type { Output } from '../meshes/mesh.ts';
import { fileNameOf, type Made, pruned } from './conversion.ts';

/**
 * A new resource as a change of the one that has its name already, where both are about the same: a source that is
 * converted again brings its result up to date. Other outputs stay as they are.
 */
export function renewed(output: Output, environment: Environment, ledger: Ledger): Output {
  if (!('create' in output)) return output;
  const { apiVersion, kind, metadata, spec } = pruned(output.create);
  const known = environment.tables.kinds.find((it) => it.name === kind && it.group === groupOf(apiVersion));
  const existing = known && environment.index.find(known, metadata.namespace ?? '', metadata.name);
  if (!existing || ledger.accountsFor(existing) || !isSameThing(existing, known, spec)) return output;
  const outdated = (path: Path, fields: Readonly<Record<string, unknown>>) =>
    Object.keys(recordAt(existing.value, path))
      .filter((it) => !(it in fields))
      .map((it) => ({ path: [...path, it], value: undefined }));
  const within = (path: Path, fields: Readonly<Record<string, unknown>>) =>
    Object.entries(fields).map(([key, value]) => ({ path: [...path, key], value }));
  const fields = isRecord(spec) ? spec : {};
  const annotations = metadata.annotations ?? {};
  const set = [
    { path: ['apiVersion'], value: apiVersion },
    ...outdated(['metadata', 'annotations'], annotations).filter(({ path }) => isMeshKey(String(path.at(-1)))),
    ...within(['metadata', 'annotations'], annotations),
    ...outdated(['spec'], fields),
    ...within(['spec'], fields),
  ];
  if (set.some(({ path, value }) => !sameValue(valueAt(existing.value, path), value)))
    ledger.note(
      'merged',
      `${placeText(kind, metadata.namespace ?? '', metadata.name, '')} exists already in ${fileNameOf(existing.uri)} and is brought up to date.`,
    );
  return { change: existing, set };
}

/** New manifests that would take the place of one that exists already, or of one another. */
export function* clashes(made: readonly Made[]): Generator<Note> {
  const converted = new Set(made.flatMap((it) => it.resources));
  const written = new Map<string, string>();
  for (const { outputs, environment } of made) {
    for (const output of outputs) {
      if (!('create' in output)) continue;
      const { apiVersion, kind, metadata } = output.create;
      const place = placeText(kind, metadata.namespace ?? '', metadata.name, '');
      const id = `${environment.root} ${groupOf(apiVersion)} ${place}`;
      const content = JSON.stringify(pruned(output.create));
      const other = written.get(id);
      if (other !== undefined && other !== content) {
        const text = `${place} is written more than once, since several resources say what it is to be: put these together.`;
        yield { kind: 'manual', text, risk: 'availability' };
      }
      written.set(id, content);
      const known = environment.tables.kinds.find((it) => it.name === kind && it.group === groupOf(apiVersion));
      const existing = known && environment.index.find(known, metadata.namespace ?? '', metadata.name);
      if (!existing || converted.has(existing)) continue;
      const text = `${place} exists already in ${fileNameOf(existing.uri)}, and the new one would take its place: put the two together.`;
      yield { kind: 'manual', text, risk: 'availability' };
    }
  }
}
