/**
 * The workspace at one moment: all manifests, and the environments they belong to. `applyChange` gives the next one.
 * Snapshots share their index, which moves on with the newest: a snapshot answers questions only until the next change,
 * which is enough for queries that never wait.
 */

import type { AnnotationTable } from './annotations.ts';
import { ClosedWorld } from './closed-world.ts';
import { type Crd, CrdRegistry, type Known, withCrds } from './crds.ts';
import { isKustomization } from './embedded.ts';
import { type Environment, EnvironmentIndex, type Tables } from './environment.ts';
import { addTo } from './group.ts';
import { type Kind, kindId } from './kind.ts';
import {
  isPatched,
  type Marker,
  marksEnvironment,
  parentOf,
  type Reach,
  reachOf,
  readMarker,
} from './kustomization.ts';
import { indexedResourcesOf, type Manifest, parseManifest, type Resource } from './manifest.ts';
import type { Named, Space } from './reference.ts';
import type { SchemaSet } from './schema.ts';
import { defaultSettings, type Settings } from './settings.ts';
import type { Uri } from './text.ts';

export interface Workspace {
  readonly manifests: ReadonlyMap<Uri, Manifest>;
  readonly environments: ReadonlyMap<Uri, Environment>;
  readonly folders: readonly Uri[];
  readonly settings: Settings;
  /** Settings of workspace folders that have their own. */
  readonly folderSettings: ReadonlyMap<Uri, Settings>;
  readonly schemas: SchemaSet;
  readonly annotations: AnnotationTable;
  readonly tables: Tables;
}

/** What the product knows, handed over by the entry. */
export interface Knowledge {
  readonly tables: Tables;
  readonly schemas: SchemaSet;
  readonly annotations: AnnotationTable;
}

export interface Change {
  /** New text by file; undefined when the file is gone. */
  readonly files?: ReadonlyMap<Uri, string | undefined>;
  readonly folders?: readonly Uri[];
  /** Settings of what lies in no folder, and of folders without their own. */
  readonly settings?: Settings;
  /** Settings by workspace folder. */
  readonly folderSettings?: ReadonlyMap<Uri, Settings>;
}

interface MutableWorkspace extends Workspace {
  readonly manifests: Map<Uri, Manifest>;
  readonly environments: Map<Uri, LiveEnvironment>;
  /** Folders that are environments because files in them say so, kustomization.yaml or Chart.yaml, by folder and file. */
  readonly markers: Map<Uri, Map<Uri, Marker>>;
  /** What each of these folders deploys, also from elsewhere. */
  readonly reaches: Map<Uri, Reach>;
  /** By folder or file, the folders whose kustomizations take it in. */
  readonly takers: Map<Uri, Uri[]>;
  /** Files that hold a part of a resource. */
  readonly patches: Set<Uri>;
  /** What stands in which index, by file. */
  readonly indexed: Map<Uri, Indexed>;
  readonly crds: CrdRegistry;
  /** Whether markers changed since files were sorted into environments, and which files are not yet sorted anew. */
  readonly sorting: { isStale: boolean; readonly waiting: Set<Uri> };
}

interface Indexed {
  readonly manifest: Manifest;
  readonly environments: readonly LiveEnvironment[];
}

/** A workspace without files. */
export function createWorkspace(knowledge: Knowledge, settings: Settings = defaultSettings): Workspace {
  const workspace: MutableWorkspace = {
    ...knowledge,
    manifests: new Map(),
    environments: new Map(),
    markers: new Map(),
    reaches: new Map(),
    takers: new Map(),
    patches: new Set(),
    indexed: new Map(),
    crds: new CrdRegistry(),
    sorting: { isStale: false, waiting: new Set() },
    folders: [],
    settings,
    folderSettings: new Map(),
  };
  return workspace;
}

/**
 * The next workspace. Files that did not change are not read again. New folders, and settings that say where a resource
 * belongs, re-sort all files; a marker that says something else re-sorts those that it moves. Files are sorted when
 * somebody asks, or by `sortSome` before.
 */
export function applyChange(before: Workspace, change: Change): Workspace {
  const settings = change.settings ?? before.settings;
  const folders = change.folders ?? before.folders;
  const folderSettings = change.folderSettings ?? before.folderSettings;
  const next: MutableWorkspace = { ...(before as MutableWorkspace), folders, settings, folderSettings };
  const { manifests, markers, crds, sorting } = next;
  for (const [uri, text] of change.files ?? []) {
    const manifest = text === undefined ? undefined : parseManifest(uri, text, manifests.get(uri));
    if (manifest) manifests.set(uri, manifest);
    else manifests.delete(uri);
    crds.replace(uri, manifest);
    if (marksEnvironment(uri) && mark(markers, uri, manifest)) sorting.isStale = true;
  }
  const inForce = ['', ...folders].map((it) => [settingsIn(before, it), settingsIn(next, it)] as const);
  if (!isSameList(folders, before.folders) || !inForce.every(([a, b]) => sortsAlike(a, b))) forgetSorting(next);
  else if (inForce.some(([a, b]) => a !== b && JSON.stringify(a) !== JSON.stringify(b))) renewEnvironments(next);
  for (const uri of change.files?.keys() ?? []) {
    if (sorting.isStale) readAhead(manifests.get(uri));
    else place(next, uri);
  }
  return next;
}

/**
 * The environment of a file, where it is judged: the nearest folder that marks one, else its workspace folder, else its
 * own folder. Kustomizations that take it in, as an overlay does with its base, have it in their environments too.
 */
export function environmentOf(workspace: Workspace, uri: Uri): Environment {
  sortSome(workspace, () => false);
  return liveEnvironmentOf(workspace as MutableWorkspace, uri);
}

/**
 * Files in groups that say nothing of one another: environments, each together with those whose kustomizations take its
 * files in or patch them. Files need not be there, only those that mark environments. Groups stand in the order of their
 * first files, and files in theirs.
 */
export function deployedTogether(workspace: Workspace, uris: Iterable<Uri>): readonly (readonly Uri[])[] {
  sortSome(workspace, () => false);
  const live = workspace as MutableWorkspace;
  const above = new Map<Uri, Uri>();
  const leaderOf = (root: Uri) => {
    let at = root;
    for (let next = above.get(at); next !== undefined; next = above.get(at)) at = next;
    return at;
  };
  for (const [root, { namespaces, markers }] of live.reaches) {
    for (const uri of [...namespaces.keys(), ...markers.flatMap((it) => it.patches)]) {
      const [one, other] = [leaderOf(live.markers.has(uri) ? uri : rootOf(live, uri)), leaderOf(root)];
      if (one !== other) above.set(other, one);
    }
  }
  const groups = new Map<Uri, Uri[]>();
  for (const uri of uris) addTo(groups, leaderOf(rootOf(live, uri)), uri);
  return [...groups.values()];
}

/** The settings that hold in a workspace folder; for anything else those that hold outside of all. */
export function settingsIn({ settings, folderSettings }: Workspace, folder: Uri): Settings {
  return folderSettings.get(folder) ?? settings;
}

/** Whether settings put every resource into the same environment and namespace; most settings only say what is shown. */
function sortsAlike(a: Settings, b: Settings): boolean {
  return (
    a.clusterDomain === b.clusterDomain &&
    a.defaultNamespace === b.defaultNamespace &&
    isSameList(a.environments, b.environments)
  );
}

function forgetSorting({ environments, reaches, indexed, sorting }: MutableWorkspace): void {
  environments.clear();
  reaches.clear();
  indexed.clear();
  sorting.isStale = true;
}

/** Environments with the settings of today and the indexes that they had. */
function renewEnvironments(workspace: MutableWorkspace): void {
  const { environments, indexed } = workspace;
  const renewed = new Map<LiveEnvironment, LiveEnvironment>();
  for (const [root, before] of environments) {
    const now = new LiveEnvironment(root, workspace, before.index);
    renewed.set(before, now);
    environments.set(root, now);
  }
  for (const [uri, it] of indexed)
    indexed.set(uri, { ...it, environments: it.environments.map((before) => renewed.get(before) ?? before) });
}

/** Reads the resources of a manifest that is sorted later, so that whoever asks first does not wait for all of them. */
function readAhead(manifest: Manifest | undefined): void {
  for (const part of manifest?.parts ?? []) indexedResourcesOf(manifest?.uri ?? '', part);
}

/**
 * Sorts files into environments if markers, folders or settings changed; only what these move, or judge otherwise, is
 * indexed anew. Stops when `isEnough` says so, which it is asked after each file; tells whether all is done. What a
 * caller leaves, the next question does.
 */
export function sortSome(workspace: Workspace, isEnough: () => boolean): boolean {
  const live = workspace as MutableWorkspace;
  const { manifests, environments, indexed, sorting } = live;
  if (sorting.isStale) {
    sorting.isStale = false;
    for (const root of followMarkers(live)) environments.delete(root);
    live.crds.version += 1;
    for (const uri of [...indexed.keys(), ...manifests.keys()]) sorting.waiting.add(uri);
  }
  if (sorting.waiting.size === 0) return true;
  for (const uri of sorting.waiting) {
    place(live, uri);
    sorting.waiting.delete(uri);
    if (isEnough()) break;
  }
  if (sorting.waiting.size > 0) return false;
  const used = new Set([...indexed.values()].flatMap((it) => it.environments));
  for (const [root, environment] of environments) if (!used.has(environment)) environments.delete(root);
  return true;
}

/** Brings the indexes up to date with what a file says now and where it belongs now. */
function place(workspace: MutableWorkspace, uri: Uri): void {
  const { manifests, environments, indexed } = workspace;
  const manifest = manifests.get(uri);
  const before = indexed.get(uri);
  const now = manifest ? environmentsWith(workspace, uri) : [];
  if (before?.manifest === manifest && isSameList(before?.environments ?? [], now)) return;
  for (const it of before?.environments ?? [])
    if (!now.includes(it) && environments.get(it.root) === it) it.index.replace(before?.manifest, undefined);
  for (const it of now) it.index.replace(before?.environments.includes(it) ? before.manifest : undefined, manifest);
  if (manifest) indexed.set(uri, { manifest, environments: now });
  else indexed.delete(uri);
}

/** Finds anew what is deployed with what, and gives the folders whose environments are not what they were. */
function followMarkers(workspace: MutableWorkspace): ReadonlySet<Uri> {
  const { markers, reaches, takers, patches, folders } = workspace;
  const reachesBefore = new Map(reaches);
  const patchesBefore = new Set(patches);
  reaches.clear();
  takers.clear();
  patches.clear();
  const markersIn = (folder: Uri) => [...(markers.get(folder)?.values() ?? [])];
  const isOurs = (uri: Uri) => folders.length === 0 || folders.some((it) => uri === it || isInside(uri, it));
  for (const root of markers.keys()) {
    const reach = reachOf(root, markersIn, isOurs);
    reaches.set(root, reach);
    for (const uri of reach.namespaces.keys()) {
      if (uri === root) continue;
      const known = takers.get(uri);
      if (known) known.push(root);
      else takers.set(uri, [root]);
    }
    for (const uri of markersIn(root).flatMap((it) => it.patches)) patches.add(uri);
  }

  const changed = new Set<Uri>();
  for (const root of new Set([...reachesBefore.keys(), ...reaches.keys()])) {
    const [before, now] = [reachesBefore.get(root), reaches.get(root)];
    if (before && now && isSameReach(before, now)) continue;
    changed.add(root);
    // What an overlay makes of its base counts for what is said of the base.
    for (const uri of [...(before?.namespaces.keys() ?? []), ...(now?.namespaces.keys() ?? [])])
      changed.add(markers.has(uri) ? uri : rootOf(workspace, uri));
  }
  for (const uri of patches) if (!patchesBefore.has(uri)) changed.add(rootOf(workspace, uri));
  for (const uri of patchesBefore) if (!patches.has(uri)) changed.add(rootOf(workspace, uri));
  return changed;
}

function isSameReach(a: Reach, b: Reach): boolean {
  return (
    isSameList(a.markers, b.markers) &&
    isSameList(a.outside, b.outside) &&
    isSameList([...a.namespaces].flat(), [...b.namespaces].flat())
  );
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((it, position) => it === b[position]);
}

/** The environment of a file, and those that take it in. */
function environmentsWith(workspace: MutableWorkspace, uri: Uri): readonly LiveEnvironment[] {
  const root = rootOf(workspace, uri);
  const roots = new Set([root, ...(workspace.takers.get(root) ?? []), ...(workspace.takers.get(uri) ?? [])]);
  return [...roots].map((it) => environmentAt(workspace, it));
}

function liveEnvironmentOf(workspace: MutableWorkspace, uri: Uri): LiveEnvironment {
  return environmentAt(workspace, rootOf(workspace, uri));
}

function environmentAt(workspace: MutableWorkspace, root: Uri): LiveEnvironment {
  let environment = workspace.environments.get(root);
  if (!environment) {
    environment = new LiveEnvironment(root, workspace);
    workspace.environments.set(root, environment);
  }
  return environment;
}

function rootOf(workspace: MutableWorkspace, uri: Uri): Uri {
  const folder = workspace.folders.filter((it) => isInside(uri, it)).sort((a, b) => b.length - a.length)[0];
  for (let at = parentOf(uri); at.length > (folder?.length ?? 0); at = parentOf(at)) {
    if (isDeclared(workspace, at)) return at;
    if (parentOf(at) === at) break;
  }
  if (folder !== undefined) return folder;
  // A new file will most likely be saved in the folder that is open; a file outside of all belongs with its neighbours.
  return uri.startsWith('untitled:') ? (workspace.folders[0] ?? '') : parentOf(uri);
}

/**
 * The definitions that count for an environment, nearest first: a cluster has one of each kind, and where the files of a
 * workspace folder are for several clusters, that of the environment itself is meant, then that of the folders around.
 */
function crdsFor(workspace: MutableWorkspace, environment: LiveEnvironment): readonly Crd[] {
  const { crds, indexed, patches, folders } = workspace;
  const all = crds.all;
  if (all.length === 0) return all;
  const home = folderOf(folders, environment.root);
  const isOwn = (uri: Uri) => indexed.get(uri)?.environments.includes(environment) ?? false;
  const counting = all
    .filter(({ uri }) => !patches.has(uri) && (isOwn(uri) || (home !== undefined && folderOf(folders, uri) === home)))
    .map((crd) => ({ crd, rank: isOwn(crd.uri) ? Infinity : commonDepth(crd.uri, environment.root) }));
  return counting
    .sort((a, b) =>
      a.rank === b.rank ? (a.crd.uri < b.crd.uri ? -1 : Number(a.crd.uri > b.crd.uri)) : b.rank - a.rank,
    )
    .map((it) => it.crd);
}

/** The innermost workspace folder that holds a file or folder, or is it; undefined for what lies outside of all. */
function folderOf(folders: readonly Uri[], uri: Uri): Uri | undefined {
  let found: Uri | undefined;
  for (const it of folders) if ((uri === it || isInside(uri, it)) && it.length >= (found?.length ?? 0)) found = it;
  return found;
}

/** How many folders from the top two places have in common. */
function commonDepth(a: Uri, b: Uri): number {
  const [one, other] = [a.split('/'), b.split('/')];
  const at = one.findIndex((it, position) => it !== other[position]);
  return at === -1 ? one.length : at;
}

/** Whether a marker file or a setting makes an environment of a folder. */
function isDeclared(workspace: MutableWorkspace, root: Uri): boolean {
  if ((workspace.markers.get(root)?.size ?? 0) > 0) return true;
  return workspace.folders.some((it) =>
    settingsIn(workspace, it).environments.some((path) => root === `${it}/${path.replace(/^\.?\/|\/$/g, '')}`),
  );
}

function isInside(uri: Uri, folder: Uri): boolean {
  return uri.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Notes what a marker file says now; tells whether files have to be sorted anew. */
function mark(markers: MutableWorkspace['markers'], uri: Uri, manifest: Manifest | undefined): boolean {
  const folder = parentOf(uri);
  const files = markers.get(folder) ?? new Map<Uri, Marker>();
  const before = files.get(uri);
  const now = manifest && readMarker(manifest);
  if (JSON.stringify(before) === JSON.stringify(now)) return false;
  if (now) files.set(uri, now);
  else files.delete(uri);
  if (files.size > 0) markers.set(folder, files);
  else markers.delete(folder);
  return true;
}

class LiveEnvironment implements Environment {
  readonly root: Uri;
  readonly isDeclared: boolean;
  readonly annotations: AnnotationTable;
  readonly tables: Tables;
  readonly settings: Settings;
  readonly index: EnvironmentIndex;
  readonly #workspace: MutableWorkspace;
  readonly #reach: Reach | undefined;
  /** Places by file, as far as they were asked for. */
  readonly #places = new Map<Uri, Uri>();
  readonly #clusterKinds: ReadonlySet<string>;
  readonly #world = new ClosedWorld(this);
  #knownAt: { readonly version: number; readonly known: Known } | undefined;

  constructor(root: Uri, workspace: MutableWorkspace, index?: EnvironmentIndex) {
    this.root = root;
    this.isDeclared = isDeclared(workspace, root);
    this.#workspace = workspace;
    this.#reach = workspace.reaches.get(root);
    this.settings = settingsIn(workspace, folderOf(workspace.folders, root) ?? '');
    this.annotations = workspace.annotations;
    this.tables = this.#tablesOf(workspace.tables);
    this.#clusterKinds = new Set(workspace.tables.kinds.filter((it) => it.scope === 'cluster').map(kindId));
    this.index = index ?? new EnvironmentIndex(() => this);
  }

  get schemas(): SchemaSet {
    return this.#known().schemas;
  }

  /** The tables of the product, with kinds that definitions of the workspace add and change whenever these change. */
  #tablesOf({ declarations, references }: Tables): Tables {
    const kinds = () => this.#known().kinds;
    return {
      declarations,
      references,
      get kinds() {
        return kinds();
      },
    };
  }

  /** What definitions of the workspace make of the kinds; the same object until one that counts here changes. */
  #known(): Known {
    const { crds, tables, schemas } = this.#workspace;
    if (this.#knownAt?.version !== crds.version) {
      const before = this.#knownAt?.known;
      const now = crdsFor(this.#workspace, this);
      const known = before && isSameList(before.crds, now) ? before : withCrds(now, tables, schemas);
      this.#knownAt = { version: crds.version, known };
    }
    return this.#knownAt.known;
  }

  namespaceOf(resource: Resource): string {
    if (this.#clusterKinds.has(kindId({ group: resource.group, name: resource.kind }))) return '';
    return this.#givenNamespace(resource.uri) ?? resource.namespace ?? this.settings.defaultNamespace;
  }

  namesOf({ uri, name }: Resource): readonly string[] {
    const affixes = this.#reach?.affixes.get(this.#placeOf(uri, this.#reach));
    if (name === '' || !affixes || (affixes.prefix === '' && affixes.suffix === '')) return [name];
    return [name, affixes.prefix + name + affixes.suffix];
  }

  /** The namespace that kustomizations give to what stands in a file. */
  #givenNamespace(uri: Uri): string | undefined {
    return this.#reach?.namespaces.get(this.#placeOf(uri, this.#reach));
  }

  /** By which place a file came into the environment: itself, or the folder with a marker around it. */
  #placeOf(uri: Uri, { namespaces }: Reach): Uri {
    if (namespaces.size === 1) return this.root;
    let place = this.#places.get(uri);
    if (place === undefined) {
      place = [uri, rootOf(this.#workspace, uri)].find((it) => namespaces.has(it)) ?? this.root;
      this.#places.set(uri, place);
    }
    return place;
  }

  isClosed(namespace: string, kinds: readonly Kind[] = []): boolean {
    const { closedWorld } = this.settings;
    if (closedWorld !== 'auto') return closedWorld;
    return !this.#isOpen && this.#world.holds(namespace, kinds);
  }

  /** Whether something is deployed along that nobody can read here; with a component that is all that takes it in. */
  get #isOpen(): boolean {
    const { manifests, markers } = this.#workspace;
    const isComponent = [...(markers.get(this.root)?.values() ?? [])].some((it) => it.isComponent);
    return (
      isComponent ||
      (this.#reach !== undefined &&
        (this.#reach.markers.some((it) => it.isOpen) || this.#reach.outside.some((it) => !manifests.has(it))))
    );
  }

  isPartial(uri: Uri): boolean {
    return this.#workspace.patches.has(uri) || isKustomization(uri);
  }

  isPatched(resource: Resource): boolean {
    const { manifests } = this.#workspace;
    return (
      this.#reach !== undefined &&
      isPatched(resource, this.#reach.markers, (uri) =>
        (manifests.get(uri)?.parts ?? []).flatMap((it) => indexedResourcesOf(uri, it)),
      )
    );
  }

  takenBy(uri: Uri): readonly Environment[] {
    return environmentsWith(this.#workspace, uri).filter((it) => it !== this);
  }

  elsewhere(space: Space, key: string): readonly Named[] {
    this.index.noteElsewhere();
    const others = [...this.#workspace.environments.values()].filter((it) => it !== this);
    return others.flatMap((it) => it.index.declared(space, key));
  }
}
