/** CustomResourceDefinitions of a workspace: the kinds and schemas that its own files define go before those that we know. */

import type { Tables } from './environment.ts';
import { groupOf, type Kind, kindId } from './kind.ts';
import { indexedResourcesOf, type Manifest, type Resource } from './manifest.ts';
import type { Part } from './part.ts';
import { type DocSource, type KindDoc, type KindSchema, type SchemaSet, schemaFromCrd } from './schema.ts';
import type { StructureNode } from './structure.ts';
import type { Uri } from './text.ts';
import { isRecord, valueAt } from './value.ts';

/** One definition, read as far as it says which kind it is about. */
export interface Crd {
  readonly uri: Uri;
  readonly group: string;
  readonly kind: string;
  readonly isCluster: boolean;
  /** Versions that the API server answers for, newest first. */
  readonly served: readonly string[];
  readonly unserved: readonly string[];
  /** Whether a version has a schema that is written out; a template may hide it. */
  readonly hasSchema: boolean;
  readonly value: unknown;
  /** Schemas by version and the key of the kind that they take their prose from; made at their first use. */
  readonly schemas: Map<string, KindSchema | undefined>;
}

/** Kinds that only a workspace defines have keys of schemas that begin so. */
const keyPrefix = 'workspace/';

const crdsOfParts = new WeakMap<Part, { readonly uri: Uri; readonly crds: readonly Crd[] }>();

/** The definitions in a part, those in a List too; of one that is half typed as it was when it was last well-formed. */
export function crdsOf(uri: Uri, part: Part): readonly Crd[] {
  const known = crdsOfParts.get(part);
  if (known?.uri === uri) return known.crds;
  const crds = indexedResourcesOf(uri, part)
    .filter(isDefinition)
    .flatMap((it) => readCrd(it) ?? []);
  crdsOfParts.set(part, { uri, crds });
  return crds;
}

function isDefinition({ apiVersion, kind }: Resource): boolean {
  return kind === 'CustomResourceDefinition' && groupOf(apiVersion) === 'apiextensions.k8s.io';
}

function readCrd({ uri, part, value }: Resource): Crd | undefined {
  const spec = isRecord(value) ? value['spec'] : undefined;
  const kind = valueAt(spec, ['names', 'kind']);
  if (!isRecord(spec) || typeof spec['group'] !== 'string' || spec['group'] === '' || typeof kind !== 'string')
    return undefined;
  const listed = Array.isArray(spec['versions'])
    ? spec['versions'].filter(isRecord)
    : [{ name: spec['version'], served: true }];
  const versions = listed.flatMap(({ name, served }) => (typeof name === 'string' ? [{ name, served }] : []));
  const served = versions.filter((it) => it.served !== false).map((it) => it.name);
  if (served.length === 0) return undefined;
  const isWritten = (holder: unknown) => isRecord(valueAt(holder, ['openAPIV3Schema']));
  return {
    uri,
    group: spec['group'],
    kind,
    isCluster: spec['scope'] === 'Cluster',
    served: served.sort(compareVersions),
    unserved: versions.filter((it) => it.served === false).map((it) => it.name),
    hasSchema:
      !isTemplated(part) && (isWritten(spec['validation']) || listed.some((it) => isWritten(valueAt(it, ['schema'])))),
    value,
    schemas: new Map(),
  };
}

/** Whether a template may change the schema that stands in a part. */
function isTemplated({ masked, text }: Part): boolean {
  return masked.hiddenLines || text.includes('{{', Math.max(text.indexOf('openAPIV3Schema'), 0));
}

/** Orders versions as Kubernetes does: v2, v1, v1beta2, v1beta1, v1alpha1, then whatever has another form, by name. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [rankOf(a), rankOf(b)];
  for (const [position, it] of one.entries()) if (it !== other[position]) return (other[position] ?? 0) - it;
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(version: string): readonly number[] {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  if (major === undefined) return [0, 0, 0];
  return [stage === undefined ? 3 : stage === 'beta' ? 2 : 1, Number(major), Number(minor ?? 0)];
}

/** The definitions of all files of a workspace. Moves on with the workspace; `version` changes whenever they do. */
export class CrdRegistry {
  readonly #byFile = new Map<Uri, readonly Crd[]>();
  version = 0;

  /** Takes over what a file defines now; undefined stands for no file. */
  replace(uri: Uri, manifest: Manifest | undefined): void {
    const now = (manifest?.parts ?? []).flatMap((it) => crdsOf(uri, it));
    const before = this.#byFile.get(uri) ?? [];
    if (now.length === before.length && now.every((it, position) => it === before[position])) return;
    if (now.length > 0) this.#byFile.set(uri, now);
    else this.#byFile.delete(uri);
    this.version += 1;
  }

  /** What files define, in no order. */
  get all(): readonly Crd[] {
    return [...this.#byFile.values()].flat();
  }
}

/** What an environment knows once definitions of the workspace have their say. */
export interface Known {
  readonly crds: readonly Crd[];
  readonly kinds: readonly Kind[];
  readonly schemas: SchemaSet;
}

/**
 * The kinds and schemas of the product with those of `crds` before them; of several for one kind the first counts. A
 * definition without a schema adds a kind that we do not know, and leaves one that we know as it is.
 */
export function withCrds(crds: readonly Crd[], tables: Tables, schemas: SchemaSet): Known {
  const builtIn = new Map(tables.kinds.map((it) => [kindId(it), it]));
  const chosen = new Map<string, Crd>();
  for (const it of crds) {
    const id = kindId({ group: it.group, name: it.kind });
    if (!chosen.has(id) && (it.hasSchema || !builtIn.has(id))) chosen.set(id, it);
  }
  if (chosen.size === 0) return { crds, kinds: tables.kinds, schemas };
  const kinds = tables.kinds.map((kind) => {
    const crd = chosen.get(kindId(kind));
    return crd && kind.schema !== undefined ? overruled(kind, crd) : kind;
  });
  const own = [...chosen].filter(([id]) => !builtIn.has(id)).map(([, crd]) => ownKind(crd));
  const entries = [...chosen].map(([id, crd]): Served => {
    const kind = builtIn.get(id);
    return { key: kind?.schema ?? `${keyPrefix}${id}`, crd, builtIn: kind };
  });
  return { crds, kinds: [...kinds, ...own], schemas: new WorkspaceSchemas(schemas, entries) };
}

function overruled({ former: _former, ...kind }: Kind, crd: Crd): Kind {
  return { ...kind, versions: crd.served, ...formerOf(crd), definedIn: crd.uri };
}

function ownKind(crd: Crd): Kind {
  const { group, kind: name, served: versions } = crd;
  return {
    group,
    name,
    versions,
    ...formerOf(crd),
    ...(crd.hasSchema ? { schema: `${keyPrefix}${kindId({ group, name })}` } : {}),
    ...(crd.isCluster ? { scope: 'cluster' } : {}),
    definedIn: crd.uri,
    isForeign: true,
  };
}

function formerOf({ unserved }: Crd): Pick<Kind, 'former'> {
  return unserved.length > 0 ? { former: unserved } : {};
}

interface Served {
  readonly key: string;
  readonly crd: Crd;
  /** The kind that we know ourselves, whose prose describes the fields. */
  readonly builtIn: Kind | undefined;
}

class WorkspaceSchemas implements SchemaSet {
  readonly keys: readonly string[];
  readonly #base: SchemaSet;
  readonly #served: ReadonlyMap<string, Served>;

  constructor(base: SchemaSet, served: readonly Served[]) {
    this.#base = base;
    this.#served = new Map(served.map((it) => [it.key, it]));
    this.keys = [...new Set([...base.keys, ...this.#served.keys()])];
  }

  for(schemaKey: string, version: string, channel?: string): KindSchema | undefined {
    const served = this.#served.get(schemaKey);
    if (!served) return this.#base.for(schemaKey, version, channel);
    const { crd, builtIn } = served;
    const id = `${schemaKey} ${version}`;
    if (!crd.schemas.has(id))
      crd.schemas.set(id, schemaFromCrd(crd.value, version, this.#base, builtIn?.schema, builtIn?.versions));
    return crd.schemas.get(id) ?? this.#base.for(schemaKey, version, channel);
  }

  docs(schemaKey: string): KindDoc | undefined {
    const { crd, builtIn } = this.#served.get(schemaKey) ?? {};
    if (!crd || builtIn) return this.#base.docs(schemaKey);
    return this.for(schemaKey, crd.served[0] ?? '')?.docs;
  }

  get common(): StructureNode {
    return this.#base.common;
  }

  get commonDocs(): DocSource {
    return this.#base.commonDocs;
  }
}
