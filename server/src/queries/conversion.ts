/** What a conversion gives, and what its steps share. */

import type { Environment } from '../model/environment.ts';
import type { Resource } from '../model/manifest.ts';
import { type Ledger, type Note, placeText, type ReportEntry } from '../model/report.ts';
import type { FixEdit } from '../model/rule.ts';
import type { Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import type { DialectId, ManifestValue, Output } from '../meshes/mesh.ts';

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
  /** A sentence. */
  readonly reason: string;
  /** All mistakes that are behind it, a sentence each; empty where the reason says it all. */
  readonly errors: readonly string[];
}

/** Why a resource is refused, in one paragraph. */
export function refusalText({ reason, errors }: Refused): string {
  return [reason, ...errors].join(' ');
}

/**
 * Whether an entry or note says that the target admits or reveals what the source did not. Steps that are left to do by
 * hand do not count: with them done, the result is as secure.
 */
export function weakensSecurity(it: ReportEntry | Note): boolean {
  if (it.risk !== 'security') return false;
  return 'fate' in it ? it.fate !== 'exact' : it.kind !== 'manual';
}

/** What one mesh of one environment became. */
export interface Made {
  readonly outputs: readonly Output[];
  readonly resources: readonly Resource[];
  readonly environment: Environment;
  readonly ledger: Ledger;
}

/** `VirtualService/shop/reviews`, with the namespace in which the resource ends up; `?` stands for a missing name. */
export function resourceText(environment: Environment, resource: Resource): string {
  return placeText(resource.kind, environment.namespaceOf(resource), resource.name || '?', '');
}

/** A manifest without fields that are undefined or empty maps of metadata; other empty values mean something. */
export function pruned(manifest: ManifestValue): ManifestValue {
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

export type Creation = Extract<Output, { readonly create: ManifestValue }>;

/** A resource of the workspace by the name that reports give it. */
export function existingAt({ tables, index }: Environment, place: string): Resource | undefined {
  const [kind = '', ...names] = place.split('/');
  const [name = '', namespace = ''] = names.reverse();
  const kinds = tables.kinds.filter((it) => it.name === kind);
  return kinds.map((it) => index.find(it, namespace, name)).find((it) => it !== undefined);
}

/** A new resource the way reports name it. */
export function placeOf({ create: { kind, metadata } }: Creation): string {
  return placeText(kind, metadata.namespace ?? '', metadata.name, '');
}

export function isCreation(output: Output): output is Creation {
  return 'create' in output;
}

/** The name of a file, without its folders. */
export function fileNameOf(uri: Uri): string {
  return decoded(uri.slice(uri.lastIndexOf('/') + 1));
}

/** A part of a uri as people read it. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A lone % is part of the name.
  }
}

/** The path of a file or folder below its workspace folder; its bare name outside of all folders. */
export function folderPath({ folders }: Workspace, uri: Uri): string {
  const folder = folders.filter((it) => `${uri}/`.startsWith(`${it}/`)).sort((a, b) => b.length - a.length)[0];
  if (folder !== undefined) return decoded(uri.slice(folder.length + 1));
  return decoded(uri.slice(Math.max(uri.lastIndexOf('/'), uri.indexOf(':')) + 1));
}
