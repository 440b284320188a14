/** What some resources look like in another mesh: new manifests, changes of existing ones, and what became of each leaf. */

import type { ConvertOptions } from '../model/convert-options.ts';
import type { Environment } from '../model/environment.ts';
import { addTo } from '../model/group.ts';
import { isOfKind } from '../model/kind.ts';
import { allResources, type Resource } from '../model/manifest.ts';
import { Ledger, type Note, type ReportEntry } from '../model/report.ts';
import type { Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type Dialect, type DialectId, proxies } from '../meshes/mesh.ts';
import { dialects, isFor, meshes, meshesOf } from '../meshes/meshes.ts';
import { type Conversion, type Refused, weakensSecurity } from './conversion.ts';
import { changedFiles, withEdits } from './conversion-changes.ts';
import { grounded, keptEntries, unspoken } from './conversion-entries.ts';
import { convertedFiles } from './conversion-files.ts';
import { clashes, renewed } from './conversion-merging.ts';
import { withLosses } from './conversion-security.ts';
import { namedSafely } from './conversion-names.ts';
import { refusalOf } from './conversion-refusals.ts';
import { modernize, type Modernized } from './modernize.ts';
import { presentFormTitle, supersededBy } from './present-form.ts';

export { type Conversion, refusalText, resourceText, weakensSecurity } from './conversion.ts';
export { securityLosses } from './conversion-security.ts';
export { changedManifests } from './conversion-changes.ts';

/** What to convert: all resources of some files, or some resources. */
export type Selection = ({ readonly uris: readonly Uri[] } | { readonly resources: readonly Resource[] }) & {
  /** Only what belongs to this one; what may belong to several, as this one reads it. */
  readonly from?: DialectId;
};

/**
 * The meshes that a resource can be converted to; none for kinds that no mesh converts. Its own is among them where newer
 * kinds have taken the place of its kind.
 */
export function targetsFor(resource: Resource, environment?: Environment): readonly DialectId[] {
  const sources = meshesOf(resource, environment);
  const isOld = presentFormTitle(resource) !== undefined;
  return dialects.filter((it) => sources.some((source) => source !== it || isOld)).map((it) => it.id);
}

/**
 * Converts what is selected. Resources of the target mesh itself are brought to its present form, as far as they are not
 * in it already; kinds that no mesh converts are passed over, and what is broken or templated is refused. Facts (Services,
 * subsets, workloads) come from the environment of each resource, and so do the options that are not given, out of its
 * settings. Environments are converted one after the other, in the order of their first files, and none counts for what
 * another becomes; for who converts them in several steps, `taken` holds the paths of new files so far, in small letters.
 */
export function convert(
  workspace: Workspace,
  selection: Selection,
  to: DialectId,
  options: Partial<ConvertOptions> = {},
  taken: Set<string> = new Set(),
): Conversion {
  const target = dialects.find((it) => it.id === to);
  if (!target) throw new Error(`There is nothing "${to}" to convert to.`);
  const refused: Refused[] = [];
  const entries = new Map<Resource, ReportEntry[]>();
  const selected = resourcesOf(workspace, selection);
  const uris = 'uris' in selection ? selection.uris : selected.map((it) => it.uri);
  const groups = new Map(uris.map((it) => [environmentOf(workspace, it), new Map<Dialect, Resource[]>()] as const));
  for (const resource of selected) {
    const environment = environmentOf(workspace, resource.uri);
    const sources = sourcesOf(resource, environment, selection.from);
    if (sources.length === 0) continue;
    const stays = sources.every((it) => it === target) && !supersededBy(resource);
    const refusal = stays ? undefined : refusalOf(workspace, resource);
    if (refusal) {
      refused.push(refusal);
      continue;
    }
    if (target.keeps?.(resource, { ...environment.settings.convert, ...options })) {
      entries.set(resource, keptEntries(environment, resource, target));
      continue;
    }
    for (const source of sources) addTo(groups.get(environment) ?? new Map<Dialect, Resource[]>(), source, resource);
  }

  const converted = [...groups].map(([environment, byMesh]) => {
    const own = [...byMesh].map(([source, resources]) => {
      const written =
        source === target
          ? modernize(environment, resources, target, options)
          : translated(environment, resources, source, target, options);
      for (const entry of written.report.entries)
        if (isFor(source, entry.resource, entry.path)) addTo(entries, entry.resource, entry);
      return written;
    });
    const made = own.map((it) => it.made);
    const { files, notes } = convertedFiles(workspace, made, entries, to, taken);
    return {
      environment,
      made,
      files,
      notes: [...own.flatMap((it) => it.report.notes), ...clashes(made), ...notes],
      edits: own.flatMap((it) => it.edits),
    };
  });
  const report = selected.flatMap((it) => entries.get(it) ?? []);
  const losses = new Map<Environment, ReportEntry[]>();
  for (const it of report.filter(weakensSecurity)) addTo(losses, environmentOf(workspace, it.resource.uri), it);
  return {
    to,
    outputs: converted.flatMap(({ environment, files, notes }) =>
      withLosses(workspace, files, { report: losses.get(environment) ?? [], notes }),
    ),
    changes: withEdits(
      changedFiles(converted.flatMap((it) => it.made.flatMap(({ outputs }) => outputs))),
      converted.flatMap((it) => it.edits),
    ),
    report,
    notes: distinctNotes(converted.flatMap((it) => it.notes)),
    refused,
  };
}

/** Notes without those that say what another has said. */
export function distinctNotes(notes: readonly Note[]): readonly Note[] {
  const byText = new Map<string, Note>();
  for (const it of notes) if (!byText.has(it.text)) byText.set(it.text, it);
  return [...byText.values()];
}

/** Resources of one mesh and environment in the words of another mesh. */
function translated(
  environment: Environment,
  resources: readonly Resource[],
  source: Dialect,
  target: Dialect,
  options: Partial<ConvertOptions>,
): Modernized {
  const ledger = new Ledger(resources);
  const choices = { ...environment.settings.convert, ...options };
  const { gatewayClass } = meshes.find((it) => it.id === source.id) ?? {};
  const ir = {
    ...source.read(resources, environment, choices),
    proxy: proxies[source.id],
    ...(gatewayClass === undefined ? {} : { gatewayClass }),
  };
  for (const { from, code, reason, risk } of ir.peculiar) ledger.lost(from, code, reason, risk);
  for (const { kind, text, risk } of ir.notes ?? []) ledger.note(kind, text, risk);
  const outputs = namedSafely(target.write(ir, environment, ledger, choices), ledger).map((it) =>
    renewed(it, environment, ledger),
  );
  const { entries, notes } = ledger.report((resource, path) => unspoken(source, target, resource, path));
  return {
    made: { outputs, resources, environment, ledger },
    report: { entries: entries.map(grounded(outputs, environment)), notes },
    edits: [],
  };
}

/** In which dialects a resource is read. A source that is asked for decides where nothing else does. */
function sourcesOf(resource: Resource, environment: Environment, from: DialectId | undefined): readonly Dialect[] {
  const sources = meshesOf(resource, environment);
  if (from === undefined) return sources;
  const own = sources.filter((it) => it.id === from);
  const isOpen = sources.some((it) => it.id === 'gateway-api');
  const asked = dialects.find((it) => it.id === from && it.shares.some((kind) => isOfKind(resource, kind)));
  return own.length === 0 && isOpen && asked ? [asked] : own;
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
