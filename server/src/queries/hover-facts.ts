/** What this workspace makes of the place under the pointer: what holds without being written, and what labels select. */

import { offersFor } from '../meshes/offers.ts';
import { siteOf } from '../model/environment.ts';
import { kindId } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import type { Offer, Selection } from '../model/offer.ts';
import { type Path, samePath } from '../model/text.ts';
import { expand, isKnown, recordAt, textRecordAt, valueAt } from '../model/value.ts';
import { codeSpan, paragraphs } from '../render/field-markdown.ts';
import { hintsOf } from './hints.ts';
import type { SpotInFile } from './spot.ts';

/** The facts about a spot as Markdown; undefined where there are none. Settings of hints do not matter here. */
export function hoverFacts(spot: SpotInFile): string | undefined {
  const facts = [...effectiveValues(spot), selected(spot)].filter((it) => it !== undefined);
  return facts.length === 0 ? undefined : paragraphs(facts);
}

function* effectiveValues({ environment, resource, path }: SpotInFile): Generator<string> {
  for (const { hint } of hintsOf(environment, resource))
    if (samePath(hint.path, path)) yield `${codeSpan(hint.text)} – ${hint.reason}`;
}

/** How many resources a hover names. */
const namedAtMost = 5;

/** On a selector, its labels or one of them: what has all of these labels. */
function selected(spot: SpotInFile): string | undefined {
  const { environment, resource } = spot;
  const { offer, path } = selectorAt(spot) ?? {};
  if (!offer || !path || !isWhole(spot, path)) return undefined;
  const found = offer.selection?.selected(siteOf(environment, resource, path), environment);
  if (!found || !offer.selection) return undefined;
  if (found.length === 0) return `Selects no ${offer.selection.noun} of this workspace.`;
  const names = found.slice(0, namedAtMost).map((it) => codeSpan(nameOf(spot, it)));
  const more = found.length > namedAtMost ? [`${found.length - namedAtMost} more`] : [];
  return `Selects ${counted(found.length, offer.selection)}: ${[...names, ...more].join(', ')}.`;
}

function selectorAt({ resource, path }: SpotInFile): { readonly offer: Offer; readonly path: Path } | undefined {
  for (const offer of offersFor(kindId({ group: resource.group, name: resource.kind }))) {
    if (!offer.selection) continue;
    for (const place of expand(resource.value, offer.path.replace(/\.\*$/, ''))) {
      const isInside = path.length <= place.path.length + 1 && samePath(path.slice(0, place.path.length), place.path);
      const isAround = /selector$/i.test(String(path.at(-1))) && samePath(place.path.slice(0, -1), path);
      if (isInside || isAround) return { offer, path: place.path };
    }
  }
  return undefined;
}

/** Whether the labels are all that selects: no expressions beside them, no template in them, no patch. */
function isWhole({ environment, resource }: SpotInFile, path: Path): boolean {
  const count = Object.keys(recordAt(resource.value, path)).length;
  const { hiddenLines } = resource.part.masked;
  return (
    count > 0 &&
    count === Object.keys(textRecordAt(resource.value, path)).length &&
    isKnown(resource.value, [...path, ''], hiddenLines) &&
    valueAt(resource.value, [...path.slice(0, -1), 'matchExpressions']) === undefined &&
    !environment.isPartial(resource.uri)
  );
}

function counted(count: number, { noun }: Selection): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

function nameOf({ environment }: SpotInFile, resource: Resource): string {
  const namespace = environment.namespaceOf(resource);
  return `${resource.kind} ${namespace === '' ? resource.name : `${namespace}/${resource.name}`}`;
}
