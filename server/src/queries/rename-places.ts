/** All places that a name stands in and what each of them says after a renaming, by the tables of names. */

import { type Environment, rowsFor, siteOf } from '../model/environment.ts';
import { kindId } from '../model/kind.ts';
import { marksEnvironment } from '../model/kustomization.ts';
import { declarationsAt, referencesAt } from '../model/lookup.ts';
import { indexedResourcesOf, rangeAt, rangeInPart, type Resource } from '../model/manifest.ts';
import type { Part } from '../model/part.ts';
import type { Named, Site, Space } from '../model/reference.ts';
import type { Path, Uri } from '../model/text.ts';
import { expand, isRecord, textAt } from '../model/value.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';

/** A text that holds the name, alone or as a part: `reviews`, `reviews.shop.svc.cluster.local`. */
export interface Place {
  readonly resource: Resource;
  readonly path: Path;
  readonly side: 'key' | 'value';
  readonly text: string;
  readonly newText: string;
}

/** What a name means in one environment, and what it is to mean. */
interface Meaning {
  readonly environment: Environment;
  readonly space: Space;
  readonly from: string;
  readonly to: string;
  /** Whether it is the identity of a resource, not a name derived from it. */
  readonly isIdentity: boolean;
}

/** How one row of the tables reads a place. */
interface Reading {
  readonly role: 'identity' | 'definition' | 'use';
  readonly spaces: readonly Space[];
  keys(text: string): readonly string[];
  /** The keys of another text, once it stands there. */
  keysAfter(newText: string): readonly string[];
}

/** The places of a renaming, or in one sentence why it cannot be. */
export type Places = { readonly places: readonly Place[] } | { readonly refusal: string };

/**
 * Follows a name from one place that holds it alone to every other: what it defines, what uses that, in every environment
 * that one of these files belongs to, so that an overlay and its base keep saying the same. Each keeps its form, short or long.
 */
export function placesOf(workspace: Workspace, { site, text, side }: Named, newName: string): Places {
  const search = new Search(workspace, text, newName);
  search.settle(site.resource, site.path, side, text, newName);
  return search.result();
}

/**
 * Where a name stands in a longer text: first where it is bounded by signs that no name has, as in a host, then elsewhere,
 * as in `cart-primary`.
 */
export function occurrences(text: string, name: string): readonly number[] {
  const isWord = (sign: string | undefined) => sign !== undefined && /[\w-]/.test(sign);
  const isBounded = (at: number) => !isWord(text[at - 1]) && !isWord(text[at + name.length]);
  const all: number[] = [];
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) all.push(at);
  return [...all.filter(isBounded), ...all.filter((at) => !isBounded(at))];
}

/** Whether a path is that of a resource's own name. */
export function hasIdentity(path: Path): boolean {
  return path.join('.') === 'metadata.name';
}

/**
 * Where the name of a place stands by itself, there or where it is defined: the Service's own name, not the whole host or
 * the list in an annotation. Undefined where nothing defines it.
 */
export function plainestAt(environment: Environment, { site, text, side }: Named): Named | undefined {
  const readings = readingsAt(environment, site.resource, site.path, side);
  const found = readings
    .filter((it) => it.role === 'use')
    .flatMap((reading) =>
      meaningsIn(environment, reading, text).flatMap(({ space, key }) => environment.index.declared(space, key)),
    );
  if (found.length === 0 && readings.every((it) => it.role === 'use')) return undefined;
  return [{ site, text, side }, ...found].sort((a, b) => a.text.length - b.text.length)[0];
}

class Search {
  readonly #workspace: Workspace;
  readonly #name: string;
  readonly #newName: string;
  readonly #places = new Map<string, Place>();
  readonly #meanings = new Map<string, Meaning>();
  /** The namespace of the resource that is renamed, by environment and kind. */
  readonly #homes = new Map<string, string>();
  #refusal: string | undefined;

  constructor(workspace: Workspace, name: string, newName: string) {
    this.#workspace = workspace;
    this.#name = name;
    this.#newName = newName;
  }

  result(): Places {
    // What is found on the way is looked at in turn.
    for (const meaning of this.#meanings.values()) {
      if (this.#refusal === undefined) this.#follow(meaning);
    }
    for (const meaning of this.#meanings.values()) {
      this.#refusal ??= this.#clash(meaning) ?? this.#veiled(meaning);
      this.#pick(meaning);
    }
    return this.#refusal === undefined ? { places: [...this.#places.values()] } : { refusal: this.#refusal };
  }

  /** Notes what a place says from now on, with all that this changes in its environments. */
  settle(resource: Resource, path: Path, side: Place['side'], text: string, newText: string): void {
    const key = this.#idOf(resource, path, side);
    if (this.#places.has(key)) return;
    if (!resource.part.isWellFormed) {
      this.#refusal ??= `"${this.#name}" stands in ${shown(resource)}, whose text is broken; mend that first.`;
    }
    this.#put(resource, path, side, text, newText);
    for (const environment of environmentsOf(this.#workspace, resource.uri)) {
      const home = `${environment.root} ${idOf(resource)}`;
      if (hasIdentity(path)) this.#homes.set(home, this.#homes.get(home) ?? environment.namespaceOf(resource));
      for (const reading of readingsAt(environment, resource, path, side)) {
        const renamed = reading.keysAfter(newText);
        for (const { space, key: from, position } of meaningsIn(environment, reading, text)) {
          const to = renamed[position];
          if (to === undefined) this.#refusal ??= this.#unsayable(newText, resource);
          else if (from !== to) this.#note({ environment, space, from, to, isIdentity: reading.role === 'identity' });
        }
      }
    }
  }

  #note(meaning: Meaning): void {
    const id = `${meaning.environment.root} ${meaning.space} ${meaning.from}`;
    const known = this.#meanings.get(id);
    if (!known) this.#meanings.set(id, meaning);
    else if (known.to !== meaning.to) this.#refusal ??= `"${this.#name}" would become two names here.`;
  }

  /** Finds all places that mean it. */
  #follow(meaning: Meaning): void {
    const { environment, space, from } = meaning;
    const { index } = environment;
    const uses = index.referencesTo(space, from);
    for (const named of index.declared(space, from)) {
      const { resource, path, namespace } = named.site;
      const home = this.#homes.get(`${environment.root} ${idOf(resource)}`);
      if (!hasIdentity(path) || home === undefined || home === namespace) this.#visit(meaning, named);
      else if (uses[0]) {
        this.#refusal ??=
          `${shown(uses[0].site.resource)} may mean the ${resource.kind} "${resource.name}" of namespace ` +
          `"${home}" or that of "${namespace}".`;
      }
    }
    for (const named of uses) this.#visit(meaning, named);
  }

  #visit({ environment, space, from, to }: Meaning, { site, text, side }: Named): void {
    const { resource, path } = site;
    for (const reading of readingsAt(environment, resource, path, side)) {
      const meant = meaningsIn(environment, reading, text).find((it) => it.space === space && it.key === from);
      if (!meant || this.#places.has(this.#idOf(resource, path, side))) continue;
      const newText = this.#candidates(text).find((it) => reading.keysAfter(it)[meant.position] === to);
      if (newText === undefined) this.#refusal ??= this.#unsayable(text, resource);
      else this.settle(resource, path, side, text, newText);
    }
  }

  /** The text with the new name in place of the old one, wherever that may be. */
  #candidates(text: string): string[] {
    const name = this.#name;
    return occurrences(text, name).map((at) => text.slice(0, at) + this.#newName + text.slice(at + name.length));
  }

  #unsayable(text: string, resource: Resource): string {
    return text === this.#newName
      ? `"${text}" would mean something else in ${shown(resource)}.`
      : `"${text}" in ${shown(resource)} cannot be told with the name "${this.#newName}".`;
  }

  /** Says what has the new name already; names that nothing uses may be shared, such as the hosts of two routes. */
  #clash({ environment, space, from, to, isIdentity }: Meaning): string | undefined {
    const { index } = environment;
    const matters = isIdentity || index.referencesTo(space, from).length + index.referencesTo(space, to).length > 0;
    const taken = index
      .declared(space, to)
      .find(({ site, side }) => !this.#places.has(this.#idOf(site.resource, site.path, side)));
    if (!matters || !taken) return undefined;
    const { resource, path } = taken.site;
    if (!hasIdentity(path)) return `${shown(resource)} defines "${taken.text}" already.`;
    const place = taken.site.namespace === '' ? '' : ` in namespace "${taken.site.namespace}"`;
    return `There is a ${shown(resource)}${place} already.`;
  }

  /** A template may make a part of a longer name, `reviews.{{ .Release.Namespace }}.svc`; nobody can write that anew. */
  #veiled({ environment, space, from }: Meaning): string | undefined {
    for (const { uri, text, parts } of this.#workspace.manifests.values()) {
      if (!text.includes('{{') || !text.includes(this.#name) || !reaches(this.#workspace, uri, environment)) continue;
      for (const resource of parts.flatMap((part) => indexedResourcesOf(uri, part))) {
        const { namespace } = siteOf(environment, resource, []);
        for (const { written, row, site } of templatedNames(environment, resource)) {
          const likely = written.replace(/\{\{.*?\}\}/g, namespace);
          if (row.spaces(site).includes(space) && row.keys(likely, site).includes(from))
            return `A template makes "${written}" in ${shown(resource)}; change both by hand.`;
        }
      }
    }
    return undefined;
  }

  /** Kustomizations that pick the resource by its name in their own text pick it by the new one. */
  #pick({ environment, from, space, isIdentity }: Meaning): void {
    if (!isIdentity) return;
    const kind = space.slice(space.lastIndexOf('/') + 1);
    const name = from.slice(from.indexOf('/') + 1);
    for (const manifest of this.#workspace.manifests.values()) {
      if (!marksEnvironment(manifest.uri) || !reaches(this.#workspace, manifest.uri, environment)) continue;
      for (const resource of manifest.parts.map((it) => wholeOf(manifest.uri, it))) {
        for (const { path, value } of picks.flatMap((it) => [...expand(resource.value, it)])) {
          const text = textAt(value, ['name']);
          if (text === undefined || (textAt(value, ['kind']) ?? kind) !== kind) continue;
          if (text === name) this.#put(resource, [...path, 'name'], 'value', text, this.#newName);
          else if (matches(text, name) && !matches(text, this.#newName))
            this.#refusal ??= `${fileOf(manifest.uri)} picks "${name}" by the pattern "${text}"; change both by hand.`;
        }
      }
    }
  }

  #put(resource: Resource, path: Path, side: Place['side'], text: string, newText: string): void {
    this.#places.set(this.#idOf(resource, path, side), { resource, path, side, text, newText });
  }

  /** Where a place stands, whichever environment it was found in. */
  #idOf(resource: Resource, path: Path, side: Place['side']): string {
    const manifest = this.#workspace.manifests.get(resource.uri);
    return `${resource.uri} ${manifest ? rangeAt(manifest, resource, path, side).start : ''}`;
  }
}

function readingsAt(environment: Environment, resource: Resource, path: Path, side: Place['side']): Reading[] {
  const site = siteOf(environment, resource, path);
  const siteAfter = (newText: string): Site => ({
    ...site,
    resource: {
      ...site.resource,
      name: hasIdentity(path) ? newText : resource.name,
      value: retold(site.resource.value, path, side, newText),
    },
  });
  // A kustomization may deploy the resource under another name, which others use.
  const namesAs = (text: string) => (hasIdentity(path) ? environment.namesOf({ ...resource, name: text }) : [text]);
  const read = (
    role: Reading['role'],
    spaces: readonly Space[],
    keys: (text: string, site: Site) => readonly string[],
  ): Reading => ({
    role,
    spaces,
    keys: (text) => keys(text, site),
    keysAfter: (newText) => keys(newText, siteAfter(newText)),
  });
  const isMeant = (row: { readonly path: string }) => row.path.endsWith('.*') === (side === 'key');
  return [
    ...(hasIdentity(path)
      ? [read('identity', [idOf(resource)], (text) => namesAs(text).map((it) => `${site.namespace}/${it}`))]
      : []),
    ...declarationsAt(environment, resource, path)
      .filter(isMeant)
      .map((row) =>
        read('definition', [row.space], (text, place) => namesAs(text).flatMap((it) => row.keys(it, place))),
      ),
    ...referencesAt(environment, resource, path)
      .filter(isMeant)
      .map((row) => read('use', row.spaces(site), row.keys)),
  ];
}

/** Texts that hold a template where a row expects a name, as they are written but for their quotes. */
function* templatedNames(environment: Environment, resource: Resource) {
  const { part, root, value } = resource;
  if (!part.masked.templated) return;
  for (const row of rowsFor(environment.tables, idOf(resource)).references) {
    const [, parent = '', last = ''] = /^(.*?)\.?([^.[\]]+|\[\*\])$/.exec(row.path) ?? [];
    for (const { path, value: around } of expand(value, parent)) {
      const steps = Array.isArray(around) ? [...around.keys()] : [last];
      for (const step of steps) {
        const { start, end } = rangeInPart(part, [...root, ...path, step]);
        const written = part.text.slice(start, end).replace(/^["']|["']$/g, '');
        if (written.includes('{{')) yield { written, row, site: siteOf(environment, resource, [...path, step]) };
      }
    }
  }
}

/** What a text means by one row: all that it defines, or the first of its keys that something defines. */
function meaningsIn(
  { index }: Environment,
  reading: Reading,
  text: string,
): { readonly space: Space; readonly key: string; readonly position: number }[] {
  const all = reading
    .keys(text)
    .map((key, position) => reading.spaces.map((space) => ({ space, key, position })))
    .map((it) => (reading.role === 'use' ? it.filter(({ space, key }) => index.declared(space, key).length > 0) : it));
  return reading.role === 'use' ? (all.find((it) => it.length > 0) ?? []) : all.flat();
}

/** Where a kustomization picks resources, by name or by a pattern that covers the whole name. */
const picks = [
  'patches[*].target',
  'patchesJson6902[*].target',
  'replacements[*].source',
  'replacements[*].targets[*].select',
];

/** A part of a kustomization, which needs neither apiVersion nor kind. */
function wholeOf(uri: Uri, part: Part): Resource {
  const what = { apiVersion: '', group: '', version: '', kind: 'Kustomization', name: '', namespace: undefined };
  return { uri, part, root: [], ...what, value: part.value };
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(name);
  } catch {
    // Kustomize reads Go's patterns; one that says something else here picks nothing that we could tell.
    return false;
  }
}

/** All environments that a file is deployed in. */
export function environmentsOf(workspace: Workspace, uri: Uri): readonly Environment[] {
  const own = environmentOf(workspace, uri);
  return [own, ...own.takenBy(uri)];
}

function reaches(workspace: Workspace, uri: Uri, environment: Environment): boolean {
  return environmentsOf(workspace, uri).some((it) => it.root === environment.root);
}

function idOf({ group, kind }: Resource): string {
  return kindId({ group, name: kind });
}

/** `VirtualService "reviews"`. */
export function shown({ kind, name, uri }: Resource): string {
  return name === '' ? `${kind} of ${fileOf(uri)}` : `${kind} "${name}"`;
}

function fileOf(uri: Uri): string {
  return decodeURIComponent(uri.split('/').slice(-2).join('/'));
}

/** A value with another text at a path, or another key at its end; keys stay in their order. */
export function retold(value: unknown, path: Path, side: Place['side'], text: string): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return text;
  const isKey = side === 'key' && rest.length === 0;
  if (Array.isArray(value)) return value.map((it: unknown, at) => (at === step ? retold(it, rest, side, text) : it));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) =>
      key !== step ? [key, it] : isKey ? [text, it] : [key, retold(it, rest, side, text)],
    ),
  );
}
