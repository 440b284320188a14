/** What a conversion is asked for: resources at a place, of a file or of a folder, and what they can become. */

import type { Dialect, DialectId } from '../meshes/mesh.ts';
import { dialects, meshOf } from '../meshes/meshes.ts';
import { addTo } from '../model/group.ts';
import { allResources, type Resource } from '../model/manifest.ts';
import { isDialectId } from '../model/mesh-id.ts';
import type { Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { resourcesIn } from '../queries/actions.ts';
import { targetsFor } from '../queries/convert.ts';
import type { ConvertFolderParams, Convertible, FolderParams, Target, TargetsParams, Way } from './protocol-convert.ts';
import { linesOf } from './to-lsp.ts';
import { normalUri } from './uris.ts';

/** The target that an id of the protocol names; throws for others. */
export function dialectOf(id: string): DialectId {
  if (!isDialectId(id)) throw new Error(`There is nothing "${id}" to convert to.`);
  return id;
}

/** The resources of a file that a range touches; all of them without a range. */
export function selected(workspace: Workspace, { uri: sent, range }: TargetsParams): readonly Resource[] {
  const uri = normalUri(sent);
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  if (!range) return [...allResources(manifest)];
  const lines = linesOf(manifest);
  return resourcesIn(workspace, uri, { start: lines.offsetAt(range.start), end: lines.offsetAt(range.end) });
}

/** What some resources can be converted to. */
export function targetsOf(resources: readonly Resource[], workspace?: Workspace): readonly Target[] {
  const ids = new Set(resources.flatMap((it) => targetsFor(it, workspace && environmentOf(workspace, it.uri))));
  return dialects.filter((it) => ids.has(it.id)).map(({ id, name }) => ({ id, name }));
}

/** The files below a folder; all of them without one. */
export function urisBelow({ manifests }: Workspace, { folder }: FolderParams): readonly Uri[] {
  const root = folder === undefined ? undefined : normalUri(folder).replace(/\/$/, '');
  return [...manifests.keys()].filter((it) => root === undefined || it === root || it.startsWith(`${root}/`));
}

function resourcesBelow(workspace: Workspace, params: FolderParams): readonly Resource[] {
  return urisBelow(workspace, params).flatMap((uri) => {
    const manifest = workspace.manifests.get(uri);
    return manifest ? [...allResources(manifest)] : [];
  });
}

/** What a folder has to convert, from each mesh to each other one. */
export function convertible(workspace: Workspace, params: FolderParams): Convertible {
  const bySource = new Map<Dialect, Resource[]>();
  for (const resource of resourcesBelow(workspace, params)) {
    const source = meshOf(resource, environmentOf(workspace, resource.uri));
    if (source) addTo(bySource, source, resource);
  }
  const ways = [...bySource].flatMap(([source, resources]) =>
    targetsOf(resources, workspace).map((to): Way => {
      const moving = resources.filter((it) =>
        targetsFor(it, environmentOf(workspace, it.uri)).some((id) => id === to.id),
      );
      const byNamespace = new Map<string, number>();
      for (const it of moving) {
        const name = environmentOf(workspace, it.uri).namespaceOf(it);
        byNamespace.set(name, (byNamespace.get(name) ?? 0) + 1);
      }
      return {
        from: { id: source.id, name: source.name },
        to,
        resources: moving.length,
        namespaces: [...byNamespace]
          .map(([name, count]) => ({ name, resources: count }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      };
    }),
  );
  return { ways: ways.sort((a, b) => b.resources - a.resources) };
}

/** The resources of a folder that a conversion is about, in the order of the files. */
export function folderSelection(workspace: Workspace, params: ConvertFolderParams): readonly Resource[] {
  const to = dialectOf(params.to);
  const wanted = params.namespaces && new Set(params.namespaces);
  return resourcesBelow(workspace, params).filter((it) => {
    const environment = environmentOf(workspace, it.uri);
    if (wanted && !wanted.has(environment.namespaceOf(it))) return false;
    return meshOf(it, environment)?.id === params.from && targetsFor(it, environment).includes(to);
  });
}
