/** The same idea in several meshes as Markdown: a few lines for a hover, and the page of all ideas. */

import type { Elsewhere, FieldPlace } from '../queries/rosetta.ts';
import type { Fate } from '../model/report.ts';
import { codeSpan } from './field-markdown.ts';
import { ratingSign } from './rating.ts';

/** The signs of ratings: full, with limits, not at all. */
const ratings: Readonly<Record<Fate, 3 | 2 | 0>> = { exact: 3, changed: 2, lost: 0 };

/** ● carried over as it is, ◑ with a change, ○ not. */
export function fateSign(fate: Fate): string {
  return ratingSign(ratings[fate]);
}

/** `Elsewhere`, a line a mesh; undefined when there is nothing to say. */
export function elsewhereMarkdown(lines: readonly Elsewhere[]): string | undefined {
  if (lines.length === 0) return undefined;
  const title = lines.some((it) => it.readsIt) ? 'In each mesh' : 'Elsewhere';
  return [`**${title}**`, ...lines.map((it) => `- ${fateSign(it.fate)} ${lineOf(it)}`)].join('\n');
}

/** `Linkerd: …`; a reason that begins with the mesh, and stands alone, says it already. */
function lineOf(line: Elsewhere): string {
  const { meshes, place, reason } = line;
  const name = meshes.join(', ');
  return !place && reason?.startsWith(`${name} `) ? reason : `${name}: ${saidOf(line)}`;
}

function saidOf({ place, reason, readsIt }: Elsewhere): string {
  if (readsIt) {
    const reading = reason ?? 'Reads it.';
    return place ? `${reading.replace(/\.$/, '')} · its own: ${placeMarkdown(place)}` : reading;
  }
  if (!place) return reason ?? 'Kept as it is.';
  return reason === undefined ? placeMarkdown(place) : `${placeMarkdown(place)} – ${reason}`;
}

function placeMarkdown({ kind, path, isAnnotation }: FieldPlace): string {
  return `${kind} ${isAnnotation ? 'annotation ' : ''}${codeSpan(path)}`;
}
