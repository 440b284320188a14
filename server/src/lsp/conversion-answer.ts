/** A conversion as the extension gets it: texts, edits, and the report as page and as Markdown. */

import { textEdits } from '../model/edit.ts';
import { type Manifest, rangeAt, type Resource, startOf } from '../model/manifest.ts';
import { dialectNames } from '../model/mesh-id.ts';
import type { Range, Uri } from '../model/text.ts';
import { environmentOf } from '../model/workspace.ts';
import { type Conversion, refusalText, resourceText, securityLosses } from '../queries/convert.ts';
import { reportMarkdown } from '../render/report-markdown.ts';
import type { ConvertAnswer } from './protocol-convert.ts';
import { reportPage } from './report-page.ts';
import type { Session } from './session.ts';
import { linesOf, toRange, toTextEdit } from './to-lsp.ts';

/** `uri` is the file that was asked about, whose resources may be replaced; a workspace as a whole has none. */
export function conversionAnswer(session: Session, conversion: Conversion, uri?: Uri): ConvertAnswer {
  const { workspace } = session;
  const { report, refused } = conversion;
  const losses = securityLosses(conversion);
  const converted = new Set(report.map((it) => it.resource));
  const manifest = uri === undefined ? undefined : workspace.manifests.get(uri);
  const count = (fate: string) => report.filter((it) => it.fate === fate).length;
  return {
    meshName: dialectNames[conversion.to],
    outputs: conversion.outputs.map(({ path, text }) => ({ path, text })),
    changes: conversion.changes.flatMap(({ edits }) =>
      [...textEdits(edits, (it) => workspace.manifests.get(it))].flatMap(([it, list]) => {
        const changed = workspace.manifests.get(it);
        if (!changed) return [];
        const edits = list.map((edit) => toTextEdit(linesOf(changed), edit));
        return [{ uri: session.spelt(it), version: session.versionOf(it), edits }];
      }),
    ),
    version: uri === undefined ? null : session.versionOf(uri),
    isInList: [...converted].some((it) => it.root.length > 0),
    sources: manifest
      ? [...converted]
          .filter((it) => it.uri === uri)
          .map((it) => toRange(linesOf(manifest), documentRange(manifest, it)))
      : [],
    page: reportPage(session, conversion),
    report: reportMarkdown(workspace, conversion),
    counts: { exact: count('exact'), changed: count('changed'), lost: count('lost') },
    securityLosses: [...new Set([...losses.entries.map((it) => it.reason), ...losses.notes.map((it) => it.text)])],
    refused: refused.map((it) => ({
      resource: resourceText(environmentOf(workspace, it.resource.uri), it.resource),
      reason: refusalText(it),
    })),
  };
}

/** The lines of a resource: its whole document without the marker above, or its item of a list. */
function documentRange(manifest: Manifest, resource: Resource): Range {
  if (resource.root.length > 0) return rangeAt(manifest, resource, []);
  const start = startOf(manifest, resource.part) ?? 0;
  const { text } = resource.part;
  const marker = /^---[^\n]*\n?/.exec(text)?.[0].length ?? 0;
  return { start: start + marker, end: start + Math.max(text.trimEnd().length, marker) };
}
