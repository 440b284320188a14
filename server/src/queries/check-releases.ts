/** Findings about fields that are newer than the release a folder is for, or that its channel of the Gateway API lacks. */

import { releaseOf } from '../meshes/releases.ts';
import type { Environment } from '../model/environment.ts';
import { rangeInPart, type Resource } from '../model/manifest.ts';
import type { SchemaNode } from '../model/schema.ts';
import type { Path } from '../model/text.ts';
import { isRecord } from '../model/value.ts';
import type { Located } from './findings.ts';
import { limited } from './limited.ts';
import { fieldNewness, kindNewness } from './newness.ts';
import { knownKindOf } from './schema-of.ts';

/** Manifests that nest deeper are not looked at further down. */
const depthLimit = 60;

/** The findings of a resource, in order; none where settings name no release. */
export function checkReleases(environment: Environment, resource: Resource): readonly Located[] {
  const { releases } = environment.settings;
  if (Object.keys(releases).length === 0) return [];
  const known = knownKindOf(environment, resource);
  if (!known?.schema || !known.knowsVersion || known.kind.removed !== undefined) return [];
  const { kind, schema } = known;
  const newness = kindNewness(environment, kind, resource.version);
  // What is below something that is not there need not be said.
  if (newness?.isKind) return [finding(resource, ['kind'], `${kind.name} ${newness.words}.`, 'value')];
  if (newness)
    return [finding(resource, ['apiVersion'], `${kind.name} ${resource.version} ${newness.words}.`, 'value')];
  const isNarrow =
    releases.gatewayApiChannel === 'standard' && releaseOf(kind) === 'gatewayApi' && kind.definedIn === undefined;
  const standard = isNarrow ? environment.schemas.for(kind.schema ?? '', resource.version, 'standard') : undefined;
  return limited(visit(schema.root, standard?.channel === 'standard' ? standard.root : undefined, resource.value, []));

  /** `narrow`: what the standard channel has at this place; undefined where that does not matter. */
  function* visit(node: SchemaNode, narrow: SchemaNode | undefined, value: unknown, path: Path): Generator<Located> {
    if (Array.isArray(value)) {
      if (node.items)
        for (const [position, it] of value.entries()) yield* visit(node.items, narrow?.items, it, [...path, position]);
      return;
    }
    if (!isRecord(value) || path.length > depthLimit) return;
    for (const [key, it] of Object.entries(value)) {
      const field = node.properties.get(key) ?? node.values;
      if (!field) continue;
      const here = [...path, key];
      const lacksIt = narrow !== undefined && node.properties.has(key) && !narrow.properties.has(key);
      const isNewer = node.properties.has(key) ? fieldNewness(environment, kind, field.doc?.since) : undefined;
      if (isNewer !== undefined) yield finding(resource, here, `"${key}" ${isNewer}.`);
      else if (lacksIt)
        yield finding(
          resource,
          here,
          `"${key}" is in the experimental channel only; this folder is for the standard one.`,
        );
      else yield* visit(field, narrow?.properties.get(key) ?? narrow?.values, it, here);
    }
  }
}

function finding(resource: Resource, path: Path, message: string, side: 'key' | 'value' = 'key'): Located {
  return {
    range: rangeInPart(resource.part, [...resource.root, ...path], side),
    severity: 'warning',
    code: 'common/newer-field',
    message,
    peers: [],
    tags: [],
    related: [],
    fixes: [],
  };
}
