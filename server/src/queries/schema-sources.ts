/** Which schema serves each kind in a file: one that is built in, or a CustomResourceDefinition of the workspace. */

import { builtInRelease, releaseOf } from '../meshes/releases.ts';
import { isChartValues } from '../model/chart-values.ts';
import type { Environment } from '../model/environment.ts';
import type { Kind } from '../model/kind.ts';
import { resourcesOf } from '../model/manifest.ts';
import { releaseNames } from '../model/release.ts';
import type { KindSchema } from '../model/schema.ts';
import type { Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { knownKindOf, widestChannel } from './schema-of.ts';

export interface SchemaSource {
  readonly kind: string;
  readonly version: string;
  /** The file with the definition; absent for what is built in. */
  readonly definedIn?: Uri;
  /** The release that a built-in schema is made from, where it belongs to one. */
  readonly release?: string;
  /** What the kind belongs to, and the release that it is read for: that of the settings, else that of the schema. */
  readonly speaks?: { readonly name: string; readonly release: string };
}

/** The kinds of a file in order, each version once; kinds without a schema are left out. */
export function schemaSources(workspace: Workspace, uri: Uri): readonly SchemaSource[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  const environment = environmentOf(workspace, uri);
  const sources = new Map<string, SchemaSource>();
  for (const resource of manifest.parts.flatMap((it) => resourcesOf(uri, it))) {
    const id = `${resource.apiVersion} ${resource.kind}`;
    if (sources.has(id) || isChartValues(resource)) continue;
    const known = knownKindOf(environment, resource);
    if (!known?.schema) continue;
    const { kind, schema } = known;
    // A definition that lacks the schema of a version leaves the one that is built in.
    const isBuiltIn = kind.definedIn === undefined || isSameSchema(workspace, kind.schema, schema);
    const release = isBuiltIn ? builtInRelease(kind) : undefined;
    sources.set(id, {
      kind: kind.name,
      version: schema.version,
      ...(isBuiltIn || kind.definedIn === undefined ? {} : { definedIn: kind.definedIn }),
      ...(release === undefined ? {} : { release }),
      ...spokenRelease(environment, kind),
    });
  }
  return [...sources.values()];
}

function spokenRelease({ settings }: Environment, kind: Kind): Pick<SchemaSource, 'speaks'> {
  const id = releaseOf(kind);
  if (id === undefined) return {};
  const name = releaseNames[id];
  const set = settings.releases[id];
  return { speaks: { name, release: set === undefined ? (builtInRelease(kind) ?? name) : `${name} ${set}` } };
}

function isSameSchema({ schemas }: Workspace, key: string | undefined, schema: KindSchema): boolean {
  return key !== undefined && schemas.for(key, schema.version, widestChannel) === schema;
}
