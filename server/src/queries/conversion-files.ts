/** The new manifests of a conversion as files. */

import type { Environment } from '../model/environment.ts';
import { addTo } from '../model/group.ts';
import type { Resource } from '../model/manifest.ts';
import { placeText } from '../model/report.ts';
import type { Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import type { DialectId, ManifestValue } from '../meshes/mesh.ts';
import { joinDocuments, manifestYaml, yamlComment } from '../render/manifest-yaml.ts';
import {
  type ConvertedFile,
  type Creation,
  decoded,
  isCreation,
  type Made,
  pruned,
  resourceText,
} from './conversion.ts';

interface WrittenManifest {
  readonly manifest: ManifestValue;
  readonly text: string;
}

function isCarrier({ manifest }: WrittenManifest): number {
  return manifest.apiVersion === 'v1' ? 1 : 0;
}

/** One file for each file that something came from; what several groups write alike stands once. */
export function convertedFiles(workspace: Workspace, made: readonly Made[], to: DialectId): readonly ConvertedFile[] {
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

function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** `shop/reviews.yaml` → `shop/reviews.<to>.yaml`, below the workspace folder of the file. */
function convertedPath(workspace: Workspace, uri: Uri, to: DialectId): string {
  const folder = workspace.folders.filter((it) => uri.startsWith(`${it}/`)).sort((a, b) => b.length - a.length)[0];
  const raw = folder ? uri.slice(folder.length + 1) : uri.slice(Math.max(uri.lastIndexOf('/'), uri.indexOf(':')) + 1);
  const path = decoded(raw);
  const stem = path.replace(/\.ya?ml$/i, '');
  return `${stem === '' ? 'manifests' : stem}.${to}.yaml`;
}

function unused(path: string, taken: Set<string>): string {
  let free = path;
  for (let number = 2; taken.has(free); number += 1) free = path.replace(/\.yaml$/, `-${number}.yaml`);
  taken.add(free);
  return free;
}
