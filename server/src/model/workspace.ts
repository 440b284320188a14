/**
 * The workspace at one moment: all manifests, and the environments they belong to. `applyChange` gives the next one.
 * Snapshots share their index, which moves on with the newest: a snapshot answers questions only until the next change,
 * which is enough for queries that never wait.
 */

import type { AnnotationTable } from './annotations.ts';
import { ClosedWorld } from './closed-world.ts';
import { type Environment, EnvironmentIndex, type Tables } from './environment.ts';
import { type Kind, kindId } from './kind.ts';
import { type Manifest, parseManifest, type Resource } from './manifest.ts';
import type { SchemaSet } from './schema.ts';
import { defaultSettings, type Settings } from './settings.ts';
import type { Uri } from './text.ts';
import { textAt } from './value.ts';

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
  /** Folders that are environments because files in them say so: kustomization.yaml, Chart.yaml. */
  readonly markers: Map<Uri, Markers>;
}

/** By file, the namespace that it gives to all resources of its folder: a kustomization's `namespace:`. */
type Markers = Map<Uri, string | undefined>;

/** A workspace without files. */
export function createWorkspace(knowledge: Knowledge, settings: Settings = defaultSettings): Workspace {
  const workspace: MutableWorkspace = {
    ...knowledge,
    manifests: new Map(),
    environments: new Map(),
    markers: new Map(),
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
  else for (const { uri, old, manifest } of replaced) liveEnvironmentOf(next, uri).index.replace(old, manifest);
  return next;
}

/** The environment of a file: the nearest folder that marks one, else its workspace folder, else its own folder. */
export function environmentOf(workspace: Workspace, uri: Uri): Environment {
  return liveEnvironmentOf(workspace as MutableWorkspace, uri);
}

function regroupAll(workspace: MutableWorkspace): void {
  workspace.environments.clear();
  for (const manifest of workspace.manifests.values())
    liveEnvironmentOf(workspace, manifest.uri).index.replace(undefined, manifest);
}

function liveEnvironmentOf(workspace: MutableWorkspace, uri: Uri): LiveEnvironment {
  const root = rootOf(workspace, uri);
  let environment = workspace.environments.get(root);
  if (!environment) {
    environment = new LiveEnvironment(
      root,
      workspace,
      namespaceIn(workspace.markers.get(root)),
      isDeclared(workspace, root),
    );
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

function parentOf(uri: Uri): Uri {
  const slash = uri.lastIndexOf('/');
  return slash <= uri.indexOf('//') + 1 ? '' : uri.slice(0, slash);
}

function isInside(uri: Uri, folder: Uri): boolean {
  return uri.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function marksEnvironment(uri: Uri): boolean {
  return /\/(?:kustomization\.ya?ml|Kustomization|Chart\.yaml)$/.test(uri);
}

/** Notes what a marker file says now; tells whether files have to be sorted anew. */
function mark(markers: Map<Uri, Markers>, uri: Uri, manifest: Manifest | undefined): boolean {
  const folder = parentOf(uri);
  const files = markers.get(folder) ?? new Map<Uri, string | undefined>();
  markers.set(folder, files);
  const namespace = manifest?.parts.map((it) => textAt(it.goodValue, ['namespace'])).find((it) => it !== undefined);
  const changed = files.has(uri) !== (manifest !== undefined) || files.get(uri) !== namespace;
  if (manifest) files.set(uri, namespace);
  else files.delete(uri);
  return changed;
}

function namespaceIn(markers: Markers | undefined): string | undefined {
  return [...(markers?.values() ?? [])].find((it) => it !== undefined);
}

class LiveEnvironment implements Environment {
  readonly root: Uri;
  readonly isDeclared: boolean;
  readonly schemas: SchemaSet;
  readonly tables: Tables;
  readonly settings: Settings;
  readonly index: EnvironmentIndex;
  readonly #namespace: string | undefined;
  readonly #clusterKinds: ReadonlySet<string>;
  readonly #world = new ClosedWorld(this);

  constructor(root: Uri, workspace: Workspace, namespace: string | undefined, isDeclared: boolean) {
    this.root = root;
    this.isDeclared = isDeclared;
    this.settings = workspace.settings;
    this.schemas = workspace.schemas;
    this.tables = workspace.tables;
    this.#namespace = namespace;
    this.#clusterKinds = new Set(workspace.tables.kinds.filter((it) => it.scope === 'cluster').map(kindId));
    this.index = new EnvironmentIndex(() => this);
  }

  namespaceOf(resource: Resource): string {
    if (this.#clusterKinds.has(kindId({ group: resource.group, name: resource.kind }))) return '';
    return this.#namespace ?? resource.namespace ?? this.settings.defaultNamespace;
  }

  isClosed(namespace: string, kinds: readonly Kind[] = []): boolean {
    const { closedWorld } = this.settings;
    return closedWorld === 'auto' ? this.#world.holds(namespace, kinds) : closedWorld;
  }
}
