/** The resources of the workspace, and what they name, by a few letters of their names. */

import { kindId } from '../model/kind.ts';
import { rangeInPart, type Resource, resourcesOf, startOf } from '../model/manifest.ts';
import type { Location, Path, Uri } from '../model/text.ts';
import { isRecord, textAt, valueAt } from '../model/value.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { listed } from './symbols.ts';

export interface WorkspaceSymbol {
  readonly name: string;
  /** The namespace of a resource; the resource of what is named in it. */
  readonly container: string;
  readonly type: 'resource' | 'route' | 'name';
  readonly place: SymbolPlace;
}

/** Where a symbol stands; `symbolLocation` makes a range of it, which takes longer than finding it. */
export interface SymbolPlace {
  readonly uri: Uri;
  /** Which document of the file. */
  readonly part: number;
  /** From the root of the document. */
  readonly path: Path;
  readonly side: 'key' | 'value';
}

/** Nobody reads more, and the next letter asks again. */
const symbolLimit = 200;

/**
 * The symbols whose names hold the letters of a query in their order, the closest first; case and blanks do not count,
 * and an empty query takes everything. At most 200.
 */
export function workspaceSymbols(workspace: Workspace, query: string): readonly WorkspaceSymbol[] {
  const wanted = query.replace(/\s+/g, '').toLowerCase();
  const byRank: Found[][] = closeness.map(() => []);
  for (const found of everything(workspace)) {
    const rank = closeness.findIndex((fits) => fits(found.candidate, wanted));
    byRank[rank]?.push(found);
  }
  return byRank
    .flatMap((it) => (it.length > 1 ? it.sort((a, b) => inOrder(a.candidate, b.candidate)) : it))
    .slice(0, symbolLimit)
    .map((it) => symbolOf(workspace, it));
}

/** The range of a symbol in the files as they are now; undefined when it is gone. */
export function symbolLocation(workspace: Workspace, { uri, part, path, side }: SymbolPlace): Location | undefined {
  const manifest = workspace.manifests.get(uri);
  const holder = manifest?.parts[part];
  if (!holder) return undefined;
  const start = startOf(manifest, holder) ?? 0;
  const range = rangeInPart(holder, path, side);
  return { uri, range: { start: start + range.start, end: start + range.end } };
}

interface Candidate {
  readonly label: string;
  /** The label in small letters, and the name in it. */
  readonly all: string;
  readonly own: string;
  readonly type: WorkspaceSymbol['type'];
  readonly path: Path;
  readonly side: 'key' | 'value';
}

interface Found {
  readonly candidate: Candidate;
  readonly resource: Resource;
  readonly part: number;
}

function* everything(workspace: Workspace): Generator<Found> {
  const kinds = new Set(workspace.tables.kinds.map(kindId));
  for (const [uri, { parts }] of workspace.manifests) {
    for (const [part, it] of parts.entries()) {
      for (const resource of resourcesOf(uri, it)) {
        if (!kinds.has(kindId({ group: resource.group, name: resource.kind }))) continue;
        for (const candidate of candidatesOf(resource)) yield { candidate, resource, part };
      }
    }
  }
}

/** How close a name is to what was typed, from best to worst. */
const closeness: readonly ((candidate: Candidate, wanted: string) => boolean)[] = [
  ({ own }, wanted) => own === wanted,
  ({ own }, wanted) => own.startsWith(wanted),
  ({ own }, wanted) => own.includes(wanted),
  ({ all }, wanted) => all.includes(wanted),
  ({ all }, wanted) => holdsInOrder(all, wanted),
];

function holdsInOrder(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Resources before what they name, then by name. */
function inOrder(a: Candidate, b: Candidate): number {
  const first = Number(b.type === 'resource') - Number(a.type === 'resource');
  return first !== 0 ? first : a.all < b.all ? -1 : Number(a.all > b.all);
}

const candidatesOfResource = new WeakMap<Resource, readonly Candidate[]>();

function candidatesOf(resource: Resource): readonly Candidate[] {
  let candidates = candidatesOfResource.get(resource);
  if (!candidates) {
    candidates = [...readCandidates(resource)];
    candidatesOfResource.set(resource, candidates);
  }
  return candidates;
}

function* readCandidates(resource: Resource): Generator<Candidate> {
  const { kind, name, value } = resource;
  if (name !== '') yield candidate(`${kind} ${name}`, name, 'resource', ['metadata', 'name']);
  for (const path of listed) {
    const entries = valueAt(value, path);
    const label = String(path.at(-1));
    if (isRecord(entries)) {
      for (const key of Object.keys(entries)) yield candidate(`${label}.${key}`, key, 'name', [...path, key], 'key');
    } else if (Array.isArray(entries)) {
      for (const [position, entry] of entries.entries()) {
        const text = textAt(entry, ['name']);
        if (text) yield candidate(`${label}[${text}]`, text, 'route', [...path, position, 'name']);
      }
    }
  }
}

function candidate(
  label: string,
  name: string,
  type: Candidate['type'],
  path: Path,
  side: Candidate['side'] = 'value',
): Candidate {
  return { label, all: label.replace(/\s/g, '').toLowerCase(), own: name.toLowerCase(), type, path, side };
}

function symbolOf(workspace: Workspace, { candidate, resource, part }: Found): WorkspaceSymbol {
  const namespace = environmentOf(workspace, resource.uri).namespaceOf(resource);
  const { label, type, path, side } = candidate;
  return {
    name: label,
    container:
      type === 'resource' ? namespace : [namespace, `${resource.kind} ${resource.name}`].filter(Boolean).join(' › '),
    type,
    place: { uri: resource.uri, part, path: [...resource.root, ...path], side },
  };
}
