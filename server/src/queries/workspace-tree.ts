/**
 * The workspace as a tree: the meshes that it speaks to, their namespaces, the hosts in each, what is written for a host,
 * and where its routes lead. Findings are counted for each node when its parent is opened.
 */

import { callRowsFor } from '../meshes/calls.ts';
import { Namespace, Service } from '../meshes/kubernetes/common/kinds.ts';
import type { Dialect } from '../meshes/mesh.ts';
import { dialects, meshesOf } from '../meshes/meshes.ts';
import { subjectOf, type TrafficRole } from '../meshes/subjects.ts';
import { type Environment, namesAt } from '../model/environment.ts';
import { addTo } from '../model/group.ts';
import { isOfKind, kindId } from '../model/kind.ts';
import { definitionsOf, referencesAt } from '../model/lookup.ts';
import { allResources, rangeAt, type Resource, resourceAt, resourcesOf, startOf } from '../model/manifest.ts';
import type { Diagnostic } from '../model/rule.ts';
import type { Location, Path } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { findingsOf } from './findings.ts';
import { type Subject, subjectsOf } from './workspace-subjects.ts';

/** One line of the tree. */
export interface TreeNode {
  /** What it is asked for by; the same for the same thing in a later state of the workspace. */
  readonly id: string;
  readonly type: NodeType;
  /** A mesh, `shop`, `reviews`, `VirtualService reviews`; empty for the namespace of what stands in none. */
  readonly name: string;
  /** Of a resource, what it does to the traffic. */
  readonly role?: TrafficRole;
  /** The namespace of a resource or destination, where it is another one than that of the host. */
  readonly elsewhere?: string;
  /** Where a click leads; absent where nothing of it is written. */
  readonly location?: Location;
  /** How many resources stand below, each once. */
  readonly resources: number;
  readonly findings: FindingCounts;
  readonly hasChildren: boolean;
}

/** A destination is where a route leads. */
export type NodeType = 'mesh' | 'namespace' | 'service' | 'gateway' | 'host' | 'resource' | 'destination';

/** Findings below a node by how bad they are; hints are not counted. */
export interface FindingCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

/** A finding below a node, with its file. */
export interface TreeFinding extends Pick<Diagnostic, 'severity' | 'code' | 'message'> {
  readonly location: Location;
  /** `VirtualService reviews`. */
  readonly resource: string;
}

interface Branch {
  readonly id: string;
  readonly type: NodeType;
  readonly name: string;
  readonly role?: TrafficRole;
  readonly elsewhere?: string;
  readonly place?: { readonly resource: Resource; readonly path: Path };
  readonly resources: ReadonlySet<Resource>;
  children(): readonly Branch[];
}

/** The nodes below a node, in their order; below none, the meshes. Empty for a node that is gone. */
export function treeChildren(workspace: Workspace, id?: string): readonly TreeNode[] {
  const branches = id === undefined ? rootsOf(workspace) : (branchOf(workspace, id)?.children() ?? []);
  return branches.map((it) => nodeOf(workspace, it));
}

/** The resources below a node, each once; below none, all of the tree. */
export function treeResources(workspace: Workspace, id?: string): readonly Resource[] {
  const branches = id === undefined ? rootsOf(workspace) : [branchOf(workspace, id)];
  return [...new Set(branches.flatMap((it) => [...(it?.resources ?? [])]))];
}

/** The mesh whose part of the tree a node belongs to; undefined for a node that is gone. */
export function treeMesh(workspace: Workspace, id: string): Dialect | undefined {
  return branchOf(workspace, id) && dialects.find((it) => it.id === id.split('\n')[0]);
}

/** The findings below a node, file by file in their order, hints left out. */
export function treeFindings(workspace: Workspace, id?: string): readonly TreeFinding[] {
  return treeResources(workspace, id).flatMap((resource) => {
    const manifest = workspace.manifests.get(resource.uri);
    const start = (manifest && startOf(manifest, resource.part)) ?? 0;
    return ownFindings(workspace, resource).map(({ severity, code, message, range }) => ({
      severity,
      code,
      message,
      location: { uri: resource.uri, range: { start: start + range.start, end: start + range.end } },
      resource: labelOf(resource),
    }));
  });
}

/** Asks for the findings below a node, a resource at a step; what counts them later has them at hand. */
export function* readFindings(workspace: Workspace, id?: string): Generator<void> {
  for (const resource of treeResources(workspace, id)) {
    ownFindings(workspace, resource);
    yield;
  }
}

function countFindings(workspace: Workspace, resources: Iterable<Resource>): FindingCounts {
  const counts = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const resource of resources) for (const { severity } of ownFindings(workspace, resource)) counts[severity] += 1;
  return { errors: counts.error, warnings: counts.warning, infos: counts.info };
}

/** The findings of one resource; those of its document belong to it where it is the only one there. */
function ownFindings(workspace: Workspace, resource: Resource) {
  const { uri, part } = resource;
  const environment = environmentOf(workspace, uri);
  const isAlone = resourcesOf(uri, part).length === 1;
  return findingsOf(environment, uri, part).filter(
    (it) => it.severity !== 'hint' && (isAlone || resourceAt(uri, part, it.range.start) === resource),
  );
}

function nodeOf(workspace: Workspace, branch: Branch): TreeNode {
  const { id, type, name, role, elsewhere, place } = branch;
  const manifest = place && workspace.manifests.get(place.resource.uri);
  return {
    id,
    type,
    name,
    ...(role ? { role } : {}),
    ...(elsewhere === undefined ? {} : { elsewhere }),
    ...(manifest ? { location: { uri: manifest.uri, range: rangeAt(manifest, place.resource, place.path) } } : {}),
    resources: branch.resources.size,
    findings: countFindings(workspace, branch.resources),
    hasChildren: branch.children().length > 0,
  };
}

const roots = new WeakMap<Workspace, readonly Branch[]>();

function rootsOf(workspace: Workspace): readonly Branch[] {
  for (const _ of readTree(workspace));
  return roots.get(workspace) ?? [];
}

function branchOf(workspace: Workspace, id: string): Branch | undefined {
  let found: Branch | undefined;
  let branches = rootsOf(workspace);
  let sought = '';
  for (const step of id.split('\n')) {
    sought = sought === '' ? step : `${sought}\n${step}`;
    found = branches.find((it) => it.id === sought);
    if (!found) return undefined;
    branches = found.children();
  }
  return found;
}

/** A resource in its place: below a host of its own or another namespace, or in a namespace as a whole. */
interface Placed {
  readonly resource: Resource;
  readonly environment: Environment;
  readonly namespace: string;
  readonly subject: Subject | undefined;
}

/**
 * Reads the tree of a workspace, a resource at a step, so that whoever has more to do may do it in between. Other questions
 * about the tree read it at once where nobody has.
 */
export function* readTree(workspace: Workspace): Generator<void> {
  if (roots.has(workspace)) return;
  const byMesh = new Map<Dialect, Placed[]>();
  for (const manifest of workspace.manifests.values()) {
    for (const resource of allResources(manifest)) {
      yield;
      if (resource.name === '') continue;
      const environment = environmentOf(workspace, resource.uri);
      if (environment.isPartial(resource.uri)) continue;
      for (const mesh of meshesOf(resource, environment))
        for (const it of placesOf(environment, resource)) addTo(byMesh, mesh, it);
    }
  }
  const read = dialects.flatMap((mesh) => {
    const placed = byMesh.get(mesh);
    return placed ? [meshBranch(mesh, placed)] : [];
  });
  roots.set(workspace, read);
}

function placesOf(environment: Environment, resource: Resource): readonly Placed[] {
  const subjects = subjectsOf(environment, resource);
  if (subjects.length === 0) {
    const namespace = isOfKind(resource, Namespace) ? resource.name : environment.namespaceOf(resource);
    return [{ resource, environment, namespace, subject: undefined }];
  }
  return subjects.map((subject) => ({ resource, environment, namespace: subject.namespace, subject }));
}

function meshBranch({ id, name }: Dialect, placed: readonly Placed[]): Branch {
  return branch({ id, type: 'mesh', name }, placed, () => {
    const byNamespace = new Map<string, Placed[]>();
    for (const it of placed) addTo(byNamespace, it.namespace, it);
    return [...byNamespace].sort(([a], [b]) => compare(a, b)).map(([it, own]) => namespaceBranch(id, it, own));
  });
}

function namespaceBranch(mesh: string, name: string, placed: readonly Placed[]): Branch {
  const id = `${mesh}\n${name}`;
  return branch({ id, type: 'namespace', name }, placed, () => {
    const byHost = new Map<string, Placed[]>();
    for (const it of placed) if (it.subject) addTo(byHost, it.subject.name, it);
    const hosts = [...byHost].sort(([a], [b]) => compare(a, b)).map(([it, own]) => hostBranch(id, it, own));
    const others = placed.filter((it) => it.subject === undefined);
    return [...hosts, ...resourceBranches(id, name, others)];
  });
}

function hostBranch(parent: string, name: string, placed: readonly Placed[]): Branch {
  const resource = placed.map((it) => it.subject?.resource).find((it) => it !== undefined);
  const namespace = placed[0]?.namespace ?? '';
  const id = `${parent}\n${name}`;
  return branch(
    {
      id,
      type: resource ? (isOfKind(resource, Service) ? 'service' : 'gateway') : 'host',
      name,
      ...(resource ? { place: { resource, path: ['metadata', 'name'] } } : {}),
    },
    placed,
    () =>
      resourceBranches(
        id,
        namespace,
        // A gateway stands for itself.
        placed.filter((it) => it.resource !== resource || isOfKind(it.resource, Service)),
      ),
  );
}

const roleOrder: readonly TrafficRole[] = ['gateway', 'route', 'destination', 'policy', 'other'];

function resourceBranches(parent: string, namespace: string, placed: readonly Placed[]): readonly Branch[] {
  const counts = new Map<string, number>();
  return placed
    .map((it) => ({ ...it, role: subjectOf(idOf(it.resource))?.role ?? 'other' }))
    .sort((a, b) => roleOrder.indexOf(a.role) - roleOrder.indexOf(b.role) || compareResources(a.resource, b.resource))
    .map((it) => {
      const name = labelOf(it.resource);
      // Overlays and older copies bear the same name.
      const number = (counts.get(name) ?? 0) + 1;
      counts.set(name, number);
      const id = `${parent}\n${name}${number > 1 ? ` #${number}` : ''}`;
      const own = isOfKind(it.resource, Namespace) ? it.resource.name : it.environment.namespaceOf(it.resource);
      return branch(
        {
          id,
          type: 'resource',
          name,
          role: it.role,
          ...(own === namespace ? {} : { elsewhere: own }),
          place: { resource: it.resource, path: ['metadata', 'name'] },
        },
        [it],
        () => (it.role === 'route' ? destinationBranches(id, it) : []),
      );
    });
}

/** Where a route leads, each once, in the order of the file. */
function destinationBranches(parent: string, { resource, environment, namespace }: Placed): readonly Branch[] {
  const found = new Map<string, Branch>();
  for (const row of callRowsFor(idOf(resource))) {
    if (row.role !== 'to') continue;
    for (const named of namesAt(environment, resource, row.path)) {
      const { path } = named.site;
      const target = referencesAt(environment, resource, path)
        .flatMap((it) => definitionsOf(environment, it, named))
        .map((it) => it.site.resource)[0];
      const [own, name] = target ? [environment.namespaceOf(target), target.name] : [namespace, named.text];
      const id = `${parent}\n${own}/${name}`;
      if (found.has(id)) continue;
      const elsewhere = own === namespace ? {} : { elsewhere: own };
      found.set(
        id,
        branch({ id, type: 'destination', name, ...elsewhere, place: { resource, path } }, [], () => []),
      );
    }
  }
  return [...found.values()];
}

/** A branch whose children are made at the first question for them. */
function branch(
  own: Omit<Branch, 'resources' | 'children'>,
  placed: readonly Placed[],
  children: () => readonly Branch[],
): Branch {
  let known: readonly Branch[] | undefined;
  return {
    ...own,
    resources: new Set(placed.map((it) => it.resource)),
    children() {
      known ??= children();
      return known;
    },
  };
}

function labelOf({ kind, name }: Resource): string {
  return `${kind} ${name}`;
}

function idOf(resource: Resource): string {
  return kindId({ group: resource.group, name: resource.kind });
}

function compareResources(a: Resource, b: Resource): number {
  return compare(labelOf(a), labelOf(b)) || compare(a.uri, b.uri);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
