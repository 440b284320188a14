/** The report of a conversion with the places of its fields, for a page whose lines lead there. */

import { dialectNames } from '../model/mesh-id.ts';
import type { Resource } from '../model/manifest.ts';
import { LineIndex, type Path } from '../model/text.ts';
import { environmentOf } from '../model/workspace.ts';
import { fieldRange, resultPlaces } from '../queries/conversion-places.ts';
import { type SummaryGroup, type SummaryLine, summarize } from '../queries/conversion-summary.ts';
import { type Conversion, refusalText, resourceText } from '../queries/convert.ts';
import type { Place, ReportGroup, ReportLine, ReportPage } from './protocol-report.ts';
import type { Session } from './session.ts';
import { linesOf, toRange } from './to-lsp.ts';

/** Finds where a line's field went, in the result or in a file that exists. */
type TargetPlace = (line: SummaryLine) => { readonly targetPlace?: Place };

/** Everything that people want to know of a conversion, with ranges in the texts as the server has them now. */
export function reportPage(session: Session, conversion: Conversion): ReportPage {
  const { workspace } = session;
  const { counts, security, resources } = summarize(workspace, conversion);
  const placesOf = resultPlaces(workspace, conversion);
  const texts = conversion.outputs.map((it) => new LineIndex(it.text));
  const targetPlace: TargetPlace = ({ entry }) => {
    const [place] = placesOf(entry);
    if (!place) return {};
    if ('output' in place) {
      const lines = texts[place.output];
      return lines ? { targetPlace: { output: place.output, range: toRange(lines, place.range) } } : {};
    }
    const manifest = workspace.manifests.get(place.uri);
    if (!manifest) return {};
    return { targetPlace: { uri: session.spelt(place.uri), range: toRange(linesOf(manifest), place.range) } };
  };
  const changed = new Set(
    conversion.changes.flatMap(({ edits }) => edits.flatMap((it) => ('resource' in it ? [it.resource] : []))),
  );
  return {
    meshName: dialectNames[conversion.to],
    counts,
    security: security.map((it) => toLine(session, it, targetPlace)),
    groups: resources.map((it) => toGroup(session, it, targetPlace)),
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

function toGroup(
  session: Session,
  { name, resource, counts, lines }: SummaryGroup,
  targetPlace: TargetPlace,
): ReportGroup {
  return {
    name,
    counts,
    lines: lines.map((it) => toLine(session, it, targetPlace)),
    ...placeOf(session, resource, []),
  };
}

function toLine(session: Session, line: SummaryLine, targetPlace: TargetPlace): ReportLine {
  const { name, entry, path, at, leaves, target } = line;
  const { fate, risk, code, reason, resource } = entry;
  return {
    name,
    fate,
    risk,
    code,
    reason,
    path,
    leaves,
    target,
    ...placeOf(session, resource, at),
    ...targetPlace(line),
  };
}

function placeOf(session: Session, resource: Resource, path: Path): { readonly place?: Place } {
  const manifest = session.workspace.manifests.get(resource.uri);
  if (!manifest) return {};
  const range = toRange(linesOf(manifest), fieldRange(manifest, resource, path));
  return { place: { uri: session.spelt(resource.uri), range } };
}
