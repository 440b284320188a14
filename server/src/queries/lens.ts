/** What stands above a resource where code lenses are on: how much it is used, and the way to another mesh. */

import { callRowsFor } from '../meshes/calls.ts';
import { Service } from '../meshes/kubernetes/common/kinds.ts';
import { meshOf } from '../meshes/meshes.ts';
import { isOfKind, kindId } from '../model/kind.ts';
import { rangeAt, type Resource, resourcesOf, startOf } from '../model/manifest.ts';
import type { Location, Range, Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type Call, incomingCalls, outgoingCalls } from './call-hierarchy.ts';
import { references } from './references.ts';
import { wholeRange } from './symbols.ts';

export interface Lens {
  readonly type: LensType;
  /** The resource. */
  readonly range: Range;
  /** Offset of its name, of which `lensCount` is asked. */
  readonly offset: number;
}

export type LensType = Count | 'convert';

type Count = 'routes' | 'callers' | 'destinations' | 'uses';

export interface LensCount {
  /** `2 routes`. */
  readonly text: string;
  /** What is counted, by file and place. */
  readonly locations: readonly Location[];
}

/** The lenses of a file, not counted yet; empty where the settings do not ask for any. */
export function lenses(workspace: Workspace, uri: Uri): readonly Lens[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest || !environmentOf(workspace, uri).settings.codeLens) return [];
  const kinds = new Set(workspace.tables.kinds.map(kindId));
  return manifest.parts
    .flatMap((it) => resourcesOf(uri, it))
    .filter((it) => it.name !== '' && kinds.has(idOf(it)))
    .flatMap((resource) => {
      const range = wholeRange(resource, startOf(manifest, resource.part) ?? 0);
      const offset = rangeAt(manifest, resource, ['metadata', 'name']).start;
      return typesFor(resource).map((type) => ({ type, range, offset }));
    });
}

function typesFor(resource: Resource): readonly LensType[] {
  const counts: readonly Count[] = isOfKind(resource, Service)
    ? ['routes', 'callers']
    : callRowsFor(idOf(resource)).length > 0
      ? ['destinations', 'uses']
      : ['uses'];
  return meshOf(resource) ? [...counts, 'convert'] : counts;
}

/** Counts what a lens is about, at the offset of the resource's name. */
export function lensCount(workspace: Workspace, uri: Uri, offset: number, type: Count): LensCount {
  const locations = counted[type](workspace, uri, offset);
  return { text: countText(locations.length, type), locations };
}

const counted: Readonly<Record<Count, (workspace: Workspace, uri: Uri, offset: number) => readonly Location[]>> = {
  routes(workspace, uri, offset) {
    // What splits the traffic of a host is as good as a route to it.
    const all = [...incomingCalls(workspace, uri, offset), ...outgoingCalls(workspace, uri, offset)];
    return placesOf(all.filter((it) => it.item.type === 'route'));
  },
  callers: (workspace, uri, offset) =>
    placesOf(incomingCalls(workspace, uri, offset).filter((it) => it.item.type === 'caller')),
  destinations: (workspace, uri, offset) => placesOf(outgoingCalls(workspace, uri, offset)),
  uses: (workspace, uri, offset) => references(workspace, uri, offset, false),
};

function placesOf(calls: readonly Call[]): readonly Location[] {
  const places = calls.map(({ item }): Location => ({ uri: item.uri, range: item.selection }));
  return [...new Map(places.map((it) => [`${it.uri} ${it.range.start}`, it])).values()];
}

function countText(count: number, type: Count): string {
  if (count === 0) return `no ${type}`;
  return count === 1 ? `1 ${type.slice(0, -1)}` : `${count.toLocaleString('en')} ${type}`;
}

function idOf(resource: Resource): string {
  return kindId({ group: resource.group, name: resource.kind });
}

/** Whether a text is one of the counts; what came with a lens comes back from an editor that may be any. */
export function isCount(type: unknown): type is Count {
  return typeof type === 'string' && Object.hasOwn(counted, type);
}
