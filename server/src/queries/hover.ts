/** What there is to know about the key, value or kind under the cursor. */

import { annotationDoc, annotationPlace } from '../model/annotations.ts';
import { schemaAt } from '../model/schema.ts';
import type { Path, Range, Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import {
  annotationMarkdown,
  fieldMarkdown,
  kindMarkdown,
  newnessMarkdown,
  paragraphs,
  valueMarkdown,
  codeSpan,
} from '../render/field-markdown.ts';
import { featureMarkdown, type LinkTo } from '../render/feature-markdown.ts';
import { elsewhereMarkdown } from '../render/rosetta-markdown.ts';
import { featuresOfField, featuresOfKey, featuresOfKind } from './compare.ts';
import { definedAt } from './definition.ts';
import { elsewhere } from './rosetta.ts';
import { annotationNewness, fieldNewness, kindNewness } from './newness.ts';
import { hoverFacts } from './hover-facts.ts';
import { knownKindOf } from './schema-of.ts';
import { spotInFile, type SpotInFile } from './spot.ts';
import { pathText } from '../model/text.ts';

export interface Hover {
  readonly range: Range;
  readonly markdown: string;
}

/** The hover at an offset of a file. `linkTo` makes the address that opens a feature in the panel; without it there are no links. */
export function hover(workspace: Workspace, uri: Uri, offset: number, linkTo?: LinkTo): Hover | undefined {
  const spot = spotInFile(workspace, uri, offset);
  if (!spot) return undefined;
  const markdown = kindHover(spot, linkTo) ?? annotationHover(workspace, spot, linkTo) ?? fieldHover(spot, linkTo);
  return markdown ? { range: spot.range, markdown } : undefined;
}

/** On `kind: VirtualService` and on the apiVersion's value: the kind, and how the other meshes do the same. */
function kindHover({ environment, resource, path, on }: SpotInFile, linkTo: LinkTo | undefined): string | undefined {
  if (path.length !== 1 || path[0] !== 'kind' || on !== 'value') return undefined;
  const known = knownKindOf(environment, resource);
  if (!known) return undefined;
  const features = featuresOfKind(known.kind.group, known.kind.name);
  const newness = kindNewness(environment, known.kind, resource.version);
  return paragraphs([
    newnessMarkdown(newness?.words),
    kindMarkdown(known.kind, environment.schemas, featureMarkdown(features, linkTo)),
  ]);
}

function annotationHover(workspace: Workspace, spot: SpotInFile, linkTo: LinkTo | undefined): string | undefined {
  const { environment, resource, path, on, text } = spot;
  if (!annotationPlace(resource.kind, path.slice(0, -1), resource.apiVersion)) return undefined;
  const name = String(path.at(-1));
  const doc = annotationDoc(workspace.annotations, name);
  if (!doc) return undefined;
  const meaning = on === 'value' && typeof doc.values === 'object' ? doc.values[text] : undefined;
  const features = featuresOfKey(name).map((feature) => ({ feature, meshes: [] }));
  return paragraphs([
    meaning && `${codeSpan(text)} – ${meaning}`,
    hoverFacts(spot),
    newnessMarkdown(annotationNewness(environment, doc)),
    annotationMarkdown(doc),
    on === 'key' ? elsewhereMarkdown(elsewhere(resource, path)) : undefined,
    featureMarkdown(features, linkTo),
  ]);
}

function fieldHover(spot: SpotInFile, linkTo: LinkTo | undefined): string | undefined {
  const { environment, resource, path, on, text } = spot;
  const known = knownKindOf(environment, resource);
  const node = known?.schema && schemaAt(known.schema.root, path, resource.value);
  const names = on === 'value' || definedAt(spot).length > 0 ? resolved(spot) : undefined;
  const facts = hoverFacts(spot);
  if (!node) return names || facts ? paragraphs([names, facts]) : undefined;
  const title = `**${codeSpan(pathText(path))}**`;
  return paragraphs([
    title,
    on === 'value' ? valueMarkdown(node, text) : undefined,
    names,
    facts,
    newnessMarkdown(fieldNewness(environment, known.kind, node.doc?.since)),
    fieldMarkdown(node),
    on === 'key' ? elsewhereMarkdown(elsewhere(resource, path)) : undefined,
    on === 'key' ? featureMarkdown(turnedOn(resource, path), linkTo) : undefined,
  ]);
}

/** The features that a field turns on and the one around it does not. */
function turnedOn({ group, kind }: SpotInFile['resource'], path: Path) {
  const around = featuresOfField(group, kind, path.slice(0, -1));
  return featuresOfField(group, kind, path)
    .filter((it) => !around.includes(it))
    .map((feature) => ({ feature, meshes: [] }));
}

/** What the name here means in this workspace. */
function resolved(spot: SpotInFile): string | undefined {
  const places = definedAt(spot).filter(
    ({ site }) => site.resource !== spot.resource || site.path.join() !== spot.path.join(),
  );
  const lines = places.slice(0, 4).map(({ site }) => {
    const name = site.namespace === '' ? site.resource.name : `${site.namespace}/${site.resource.name}`;
    return `→ ${codeSpan(`${site.resource.kind} ${name}`)}`;
  });
  return lines.length === 0 ? undefined : lines.join('  \n');
}
