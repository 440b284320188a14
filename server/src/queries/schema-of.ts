/** The schema that counts for a resource. */

import { isChartValues } from '../model/chart-values.ts';
import type { Environment } from '../model/environment.ts';
import { isOfKind, type Kind } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import { type KindSchema, schemaOfValues, type SchemaSet } from '../model/schema.ts';

export interface KnownKind {
  readonly kind: Kind;
  /** Undefined for kinds that are only looked up, such as Service. */
  readonly schema: KindSchema | undefined;
  /** Whether the version of the resource is one that exists; else the schema is that of the newest. */
  readonly knowsVersion: boolean;
}

/** Gateway API has channels; the widest one never calls a field unknown that some cluster serves. */
export const widestChannel = 'experimental';

/** What we know of the kind of a resource; undefined for kinds of others. */
export function knownKindOf(
  environment: Environment,
  resource: Pick<Resource, 'apiVersion' | 'kind' | 'version'>,
): KnownKind | undefined {
  if (isChartValues(resource)) return chartValues(environment);
  const kind = environment.tables.kinds.find((it) => isOfKind(resource, it));
  if (!kind) return undefined;
  const versions = [resource.version, ...kind.versions];
  const schema = kind.schema
    ? versions.map((it) => environment.schemas.for(kind.schema ?? '', it, widestChannel)).find((it) => it !== undefined)
    : undefined;
  return { kind, schema, knowsVersion: kind.versions.includes(resource.version) };
}

const ofSchemas = new WeakMap<SchemaSet, KnownKind | undefined>();

/** What we know of Helm values: the fields that some kinds have as well. */
function chartValues({ tables, schemas }: Environment): KnownKind | undefined {
  if (!ofSchemas.has(schemas)) {
    const fields = tables.kinds.flatMap(({ schema: key, versions, values: path }) => {
      const schema = key === undefined ? undefined : schemas.for(key, versions[0] ?? '');
      return path && schema && key !== undefined ? [{ key, schema, path }] : [];
    });
    const schema = schemaOfValues(fields);
    const kind = { group: '', name: '', versions: [''], ...(fields[0] ? { schema: fields[0].key } : {}) };
    ofSchemas.set(schemas, schema && { kind, schema, knowsVersion: true });
  }
  return ofSchemas.get(schemas);
}

/** The groups that belong to meshes; a kind in them that we do not know does not exist. */
export function isMeshGroup(environment: Environment, group: string): boolean {
  return environment.tables.kinds.some(
    (it) => it.group === group && it.schema !== undefined && !it.isForeign && it.group.includes('.'),
  );
}
