/**
 * What the file that marks an environment says: which files a kustomization deploys beside those of its folder, into
 * which namespace, and what it changes on the way. A Helm chart says only whether it brings others along.
 */

import { isKustomization } from './embedded.ts';
import { indexedResourcesOf, type Manifest, parseManifest, type Resource } from './manifest.ts';
import type { Uri } from './text.ts';
import { isRecord, listAt, recordAt, textAt, valueAt } from './value.ts';

export interface Marker {
  /** The namespace that it gives to all it deploys. */
  readonly namespace: string | undefined;
  /** What it puts before and behind the names of all it deploys. */
  readonly affixes: Affixes;
  /** Files, and folders with a marker of their own, that it deploys beside those of its folder. */
  readonly includes: readonly Uri[];
  /** Files that hold a part of a resource, which they change. */
  readonly patches: readonly Uri[];
  /** What patches change, as far as the marker itself says it. */
  readonly patched: readonly Target[];
  /** Whether it deploys what cannot be read here, or under other names than are written. */
  readonly isOpen: boolean;
  /** Whether it is deployed only as a part of what takes it in. */
  readonly isComponent: boolean;
}

/** What stands before and behind a name that is written in a file, once it is deployed. */
export interface Affixes {
  readonly prefix: string;
  readonly suffix: string;
}

const noAffixes: Affixes = { prefix: '', suffix: '' };

/** Resources that a patch changes; what is not said may be any. */
export interface Target {
  readonly kind: string | undefined;
  readonly name: string | undefined;
}

/** Whether a file makes an environment of its folder. */
export function marksEnvironment(uri: Uri): boolean {
  return isKustomization(uri) || uri.endsWith('/Chart.yaml');
}

/**
 * Fields by which a kustomization deploys what stands in no manifest, or renames, or rewrites fields; what is not
 * found may be there all the same.
 */
const opening = [
  'namePrefix',
  'nameSuffix',
  'helmCharts',
  'helmChartInflationGenerator',
  'generators',
  'transformers',
  'replacements',
  'vars',
];

/** Reads a marker; a kustomization goes by its file's name, so that it needs neither apiVersion nor kind. */
export function readMarker({ uri, parts }: Manifest): Marker {
  const value = parts.map((it) => it.goodValue).find(isRecord);
  if (uri.endsWith('/Chart.yaml')) {
    const isOpen = listAt(value, ['dependencies']).length > 0;
    return {
      namespace: undefined,
      affixes: noAffixes,
      includes: [],
      patches: [],
      patched: [],
      isOpen,
      isComponent: false,
    };
  }
  const folder = parentOf(uri);
  const resolved = (texts: readonly unknown[]) => texts.map((it) => (isPath(it) ? resolve(folder, it) : undefined));
  const included = resolved(['resources', 'bases', 'components'].flatMap((it) => listAt(value, [it])));
  const patches = [...listAt(value, ['patches']), ...listAt(value, ['patchesJson6902'])];
  const inline = [...listAt(value, ['patchesStrategicMerge']), ...patches.map((it) => textAt(it, ['patch']))];
  return {
    namespace: textAt(value, ['namespace']),
    affixes: { prefix: textAt(value, ['namePrefix']) ?? '', suffix: textAt(value, ['nameSuffix']) ?? '' },
    includes: included.filter((it) => it !== undefined),
    patches: resolved([
      ...patches.map((it) => textAt(it, ['path'])),
      ...listAt(value, ['patchesStrategicMerge']),
    ]).filter((it) => it !== undefined),
    patched: [...patches.flatMap(targetOf), ...inline.flatMap(changedBy), ...labelledBy(value)],
    isOpen: included.includes(undefined) || opening.some((it) => value?.[it] !== undefined && !isEmpty(value[it])),
    isComponent: value?.['kind'] === 'Component',
  };
}

/** Kinds whose pods get the labels that a kustomization gives to all it deploys. */
const labelled = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod'];

/** Workloads that get labels which their manifests do not show. */
function labelledBy(value: unknown): Target[] {
  const reachesPods = (it: unknown) =>
    [['includeTemplates'], ['includeSelectors']].some((path) => valueAt(it, path) === true);
  const isLabelled =
    Object.keys(recordAt(value, ['commonLabels'])).length > 0 || listAt(value, ['labels']).some(reachesPods);
  return isLabelled ? labelled.map((kind) => ({ kind, name: undefined })) : [];
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A patch written into the kustomization is text with several lines or a colon, a file's path is not. */
function isPath(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && !/[\n{]|:\s/.test(text);
}

/** The resources that a patch says it is for. */
function targetOf(patch: unknown): Target[] {
  if (!isRecord(patch) || !isRecord(patch['target'])) return [];
  const plain = (text: string | undefined) => (text !== undefined && /^[\w.-]+$/.test(text) ? text : undefined);
  return [{ kind: textAt(patch, ['target', 'kind']), name: plain(textAt(patch, ['target', 'name'])) }];
}

/** The resources in a patch that is written into the kustomization. */
function changedBy(text: unknown): Target[] {
  if (typeof text !== 'string' || isPath(text)) return [];
  const { uri, parts } = parseManifest('', text);
  return parts.flatMap((it) => indexedResourcesOf(uri, it)).map(({ kind, name }) => ({ kind, name }));
}

/** A path from a folder as a uri; undefined for what stands elsewhere in the world, or above the root of all paths. */
export function resolve(folder: Uri, path: string): Uri | undefined {
  if (/^\/|^[a-z][a-z0-9+.-]*:|^git@|^github\.com\/|\/\/|\?/i.test(path)) return undefined;
  const root = folder.slice(0, folder.indexOf('//') + 2);
  const segments = folder.slice(root.length).split('/');
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(encodeURIComponent(segment));
    else if (segments.length < 2) return undefined;
    else segments.pop();
  }
  return root + segments.join('/');
}

/** What an environment takes in from elsewhere. */
export interface Reach {
  /** Folders with a marker, and single files, each with the namespace that the kustomizations on the way give it. */
  readonly namespaces: ReadonlyMap<Uri, string | undefined>;
  /** By the same places, what their names get on the way; the innermost kustomization's stands next to the name. */
  readonly affixes: ReadonlyMap<Uri, Affixes>;
  /** The markers of the environment and of all that it includes. */
  readonly markers: readonly Marker[];
  /** Places that nothing is known of, unless they are files that will be read. */
  readonly outside: readonly Uri[];
}

/**
 * Follows the markers of a folder to all that is deployed with it; each place counts once, as it is reached first.
 * `markersIn` gives the markers of a folder, `isInside` says whether a place belongs to the workspace.
 */
export function reachOf(
  root: Uri,
  markersIn: (folder: Uri) => readonly Marker[],
  isInside: (uri: Uri) => boolean,
): Reach {
  const namespaces = new Map<Uri, string | undefined>();
  const affixes = new Map<Uri, Affixes>();
  const markers: Marker[] = [];
  const outside: Uri[] = [];
  visit(root, undefined, noAffixes);
  return { namespaces, affixes, markers, outside };

  function visit(folder: Uri, given: string | undefined, around: Affixes): void {
    const own = markersIn(folder);
    const affixed = own.reduce(
      ({ prefix, suffix }, it) => ({ prefix: prefix + it.affixes.prefix, suffix: it.affixes.suffix + suffix }),
      around,
    );
    affixes.set(folder, affixed);
    const namespace = given ?? own.find((it) => it.namespace !== undefined)?.namespace;
    namespaces.set(folder, namespace);
    markers.push(...own);
    for (const uri of own.flatMap((it) => it.includes)) {
      if (namespaces.has(uri)) continue;
      if (!isInside(uri)) outside.push(uri);
      else if (markersIn(uri).length > 0) visit(uri, namespace, affixed);
      else {
        namespaces.set(uri, namespace);
        affixes.set(uri, affixed);
        outside.push(uri);
      }
    }
  }
}

/** Whether patches change a resource; `resourcesIn` gives those of a file. */
export function isPatched(
  { kind, name }: Resource,
  markers: readonly Marker[],
  resourcesIn: (uri: Uri) => readonly Target[],
): boolean {
  return markers.some((marker) =>
    [...marker.patched, ...marker.patches.flatMap(resourcesIn)].some(
      (it) => (it.kind === undefined || it.kind === kind) && (it.name === undefined || it.name === name),
    ),
  );
}

/** The folder of a file or folder; empty where there is none above. */
export function parentOf(uri: Uri): Uri {
  const slash = uri.lastIndexOf('/');
  return slash <= uri.indexOf('//') + 1 ? '' : uri.slice(0, slash);
}
