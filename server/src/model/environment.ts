/** An environment: files that are deployed together, with the index of what they hold. */

import type { AnnotationTable } from './annotations.ts';
import { type Kind, kindId } from './kind.ts';
import { indexedResourcesOf, type Manifest, partsIn, type Resource } from './manifest.ts';
import type { Part } from './part.ts';
import type { Declaration, Named, Reference, Site, Space } from './reference.ts';
import type { SchemaSet } from './schema.ts';
import type { Settings } from './settings.ts';
import type { Uri } from './text.ts';
import { expand, isRecord, recordAt } from './value.ts';

/** What meshes know, as the index needs it. */
export interface Tables {
  readonly kinds: readonly Kind[];
  readonly declarations: readonly Declaration[];
  readonly references: readonly Reference[];
}

export interface Environment {
  /** The folder that holds it, as a uri without a slash at the end; empty for files outside every folder. */
  readonly root: Uri;
  /** Whether a kustomization, a chart or a setting says that its files are deployed together. */
  readonly isDeclared: boolean;
  readonly index: ResourceIndex;
  readonly settings: Settings;
  readonly schemas: SchemaSet;
  readonly annotations: AnnotationTable;
  readonly tables: Tables;
  /** The namespace a resource ends up in; empty for kinds that have none. */
  namespaceOf(resource: Resource): string;
  /** The names of a resource: as it is written, and where a kustomization changes it, as it is deployed. */
  namesOf(resource: Resource): readonly string[];
  /**
   * Whether what is absent from a namespace is really missing: as the setting says, or by `auto` where the environment
   * holds Services of the namespace and no template hides the name of one, or of one of the other `kinds` looked for.
   *
   * What follows from it for a finding of absence: in a closed namespace it has the severity of its rule, elsewhere it
   * is a hint. By `auto` it is at most a warning when the name was looked up in another namespace than the resource's
   * own, because a repository may hold a part of what another team runs; in the own namespace a short name that no
   * Service has is nearly always misspelt, and traffic to it surely fails. Who keeps a repository for each service of
   * one namespace sets `closedWorld` to false.
   */
  isClosed(namespace: string, kinds?: readonly Kind[]): boolean;
  /** Whether a file is a patch of a kustomization, so that it holds a part of a resource. */
  isPartial(uri: Uri): boolean;
  /** Whether a patch changes a resource, so that it may hold more than is written. */
  isPatched(resource: Resource): boolean;
  /** Environments of kustomizations that take a file of this one in: overlays of a base. */
  takenBy(uri: Uri): readonly Environment[];
  /** Where other environments of the workspace define a key: what is not deployed with these files, but stands in the same cluster. */
  elsewhere(space: Space, key: string): readonly Named[];
}

/** Look-ups over the resources of one environment. Asking is cheap; nothing is proportional to the workspace but `all`. */
export interface ResourceIndex {
  /** All resources of a kind, of any version. */
  all(kind: Kind): readonly Resource[];
  find(kind: Kind, namespace: string, name: string): Resource | undefined;
  /** All resources with this identity: more than one is a duplicate. */
  findAll(kind: Kind, namespace: string, name: string): readonly Resource[];
  /** Where a key is defined. */
  declared(space: Space, key: string): readonly Named[];
  /** All keys of a space with where they are defined. */
  declaredIn(space: Space): ReadonlyMap<string, readonly Named[]>;
  /** Where a key is used. */
  referencesTo(space: Space, key: string): readonly Named[];
}

/** What one part gives to the index of an environment. */
interface Contribution {
  /** Keys of the resources that it changes, being a patch. */
  readonly patchOf: readonly string[];
  readonly resources: readonly Resource[];
  readonly declared: readonly { readonly space: Space; readonly key: string; readonly named: Named }[];
  readonly referenced: readonly { readonly space: Space; readonly key: string; readonly named: Named }[];
}

/** Stands for the other environments; what they said may change without a notice, so that it is asked again each time. */
const otherEnvironments = 'other environments';

/** Tables of an index that a question read, and in which version each was. */
export type Reads = ReadonlyMap<string, number>;

/** The index of one environment; `replace` swaps what changed parts contribute and leaves the rest. */
export class EnvironmentIndex implements ResourceIndex {
  readonly #environment: () => Environment;
  readonly #kinds = new Map<string, Map<Part, readonly Resource[]>>();
  readonly #flat = new Map<string, readonly Resource[]>();
  readonly #names = new Map<string, Resource[]>();
  /** Patches by the names of what they change, since what a name in a patch means may depend on the rest. */
  readonly #patches = new Map<string, Map<Part, Uri>>();
  /** By names that only kustomizations give. */
  readonly #affixed = new Map<string, Resource[]>();
  readonly #declared = new Map<Space, Map<string, Named[]>>();
  readonly #referenced = new Map<Space, Map<string, Named[]>>();
  readonly #contributions = new Map<Part, Contribution>();
  readonly #versions = new Map<string, number>();
  #reads: Set<string> | undefined;

  constructor(environment: () => Environment) {
    this.#environment = environment;
  }

  all(kind: Kind): readonly Resource[] {
    const id = kindId(kind);
    this.#reads?.add(id);
    let flat = this.#flat.get(id);
    if (!flat) {
      flat = [...(this.#kinds.get(id)?.values() ?? [])].flat();
      this.#flat.set(id, flat);
    }
    return flat;
  }

  find(kind: Kind, namespace: string, name: string): Resource | undefined {
    return this.findAll(kind, namespace, name)[0] ?? this.#affixed.get(nameKey(kindId(kind), namespace, name))?.[0];
  }

  findAll(kind: Kind, namespace: string, name: string): readonly Resource[] {
    this.#reads?.add(kindId(kind));
    return this.#names.get(nameKey(kindId(kind), namespace, name)) ?? [];
  }

  declared(space: Space, key: string): readonly Named[] {
    this.#reads?.add(`declared ${space}`);
    return this.#declared.get(space)?.get(key) ?? [];
  }

  declaredIn(space: Space): ReadonlyMap<string, readonly Named[]> {
    this.#reads?.add(`declared ${space}`);
    return this.#declared.get(space) ?? new Map();
  }

  referencesTo(space: Space, key: string): readonly Named[] {
    this.#reads?.add(`referenced ${space}`);
    return this.#referenced.get(space)?.get(key) ?? [];
  }

  /** Runs a question and tells which tables it read, so that its answer can be kept until one of them changes. */
  track<T>(question: () => T): { readonly answer: T; readonly reads: Reads } {
    const outer = this.#reads;
    const tables = new Set<string>();
    this.#reads = tables;
    try {
      const answer = question();
      return { answer, reads: new Map([...tables].map((it) => [it, this.#versions.get(it) ?? 0])) };
    } finally {
      this.#reads = outer;
      if (outer) for (const it of tables) outer.add(it);
    }
  }

  /** Notes that a question asked other environments too. */
  noteElsewhere(): void {
    this.#reads?.add(otherEnvironments);
  }

  /** Whether the tables are still as they were when they were read. */
  isCurrent(reads: Reads): boolean {
    if (reads.has(otherEnvironments)) return false;
    for (const [table, version] of reads) if ((this.#versions.get(table) ?? 0) !== version) return false;
    return true;
  }

  /** Takes over a manifest in place of an older one of the same file; undefined stands for no file. */
  replace(before: Manifest | undefined, after: Manifest | undefined): void {
    const kept = new Set(after ? partsIn(after).map((it) => it.part) : []);
    for (const { part } of before ? partsIn(before) : []) if (!kept.has(part)) this.#remove(part);
    for (const part of kept) if (!this.#contributions.has(part)) this.#add(after?.uri ?? '', part);
  }

  #add(uri: Uri, part: Part): void {
    const resources = indexedResourcesOf(uri, part);
    const whole = this.#contributionOf(resources);
    const contribution = this.#environment().isPartial(uri) ? this.#asPatch(whole) : whole;
    this.#contributions.set(part, contribution);
    for (const it of contribution.patchOf) {
      const patches = this.#patches.get(it) ?? new Map<Part, Uri>();
      this.#patches.set(it, patches.set(part, uri));
    }
    for (const resource of contribution.resources) {
      const id = kindId({ group: resource.group, name: resource.kind });
      this.#touch(id);
      const parts = this.#kinds.get(id) ?? new Map<Part, readonly Resource[]>();
      parts.set(part, [...(parts.get(part) ?? []), resource]);
      this.#kinds.set(id, parts);
      const [own = '', ...affixed] = this.#nameKeys(id, resource);
      push(this.#names, own, resource);
      for (const it of affixed) push(this.#affixed, it, resource);
      this.#readPatches(own);
    }
    for (const { space, key, named } of contribution.declared)
      this.#register(this.#declared, 'declared', space, key, named);
    for (const { space, key, named } of contribution.referenced)
      this.#register(this.#referenced, 'referenced', space, key, named);
  }

  #remove(part: Part): void {
    const contribution = this.#contributions.get(part);
    if (!contribution) return;
    this.#contributions.delete(part);
    for (const it of contribution.patchOf) this.#patches.get(it)?.delete(part);
    for (const resource of contribution.resources) {
      const id = kindId({ group: resource.group, name: resource.kind });
      this.#touch(id);
      this.#kinds.get(id)?.delete(part);
      const [own = '', ...affixed] = this.#nameKeys(id, resource);
      pull(this.#names, own, resource);
      for (const it of affixed) pull(this.#affixed, it, resource);
      this.#readPatches(own);
    }
    for (const { space, key, named } of contribution.declared)
      this.#unregister(this.#declared, 'declared', space, key, named);
    for (const { space, key, named } of contribution.referenced)
      this.#unregister(this.#referenced, 'referenced', space, key, named);
  }

  /** A patch defines no resource, it refers to one; what it puts into it counts. */
  #asPatch({ resources, declared, referenced }: Contribution): Contribution {
    const isName = ({ named }: Contribution['declared'][number]) => named.site.path.join('.') === 'metadata.name';
    return {
      resources: [],
      patchOf: resources.map((it) => this.#nameKeys(kindId({ group: it.group, name: it.kind }), it)[0] ?? ''),
      declared: declared.filter((it) => !isName(it)),
      referenced: [...referenced, ...declared.filter(isName)],
    };
  }

  /** Reads again what patches give, after the resource that they change has come or gone. */
  #readPatches(key: string): void {
    for (const [part, uri] of [...(this.#patches.get(key) ?? [])]) {
      this.#remove(part);
      this.#add(uri, part);
    }
  }

  /** Under which keys a resource is found: first as it is written. */
  #nameKeys(id: string, resource: Resource): readonly string[] {
    const environment = this.#environment();
    return environment.namesOf(resource).map((it) => nameKey(id, environment.namespaceOf(resource), it));
  }

  #touch(table: string): void {
    this.#flat.delete(table);
    this.#versions.set(table, (this.#versions.get(table) ?? 0) + 1);
  }

  #register(tables: Map<Space, Map<string, Named[]>>, table: string, space: Space, key: string, named: Named): void {
    this.#touch(`${table} ${space}`);
    const names = tables.get(space) ?? new Map<string, Named[]>();
    tables.set(space, names);
    push(names, key, named);
  }

  #unregister(tables: Map<Space, Map<string, Named[]>>, table: string, space: Space, key: string, named: Named): void {
    this.#touch(`${table} ${space}`);
    const names = tables.get(space);
    if (names) pull(names, key, named);
  }

  #contributionOf(resources: readonly Resource[]): Contribution {
    const environment = this.#environment();
    const declared: { space: Space; key: string; named: Named }[] = [];
    const referenced: { space: Space; key: string; named: Named }[] = [];
    for (const resource of resources) {
      const id = kindId({ group: resource.group, name: resource.kind });
      if (resource.name !== '') {
        const site = siteOf(environment, resource, ['metadata', 'name']);
        for (const name of environment.namesOf(resource)) {
          const named: Named = { site, text: resource.name, side: 'value' };
          declared.push({ space: id, key: `${site.namespace}/${name}`, named });
        }
      }
      for (const row of rowsFor(environment.tables, id).declarations) {
        for (const named of namesAt(environment, resource, row.path)) {
          const names = row.path === 'metadata.name' ? environment.namesOf(resource) : [named.text];
          for (const key of names.flatMap((it) => row.keys(it, named.site)))
            declared.push({ space: row.space, key, named });
        }
      }
      for (const row of rowsFor(environment.tables, id).references) {
        for (const named of namesAt(environment, resource, row.path)) {
          for (const key of row.keys(named.text, named.site)) {
            for (const space of row.spaces(named.site)) referenced.push({ space, key, named });
          }
        }
      }
    }
    return { resources, patchOf: [], declared, referenced };
  }
}

/** A place in a resource with what the reference table wants to know of it; a patch has what it changes beneath it. */
export function siteOf(environment: Environment, resource: Resource, path: Site['path']): Site {
  return {
    resource: patched(environment, resource),
    path,
    namespace: environment.namespaceOf(resource),
    clusterDomain: environment.settings.clusterDomain,
  };
}

/** A patch as it is together with the fields of what it changes, as far as one sees it; any other resource as it is. */
function patched(environment: Environment, resource: Resource): Resource {
  if (resource.name === '' || !environment.isPartial(resource.uri)) return resource;
  const kind: Kind = { group: resource.group, name: resource.kind, versions: [] };
  const whole = environment.index.find(kind, environment.namespaceOf(resource), resource.name)?.value;
  if (!isRecord(whole) || !isRecord(resource.value)) return resource;
  const spec = { ...recordAt(whole, ['spec']), ...recordAt(resource.value, ['spec']) };
  return { ...resource, value: { ...whole, ...resource.value, spec } };
}

/** The names that stand where a pattern points: values, or for a pattern that ends in `.*` the keys of a map. */
export function* namesAt(environment: Environment, resource: Resource, pattern: string): Generator<Named> {
  const namesAreKeys = pattern.endsWith('.*');
  for (const { path, value } of expand(resource.value, pattern)) {
    const text = namesAreKeys ? String(path.at(-1)) : value;
    if (typeof text !== 'string' || text === '') continue;
    yield { site: siteOf(environment, resource, path), text, side: namesAreKeys ? 'key' : 'value' };
  }
}

interface Rows {
  readonly declarations: readonly Declaration[];
  readonly references: readonly Reference[];
}

const rowsOfTables = new WeakMap<Tables['declarations'], Map<string, Rows>>();

/** The rows of the tables that speak of one kind, by its id. */
export function rowsFor(tables: Tables, id: string): Rows {
  let rows = rowsOfTables.get(tables.declarations);
  if (!rows) {
    rows = new Map();
    rowsOfTables.set(tables.declarations, rows);
  }
  let found = rows.get(id);
  if (!found) {
    found = {
      declarations: tables.declarations.filter((it) => kindId(it.from) === id),
      references: tables.references.filter((it) => kindId(it.from) === id),
    };
    rows.set(id, found);
  }
  return found;
}

function nameKey(id: string, namespace: string, name: string): string {
  return `${id} ${namespace}/${name}`;
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function pull<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  const position = list?.indexOf(value) ?? -1;
  if (position === -1) return;
  list?.splice(position, 1);
  if (list?.length === 0) map.delete(key);
}
