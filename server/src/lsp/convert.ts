/** Conversion for editors: the light bulb's entries, and the requests that they lead to. */

import {
  type CancellationToken,
  type CodeAction,
  CodeActionKind,
  type Command,
  type Connection,
  LSPErrorCodes,
  type Range as LspRange,
  ResponseError,
  WorkDoneProgress,
} from 'vscode-languageserver';
import type { Dialect, DialectId } from '../meshes/mesh.ts';
import { dialects, meshesOf, meshOf } from '../meshes/meshes.ts';
import type { Environment } from '../model/environment.ts';
import { addTo } from '../model/group.ts';
import { allResources, type Resource } from '../model/manifest.ts';
import { isDialectId, isMeshId } from '../model/mesh-id.ts';
import type { Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { resourcesIn } from '../queries/actions.ts';
import { type Conversion, convert, targetsFor } from '../queries/convert.ts';
import { plan } from '../queries/plan.ts';
import { presentFormTitle } from '../queries/present-form.ts';
import { planMarkdown } from '../render/plan-markdown.ts';
import { conversionAnswer } from './conversion-answer.ts';
import type { Desk } from './desk.ts';
import {
  type ConvertAnswer,
  type ConvertFolderParams,
  type Convertible,
  convertFolderRequest,
  convertibleRequest,
  type ConvertParams,
  convertRequest,
  type FolderParams,
  type PlanAnswer,
  type PlanParams,
  planRequest,
  type Target,
  type TargetsParams,
  targetsRequest,
  type Way,
} from './protocol-convert.ts';
import { linesOf } from './to-lsp.ts';
import { normalUri } from './uris.ts';

/** "Convert to …" for the resources at a place; none where nothing can be converted. */
export function convertActions(uri: string, resources: readonly Resource[], range: LspRange): CodeAction[] {
  return targetsOf(resources).map(({ id, name }) => {
    const title = withinMesh(resources, id) ?? `Convert to ${name}`;
    const kind = CodeActionKind.RefactorRewrite;
    return { title, kind, command: previewCommand(title, uri, range, id) };
  });
}

/** The command that shows a conversion before anything is written. */
export function previewCommand(title: string, uri: string, range: LspRange, to: string): Command {
  return { title, command: 'meshwright.convert', arguments: [uri, range, to] };
}

/** What resources of a mesh become in that mesh itself, as a title; undefined where some are of another one. */
function withinMesh(resources: readonly Resource[], to: string): string | undefined {
  const isOwn = resources.every((it) => meshesOf(it).every((mesh) => mesh.id === to));
  return isOwn ? resources.map(presentFormTitle).find((it) => it !== undefined) : undefined;
}

/** Answers the extension's requests about conversion. */
export function registerConvert(connection: Connection, desk: Desk): void {
  const { session } = desk;
  connection.onRequest(targetsRequest, (params: TargetsParams): readonly Target[] =>
    targetsOf(selected(desk.workspace, params), desk.workspace),
  );
  connection.onRequest(convertRequest, (params: ConvertParams): ConvertAnswer => {
    const resources = selected(desk.workspace, params);
    const conversion = convert(desk.workspace, { resources }, dialectOf(params.to), params.options);
    return conversionAnswer(session, conversion, normalUri(params.uri));
  });
  connection.onRequest(convertibleRequest, async (params: FolderParams): Promise<Convertible> => {
    await session.scanned;
    return convertible(desk.workspace, params);
  });
  connection.onRequest(convertFolderRequest, async (params: ConvertFolderParams, token): Promise<ConvertAnswer> => {
    await session.scanned;
    return conversionAnswer(session, await convertFolder(connection, desk.workspace, params, token));
  });
  connection.onRequest(planRequest, async (params: PlanParams): Promise<PlanAnswer> => {
    await session.scanned;
    const { workspace } = desk;
    const { from, to, folder } = params;
    if (!isMeshId(from) || !isMeshId(to)) throw new Error(`There is no way from "${from}" to "${to}".`);
    const found = plan(workspace, urisBelow(workspace, params), from, to);
    const isEmpty = found.namespaces.length === 0 && found.everywhere.length === 0;
    return { text: isEmpty ? '' : planMarkdown(found, folder === undefined ? '.' : nameOf(folder)) };
  });
}

function dialectOf(id: string): DialectId {
  if (!isDialectId(id)) throw new Error(`There is nothing "${id}" to convert to.`);
  return id;
}

/** The last part of a uri, as people read it. */
function nameOf(uri: string): string {
  const name = uri.replace(/\/$/, '').split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // A lone % is part of the name.
  }
}

function selected(workspace: Workspace, { uri: sent, range }: TargetsParams): readonly Resource[] {
  const uri = normalUri(sent);
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  if (!range) return [...allResources(manifest)];
  const lines = linesOf(manifest);
  return resourcesIn(workspace, uri, { start: lines.offsetAt(range.start), end: lines.offsetAt(range.end) });
}

function targetsOf(resources: readonly Resource[], workspace?: Workspace): readonly Target[] {
  const ids = new Set(resources.flatMap((it) => targetsFor(it, workspace && environmentOf(workspace, it.uri))));
  return dialects.filter((it) => ids.has(it.id)).map(({ id, name }) => ({ id, name }));
}

// ---- Folders -------------------------------------------------------------------------------------------------------

function urisBelow({ manifests }: Workspace, { folder }: FolderParams): readonly Uri[] {
  const root = folder === undefined ? undefined : normalUri(folder).replace(/\/$/, '');
  return [...manifests.keys()].filter((it) => root === undefined || it === root || it.startsWith(`${root}/`));
}

function resourcesBelow(workspace: Workspace, params: FolderParams): readonly Resource[] {
  return urisBelow(workspace, params).flatMap((uri) => {
    const manifest = workspace.manifests.get(uri);
    return manifest ? [...allResources(manifest)] : [];
  });
}

function convertible(workspace: Workspace, params: FolderParams): Convertible {
  const bySource = new Map<Dialect, Resource[]>();
  for (const resource of resourcesBelow(workspace, params)) {
    const source = meshOf(resource, environmentOf(workspace, resource.uri));
    if (source) addTo(bySource, source, resource);
  }
  const ways = [...bySource].flatMap(([source, resources]) =>
    targetsOf(resources, workspace).map((to): Way => {
      const moving = resources.filter((it) => targetsFor(it, environmentOf(workspace, it.uri)).some((id) => id === to.id));
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

/** Converts environment by environment, so that others are answered in between. Rejects when it is cancelled. */
async function convertFolder(
  connection: Connection,
  workspace: Workspace,
  params: ConvertFolderParams,
  token: CancellationToken,
): Promise<Conversion> {
  const to = dialectOf(params.to);
  const wanted = params.namespaces && new Set(params.namespaces);
  const groups = new Map<Environment, Resource[]>();
  for (const resource of resourcesBelow(workspace, params)) {
    const environment = environmentOf(workspace, resource.uri);
    if (wanted && !wanted.has(environment.namespaceOf(resource))) continue;
    const isOfSource = meshOf(resource, environment)?.id === params.from;
    if (isOfSource && targetsFor(resource, environment).includes(to)) addTo(groups, environment, resource);
  }
  const conversions: Conversion[] = [];
  const all = [...groups.values()].reduce((sum, it) => sum + it.length, 0);
  let done = 0;
  for (const resources of groups.values()) {
    await new Promise((resolve) => setImmediate(resolve));
    if (token.isCancellationRequested)
      throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The conversion was cancelled.');
    conversions.push(convert(workspace, { resources }, to, params.options));
    done += resources.length;
    if (params.workDoneToken !== undefined)
      await connection.sendProgress(WorkDoneProgress.type, params.workDoneToken, {
        kind: 'report',
        percentage: Math.round((done * 100) / all),
        message: `${done} of ${all} resources`,
      });
  }
  return together(to, conversions);
}

/** Several conversions as one; two that write the same path each keep their manifests, the later under a new name. */
function together(to: DialectId, conversions: readonly Conversion[]): Conversion {
  const taken = new Set<string>();
  return {
    to,
    outputs: conversions.flatMap((it) => it.outputs).map((it) => ({ ...it, path: unusedPath(it.path, taken) })),
    changes: conversions.flatMap((it) => it.changes),
    report: conversions.flatMap((it) => it.report),
    notes: [...new Map(conversions.flatMap((it) => it.notes).map((it) => [it.text, it])).values()],
    refused: conversions.flatMap((it) => it.refused),
  };
}

function unusedPath(path: string, taken: Set<string>): string {
  let free = path;
  for (let number = 2; taken.has(free); number += 1) free = path.replace(/(\.ya?ml)?$/, (it) => `-${number}${it}`);
  taken.add(free);
  return free;
}
