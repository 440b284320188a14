/** Reads labels and annotations that say something of proxies: those of pods, and of Namespaces where a mesh reads them. */

import type { Environment } from '../../../../model/environment.ts';
import type { Asked, Origin, Peculiar, ProxyScope, ProxySetting, ProxySettingName } from '../../../../model/ir.ts';
import { isOfKind } from '../../../../model/kind.ts';
import type { Resource } from '../../../../model/manifest.ts';
import { textRecordAt } from '../../../../model/value.ts';
import { Namespace } from '../kinds.ts';
import { workloadOf } from '../workloads.ts';
import { type Bearer, type Marks, pathOfMark } from './bearers.ts';

/** A mark of pods or of a Namespace. */
export interface Mark {
  readonly part: Marks;
  readonly key: string;
  readonly value: string;
  readonly from: readonly Origin[];
}

/** All marks of what a resource says about its pods, and the pods that they are for; undefined when it has none. */
export function readMarks(
  resource: Resource,
  environment: Environment,
): { readonly scope: ProxyScope; readonly bearer: Bearer; readonly marks: readonly Mark[] } | undefined {
  const workload = workloadOf(resource, environment);
  if (!workload && !isOfKind(resource, Namespace)) return undefined;
  const bearer: Bearer = workload
    ? { type: 'workload', workload }
    : { type: 'namespace', namespace: resource.name, resource };
  const marks = (['labels', 'annotations'] as const).flatMap((part) => {
    const home = pathOfMark(bearer, part, '').slice(0, -1);
    return Object.entries(textRecordAt(resource.value, home)).map(
      ([key, value]): Mark => ({ part, key, value, from: [{ resource, path: [...home, key] }] }),
    );
  });
  const scope: ProxyScope = workload ? { type: 'workload', resource } : { type: 'namespace', namespace: resource.name };
  return marks.length === 0 ? undefined : { scope, bearer, marks };
}

/** What an annotation says in the representation's words; empty when its value says nothing that anybody knows. */
export type SettingReader = (value: string) => readonly (readonly [ProxySettingName, string])[];

/** One setting with the value as it is. */
export function same(setting: ProxySettingName): SettingReader {
  return (value) => [[setting, value]];
}

/** A switch; other values than `true` and `false` say nothing. */
export function flag(setting: ProxySettingName): SettingReader {
  return (value) => (/^(?:true|false)$/i.test(value) ? [[setting, value.toLowerCase()]] : []);
}

/** A list with commas, without blanks and empty items. */
export function list(setting: ProxySettingName): SettingReader {
  return (value) => [[setting, itemsOf(value).join(',')]];
}

/** The items of a list with commas. */
export function itemsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '');
}

/** Why marks that match are not carried over. */
export interface PeculiarMark {
  readonly keys: RegExp;
  readonly code: string;
  readonly reason: string;
  readonly risk: Peculiar['risk'];
}

/** Settings by the table of a mesh, and marks that it knows to be its own alone. */
export function readSettings(
  resource: Resource,
  environment: Environment,
  readers: Readonly<Record<string, SettingReader>>,
  peculiar: readonly PeculiarMark[],
): { readonly settings: readonly Asked<ProxySetting>[]; readonly peculiar: readonly Peculiar[] } {
  const settings: Asked<ProxySetting>[] = [];
  const lost: Peculiar[] = [];
  const read = readMarks(resource, environment);
  for (const { part, key, value, from } of read?.marks ?? []) {
    if (!read) continue;
    const found = part === 'annotations' && Object.hasOwn(readers, key) ? (readers[key]?.(value) ?? []) : [];
    for (const [setting, each] of found) settings.push({ value: { scope: read.scope, setting, value: each }, from });
    const row = found.length === 0 ? peculiar.find((it) => it.keys.test(key)) : undefined;
    if (row) lost.push({ from, code: row.code, reason: row.reason, risk: row.risk });
  }
  return { settings, peculiar: lost };
}
