/** Conversion for editors: the light bulb's entries, and the request that they lead to. */

import { type CodeAction, CodeActionKind, type Connection, type Range as LspRange } from 'vscode-languageserver';
import { isMeshId } from '../model/mesh-id.ts';
import { meshes } from '../meshes/meshes.ts';
import { textEdits } from '../model/edit.ts';
import { allResources, type Manifest, rangeAt, type Resource, startOf } from '../model/manifest.ts';
import type { Range } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import { environmentOf } from '../model/workspace.ts';
import { resourcesIn } from '../queries/actions.ts';
import { convert, resourceText, targetsFor, weakensSecurity } from '../queries/convert.ts';
import { reportMarkdown } from '../render/report-markdown.ts';
import {
  type ConvertAnswer,
  type ConvertParams,
  convertRequest,
  type Target,
  type TargetsParams,
  targetsRequest,
} from './protocol-convert.ts';
import type { Session } from './session.ts';
import { linesOf, toRange, toTextEdit } from './to-lsp.ts';
import { normalUri } from './uris.ts';

/** "Convert to …" for the resources at a place; none where nothing can be converted. */
export function convertActions(uri: string, resources: readonly Resource[], range: LspRange): CodeAction[] {
  return targetsOf(resources).map(({ id, name }) => ({
    title: `Convert to ${name}`,
    kind: CodeActionKind.RefactorRewrite,
    command: { title: `Convert to ${name}`, command: 'meshwright.convert', arguments: [uri, range, id] },
  }));
}

/** Answers the extension's requests about conversion. */
export function registerConvert(connection: Connection, session: Session): void {
  connection.onRequest(targetsRequest, (params: TargetsParams): readonly Target[] =>
    targetsOf(selected(session.workspace, params)),
  );
  connection.onRequest(convertRequest, (params: ConvertParams): ConvertAnswer => answer(session, params));
}

function answer(session: Session, params: ConvertParams): ConvertAnswer {
  const { workspace } = session;
  const { to } = params;
  if (!isMeshId(to)) throw new Error(`There is no mesh "${to}" to convert to.`);
  const conversion = convert(workspace, { resources: selected(workspace, params) }, to);
  const { report, notes, refused } = conversion;
  const converted = new Set(report.map((it) => it.resource));
  const uri = normalUri(params.uri);
  const manifest = workspace.manifests.get(uri);
  const count = (fate: string) => report.filter((it) => it.fate === fate).length;
  return {
    meshName: meshes.find((it) => it.id === to)?.name ?? to,
    outputs: conversion.outputs.map(({ path, text }) => ({ path: path.slice(path.lastIndexOf('/') + 1), text })),
    changes: conversion.changes.flatMap(({ edits }) =>
      [...textEdits(edits, (uri) => workspace.manifests.get(uri))].flatMap(([uri, list]) => {
        const changed = workspace.manifests.get(uri);
        if (!changed) return [];
        const edits = list.map((it) => toTextEdit(linesOf(changed), it));
        return [{ uri: session.spelt(uri), version: session.versionOf(uri), edits }];
      }),
    ),
    version: session.versionOf(uri),
    isInList: [...converted].some((it) => it.root.length > 0),
    sources: manifest
      ? [...converted]
          .filter((it) => it.uri === uri)
          .map((it) => toRange(linesOf(manifest), documentRange(manifest, it)))
      : [],
    report: reportMarkdown(workspace, conversion),
    counts: { exact: count('exact'), changed: count('changed'), lost: count('lost') },
    securityLosses: [
      ...new Set([
        ...report.filter(weakensSecurity).map((it) => it.reason),
        ...notes.filter(weakensSecurity).map((it) => it.text),
      ]),
    ],
    refused: refused.map(({ resource, reason }) => ({
      resource: resourceText(environmentOf(workspace, resource.uri), resource),
      reason,
    })),
  };
}

function selected(workspace: Workspace, { uri: sent, range }: TargetsParams): readonly Resource[] {
  const uri = normalUri(sent);
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  if (!range) return [...allResources(manifest)];
  const lines = linesOf(manifest);
  return resourcesIn(workspace, uri, { start: lines.offsetAt(range.start), end: lines.offsetAt(range.end) });
}

function targetsOf(resources: readonly Resource[]): readonly Target[] {
  const ids = new Set(resources.flatMap(targetsFor));
  return meshes.filter((it) => ids.has(it.id)).map(({ id, name }) => ({ id, name }));
}

/** The lines of a resource: its whole document without the marker above, or its item of a list. */
function documentRange(manifest: Manifest, resource: Resource): Range {
  if (resource.root.length > 0) return rangeAt(manifest, resource, []);
  const start = startOf(manifest, resource.part) ?? 0;
  const { text } = resource.part;
  const marker = /^---[^\n]*\n?/.exec(text)?.[0].length ?? 0;
  return { start: start + marker, end: start + Math.max(text.trimEnd().length, marker) };
}
