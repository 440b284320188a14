/** What some resources look like in another mesh: new manifests, changes of existing ones, and what became of each leaf. */

import type { Environment } from '../model/environment.ts';
import { addTo } from '../model/group.ts';
import { groupOf } from '../model/kind.ts';
import { allResources, parseManifest, type Resource } from '../model/manifest.ts';
import { textEdits } from '../model/edit.ts';
import { hasVariable } from '../model/mask.ts';
import { Ledger, type Loss, type Note, placeText, type ReportEntry } from '../model/report.ts';
import type { FixEdit } from '../model/rule.ts';
import { applyEdits, type Path, pathText, type Uri } from '../model/text.ts';
import { isRecord, recordAt, valueAt } from '../model/value.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { fieldRowFor } from '../meshes/ideas.ts';
import {
  type ConvertOptions,
  defaultConvertOptions,
  type DialectId,
  type ManifestValue,
  type Mesh,
  type Output,
  proxies,
} from '../meshes/mesh.ts';
import { meshes, meshOf } from '../meshes/meshes.ts';
import { isSameThing } from '../model/same-thing.ts';
import { joinDocuments, manifestYaml, yamlComment } from '../render/manifest-yaml.ts';
import { checkFields } from './check-fields.ts';
import { knownKindOf } from './schema-of.ts';

/** What to convert: all resources of some files, or some resources. */
export type Selection = { readonly uris: readonly Uri[] } | { readonly resources: readonly Resource[] };

export interface Conversion {
  readonly to: DialectId;
  /** New manifests, one file for each file that something came from. */
  readonly outputs: readonly ConvertedFile[];
  /** Fields to set in resources that exist: annotations of a Service, of a pod template. */
  readonly changes: readonly ChangedFile[];
  /** Every leaf of what was converted, once, in the order of the documents. */
  readonly report: readonly ReportEntry[];
  readonly notes: readonly Note[];
  readonly refused: readonly Refused[];
}

export interface ConvertedFile {
  /** The file that it came from. */
  readonly source: Uri;
  /** Path below the workspace folder, `shop/reviews.<to>.yaml`; the bare name for files outside of all folders. */
  readonly path: string;
  readonly text: string;
  readonly manifests: readonly ManifestValue[];
}

export interface ChangedFile {
  readonly uri: Uri;
  readonly edits: readonly FixEdit[];
}

/** A resource that is not converted at all, because nobody can say what it means. */
export interface Refused {
  readonly resource: Resource;
  readonly reason: string;
}

/** The meshes that a resource can be converted to; none for kinds that no mesh converts. */
export function targetsFor(resource: Resource): readonly DialectId[] {
  const source = meshOf(resource);
  return source ? meshes.map((it) => it.id).filter((it) => it !== source.id) : [];
}

/**
 * Converts what is selected. Resources of the target mesh itself and kinds that no mesh converts are passed over; what
 * is broken or templated is refused. Facts (Services, subsets, workloads) come from the environment of each resource.
 */
export function convert(
  workspace: Workspace,
  selection: Selection,
  to: DialectId,
  options: ConvertOptions = defaultConvertOptions,
): Conversion {
  const target = meshes.find((it) => it.id === to);
  if (!target) throw new Error(`There is no mesh "${to}" to convert to.`);
  const refused: Refused[] = [];
  const groups = new Map<Environment, Map<Mesh, Resource[]>>();
  const selected = resourcesOf(workspace, selection);
  for (const resource of selected) {
    const environment = environmentOf(workspace, resource.uri);
    const source = meshOf(resource);
    if (!source || source === target) continue;
    const reason = refusal(environment, resource);
    if (reason !== undefined) {
      refused.push({ resource, reason });
      continue;
    }
    const byMesh = groups.get(environment) ?? new Map<Mesh, Resource[]>();
    groups.set(environment, byMesh);
    addTo(byMesh, source, resource);
  }

  const made: Made[] = [];
  const entries = new Map<Resource, ReportEntry[]>();
  const notes: Note[] = [];
  for (const [environment, byMesh] of groups) {
    for (const [source, resources] of byMesh) {
      const ledger = new Ledger(resources);
      const ir = { ...source.read(resources, environment), proxy: proxies[source.id] };
      for (const { from, code, reason, risk } of ir.peculiar) ledger.lost(from, code, reason, risk);
      for (const { kind, text, risk } of ir.notes ?? []) ledger.note(kind, text, risk);
      const outputs = target.write(ir, environment, ledger, options).map((it) => renewed(it, environment, ledger));
      const report = ledger.report((resource, path) => unspoken(source, target, resource, path));
      for (const entry of report.entries) addTo(entries, entry.resource, entry);
      for (const note of report.notes) if (!notes.some((it) => it.text === note.text)) notes.push(note);
      made.push({ outputs, resources, environment, ledger });
    }
  }
  notes.push(...clashes(made));
  return {
    to,
    outputs: convertedFiles(workspace, made, to),
    changes: changedFiles(made.flatMap((it) => it.outputs)),
    report: selected.flatMap((it) => entries.get(it) ?? []),
    notes,
    refused,
  };
}

/**
 * Whether an entry or note says that the target admits or reveals what the source did not. Steps that are left to do by
 * hand do not count: with them done, the result is as secure.
 */
export function weakensSecurity(it: ReportEntry | Note): boolean {
  if (it.risk !== 'security') return false;
  return 'fate' in it ? it.fate !== 'exact' : it.kind !== 'manual';
}

interface Made {
  readonly outputs: readonly Output[];
  readonly resources: readonly Resource[];
  readonly environment: Environment;
  readonly ledger: Ledger;
}

function resourcesOf(workspace: Workspace, selection: Selection): readonly Resource[] {
  const all =
    'resources' in selection
      ? selection.resources
      : selection.uris.flatMap((uri) => {
          const manifest = workspace.manifests.get(uri);
          return manifest ? [...allResources(manifest)] : [];
        });
  return [...new Set(all)];
}

/** Why a resource is not converted; undefined when it can be. */
function refusal(environment: Environment, resource: Resource): string | undefined {
  if (resource.part.masked.templated)
    return 'It is a template; convert what Helm makes of it, the output of "helm template".';
  // A variable in a workload is most often one of its shell.
  if (hasVariable(resource.part.text) && knownKindOf(environment, resource)?.schema)
    return 'It has variables such as ${NAME}; convert it with their values filled in.';
  if (!resource.part.isWellFormed) return 'Its YAML has mistakes; mend them first.';
  const errors = checkFields(environment, resource).filter((it) => it.severity === 'error');
  const [first, ...rest] = errors;
  if (!first) return undefined;
  const more = rest.length === 0 ? '' : ` There are ${rest.length} more such mistakes.`;
  return `Its fields do not fit its kind: ${first.message}${more}`;
}

/** The reason of the tables for a leaf that neither reader nor writer spoke of. */
function unspoken(source: Mesh, target: Mesh, resource: Resource, path: Path): Loss | undefined {
  const row = fieldRowFor(source.fields, resource, path);
  if (!row) return undefined;
  if (row.peculiar) return row.peculiar;
  const answer = target.answers[row.idea];
  if (answer.fate === 'lost') return { code: answer.code, reason: answer.reason, risk: answer.risk ?? 'behaviour' };
  return {
    code: 'no-equivalent',
    reason: 'Nothing in the result says this: what it belongs to is not carried over.',
    risk: 'behaviour',
  };
}

// ---- New files -----------------------------------------------------------------------------------------------------

interface WrittenManifest {
  readonly manifest: ManifestValue;
  readonly text: string;
}

function isCarrier({ manifest }: WrittenManifest): number {
  return manifest.apiVersion === 'v1' ? 1 : 0;
}

function convertedFiles(workspace: Workspace, made: readonly Made[], to: DialectId): readonly ConvertedFile[] {
  const byFile = new Map<Uri, WrittenManifest[]>();
  const seen = new Map<Environment, Set<string>>();
  for (const one of made) {
    const { outputs, resources, environment } = one;
    const written = seen.get(environment) ?? new Set();
    seen.set(environment, written);
    for (const output of outputs) {
      if (!('create' in output)) continue;
      const manifest = pruned(output.create);
      const yaml = manifestYaml(manifest);
      if (written.has(yaml)) continue;
      written.add(yaml);
      const from = sourcesOf(one, output);
      const home = from[0] ?? resources[0];
      if (!home) continue;
      const names = [...new Set(from.map((it) => resourceText(environment, it)))];
      const comment = names.length === 0 ? '' : yamlComment(`Converted from ${inWords(names)}.`);
      addTo(byFile, home.uri, { manifest, text: comment + yaml });
    }
  }
  const paths = new Set<string>();
  return [...byFile].map(([source, written]) => {
    const path = unused(convertedPath(workspace, source, to), paths);
    // What one wanted to see comes first, the Services that only carry it last.
    const sorted = [...written].sort((a, b) => isCarrier(a) - isCarrier(b));
    return {
      source,
      path,
      text: joinDocuments(sorted.map((it) => it.text)),
      manifests: sorted.map((it) => it.manifest),
    };
  });
}

/**
 * A new resource as a change of the one that has its name already, where both are about the same: a source that is
 * converted again brings its result up to date. Other outputs stay as they are.
 */
function renewed(output: Output, environment: Environment, ledger: Ledger): Output {
  if (!('create' in output)) return output;
  const { apiVersion, kind, metadata, spec } = pruned(output.create);
  const known = environment.tables.kinds.find((it) => it.name === kind && it.group === groupOf(apiVersion));
  const existing = known && environment.index.find(known, metadata.namespace ?? '', metadata.name);
  if (!existing || !isSameThing(existing, known, spec)) return output;
  const outdated = (path: Path, fields: Readonly<Record<string, unknown>>) =>
    Object.keys(recordAt(existing.value, path))
      .filter((it) => !(it in fields))
      .map((it) => ({ path: [...path, it], value: undefined }));
  const within = (path: Path, fields: Readonly<Record<string, unknown>>) =>
    Object.entries(fields).map(([key, value]) => ({ path: [...path, key], value }));
  const fields = isRecord(spec) ? spec : {};
  const annotations = metadata.annotations ?? {};
  const set = [
    { path: ['apiVersion'], value: apiVersion },
    ...outdated(['metadata', 'annotations'], annotations).filter(({ path }) => isOfMesh(String(path.at(-1)))),
    ...within(['metadata', 'annotations'], annotations),
    ...outdated(['spec'], fields),
    ...within(['spec'], fields),
  ];
  if (set.some(({ path, value }) => !sameValue(valueAt(existing.value, path), value)))
    ledger.note(
      'merged',
      `${placeText(kind, metadata.namespace ?? '', metadata.name, '')} exists already in ${fileNameOf(existing.uri)} and is brought up to date.`,
    );
  return { change: existing, set };
}

/** Whether a mesh reads an annotation: those of others stay when a resource is brought up to date. */
function isOfMesh(annotation: string): boolean {
  return /(?:^|\.)(?:istio\.io|linkerd\.io|consul\.hashicorp\.com)\//.test(annotation);
}

/** New manifests that would take the place of one that exists already, or of one another. */
function* clashes(made: readonly Made[]): Generator<Note> {
  const converted = new Set(made.flatMap((it) => it.resources));
  const written = new Map<string, string>();
  for (const { outputs, environment } of made) {
    for (const output of outputs) {
      if (!('create' in output)) continue;
      const { apiVersion, kind, metadata } = output.create;
      const place = placeText(kind, metadata.namespace ?? '', metadata.name, '');
      const id = `${environment.root} ${groupOf(apiVersion)} ${place}`;
      const yaml = manifestYaml(pruned(output.create));
      const other = written.get(id);
      if (other !== undefined && other !== yaml) {
        const text = `${place} is written more than once, since several resources say what it is to be: put these together.`;
        yield { kind: 'manual', text, risk: 'availability' };
      }
      written.set(id, yaml);
      const known = environment.tables.kinds.find((it) => it.name === kind && it.group === groupOf(apiVersion));
      const existing = known && environment.index.find(known, metadata.namespace ?? '', metadata.name);
      if (!existing || converted.has(existing)) continue;
      const text = `${place} exists already in ${fileNameOf(existing.uri)}, and the new one would take its place: put the two together.`;
      yield { kind: 'manual', text, risk: 'availability' };
    }
  }
}

function fileNameOf(uri: Uri): string {
  return decoded(uri.slice(uri.lastIndexOf('/') + 1));
}

/** `VirtualService/shop/reviews`, with the namespace in which the resource ends up; `?` stands for a missing name. */
export function resourceText(environment: Environment, resource: Resource): string {
  return placeText(resource.kind, environment.namespaceOf(resource), resource.name || '?', '');
}

/**
 * What a new resource was made from: what its writer says, else whose leaves went there. One that nobody speaks of is
 * there for those of the same name, as ServiceDefaults are for a ServiceRouter; with one source there is no question.
 */
function sourcesOf({ outputs, resources, ledger }: Made, output: Creation): readonly Resource[] {
  const told = ({ from, create }: Creation): readonly Resource[] => {
    if (from) return from.map((it) => it.resource);
    return [...ledger.sourcesOf(placeText(create.kind, create.metadata.namespace ?? '', create.metadata.name, ''))];
  };
  const own = told(output);
  const { name, namespace } = output.create.metadata;
  const kin = outputs.filter(isCreation).filter(({ create: { metadata } }) => {
    return metadata.name === name && metadata.namespace === namespace;
  });
  const found = new Set(own.length > 0 ? own : kin.flatMap(told));
  const from = resources.filter((it) => found.has(it));
  return from.length === 0 && resources.length === 1 ? resources : from;
}

type Creation = Extract<Output, { readonly create: ManifestValue }>;

function isCreation(output: Output): output is Creation {
  return 'create' in output;
}

function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** A manifest without fields that are undefined or empty maps of metadata; other empty values mean something. */
function pruned(manifest: ManifestValue): ManifestValue {
  const { labels, annotations, ...metadata } = manifest.metadata;
  return {
    ...manifest,
    metadata: {
      ...metadata,
      ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
      ...(annotations && Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
  };
}

/** `shop/reviews.yaml` → `shop/reviews.<to>.yaml`, below the workspace folder of the file. */
function convertedPath(workspace: Workspace, uri: Uri, to: DialectId): string {
  const folder = workspace.folders.filter((it) => uri.startsWith(`${it}/`)).sort((a, b) => b.length - a.length)[0];
  const raw = folder ? uri.slice(folder.length + 1) : uri.slice(Math.max(uri.lastIndexOf('/'), uri.indexOf(':')) + 1);
  const path = decoded(raw);
  const stem = path.replace(/\.ya?ml$/i, '');
  return `${stem === '' ? 'manifests' : stem}.${to}.yaml`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A lone % is part of the name.
  }
}

function unused(path: string, taken: Set<string>): string {
  let free = path;
  for (let number = 2; taken.has(free); number += 1) free = path.replace(/\.yaml$/, `-${number}.yaml`);
  taken.add(free);
  return free;
}

// ---- Changes of existing resources ---------------------------------------------------------------------------------

function changedFiles(outputs: readonly Output[]): readonly ChangedFile[] {
  const byResource = new Map<Resource, Map<string, { readonly path: Path; readonly value: unknown }>>();
  for (const output of outputs) {
    if (!('change' in output)) continue;
    const sets = byResource.get(output.change) ?? new Map<string, { readonly path: Path; readonly value: unknown }>();
    byResource.set(output.change, sets);
    for (const set of output.set) sets.set(pathText(set.path), set);
  }
  const byFile = new Map<Uri, FixEdit[]>();
  for (const [resource, sets] of byResource) {
    const edits = editsFor(resource, [...sets.values()]);
    if (edits.length > 0) byFile.set(resource.uri, [...(byFile.get(resource.uri) ?? []), ...edits]);
  }
  return [...byFile].map(([uri, edits]) => ({ uri, edits }));
}

/** Edits that set fields; fields below one parent that is missing become one insertion. Undefined values take a field out. */
function editsFor(resource: Resource, sets: readonly { readonly path: Path; readonly value: unknown }[]): FixEdit[] {
  const edits: FixEdit[] = [];
  const insertions = new Map<string, { readonly path: Path; value: unknown }>();
  for (const { path, value } of sets) {
    const known = existingLength(resource.value, path);
    if (known === path.length) {
      if (value === undefined) edits.push({ type: 'delete', resource, path });
      else if (!sameValue(valueAt(resource.value, path), value))
        edits.push({ type: 'replace-value', resource, path, value });
      continue;
    }
    if (value === undefined) continue;
    const missing = path.slice(0, known + 1);
    const id = pathText(missing);
    const insertion = insertions.get(id) ?? { path: missing, value: undefined };
    insertions.set(id, insertion);
    insertion.value = withValue(insertion.value, path.slice(known + 1), value);
  }
  for (const { path, value } of insertions.values()) edits.push({ type: 'insert', resource, path, value });
  return edits;
}

/** How many keys of a path lead to something that is there; an empty parent counts as missing below it. */
function existingLength(value: unknown, path: Path): number {
  let at = value;
  for (const [position, key] of path.entries()) {
    if (Array.isArray(at) ? typeof key !== 'number' || key >= at.length : !isRecord(at) || !Object.hasOwn(at, key))
      return position;
    at = Array.isArray(at) ? at[Number(key)] : (at as Record<string, unknown>)[key];
  }
  return path.length;
}

function withValue(into: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === 'number') return [...(Array.isArray(into) ? into : []), withValue(undefined, rest, value)];
  const record = isRecord(into) ? into : {};
  return { ...record, [key]: withValue(record[key], rest, value) };
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export interface ChangedManifest {
  readonly resource: Resource;
  /** The whole document after the change, comments kept. */
  readonly text: string;
}

/** The documents that a conversion changes, as they read afterwards; for whoever cannot apply edits. */
export function changedManifests(workspace: Workspace, { changes }: Conversion): readonly ChangedManifest[] {
  return changes.flatMap(({ uri, edits }) => {
    const manifest = workspace.manifests.get(uri);
    if (!manifest) return [];
    const text = applyEdits(manifest.text, textEdits(edits, (it) => workspace.manifests.get(it)).get(uri) ?? []);
    const after = parseManifest(uri, text, manifest);
    const changed = new Set(edits.flatMap((it) => ('resource' in it ? [it.resource] : [])));
    const byPart = new Map([...changed].map((it) => [it.part, it] as const));
    return [...byPart.values()].flatMap((resource) => {
      const part = after.parts[manifest.parts.indexOf(resource.part)];
      return part ? [{ resource, text: `${part.text.replace(/^---[^\n]*\n?/, '').trim()}\n` }] : [];
    });
  });
}
