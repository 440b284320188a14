/** The new manifests of a conversion as files. */

import type { Environment } from '../model/environment.ts';
import { addTo } from '../model/group.ts';
import type { Resource } from '../model/manifest.ts';
import type { Note, ReportEntry } from '../model/report.ts';
import type { Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import type { DialectId, ManifestValue } from '../meshes/mesh.ts';
import { joinDocuments, manifestYaml, yamlComment } from '../render/manifest-yaml.ts';
import {
  type ConvertedFile,
  type Creation,
  folderPath,
  isCreation,
  placeOf,
  type Made,
  pruned,
  resourceText,
} from './conversion.ts';
import { carryComments, commentNote } from './conversion-comments.ts';

interface WrittenManifest {
  readonly manifest: ManifestValue;
  readonly text: string;
}

export interface ConvertedFiles {
  readonly files: readonly ConvertedFile[];
  /** What there is to say about their comments and names. */
  readonly notes: readonly Note[];
}

/**
 * One file for each file that something came from; what several groups write alike stands once. Comments go with their
 * fields, by the report's entries. Paths that are taken, in small letters, are left to those who have them.
 */
export function convertedFiles(
  workspace: Workspace,
  made: readonly Made[],
  report: ReadonlyMap<Resource, readonly ReportEntry[]>,
  to: DialectId,
  taken: Set<string>,
): ConvertedFiles {
  const byFile = new Map<Uri, WrittenManifest[]>();
  const seen = new Map<Environment, Set<string>>();
  const notes: Note[] = [];
  for (const one of made) {
    const { outputs, resources, environment } = one;
    const written = seen.get(environment) ?? new Set();
    seen.set(environment, written);
    const places = new Set(outputs.filter(isCreation).map(placeOf));
    const comments = carryComments(resources, report, (it) => places.has(it));
    const mainPlaces = new Map(resources.map((it) => [it, mainPlace(places, report.get(it) ?? [])] as const));
    const sources = sourcesIn(one);
    const told = new Set<Resource>();
    for (const output of outputs) {
      if (!isCreation(output)) continue;
      const manifest = pruned(output.create);
      const content = JSON.stringify(manifest);
      if (written.has(content)) continue;
      written.add(content);
      const from = sources(output);
      const home = from[0] ?? resources[0];
      if (!home) continue;
      const names = [...new Set(from.map((it) => resourceText(environment, it)))];
      const origin = names.length === 0 ? '' : yamlComment(`Converted from ${inWords(names)}.`);
      const headed = from.filter((it) => !told.has(it) && (mainPlaces.get(it) ?? placeOf(output)) === placeOf(output));
      const heads = headed.flatMap((it) => comments.heads.get(it) ?? []);
      for (const it of headed) told.add(it);
      const yaml = manifestYaml(manifest, comments.byPlace.get(placeOf(output)));
      addTo(byFile, home.uri, { manifest, text: `${origin}${heads.map((it) => `#${it}\n`).join('')}${yaml}` });
    }
    const unheard = [...comments.heads].flatMap(([resource, texts]) =>
      told.has(resource) ? [] : texts.map((text) => ({ resource, path: [], text })),
    );
    for (const it of [...comments.homeless, ...unheard])
      notes.push(commentNote(it, resourceText(environment, it.resource)));
  }
  const files = [...byFile].map(([source, written]) => {
    const wanted = convertedPath(workspace, source, to);
    const path = freePath(safePath(wanted), taken);
    if (path !== wanted)
      notes.push({
        kind: 'renamed',
        text: `The result of "${folderPath(workspace, source)}" is called "${path}".`,
        risk: 'none',
      });
    // What one wanted to see comes first, the Services that only carry it last.
    const sorted = [...written].sort((a, b) => isCarrier(a) - isCarrier(b));
    return {
      source,
      path,
      text: joinDocuments(sorted.map((it) => it.text)),
      manifests: sorted.map((it) => it.manifest),
    };
  });
  return { files, notes };
}

/** Of the kind to which most leaves of a source went, the first new resource: a route that was split begins there. */
function mainPlace(places: ReadonlySet<string>, entries: readonly ReportEntry[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { place } of entries.flatMap((it) => it.targets))
    if (places.has(place)) counts.set(place, (counts.get(place) ?? 0) + 1);
  const most = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
  const kind = most?.split('/')[0];
  return [...places].find((it) => counts.has(it) && it.split('/')[0] === kind);
}

function isCarrier({ manifest }: WrittenManifest): number {
  return manifest.apiVersion === 'v1' ? 1 : 0;
}

/**
 * What new resources were made from: what their writer says, else whose leaves went there. One that nobody speaks of is
 * there for those of the same name, as ServiceDefaults are for a ServiceRouter; with one source there is no question.
 */
function sourcesIn({ outputs, resources, ledger }: Made): (output: Creation) => readonly Resource[] {
  const told = ({ from, create }: Creation): readonly Resource[] => {
    if (from) return from.map((it) => it.resource);
    return [...ledger.sourcesOf(placeOf({ create }))];
  };
  const order = new Map(resources.map((it, position) => [it, position] as const));
  const byName = new Map<string, Creation[]>();
  const nameOf = ({ create: { metadata } }: Creation) => `${metadata.namespace ?? ''}/${metadata.name}`;
  for (const it of outputs) if (isCreation(it)) addTo(byName, nameOf(it), it);
  return (output) => {
    const own = told(output);
    const found = own.length > 0 ? own : (byName.get(nameOf(output)) ?? []).flatMap(told);
    const from = [...new Set(found)].filter((it) => order.has(it));
    if (from.length === 0 && resources.length === 1) return resources;
    return from.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  };
}

function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** `shop/reviews.yaml` → `shop/reviews.<to>.yaml`, below the workspace folder of the file. */
function convertedPath(workspace: Workspace, uri: Uri, to: DialectId): string {
  const path = folderPath(workspace, uri);
  const stem = path.replace(/\.ya?ml$/i, '');
  return `${stem === '' ? 'manifests' : stem}.${to}.yaml`;
}

/** A path that stays below its folder and that every file system takes: no `..`, no signs that Windows forbids. */
export function safePath(path: string): string {
  const steps = path
    .split(/[\\/]/)
    .filter((it) => it !== '' && it !== '.' && it !== '..')
    .map((it) => it.replace(/[<>:"|?*\u0000-\u001f]/g, '-').replace(/[. ]+$/, ''));
  return steps.map((it) => shortStep(it)).join('/');
}

/** A step of a path with at most 200 signs; its extensions stay. */
function shortStep(step: string): string {
  if (step.length <= 200) return step;
  const tail = /(?:\.[\w-]+){1,2}$/.exec(step)?.[0] ?? '';
  return step.slice(0, 200 - tail.length) + tail;
}

/** A path that none of those taken has, also where small and capital letters count alike; it is taken then. */
export function freePath(path: string, taken: Set<string>): string {
  let free = path;
  for (let number = 2; taken.has(free.toLowerCase()); number += 1) free = path.replace(/\.yaml$/, `-${number}.yaml`);
  taken.add(free.toLowerCase());
  return free;
}
