/**
 * Helm values that hold what a field of some kind holds: `meshConfig` at their top, or one level down, below the name of
 * the chart that another chart brings along. They are no resources: no index, rule or conversion knows of them.
 */

import { isOfKind, type Kind } from './kind.ts';
import { looksLikeValues } from './looks-like-manifest.ts';
import type { Resource } from './manifest.ts';
import type { Part } from './part.ts';
import type { Path, Uri } from './text.ts';
import { isRecord } from './value.ts';

/** What stands in for the kind of such values. */
const Values: Kind = { group: 'helm', name: 'Values', versions: ['v3'] };

const ofPart = new WeakMap<Part, { readonly uri: Uri; readonly values: readonly Resource[] }>();

/** The maps of a part that hold fields of these kinds, in the form of resources; empty for resources and other YAML. */
export function chartValuesOf(uri: Uri, part: Part, kinds: readonly Kind[]): readonly Resource[] {
  const known = ofPart.get(part);
  if (known?.uri === uri) return known.values;
  const values = part.isManifest || !looksLikeValues(part.text) ? [] : [...collect(uri, part, kinds)];
  ofPart.set(part, { uri, values });
  return values;
}

/** The innermost of these maps around a path of the part. */
export function chartValuesAt(uri: Uri, part: Part, kinds: readonly Kind[], path: Path): Resource | undefined {
  return chartValuesOf(uri, part, kinds).findLast((it) => it.root.every((key, position) => key === path[position]));
}

/** Whether what looks like a resource is a map of Helm values. */
export function isChartValues(resource: Pick<Resource, 'apiVersion' | 'kind'>): boolean {
  return isOfKind(resource, Values);
}

function* collect(uri: Uri, part: Part, kinds: readonly Kind[]): Generator<Resource> {
  const keys = kinds.flatMap((it) => it.values?.slice(-1) ?? []).map(String);
  const { value } = part;
  if (!isRecord(value)) return;
  for (const [name, inner] of [[undefined, value] as const, ...Object.entries(value)]) {
    if (!isRecord(inner) || !keys.some((key) => Object.hasOwn(inner, key))) continue;
    yield {
      uri,
      part,
      root: name === undefined ? [] : [name],
      apiVersion: 'helm/v3',
      group: Values.group,
      version: 'v3',
      kind: Values.name,
      name: '',
      namespace: undefined,
      value: inner,
    };
  }
}
