/** Comments of the source on their way into the result: each goes where its field went. */

import { addTo } from '../model/group.ts';
import { commentsOf } from '../model/comments.ts';
import type { Resource } from '../model/manifest.ts';
import type { Note, ReportEntry, Target } from '../model/report.ts';
import { isWithin, type Path, pathText } from '../model/text.ts';
import type { FieldComment } from '../render/manifest-yaml.ts';

export interface CarriedComments {
  /** Comments about fields, by the resource of the result as reports name it. */
  readonly byPlace: ReadonlyMap<string, readonly FieldComment[]>;
  /** Comments about a resource as a whole, for the first one that is made from it. */
  readonly heads: ReadonlyMap<Resource, readonly string[]>;
  /** Comments of fields that are not in the result. */
  readonly homeless: readonly Homeless[];
}

export interface Homeless {
  readonly resource: Resource;
  readonly path: Path;
  readonly text: string;
}

/**
 * Where the comments of some resources go. `report` holds the entries of these resources; `isNew` says of a place whether
 * its text is written anew, so that it can carry comments.
 */
export function carryComments(
  resources: readonly Resource[],
  report: ReadonlyMap<Resource, readonly ReportEntry[]>,
  isNew: (place: string) => boolean,
): CarriedComments {
  const byPlace = new Map<string, FieldComment[]>();
  const heads = new Map<Resource, string[]>();
  const homeless: Homeless[] = [];
  for (const resource of resources) {
    const entries = report.get(resource) ?? [];
    for (const { text, path: whole, isTrailing } of ownComments(resource)) {
      const path = whole.slice(resource.root.length);
      if (isAboutResource(path)) {
        addTo(heads, resource, text);
        continue;
      }
      const about = entries.filter((it) => isWithin(it.path, path));
      const targets = about
        .filter((it) => it.fate !== 'lost')
        .flatMap((it) => it.targets.filter((to) => isNew(to.place)));
      const [first] = targets;
      if (first) addTo(byPlace, first.place, { path: commonPath(first, targets), text, isTrailing });
      else homeless.push({ resource, path, text });
    }
  }
  return { byPlace, heads, homeless };
}

/** What the report says of a comment that stands nowhere in the result; `name` is that of its resource. */
export function commentNote({ path, text }: Homeless, name: string): Note {
  const place = path.length === 0 ? name : `${name} ${pathText(path)}`;
  return {
    kind: 'comment',
    text: `A comment of ${place} stands nowhere in the result: "${text.trim()}"`,
    risk: 'none',
  };
}

/** Whether a path belongs to the head of a resource, which no leaf of a report stands for. */
function isAboutResource([first, second]: Path): boolean {
  return (
    first === undefined ||
    first === 'apiVersion' ||
    first === 'kind' ||
    (first === 'metadata' && second !== 'annotations' && second !== 'labels')
  );
}

/** Comments of a resource, without those that conversions wrote and those that speak to tools about this very file. */
function* ownComments({ part, root }: Resource) {
  let ours: 'none' | 'sentence' | 'list' = 'none';
  for (const comment of commentsOf(part)) {
    const { text, path } = comment;
    if (!root.every((key, position) => key === path[position])) continue;
    if (text.startsWith(convertedFrom)) ours = 'sentence';
    else if (text.startsWith(lessSecure)) ours = 'list';
    else if (ours === 'list' && !/^ (?:- | {2})/.test(text)) ours = 'none';
    if (ours === 'none') {
      if (!toTools.test(text)) yield comment;
    } else if (ours === 'sentence' && text.endsWith('.')) ours = 'none';
  }
}

/** How the comments begin that a conversion writes; converting its result again takes them off. */
export const convertedFrom = ' Converted from ';
export const lessSecure = ' Less secure than its source:';

const toTools = /^\s*(?:yaml-language-server:|meshwright-ignore\b|yamllint\b|prettier-ignore\b|kics-scan\b)/;

/** What all targets in the first one's resource have in common: where one comment can stand for them. */
function commonPath({ place, path }: Target, targets: readonly Target[]): Path {
  let length = path.length;
  for (const other of targets) {
    if (other.place !== place) continue;
    let same = 0;
    while (same < length && other.path[same] === path[same]) same += 1;
    length = same;
  }
  return path.slice(0, length);
}
