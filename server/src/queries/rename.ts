/** Gives the thing under the cursor another name, wherever it is named, or says why that cannot be done. */

import { isAlias } from 'yaml';
import { hostOf } from '../model/embedded.ts';
import { siteOf } from '../model/environment.ts';
import { isOfKind, type Kind } from '../model/kind.ts';
import { isUnknown } from '../model/part.ts';
import { type Manifest, nodesAt, parseManifest, partsIn, rangeAt } from '../model/manifest.ts';
import type { Named } from '../model/reference.ts';
import { quoteIfNeeded, resolvePlain } from '../model/scalar.ts';
import { applyEdits, type Path, type Range, type TextEdit, type Uri } from '../model/text.ts';
import { valueAt } from '../model/value.ts';
import type { Workspace } from '../model/workspace.ts';
import { plainestAt, hasIdentity, occurrences, type Place, placesOf, retold, shown } from './rename-places.ts';
import { type SpotInFile, spotInFile } from './spot.ts';

/** Why something cannot be renamed, in one sentence. */
export interface Refusal {
  readonly refusal: string;
}

/** What would be renamed: the name, and where it stands at the cursor, without the rest of a longer form. */
export interface Renamable {
  readonly name: string;
  readonly range: Range;
}

/** The edits of a renaming by file. */
export interface Renaming {
  readonly edits: ReadonlyMap<Uri, readonly TextEdit[]>;
}

/** Whether the name at an offset can be changed at all: all places are found, and each can be written anew. */
export function prepareRename(workspace: Workspace, uri: Uri, offset: number): Renamable | Refusal {
  const subject = subjectAt(workspace, uri, offset);
  if ('refusal' in subject) return subject;
  const { spot, named } = subject;
  const trial = attempt(workspace, named, `${named.text}-x`);
  if ('refusal' in trial) return trial;
  const written = workspace.manifests.get(uri)?.text.slice(spot.range.start, spot.range.end) ?? '';
  const [at] = occurrences(written, named.text);
  const start = spot.range.start + (at ?? 0);
  const range = at === undefined ? spot.range : { start, end: start + named.text.length };
  return { name: named.text, range };
}

/**
 * The edits that rename what stands at an offset, in every file; the identity of a resource on its `kind` line and on
 * `metadata.name`. A host keeps its form, short or long, a scalar its quotes and comments. All of it or nothing: where one
 * place cannot be changed, or the name is taken or no name at all, the reason is given.
 */
export function rename(workspace: Workspace, uri: Uri, offset: number, newName: string): Renaming | Refusal {
  const subject = subjectAt(workspace, uri, offset);
  if ('refusal' in subject) return subject;
  const { named } = subject;
  if (newName === named.text) return { edits: new Map() };
  const found = placesOf(workspace, named, newName);
  const invalid = unfit(newName, named.text, 'places' in found ? found.places : []);
  if (invalid !== undefined) return { refusal: invalid };
  return 'refusal' in found ? found : editsFor(workspace, found.places, named.text, newName);
}

interface Subject {
  readonly spot: SpotInFile;
  /** The name by itself, at the place that says it shortest. */
  readonly named: Named;
}

const nothing = 'There is no name to change here.';
const namespaces = 'A namespace cannot be renamed: what runs in it would have to be created anew in another one.';

const Namespace: Kind = { group: '', name: 'Namespace', versions: ['v1'] };
const Service: Kind = { group: '', name: 'Service', versions: ['v1'] };

function subjectAt(workspace: Workspace, uri: Uri, offset: number): Subject | Refusal {
  const spot = spotInFile(workspace, uri, offset);
  if (!spot) return { refusal: nothing };
  const { environment, resource } = spot;
  if (spot.path.join('.') === 'metadata.namespace') return { refusal: namespaces };
  const isKind = spot.path.join('.') === 'kind' && spot.on === 'value';
  const path: Path = isKind ? ['metadata', 'name'] : spot.path;
  const text = isKind ? resource.name : spot.text;
  const written = workspace.manifests.get(uri)?.text.slice(spot.range.start, spot.range.end) ?? '';
  if (written.includes('{{') || isUnknown(text) || (isKind && text === ''))
    return { refusal: 'The name comes from a template; change it where the template takes it from.' };
  const site = siteOf(environment, resource, path);
  const named = plainestAt(environment, { site, text, side: spot.on });
  if (named === undefined || text === '') return { refusal: nothingDefines(spot) };
  if (isOfKind(named.site.resource, Namespace)) return { refusal: namespaces };
  if (text.includes('*')) return { refusal: `"${text}" stands for many names and is none itself.` };
  if (named.text.includes(',')) return { refusal: 'Several names stand here; rename one of them where it is used.' };
  return { spot, named };
}

function nothingDefines({ text, path, resource, environment }: SpotInFile): string {
  const isName = environment.tables.references.some(
    (it) => it.from.name === resource.kind && it.path.split('.').at(-1)?.replace('[*]', '') === lastKey(path),
  );
  return isName && text !== '' ? `No manifest here defines "${text}".` : nothing;
}

function lastKey(path: Path): string {
  return String(path.findLast((it) => typeof it === 'string') ?? '');
}

function attempt(workspace: Workspace, named: Named, newName: string): Renaming | Refusal {
  const found = placesOf(workspace, named, newName);
  return 'refusal' in found ? found : editsFor(workspace, found.places, named.text, newName);
}

// ---- New names -----------------------------------------------------------------------------------------------------

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Says why a new name is none. Services are labels of DNS that begin with a letter, other resources may have dots; a name
 * within a resource may have what the old one had. Source: Kubernetes' apimachinery, util/validation.
 */
function unfit(newName: string, oldName: string, places: readonly Place[]): string | undefined {
  const identities = places.filter((it) => hasIdentity(it.path));
  if (identities.some(({ resource }) => isOfKind(resource, Service))) {
    return newName.length <= 63 && label.test(newName) && /^[a-z]/.test(newName)
      ? undefined
      : `"${newName}" is no name for a Service: up to 63 lower-case letters, digits and "-", from a letter to a letter or digit.`;
  }
  const mayHaveDots = identities.length > 0 || oldName.includes('.');
  if (mayHaveDots) {
    return newName.length <= 253 && subdomain.test(newName)
      ? undefined
      : `"${newName}" is no name: up to 253 lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit.`;
  }
  return newName.length <= 63 && label.test(newName)
    ? undefined
    : `"${newName}" is no name here: up to 63 lower-case letters, digits and "-", beginning and ending with a letter or digit.`;
}

// ---- Edits ---------------------------------------------------------------------------------------------------------

/** The edits for all places, proved by reading the new texts: they say the new name there, and else what they said. */
function editsFor(workspace: Workspace, places: readonly Place[], name: string, newName: string): Renaming | Refusal {
  const edits = new Map<Uri, TextEdit[]>();
  for (const place of places) {
    const manifest = workspace.manifests.get(place.resource.uri);
    const edit = manifest && editOf(manifest, place, name, newName);
    if (edit) edits.set(manifest.uri, [...(edits.get(manifest.uri) ?? []), edit]);
  }
  for (const uri of new Set(places.map((it) => it.resource.uri))) {
    const manifest = workspace.manifests.get(uri);
    const own = places.filter((it) => it.resource.uri === uri);
    const wrong = manifest && firstWrong(manifest, own, edits.get(uri) ?? []);
    if (wrong)
      return {
        refusal: `"${wrong.text}" in ${shown(wrong.resource)} is written with an anchor or otherwise so that it cannot be changed alone.`,
      };
  }
  return { edits };
}

/** Changes the name's own signs; only where a plain scalar would no longer be text is it written anew. */
function editOf(manifest: Manifest, place: Place, name: string, newName: string): TextEdit | undefined {
  const { resource, path, side, text, newText } = place;
  const document = resource.part.document();
  const node = document && nodesAt(document, [...resource.root, ...path])?.[side];
  // What the alias stands for is a place of its own, or the proof fails.
  if (isAlias(node)) return undefined;
  const range = rangeAt(manifest, resource, path, side);
  const written = manifest.text.slice(range.start, range.end);
  const from = written.indexOf(text);
  if (written === text && typeof resolvePlain(newText) !== 'string') return { range, newText: quoteIfNeeded(newText) };
  if (from === -1) return { range, newText: quoteIfNeeded(newText, true) };
  const inText = occurrences(text, name).find(
    (at) => text.slice(0, at) + newName + text.slice(at + name.length) === newText,
  );
  if (inText === undefined) return { range, newText: quoteIfNeeded(newText, true) };
  const start = range.start + from + inText;
  return { range: { start, end: start + name.length }, newText: newName };
}

/** The first place that would not say what it is to say, or whose part would say something else besides. */
function firstWrong(before: Manifest, places: readonly Place[], edits: readonly TextEdit[]): Place | undefined {
  const after = parseManifest(before.uri, applyEdits(before.text, edits));
  return places.find(({ resource: { part } }) => {
    const position = partsIn(before).findIndex((it) => it.part === part);
    const told = places
      .filter((it) => it.resource.part === part)
      .map((it) => ({ path: [...it.resource.root, ...it.path], side: it.side, newText: it.newText }));
    const expected = told.reduce<unknown>((value, it) => retold(value, it.path, it.side, it.newText), part.value);
    const value = partsIn(after)[position]?.part.value;
    // The text of a patch that is written into this part changes with it, and is proved as a part of its own.
    const isHost = places.some((it) => it.resource.part !== part && hostOf(it.resource.part) === part);
    return isHost
      ? told.some((it) => it.side === 'value' && valueAt(value, it.path) !== it.newText)
      : JSON.stringify(expected) !== JSON.stringify(value);
  });
}
