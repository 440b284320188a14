/** What in a file leads elsewhere when it is clicked: the files of a kustomization, and addresses of the web. */

import { marksEnvironment, parentOf, resolve } from '../model/kustomization.ts';
import { type Manifest, rangeInPart } from '../model/manifest.ts';
import { isUnknown, type Part } from '../model/part.ts';
import type { Range, Uri } from '../model/text.ts';
import { expand } from '../model/value.ts';
import type { Workspace } from '../model/workspace.ts';

export interface Link {
  readonly range: Range;
  /** A file, or an address of the web. */
  readonly target: Uri;
}

/** The links of a file in order; empty for files that hold neither a manifest nor say what is deployed together. */
export function links(workspace: Workspace, uri: Uri): readonly Link[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  const isMarker = marksEnvironment(uri);
  const found = manifest.parts.flatMap((part, position) => {
    const start = manifest.starts[position] ?? 0;
    const own = [
      ...(isMarker && !uri.endsWith('/Chart.yaml') ? pathLinks(workspace, manifest, part) : []),
      ...(isMarker || part.isManifest ? addressLinks(part) : []),
    ];
    return own.map((it) => ({ ...it, range: { start: start + it.range.start, end: start + it.range.end } }));
  });
  return found.sort((a, b) => a.range.start - b.range.start);
}

/** Where a kustomization names files and folders. */
const pathFields = [
  'resources[*]',
  'bases[*]',
  'components[*]',
  'crds[*]',
  'configurations[*]',
  'generators[*]',
  'transformers[*]',
  'validators[*]',
  'openapi.path',
  'patches[*].path',
  'patchesStrategicMerge[*]',
  'patchesJson6902[*].path',
  'replacements[*].path',
];

function pathLinks({ manifests }: Workspace, { uri }: Manifest, part: Part): Link[] {
  const folder = parentOf(uri);
  return pathFields.flatMap((pattern) =>
    [...expand(part.value, pattern)].flatMap(({ path, value }) => {
      const isPath = typeof value === 'string' && value !== '' && !/[\n{]|:\s/.test(value) && !isUnknown(value);
      const place = isPath ? resolve(folder, value) : undefined;
      const target = place && fileAt(manifests, place);
      return target ? [{ range: rangeInPart(part, path), target }] : [];
    }),
  );
}

/** A file by its name; a folder by the kustomization in it. A folder where none is known leads nowhere. */
function fileAt(manifests: Workspace['manifests'], place: Uri): Uri | undefined {
  if (manifests.has(place)) return place;
  const marker = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].map((it) => `${place}/${it}`);
  return marker.find((it) => manifests.has(it)) ?? (/\.(?:ya?ml|json)$/.test(place) ? place : undefined);
}

const address = /\bhttps?:\/\/[^\s"'`<>{}[\]|\\^]+/g;

/** Addresses in values, annotations and comments; those with a template or a wildcard in them are none yet. */
function addressLinks({ masked }: Part): Link[] {
  return [...masked.text.matchAll(address)].flatMap(({ 0: written, index }) => {
    const target = written.replace(/[.,;:!?)]+$/, '');
    if (isUnknown(target) || target.includes('*') || !URL.canParse(target)) return [];
    return [{ range: { start: index, end: index + target.length }, target }];
  });
}
