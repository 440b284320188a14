/** Conversion for editors: the light bulb's entries, and the requests that they lead to. */

import {
  type CodeAction,
  CodeActionKind,
  type Command,
  type Connection,
  type Range as LspRange,
} from 'vscode-languageserver';
import { meshesOf } from '../meshes/meshes.ts';
import type { Resource } from '../model/manifest.ts';
import { isMeshId } from '../model/mesh-id.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { convert } from '../queries/convert.ts';
import { plan } from '../queries/plan.ts';
import { presentFormTitle } from '../queries/present-form.ts';
import { planMarkdown } from '../render/plan-markdown.ts';
import { conversionAnswer } from './conversion-answer.ts';
import { convertFolder } from './convert-folder.ts';
import { convertible, dialectOf, selected, targetsOf, urisBelow } from './convertible.ts';
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
} from './protocol-convert.ts';
import { normalUri } from './uris.ts';

/** "Convert to …" for the resources at a place; none where nothing can be converted. */
export function convertActions(
  workspace: Workspace,
  uri: string,
  resources: readonly Resource[],
  range: LspRange,
): CodeAction[] {
  return targetsOf(resources).map(({ id, name }) => {
    const title = withinMesh(workspace, resources, id) ?? `Convert to ${name}`;
    const kind = CodeActionKind.RefactorRewrite;
    return { title, kind, command: previewCommand(title, uri, range, id) };
  });
}

/** The command that shows a conversion before anything is written. */
export function previewCommand(title: string, uri: string, range: LspRange, to: string): Command {
  return { title, command: 'meshwright.convert', arguments: [uri, range, to] };
}

/** What resources of a mesh become in that mesh itself, as a title; undefined where some are of another one. */
function withinMesh(workspace: Workspace, resources: readonly Resource[], to: string): string | undefined {
  const isOwn = resources.every((it) => meshesOf(it).every((mesh) => mesh.id === to));
  const old = isOwn ? resources.find((it) => presentFormTitle(it) !== undefined) : undefined;
  return old && presentFormTitle(old, environmentOf(workspace, old.uri));
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

/** The last part of a uri, as people read it. */
function nameOf(uri: string): string {
  const name = uri.replace(/\/$/, '').split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // A lone % is part of the name.
  }
}
