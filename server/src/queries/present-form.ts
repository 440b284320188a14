/**
 * Resources in the present form of their own mesh: what a kind that newer ones have taken the place of becomes, with an
 * account of every leaf, and the fix that puts it in the place of the old one.
 */

import type { ConvertOptions } from '../model/convert-options.ts';
import type { Environment } from '../model/environment.ts';
import { isOfKind } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import { Ledger, type Note, type ReportEntry } from '../model/report.ts';
import type { Fix, FixEdit } from '../model/rule.ts';
import { type Dialect, type ManifestValue, type Output, proxies, type Superseded } from '../meshes/mesh.ts';
import { dialects } from '../meshes/meshes.ts';
import { joinDocuments, manifestYaml } from '../render/manifest-yaml.ts';
import { changedFiles } from './conversion-changes.ts';
import { grounded, unspoken } from './conversion-entries.ts';
import { carryComments } from './conversion-comments.ts';
import { renewed } from './conversion-merging.ts';
import { namedSafely } from './conversion-names.ts';
import { isCreation, placeOf, pruned, weakensSecurity } from './conversion.ts';

/** The row of a kind that is to be converted within its mesh, and the mesh; undefined for present kinds. */
export function supersededBy(resource: Resource): { readonly row: Superseded; readonly mesh: Dialect } | undefined {
  for (const mesh of dialects) {
    const row = mesh.superseded?.find((it) => isOfKind(resource, it.kind));
    if (row) return { row, mesh };
  }
  return undefined;
}

/**
 * `Convert to HTTPRoute`, for a resource that can become something newer of its mesh. With its environment, the kind is
 * the one that really results: protocols of ports decide between HTTPRoute, GRPCRoute and TCPRoute.
 */
export function presentFormTitle(resource: Resource, environment?: Environment): string | undefined {
  const found = supersededBy(resource);
  const becomes = found?.row.becomes;
  if (!found || becomes === undefined) return undefined;
  const kinds = environment ? replacementOf(resource, found.mesh, environment).kinds : [];
  return `Convert to ${kinds.includes(becomes) ? becomes : (kinds[0] ?? becomes)}`;
}

/**
 * Writes superseded resources of one mesh and environment as that mesh wants them today. The ledger learns the fate of
 * every leaf; present kinds among the resources are left alone.
 */
export function presentForm(
  resources: readonly Resource[],
  mesh: Dialect,
  environment: Environment,
  ledger: Ledger,
  options: Partial<ConvertOptions> = {},
): readonly Output[] {
  const all = { ...environment.settings.convert, ...options };
  const outputs: Output[] = [];
  const read: Resource[] = [];
  for (const row of mesh.superseded ?? []) {
    const own = resources.filter((it) => isOfKind(it, row.kind));
    if (own.length === 0) continue;
    if (row.write) outputs.push(...row.write(own, environment, ledger, all));
    else read.push(...own);
  }
  if (read.length > 0) {
    const ir = { ...mesh.read(read, environment), proxy: proxies[mesh.id] };
    for (const { from, code, reason, risk } of ir.peculiar) ledger.lost(from, code, reason, risk);
    for (const { kind, text, risk } of ir.notes ?? []) ledger.note(kind, text, risk);
    outputs.push(...mesh.write(ir, environment, ledger, all));
  }
  return namedSafely(outputs, ledger).map((it) => renewed(it, environment, ledger));
}

/**
 * The fix that puts what a superseded resource becomes in its place, and changes what has to change elsewhere. It is made
 * when it is asked for; where the result is less secure than the resource, or nothing can be written, it only leads to a
 * preview. Undefined for present kinds and for texts in which nothing can take its place: templates, patches, lists.
 */
export function presentFormFix(environment: Environment, resource: Resource): Fix | undefined {
  const usual = presentFormTitle(resource);
  const found = supersededBy(resource);
  const { part } = resource;
  if (!found || usual === undefined || resource.root.length > 0 || environment.isPartial(resource.uri))
    return undefined;
  if (part.masked.templated || !part.isWellFormed) return undefined;
  // Made anew whenever it is asked for: what other files hold may have changed.
  const replacement = () => replacementOf(resource, found.mesh, environment);
  return {
    get title() {
      return presentFormTitle(resource, environment) ?? usual;
    },
    get isSafe() {
      const { report, isWritten, notes } = replacement();
      const isKept = report.every((it) => it.fate === 'exact' || it.risk === 'none');
      return isWritten && isKept && notes.every((it) => it.risk === 'none' && it.kind !== 'missing');
    },
    get previews() {
      const { report, isWritten, notes } = replacement();
      return !isWritten || report.some(weakensSecurity) || notes.some(weakensSecurity) ? found.mesh.id : undefined;
    },
    edits: () => replacement().edits,
  };
}

/** What takes the place of a resource. */
export interface Replacement {
  readonly edits: readonly FixEdit[];
  readonly report: readonly ReportEntry[];
  readonly notes: readonly Note[];
  /** Whether there is anything to write. */
  readonly isWritten: boolean;
  /** Kinds of the new resources. */
  readonly kinds: readonly string[];
  /** apiVersion and kind of the first of the new resources. */
  readonly to: string | undefined;
}

/** Where the old resource leaves its namespace to who deploys it, the new one does. */
function placedLike(old: Resource, manifest: ManifestValue, environment: Environment): ManifestValue {
  const { namespace, ...metadata } = manifest.metadata;
  const isUnsaid = old.namespace === undefined && namespace === environment.namespaceOf(old);
  return isUnsaid ? { ...manifest, metadata } : manifest;
}

/** What takes the place of one resource in its file, comments kept where their fields are. */
export function replacementOf(resource: Resource, mesh: Dialect, environment: Environment): Replacement {
  const ledger = new Ledger([resource]);
  const outputs = presentForm([resource], mesh, environment, ledger);
  const { entries: told, notes } = ledger.report((it, path) => unspoken(mesh, mesh, it, path));
  const entries = told.map(grounded(outputs, environment));
  const created = outputs.filter(isCreation);
  const places = new Set(created.map(placeOf));
  const comments = carryComments([resource], new Map([[resource, entries]]), (it) => places.has(it));
  const heads = (comments.heads.get(resource) ?? []).map((it) => `#${it}\n`).join('');
  const documents = created.map((it, position) => {
    const yaml = manifestYaml(placedLike(resource, pruned(it.create), environment), comments.byPlace.get(placeOf(it)));
    return position === 0 ? heads + yaml : yaml;
  });
  const first = created[0]?.create;
  const { part, uri } = resource;
  const start = /^---[^\n]*\n?/.exec(part.text)?.[0].length ?? 0;
  const end = Math.max(part.text.trimEnd().length, start);
  const text = joinDocuments(documents).trimEnd();
  const isWritten = outputs.length > 0;
  const edits: readonly FixEdit[] = [
    { type: 'replace-text', uri, part, range: { start, end }, text },
    ...changedFiles(outputs).flatMap((it) => it.edits),
  ];
  return {
    // What nothing takes the place of stays.
    edits: isWritten ? edits : [],
    report: entries,
    notes,
    isWritten,
    kinds: created.map((it) => it.create.kind),
    to: first && `${first.apiVersion} ${first.kind}`,
  };
}
