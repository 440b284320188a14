/** Names of new resources that an API server takes. */

import type { Ledger } from '../model/report.ts';
import { isRecord } from '../model/value.ts';
import type { ManifestValue, Output } from '../meshes/mesh.ts';
import { type Creation, isCreation, placeOf } from './conversion.ts';

/** Fields that hold the name of another resource. */
const naming = new Set(['name', 'service', 'host']);

/**
 * The outputs with names that can be: small letters, digits, hyphens and dots, not longer than the kind allows. What refers
 * to a new name follows, and the ledger tells of it; what is left without any name is not written.
 */
export function namedSafely(outputs: readonly Output[], ledger: Ledger): readonly Output[] {
  const renamed = new Map<string, string>();
  for (const output of outputs) {
    if (!isCreation(output)) continue;
    const { name } = output.create.metadata;
    const safe = safeName(name, output.create);
    if (safe !== name || safe === '') renamed.set(name, safe);
  }
  if (renamed.size === 0) return outputs;
  return outputs.flatMap((output): readonly Output[] => {
    if (!isCreation(output)) return [output];
    const { metadata, spec, ...rest } = output.create;
    const name = renamed.get(metadata.name) ?? metadata.name;
    if (name === '') {
      ledger.note('missing', `A ${output.create.kind} is not written, since nothing gives it a name.`);
      return [];
    }
    const create: ManifestValue = {
      ...rest,
      metadata: { ...metadata, name },
      ...(spec === undefined ? {} : { spec: withNames(spec, renamed) }),
    };
    if (name !== metadata.name) tell(output, create, ledger);
    return [{ ...output, create }];
  });
}

function tell(before: Creation, create: ManifestValue, ledger: Ledger): void {
  const place = placeOf(before);
  ledger.rename(place, placeOf({ create }));
  ledger.note('renamed', `${place} is called "${create.metadata.name}", since no cluster takes the other name.`);
}

/** The name itself where it can be one. What is cut off leaves its mark, so that two long names do not become one. */
function safeName(name: string, { apiVersion, kind }: ManifestValue): string {
  const isLabel = apiVersion === 'v1' && kind === 'Service';
  const limit = isLabel ? 63 : 253;
  const sign = isLabel ? /[^a-z0-9-]+/g : /[^a-z0-9.-]+/g;
  const clean = name
    .toLowerCase()
    .replace(sign, '-')
    .split('.')
    .map((it) => it.replace(/^-+|-+$/g, ''))
    .filter((it) => it !== '')
    .join('.');
  const started = isLabel && /^\d/.test(clean) ? `s-${clean}` : clean;
  return started.length <= limit ? started : `${started.slice(0, limit - 7).replace(/[-.]+$/, '')}-${mark(name)}`;
}

/** Six signs that depend on all of a text. */
function mark(text: string): string {
  let sum = 0;
  for (const sign of text) sum = (Math.imul(sum, 31) + (sign.codePointAt(0) ?? 0)) >>> 0;
  return sum.toString(36).padStart(6, '0').slice(-6);
}

function withNames(value: unknown, renamed: ReadonlyMap<string, string>, key = ''): unknown {
  if (Array.isArray(value)) return value.map((it) => withNames(it, renamed, key));
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([field, it]) => [field, withNames(it, renamed, field)]));
  return typeof value === 'string' && naming.has(key) ? (renamed.get(value) ?? value) : value;
}
