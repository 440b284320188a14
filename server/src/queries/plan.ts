/**
 * The way of a workspace from one mesh to another, namespace by namespace: what converts by itself, what somebody must
 * decide, and what to do in which order. The order is the one in which no pod is ever without a mesh that its callers
 * reach: both meshes side by side, plain text let in, routes before pods, labels of both meshes in one step.
 */

import { Namespace, workloadKinds } from '../meshes/kubernetes/common/kinds.ts';
import { everyWorkload, type Workload } from '../meshes/kubernetes/common/workloads.ts';
import { type ConvertOptions, defaultConvertOptions, type Mesh } from '../meshes/mesh.ts';
import { meshes, meshesOf, meshOf } from '../meshes/meshes.ts';
import { type MovingNamespace, restart, type Step } from '../meshes/moving.ts';
import { addTo } from '../model/group.ts';
import { isOfKind } from '../model/kind.ts';
import { allResources, type Resource } from '../model/manifest.ts';
import type { MeshId } from '../model/mesh-id.ts';
import type { Fate, Note } from '../model/report.ts';
import { shellWord } from '../model/shell.ts';
import { type Path, pathText, type Uri } from '../model/text.ts';
import { valueAt } from '../model/value.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { isDecision, type SummaryGroup, type SummaryLine, summarize } from './conversion-summary.ts';
import { type Conversion, convert, resourceText, weakensSecurity } from './convert.ts';

export interface Plan {
  readonly from: Mesh;
  readonly to: Mesh;
  readonly counts: Readonly<Record<Fate, number>>;
  /** Steps for the whole cluster, before the first namespace moves. */
  readonly before: readonly Step[];
  /** In the order in which they move. */
  readonly namespaces: readonly PlannedNamespace[];
  /** Resources that belong to no namespace, or to the whole mesh. */
  readonly everywhere: readonly PlannedResource[];
  /** Steps for the whole cluster, after the last namespace has moved. */
  readonly after: readonly Step[];
  /** Resources of the source that make its pods refuse plain text. */
  readonly strict: readonly string[];
  readonly notes: readonly Note[];
}

export interface PlannedNamespace extends MovingNamespace {
  readonly resources: readonly PlannedResource[];
  /** Workloads that no restart reaches: Jobs, Pods without an owner. */
  readonly unowned: readonly string[];
  /** Labels and annotations of the mesh that it leaves, as they stand in manifests. */
  readonly marks: readonly Mark[];
  /** Resources that exist and get fields of the conversion. */
  readonly changed: readonly string[];
  /** Policies of the source that name clients; a client that has moved already is a stranger to them. */
  readonly refusing: readonly string[];
  readonly steps: readonly Step[];
}

export interface Mark {
  /** `Namespace/shop`. */
  readonly name: string;
  /** The field with its value: `metadata.labels.inject: enabled`. */
  readonly text: string;
}

export interface PlannedResource {
  /** `VirtualService/shop/reviews`. */
  readonly name: string;
  readonly uri: Uri;
  readonly counts: Readonly<Record<Fate, number>>;
  /** What is lost or differs, and does more than read otherwise. */
  readonly decisions: readonly SummaryLine[];
  /** Why it is not converted at all. */
  readonly refusal?: string;
}

/** The mesh that most resources of some files belong to; undefined where none does. */
export function meshToLeave(workspace: Workspace, uris: Iterable<Uri>): Mesh | undefined {
  const counts = new Map<Mesh, number>();
  for (const resource of resourcesIn(workspace, uris)) {
    const mesh = meshes.find((it) => it === meshOf(resource, environmentOf(workspace, resource.uri)));
    if (mesh) counts.set(mesh, (counts.get(mesh) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** The plan for all resources of one mesh in some files. Both meshes have to differ. */
export function plan(
  workspace: Workspace,
  uris: Iterable<Uri>,
  from: MeshId,
  to: MeshId,
  options: ConvertOptions = defaultConvertOptions,
): Plan {
  const all = [...resourcesIn(workspace, uris)];
  const [source, target] = [meshOfId(from), meshOfId(to)];
  const own = all.filter((it) => isToMove(workspace, it, source));
  const conversion = convert(workspace, { resources: own }, to, options);
  const summary = summarize(workspace, conversion);
  const planned = plannedResources(workspace, summary.resources, conversion);
  const workloads = workloadsIn(workspace, all);
  const names = new Set([...planned.keys(), ...workloads.keys()]);
  names.delete('');
  const namespaces = [...names].map((name) =>
    plannedNamespace(
      workspace,
      name,
      planned.get(name) ?? [],
      workloads.get(name) ?? [],
      all,
      source,
      target,
      conversion,
    ),
  );
  return {
    from: source,
    to: target,
    counts: summary.counts,
    before: [...target.moving.install, source.moving.letIn],
    namespaces: namespaces.sort(byRisk),
    everywhere: planned.get('') ?? [],
    after: [target.moving.beStrict, source.moving.uninstall],
    strict: strictResources(workspace, own, source),
    notes: conversion.notes,
  };
}

function strictResources(workspace: Workspace, own: readonly Resource[], mesh: Mesh): readonly string[] {
  const byFile = new Map<Uri, Resource[]>();
  for (const it of own) addTo(byFile, it.uri, it);
  const strict = [...byFile].flatMap(([uri, resources]) => {
    const environment = environmentOf(workspace, uri);
    return mesh
      .read(resources, environment)
      .mutualTls.flatMap(({ mode, ports }) => [mode, ...ports.map((it) => ({ ...it, value: it.value.mode }))])
      .filter((it) => it.value === 'strict')
      .flatMap((it) => it.from.map(({ resource }) => resourceText(environment, resource)));
  });
  return [...new Set(strict)];
}

function* resourcesIn(workspace: Workspace, uris: Iterable<Uri>): Generator<Resource> {
  for (const uri of uris) {
    const manifest = workspace.manifests.get(uri);
    if (manifest) yield* allResources(manifest);
  }
}

/** Whether a resource has to move: it is of the mesh, or of the Gateway API, which the mesh serves together with others. */
function isToMove(workspace: Workspace, resource: Resource, source: Mesh): boolean {
  return meshesOf(resource, environmentOf(workspace, resource.uri)).some(
    (it) => it === source || !meshes.some((mesh) => mesh === it),
  );
}

function meshOfId(id: MeshId): Mesh {
  const mesh = meshes.find((it) => it.id === id);
  if (!mesh) throw new Error(`There is no mesh "${id}".`);
  return mesh;
}

/** Those with nothing to decide go first, to learn from; those that traffic from outside comes in by go last. */
function byRisk(a: PlannedNamespace, b: PlannedNamespace): number {
  const weight = (it: PlannedNamespace) => {
    const decisions = it.resources.flatMap((resource) => resource.decisions);
    const open = decisions.length + it.resources.filter((resource) => resource.refusal !== undefined).length;
    return [isEntrance(it) ? 1 : 0, decisions.filter(isAboutSecurity).length, open, it.workloads.length] as const;
  };
  const [first, second] = [weight(a), weight(b)];
  for (const [at, value] of first.entries()) {
    const difference = value - (second[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.name < b.name ? -1 : 1;
}

/** Whether traffic from outside of the cluster comes in through it. */
export function isEntrance({ resources }: PlannedNamespace): boolean {
  return resources.some((it) => /Gateway\//.test(it.name));
}

/** Whether a decision is one about who is let in, or what is encrypted. */
export function isAboutSecurity({ entry }: SummaryLine): boolean {
  return weakensSecurity(entry);
}

function plannedResources(
  workspace: Workspace,
  groups: readonly SummaryGroup[],
  { refused }: Conversion,
): ReadonlyMap<string, readonly PlannedResource[]> {
  const byNamespace = new Map<string, PlannedResource[]>();
  for (const { name, resource, counts, lines } of groups) {
    const decisions = lines.filter(isDecision);
    addTo(byNamespace, environmentOf(workspace, resource.uri).namespaceOf(resource), {
      name,
      uri: resource.uri,
      counts,
      decisions,
    });
  }
  for (const { resource, reason } of refused) {
    const environment = environmentOf(workspace, resource.uri);
    addTo(byNamespace, environment.namespaceOf(resource), {
      name: resourceText(environment, resource),
      uri: resource.uri,
      counts: { exact: 0, changed: 0, lost: 0 },
      decisions: [],
      refusal: reason,
    });
  }
  return byNamespace;
}

/** Workloads by namespace, each name once: overlays say the same one several times. */
function workloadsIn(workspace: Workspace, all: readonly Resource[]): ReadonlyMap<string, readonly Workload[]> {
  const asked = new Set(all);
  const environments = new Set(all.map((it) => environmentOf(workspace, it.uri)));
  const byNamespace = new Map<string, Workload[]>();
  const seen = new Set<string>();
  for (const workload of [...environments].flatMap(everyWorkload)) {
    const id = `${workload.namespace} ${workloadText(workload.resource)}`;
    if (!asked.has(workload.resource) || seen.has(id)) continue;
    seen.add(id);
    addTo(byNamespace, workload.namespace, workload);
  }
  return byNamespace;
}

/** What `kubectl rollout restart` takes. */
const restartable = ['Deployment', 'StatefulSet', 'DaemonSet'];

function workloadText({ kind, name }: Resource): string {
  return `${kind.toLowerCase()}/${name}`;
}

function plannedNamespace(
  workspace: Workspace,
  name: string,
  resources: readonly PlannedResource[],
  workloads: readonly Workload[],
  all: readonly Resource[],
  from: Mesh,
  to: Mesh,
  conversion: Conversion,
): PlannedNamespace {
  const owned = workloads.filter((it) => restartable.includes(it.resource.kind));
  const others = workloads.filter((it) => !owned.includes(it));
  const moving: MovingNamespace = { name, workloads: owned.map((it) => workloadText(it.resource)) };
  const isHere = (it: Resource) => environmentOf(workspace, it.uri).namespaceOf(it) === name;
  const refusing = all
    .filter((it) => from.moving.refusing.some((kind) => isOfKind(it, kind)) && isHere(it))
    .map((it) => resourceText(environmentOf(workspace, it.uri), it));
  return {
    ...moving,
    resources,
    unowned: others.map((it) => workloadText(it.resource)),
    marks: marksOf(workspace, name, all, from),
    changed: changedIn(workspace, name, conversion),
    refusing: [...new Set(refusing)],
    steps: namespaceSteps(moving, from, to, filesOf(conversion, name), refusing.length > 0),
  };
}

/** What says in manifests that pods of a namespace are in a mesh. */
function marksOf(workspace: Workspace, namespace: string, all: readonly Resource[], mesh: Mesh): readonly Mark[] {
  const carriers = all.filter((it) => {
    if (isOfKind(it, Namespace)) return it.name === namespace;
    if (!workloadKinds.some(({ kind }) => isOfKind(it, kind))) return false;
    return environmentOf(workspace, it.uri).namespaceOf(it) === namespace;
  });
  const marks = carriers.flatMap((resource) => {
    const environment = environmentOf(workspace, resource.uri);
    return mesh
      .read([resource], environment)
      .injections.flatMap((it) => it.from)
      .map(({ path }) => ({ name: resourceText(environment, resource), text: markText(resource, path) }));
  });
  return [...new Map(marks.map((it) => [`${it.name} ${it.text}`, it])).values()];
}

function markText(resource: Resource, path: Path): string {
  return `${pathText(path)}: ${String(valueAt(resource.value, path))}`;
}

/** The new files that hold something of a namespace. */
function filesOf({ outputs }: Conversion, namespace: string): readonly string[] {
  const isHere = ({ metadata }: { readonly metadata: { readonly namespace?: string } }) =>
    metadata.namespace === namespace;
  return outputs.filter((it) => it.manifests.some(isHere)).map((it) => it.path);
}

/** What exists in a namespace, itself included, and gets fields of the conversion. */
function changedIn(workspace: Workspace, namespace: string, { changes }: Conversion): readonly string[] {
  const resources = changes.flatMap(({ edits }) => edits.flatMap((it) => ('resource' in it ? [it.resource] : [])));
  const here = resources.filter((it) => {
    const environment = environmentOf(workspace, it.uri);
    return isOfKind(it, Namespace) ? it.name === namespace : environment.namespaceOf(it) === namespace;
  });
  return [...new Set(here.map((it) => resourceText(environmentOf(workspace, it.uri), it)))];
}

/** Where the runbook has the new manifests written to. */
export const convertedFolder = 'converted';

function namespaceSteps(
  moving: MovingNamespace,
  from: Mesh,
  to: Mesh,
  files: readonly string[],
  hasPolicies: boolean,
): readonly Step[] {
  const { name } = moving;
  return [
    ...(files.length > 0
      ? [
          {
            title: `Apply the new manifests of ${name}`,
            why: `Pods of ${from.name} pass them over, but for kinds of the Gateway API that ${from.name} reads too: from now on such a route counts beside the old ones.`,
            commands: ['diff', 'apply'].map((verb) => `kubectl ${verb} ${fileFlags(files)}`),
            rollback: [`kubectl delete ${fileFlags(files)}`],
          },
        ]
      : []),
    ...(hasPolicies
      ? [
          {
            title: `Let movers pass the policies of ${name}`,
            why: `Policies of ${from.name} know clients by certificates that only ${from.name} issues. Before the first caller moves, widen those listed above to the address ranges of the pods, or move callers and callees together.`,
            commands: [],
          },
        ]
      : []),
    {
      title: `Move ${name}`,
      why: `Both changes belong together: a pod that starts in between would get a proxy of ${from.name} again, and no injector adds a second one.`,
      commands: [...from.moving.leave(moving), ...to.moving.join(moving), ...restart(moving)],
      checks: to.moving.checks(name),
      rollback: [...to.moving.leave(moving), ...from.moving.join(moving), ...restart(moving)],
    },
    {
      title: `Take the old manifests of ${name} away`,
      why: 'Once it has run well for as long as you need to see its busiest hour.',
      commands: [],
    },
  ];
}

function fileFlags(files: readonly string[]): string {
  return files.map((it) => `-f ${shellWord(`${convertedFolder}/${it}`)}`).join(' ');
}
