/**
 * The workspace at one moment: all manifests, and the environments they belong to. `applyChange` gives the next one.
 * Snapshots share their index, which moves on with the newest: a snapshot answers questions only until the next change,
 * which is enough for queries that never wait.
 */

import type { AnnotationTable } from './annotations.ts';
import { ClosedWorld } from './closed-world.ts';
import { type Environment, EnvironmentIndex, type Tables } from './environment.ts';
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
import type { SchemaSet } from './schema.ts';
import { defaultSettings, type Settings } from './settings.ts';
import type { Uri } from './text.ts';

export interface Workspace {
  readonly manifests: ReadonlyMap<Uri, Manifest>;
  readonly environments: ReadonlyMap<Uri, Environment>;
  readonly folders: readonly Uri[];
  readonly settings: Settings;
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
  readonly settings?: Settings;
}

interface MutableWorkspace extends Workspace {
  readonly manifests: Map<Uri, Manifest>;
  readonly environments: Map<Uri, LiveEnvironment>;
  /** Folders that are environments because files in them say so, kustomization.yaml or Chart.yaml, by folder and file. */
  readonly markers: Map<Uri, Map<Uri, Marker>>;
  /** What each of these folders deploys, also from elsewhere. */
  readonly reaches: Map<Uri, Reach>;
  /** By folder or file, the folders whose kustomizations take it in. */
  readonly takers: Map<Uri, readonly Uri[]>;
  /** Files that hold a part of a resource. */
  readonly patches: Set<Uri>;
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
    folders: [],
    settings,
  };
  return workspace;
}

/** The next workspace. Files that did not change are not read again; new settings or folders re-sort all files. */
export function applyChange(before: Workspace, change: Change): Workspace {
  const { manifests, markers } = before as MutableWorkspace;
  const settings = change.settings ?? before.settings;
  const folders = change.folders ?? before.folders;
  const next: MutableWorkspace = { ...(before as MutableWorkspace), folders, settings };
  let regroup = change.settings !== undefined || change.folders !== undefined;
  const replaced: { readonly uri: Uri; readonly old: Manifest | undefined; readonly manifest: Manifest | undefined }[] =
    [];
  for (const [uri, text] of change.files ?? []) {
    const old = manifests.get(uri);
    const manifest = text === undefined ? undefined : parseManifest(uri, text, old);
    if (manifest) manifests.set(uri, manifest);
    else manifests.delete(uri);
    replaced.push({ uri, old, manifest });
    if (marksEnvironment(uri)) regroup = mark(markers, uri, manifest) || regroup;
  }
  if (regroup) regroupAll(next);
  else {
    for (const { uri, old, manifest } of replaced)
      for (const { index } of environmentsWith(next, uri)) index.replace(old, manifest);
  }
  return next;
}

/**
 * The environment of a file, where it is judged: the nearest folder that marks one, else its workspace folder, else its
 * own folder. Kustomizations that take it in, as an overlay does with its base, have it in their environments too.
 */
export function environmentOf(workspace: Workspace, uri: Uri): Environment {
  return liveEnvironmentOf(workspace as MutableWorkspace, uri);
}

function regroupAll(workspace: MutableWorkspace): void {
  workspace.environments.clear();
  followMarkers(workspace);
  for (const manifest of workspace.manifests.values())
    for (const { index } of environmentsWith(workspace, manifest.uri)) index.replace(undefined, manifest);
}

/** Finds anew what is deployed with what. */
function followMarkers({ markers, reaches, takers, patches, folders }: MutableWorkspace): void {
  reaches.clear();
  takers.clear();
  patches.clear();
  const markersIn = (folder: Uri) => [...(markers.get(folder)?.values() ?? [])];
  const isOurs = (uri: Uri) => folders.length === 0 || folders.some((it) => uri === it || isInside(uri, it));
  for (const root of markers.keys()) {
    const reach = reachOf(root, markersIn, isOurs);
    reaches.set(root, reach);
    for (const uri of reach.namespaces.keys()) if (uri !== root) takers.set(uri, [...(takers.get(uri) ?? []), root]);
    for (const uri of markersIn(root).flatMap((it) => it.patches)) patches.add(uri);
  }
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

/** Whether a marker file or a setting makes an environment of a folder. */
function isDeclared({ folders, settings, markers }: MutableWorkspace, root: Uri): boolean {
  if ((markers.get(root)?.size ?? 0) > 0) return true;
  return folders.some((it) =>
    settings.environments.some((path) => root === `${it}/${path.replace(/^\.?\/|\/$/g, '')}`),
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
  if (now) files.set(uri, now);
  else files.delete(uri);
  if (files.size > 0) markers.set(folder, files);
  else markers.delete(folder);
  return JSON.stringify(before) !== JSON.stringify(now);
}

class LiveEnvironment implements Environment {
  readonly root: Uri;
  readonly isDeclared: boolean;
  readonly schemas: SchemaSet;
  readonly tables: Tables;
  readonly settings: Settings;
  readonly index: EnvironmentIndex;
  readonly #workspace: MutableWorkspace;
  readonly #reach: Reach | undefined;
  /** Namespaces by file, as far as they were asked for. */
  readonly #given = new Map<Uri, string | undefined>();
  readonly #clusterKinds: ReadonlySet<string>;
  readonly #world = new ClosedWorld(this);

  constructor(root: Uri, workspace: MutableWorkspace) {
    this.root = root;
    this.isDeclared = isDeclared(workspace, root);
    this.#workspace = workspace;
    this.#reach = workspace.reaches.get(root);
    this.settings = workspace.settings;
    this.schemas = workspace.schemas;
    this.tables = workspace.tables;
    this.#clusterKinds = new Set(workspace.tables.kinds.filter((it) => it.scope === 'cluster').map(kindId));
    this.index = new EnvironmentIndex(() => this);
  }

  namespaceOf(resource: Resource): string {
    if (this.#clusterKinds.has(kindId({ group: resource.group, name: resource.kind }))) return '';
    return this.#givenNamespace(resource.uri) ?? resource.namespace ?? this.settings.defaultNamespace;
  }

  /** The namespace that kustomizations give to what stands in a file. */
  #givenNamespace(uri: Uri): string | undefined {
    if (!this.#reach) return undefined;
    const { namespaces } = this.#reach;
    if (namespaces.size === 1) return namespaces.get(this.root);
    if (!this.#given.has(uri)) {
      const place = [uri, rootOf(this.#workspace, uri)].find((it) => namespaces.has(it)) ?? this.root;
      this.#given.set(uri, namespaces.get(place));
    }
    return this.#given.get(uri);
  }

  isClosed(namespace: string, kinds: readonly Kind[] = []): boolean {
    const { closedWorld } = this.settings;
    if (closedWorld !== 'auto') return closedWorld;
    return !this.#isOpen && this.#world.holds(namespace, kinds);
  }

  /** Whether something is deployed along that nobody can read here. */
  get #isOpen(): boolean {
    const { manifests } = this.#workspace;
    return (
      this.#reach !== undefined &&
      (this.#reach.markers.some((it) => it.isOpen) || this.#reach.outside.some((it) => !manifests.has(it)))
    );
  }

  isPartial(uri: Uri): boolean {
    return this.#workspace.patches.has(uri);
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
}
