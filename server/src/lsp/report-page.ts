/** The report of a conversion with the places of its fields, for a page whose lines lead there. */

import { meshNames } from '../model/mesh-id.ts';
import { rangeAt, type Resource } from '../model/manifest.ts';
import type { Path } from '../model/text.ts';
import { environmentOf } from '../model/workspace.ts';
import { type SummaryGroup, type SummaryLine, summarize } from '../queries/conversion-summary.ts';
import { type Conversion, refusalText, resourceText } from '../queries/convert.ts';
import type { Place, ReportGroup, ReportLine, ReportPage } from './protocol-report.ts';
import type { Session } from './session.ts';
import { linesOf, toRange } from './to-lsp.ts';

/** Everything that people want to know of a conversion, with ranges in the texts as the server has them now. */
export function reportPage(session: Session, conversion: Conversion): ReportPage {
  const { workspace } = session;
  const { counts, security, resources } = summarize(workspace, conversion);
  const changed = new Set(
    conversion.changes.flatMap(({ edits }) => edits.flatMap((it) => ('resource' in it ? [it.resource] : []))),
  );
  return {
    meshName: meshNames[conversion.to],
    counts,
    security: security.map((it) => toLine(session, it)),
    groups: resources.map((it) => toGroup(session, it)),
    notes: conversion.notes,
    refused: conversion.refused.map((it) => ({
      name: nameOf(session, it.resource),
      reason: refusalText(it),
      ...placeOf(session, it.resource, []),
    })),
    changed: [...changed].map((it) => ({ name: nameOf(session, it), ...placeOf(session, it, []) })),
  };
}

function nameOf({ workspace }: Session, resource: Resource): string {
  return resourceText(environmentOf(workspace, resource.uri), resource);
}

function toGroup(session: Session, { name, resource, counts, lines }: SummaryGroup): ReportGroup {
  return { name, counts, lines: lines.map((it) => toLine(session, it)), ...placeOf(session, resource, []) };
}

function toLine(session: Session, { name, entry, path, at, leaves, target }: SummaryLine): ReportLine {
  const { fate, risk, code, reason, resource } = entry;
  return { name, fate, risk, code, reason, path, leaves, target, ...placeOf(session, resource, at) };
}

/**
 * Where a part of a resource stands: key and value where they share a line, else the key alone; for a resource as a whole
 * its kind.
 */
function placeOf(session: Session, resource: Resource, path: Path): { readonly place?: Place } {
  const manifest = session.workspace.manifests.get(resource.uri);
  if (!manifest) return {};
  const at = path.length === 0 ? ['kind'] : path;
  const lines = linesOf(manifest);
  const key = toRange(lines, rangeAt(manifest, resource, at, 'key'));
  const value = toRange(lines, rangeAt(manifest, resource, at));
  const isOneLine = key.start.line === value.end.line;
  return { place: { uri: session.spelt(resource.uri), range: isOneLine ? { start: key.start, end: value.end } : key } };
}
