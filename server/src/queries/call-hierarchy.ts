/** Who calls a service and what it calls, by routes and by policies that allow. */

import { callersOf, callRowsFor, upstreamsOf } from '../meshes/calls.ts';
import { Service, ServiceAccount, workloadKinds } from '../meshes/kubernetes/common/kinds.ts';
import { servicesOfPods, workloadOf } from '../meshes/kubernetes/common/workloads.ts';
import { type Environment, namesAt, rowsFor, siteOf } from '../model/environment.ts';
import { isOfKind, kindId } from '../model/kind.ts';
import { definitionsOf, keysAt, referencesAt } from '../model/lookup.ts';
import { rangeAt, type Resource, startOf } from '../model/manifest.ts';
import type { Named } from '../model/reference.ts';
import type { Path, Range, Uri } from '../model/text.ts';
import { matchesPattern } from '../model/value.ts';
import type { Workspace } from '../model/workspace.ts';
import { definedAt } from './definition.ts';
import { type SpotInFile, spotInFile } from './spot.ts';
import { wholeRange } from './symbols.ts';

/** A resource, or somebody whom a policy names; asking again at the start of its `selection` means the same. */
export interface CallItem {
  readonly name: string;
  readonly detail: string;
  readonly type: 'service' | 'route' | 'caller';
  readonly uri: Uri;
  readonly range: Range;
  /** The name, within the range. */
  readonly selection: Range;
}

export interface Call {
  readonly item: CallItem;
  /** Where the one who calls says so; in the file of the caller. */
  readonly ranges: readonly Range[];
}

/** What the calls of the place at an offset are asked of; empty where nothing calls or is called. */
export function callItems(workspace: Workspace, uri: Uri, offset: number): readonly CallItem[] {
  const spot = spotInFile(workspace, uri, offset);
  if (!spot) return [];
  return subjectsAt(spot)
    .filter((it) => takesPart(it, spot.environment))
    .flatMap((it) => itemOf(workspace, spot.environment, it));
}

/** Who leads traffic to what stands at an offset, and who may call it by policies. */
export function incomingCalls(workspace: Workspace, uri: Uri, offset: number): readonly Call[] {
  const spot = spotInFile(workspace, uri, offset);
  if (!spot) return [];
  const calls = new Calls(workspace);
  for (const { subject, environment } of deployedSubjects(spot)) {
    for (const named of usesOf(environment, subject))
      if (roleOf(named.site.resource, named.site.path) === 'to')
        calls.add(environment, named.site.resource, rangeOf(workspace, named.site.resource, named.site.path));
    for (const { resource } of namedBy(environment, subject, 'about'))
      calls.add(environment, resource, rangeOf(workspace, resource, ['metadata', 'name']));
    if (!isOfKind(subject, Service)) continue;
    for (const { policy, path, text } of callersOf(subject, environment)) calls.addCaller(policy, path, text);
  }
  return calls.list;
}

/** Where what stands at an offset sends its traffic: a route to its backends, a Service to its routes and upstreams. */
export function outgoingCalls(workspace: Workspace, uri: Uri, offset: number): readonly Call[] {
  const spot = spotInFile(workspace, uri, offset);
  if (!spot) return [];
  const calls = new Calls(workspace);
  for (const { subject, environment } of deployedSubjects(spot)) {
    const own = rangeOf(workspace, subject, ['metadata', 'name']);
    for (const { resource, path } of namedBy(environment, subject, 'to'))
      calls.add(environment, resource, rangeOf(workspace, subject, path));
    for (const { site } of usesOf(environment, subject))
      if (roleOf(site.resource, site.path) === 'about') calls.add(environment, site.resource, own);
    if (!isOfKind(subject, Service)) continue;
    for (const { target } of upstreamsOf(subject, environment)) calls.add(environment, target, own);
  }
  return calls.list;
}

/** Resources that a place speaks of: its own, or what is named there; for an account the Services of its pods. */
function subjectsAt(spot: SpotInFile): readonly Resource[] {
  const { environment, resource, path, text } = spot;
  const isOwn = ['metadata.name', 'kind'].includes(path.join('.'));
  const defined = isOwn ? [resource] : definedAt(spot).map((it) => it.site.resource);
  const isNamed = isOwn || referencesAt(environment, resource, path).length > 0;
  const subjects = defined.length > 0 || isNamed ? defined : [resource];
  const accounts = keysAt(environment, resource, path, text).filter((it) => it.space === kindId(ServiceAccount));
  const services = accounts.flatMap((it) => servicesRunningAs(environment, it.key));
  return [...new Set([...subjects, ...services])];
}

/** The subjects of a place, in each environment that deploys one: overlays route to what their base defines. */
function deployedSubjects(
  spot: SpotInFile,
): readonly { readonly subject: Resource; readonly environment: Environment }[] {
  return subjectsAt(spot).flatMap((subject) =>
    [spot.environment, ...spot.environment.takenBy(subject.uri)].map((environment) => ({ subject, environment })),
  );
}

function servicesRunningAs(environment: Environment, account: string): readonly Resource[] {
  return environment.index.referencesTo(kindId(ServiceAccount), account).flatMap(({ site: { resource } }) => {
    const workload = workloadKinds.some((it) => isOfKind(resource, it.kind)) && workloadOf(resource, environment);
    return workload ? servicesOfPods(environment, workload.namespace, workload.labels).map((it) => it.resource) : [];
  });
}

function takesPart(resource: Resource, environment: Environment): boolean {
  if (isOfKind(resource, Service) || isOfKind(resource, ServiceAccount)) return true;
  if (callRowsFor(idOf(resource)).length > 0) return true;
  return [...usesOf(environment, resource)].some(({ site }) => roleOf(site.resource, site.path) !== undefined);
}

/** Where anything uses a name that a resource defines. */
function* usesOf(environment: Environment, resource: Resource): Generator<Named> {
  const { index, tables } = environment;
  const own = { space: idOf(resource), key: `${environment.namespaceOf(resource)}/${resource.name}` };
  const inFields = rowsFor(tables, idOf(resource)).declarations.flatMap((row) =>
    [...namesAt(environment, resource, row.path)].flatMap(({ text, site }) =>
      row.keys(text, site).map((key) => ({ space: row.space, key })),
    ),
  );
  const keys = new Map([own, ...inFields].map((it) => [`${it.space} ${it.key}`, it]));
  for (const { space, key } of keys.values()) yield* index.referencesTo(space, key);
}

/** What the fields of a resource with a role name, each with the field. */
function* namedBy(
  environment: Environment,
  resource: Resource,
  role: 'about' | 'to',
): Generator<{ readonly resource: Resource; readonly path: Path }> {
  for (const row of callRowsFor(idOf(resource))) {
    if (row.role !== role) continue;
    for (const named of namesAt(environment, resource, row.path)) {
      const { path } = named.site;
      for (const reference of referencesAt(environment, resource, path))
        for (const { site } of definitionsOf(environment, reference, named)) yield { resource: site.resource, path };
    }
  }
}

function roleOf(resource: Resource, path: Path): 'about' | 'to' | undefined {
  return callRowsFor(idOf(resource)).find((it) => matchesPattern(path, it.path))?.role;
}

/** Calls by the one at their other end, in the order in which they were found. */
class Calls {
  readonly #workspace: Workspace;
  readonly #found = new Map<string, { readonly item: CallItem; readonly ranges: Range[] }>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  get list(): readonly Call[] {
    return [...this.#found.values()];
  }

  add(environment: Environment, resource: Resource, range: Range): void {
    for (const it of itemOf(this.#workspace, environment, resource)) this.#take(it, range);
  }

  addCaller(policy: Resource, path: Path, text: string): void {
    const range = rangeOf(this.#workspace, policy, path);
    this.#take(
      {
        name: text,
        detail: `may call by ${policy.kind} ${policy.name}`,
        type: 'caller',
        uri: policy.uri,
        range,
        selection: range,
      },
      range,
    );
  }

  #take(item: CallItem, range: Range): void {
    const key = `${item.uri} ${item.selection.start}`;
    const known = this.#found.get(key);
    if (!known) this.#found.set(key, { item, ranges: [range] });
    else if (!known.ranges.some((it) => it.start === range.start)) known.ranges.push(range);
  }
}

/** A resource as an item; none when its file is gone. */
function itemOf(workspace: Workspace, environment: Environment, resource: Resource): CallItem[] {
  const manifest = workspace.manifests.get(resource.uri);
  if (!manifest) return [];
  const range = wholeRange(resource, startOf(manifest, resource.part) ?? 0);
  const selection = rangeAt(manifest, resource, ['metadata', 'name']);
  const isInside = range.start <= selection.start && selection.end <= range.end;
  return [
    {
      name: `${resource.kind} ${resource.name}`,
      detail: siteOf(environment, resource, []).namespace,
      type: callRowsFor(idOf(resource)).length > 0 ? 'route' : 'service',
      uri: resource.uri,
      range: isInside ? range : selection,
      selection,
    },
  ];
}

function rangeOf(workspace: Workspace, resource: Resource, path: Path): Range {
  const manifest = workspace.manifests.get(resource.uri);
  return manifest ? rangeAt(manifest, resource, path) : { start: 0, end: 0 };
}

function idOf(resource: Resource): string {
  return kindId({ group: resource.group, name: resource.kind });
}
