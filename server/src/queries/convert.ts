/** What some resources look like in another mesh: new manifests, changes of existing ones, and what became of each leaf. */

import type { ConvertOptions } from '../model/convert-options.ts';
import type { Environment } from '../model/environment.ts';
import { addTo } from '../model/group.ts';
import { allResources, type Resource } from '../model/manifest.ts';
import { Ledger, type Note, type ReportEntry } from '../model/report.ts';
import type { Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type DialectId, type Mesh, proxies } from '../meshes/mesh.ts';
import { meshes, meshOf } from '../meshes/meshes.ts';
import type { Conversion, Made, Refused } from './conversion.ts';
import { changedFiles } from './conversion-changes.ts';
import { grounded, unspoken } from './conversion-entries.ts';
import { convertedFiles } from './conversion-files.ts';
import { clashes, renewed } from './conversion-merging.ts';
import { withLosses } from './conversion-security.ts';
import { refusalOf } from './conversion-refusals.ts';

export { type Conversion, refusalText, resourceText, weakensSecurity } from './conversion.ts';
export { securityLosses } from './conversion-security.ts';
export { changedManifests } from './conversion-changes.ts';

/** What to convert: all resources of some files, or some resources. */
export type Selection = ({ readonly uris: readonly Uri[] } | { readonly resources: readonly Resource[] }) & {
  /** Only what this mesh reads; what several meshes read, as this one does. */
  readonly from?: DialectId;
};

/** The meshes that a resource can be converted to; none for kinds that no mesh converts. */
export function targetsFor(resource: Resource): readonly DialectId[] {
  const source = meshOf(resource);
  return source ? meshes.map((it) => it.id).filter((it) => it !== source.id) : [];
}

/**
 * Converts what is selected. Resources of the target mesh itself and kinds that no mesh converts are passed over; what
 * is broken or templated is refused. Facts (Services, subsets, workloads) come from the environment of each resource, and
 * so do the options that are not given, out of its settings.
 */
export function convert(
  workspace: Workspace,
  selection: Selection,
  to: DialectId,
  options: Partial<ConvertOptions> = {},
): Conversion {
  const target = meshes.find((it) => it.id === to);
  if (!target) throw new Error(`There is no mesh "${to}" to convert to.`);
  const refused: Refused[] = [];
  const groups = new Map<Environment, Map<Mesh, Resource[]>>();
  const selected = resourcesOf(workspace, selection);
  for (const resource of selected) {
    const environment = environmentOf(workspace, resource.uri);
    const source = meshOf(resource);
    if (!source || source === target || (selection.from ?? source.id) !== source.id) continue;
    const refusal = refusalOf(workspace, resource);
    if (refusal) {
      refused.push(refusal);
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
      const outputs = target
        .write(ir, environment, ledger, { ...environment.settings.convert, ...options })
        .map((it) => renewed(it, environment, ledger));
      const report = ledger.report((resource, path) => unspoken(source, target, resource, path));
      const asWritten = grounded(outputs, environment);
      for (const entry of report.entries) addTo(entries, entry.resource, asWritten(entry));
      for (const note of report.notes) if (!notes.some((it) => it.text === note.text)) notes.push(note);
      made.push({ outputs, resources, environment, ledger });
    }
  }
  const { files, notes: notesOfFiles } = convertedFiles(workspace, made, entries, to);
  notes.push(...clashes(made), ...notesOfFiles);
  const report = selected.flatMap((it) => entries.get(it) ?? []);
  return {
    to,
    outputs: withLosses(workspace, files, { report, notes }),
    changes: changedFiles(made.flatMap((it) => it.outputs)),
    report,
    notes,
    refused,
  };
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
