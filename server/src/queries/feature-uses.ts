/** Which features resources use, and how much of a workspace does. */

import type { Feature } from '../meshes/features/feature.ts';
import { features } from '../meshes/features.ts';
import { groupOf, kindId } from '../model/kind.ts';
import { rangeInPart, type Resource, resourcesOf, startOf } from '../model/manifest.ts';
import { type MeshId, meshIds } from '../model/mesh-id.ts';
import type { Part } from '../model/part.ts';
import type { Location, Uri } from '../model/text.ts';
import { expand, recordAt } from '../model/value.ts';
import type { Workspace } from '../model/workspace.ts';

/** What one must know of a resource to see which features it uses. */
export interface UsingResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly value: unknown;
}

/** What a workspace uses. */
export interface WorkspaceUses {
  /** By the id of a feature, how many files use it; features that none uses are absent. */
  readonly features: ReadonlyMap<string, number>;
  /** By the id of a kind, how many resources are of it. */
  readonly kinds: ReadonlyMap<string, number>;
}

/** The kinds of the resources that use a feature, by name and each once, in the order of the resources. */
export function kindsUsing(feature: Feature, resources: readonly UsingResource[]): readonly string[] {
  const kinds = resources.filter((it) => uses(feature, tracesOf(it))).map((it) => it.kind);
  return [...new Set(kinds)];
}

/**
 * What the files of a workspace use. What a document uses is kept with it, so after a keystroke one document is read again
 * and the rest is added up.
 */
export function workspaceUses({ manifests }: Workspace): WorkspaceUses {
  const inFiles = new Map<string, number>();
  const ofKinds = new Map<string, number>();
  for (const [uri, { parts }] of manifests) {
    const ofFile = new Set<string>();
    for (const part of parts) {
      const { features, kinds } = usesOfPart(uri, part);
      for (const id of features) ofFile.add(id);
      for (const id of kinds) count(ofKinds, id);
    }
    for (const id of ofFile) count(inFiles, id);
  }
  return { features: inFiles, kinds: ofKinds };
}

/** A resource of a kind that somebody looks for. */
export interface KindPlace {
  readonly name: string;
  /** As the resource says it; absent where it names none. */
  readonly namespace?: string;
  readonly location: Location;
}

/** Where the resources of a kind stand, file by file; the place is their name, or their kind where they have none. */
export function placesOfKind({ manifests }: Workspace, id: string): readonly KindPlace[] {
  return [...manifests].flatMap(([uri, manifest]) =>
    manifest.parts.flatMap((part) =>
      resourcesOf(uri, part)
        .filter((it) => kindId({ group: it.group, name: it.kind }) === id)
        .map((resource) => placeOf(resource, startOf(manifest, part) ?? 0)),
    ),
  );
}

function placeOf({ uri, part, root, name, namespace }: Resource, start: number): KindPlace {
  const range = rangeInPart(part, [...root, ...(name === '' ? ['kind'] : ['metadata', 'name'])], 'value');
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    location: { uri, range: { start: start + range.start, end: start + range.end } },
  };
}

/** A mesh that lacks the feature may name a kind to say so; that is no use of the feature. */
export function doesIt(feature: Feature, mesh: MeshId): boolean {
  return feature.cells[mesh].rating !== 0;
}

/** Whether a label or annotation is among keys, which may end in a star. */
export function hasKey(patterns: readonly string[], key: string): boolean {
  return patterns.some((it) => (it.endsWith('*') ? key.startsWith(it.slice(0, -1)) : key === it));
}

const kept = new WeakMap<Part, { readonly features: readonly string[]; readonly kinds: readonly string[] }>();

function usesOfPart(uri: Uri, part: Part) {
  const known = kept.get(part);
  if (known) return known;
  const resources = resourcesOf(uri, part);
  const traces = resources.map(tracesOf);
  const found = {
    features: features.filter((feature) => traces.some((it) => uses(feature, it))).map((it) => it.id),
    kinds: traces.map((it) => it.id),
  };
  kept.set(part, found);
  return found;
}

/** What of a resource shows which features it uses. */
interface Traces {
  /** Id of its kind. */
  readonly id: string;
  /** Its labels and annotations. */
  readonly keys: readonly string[];
  readonly value: unknown;
}

const knownTraces = new WeakMap<UsingResource, Traces>();

/** Kept, since each resource is asked about for each feature. */
function tracesOf(resource: UsingResource): Traces {
  const known = knownTraces.get(resource);
  if (known) return known;
  const { apiVersion, kind, value } = resource;
  const traces = { id: kindId({ group: groupOf(apiVersion), name: kind }), keys: metadataKeys(value), value };
  knownTraces.set(resource, traces);
  return traces;
}

function uses(feature: Feature, { id, keys, value }: Traces): boolean {
  return meshIds.some((mesh) => {
    if (!doesIt(feature, mesh)) return false;
    const { kinds, fields, keys: wanted } = feature.cells[mesh];
    if (wanted && keys.some((it) => hasKey(wanted, it))) return true;
    if (!kinds.some((it) => it === id)) return false;
    return fields ? fields.some((pattern) => !expand(value, pattern).next().done) : isOfMesh(id);
  });
}

/** Every cluster has Services and Deployments; that they are there says nothing of a mesh. */
function isOfMesh(kind: string): boolean {
  return !kind.startsWith('/') && !kind.startsWith('apps/');
}

/** Labels and annotations of a resource and of the pods that it makes. */
function metadataKeys(value: unknown): readonly string[] {
  return [[], ['spec', 'template']].flatMap((at) =>
    ['labels', 'annotations'].flatMap((map) => Object.keys(recordAt(value, [...at, 'metadata', map]))),
  );
}

function count(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
}
