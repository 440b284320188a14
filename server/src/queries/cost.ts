/** What a mesh costs in a cluster: memory, CPU and latency with their spread, money, and where each figure comes from. */

import {
  type ArticleRow,
  articleRows,
  articleTotals,
  type CostPart,
  type CostSource,
  type CostVariant,
  type CostVariantId,
  costSources,
  costVariants,
  type Figure,
  listPrices,
  measuredFigures,
  type Reading,
  type SourceId,
} from '../meshes/costs.ts';
import type { Cell } from '../meshes/features/feature.ts';
import { featureById } from '../meshes/features.ts';
import { Deployment, Rollout, StatefulSet } from '../meshes/kubernetes/common/kinds.ts';
import type { Spread } from '../model/amount.ts';
import { type CostInputs, readCostInputs } from '../model/cost-inputs.ts';
import { embeddedIn, isKustomization } from '../model/embedded.ts';
import type { Environment } from '../model/environment.ts';
import { addTo } from '../model/group.ts';
import { isOfKind } from '../model/kind.ts';
import { allResources, type Manifest, type Resource, resourcesOf } from '../model/manifest.ts';
import { type MeshId, meshIds } from '../model/mesh-id.ts';
import type { Uri } from '../model/text.ts';
import { listAt, numberAt, textAt } from '../model/value.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';

export interface CostEstimate {
  readonly inputs: CostInputs;
  /** What was counted in manifests, when somebody asked for it. */
  readonly counted?: WorkloadCount;
  readonly variants: readonly VariantCost[];
  readonly example: readonly ExampleRow[];
  readonly article: readonly ArticleRow[];
  /** Sources with their figures, in the order in which they are listed. */
  readonly sources: readonly SourcedFigures[];
  /** What the pods of each mesh ask for by default, as the comparison says. */
  readonly requests: RequestFootprint;
  readonly prices: typeof listPrices;
}

export interface VariantCost {
  readonly id: CostVariantId;
  readonly mesh: MeshId;
  readonly name: string;
  readonly memory: Amount;
  readonly parts: readonly PartCost[];
  /** Undefined where nobody measured. */
  readonly cpu: Amount | undefined;
  readonly latency: Amount | undefined;
  /** Money for a month. */
  readonly money: Amount;
  /** Whether CPU is in it; where nobody measured it, memory stands alone. */
  readonly moneyHasCpu: boolean;
  readonly remarks: readonly string[];
}

/**
 * How well a number is known: `measured` by somebody in public; `partly` and not at all verified, where it was read in other
 * texts than its source; `printed` in an article without a test.
 */
export type Basis = 'measured' | 'partly' | 'unverified' | 'printed';

export interface Amount extends Spread {
  readonly basis: Basis;
  /** Readings that make up the spread, each with its own sum. Empty for sums of other amounts. */
  readonly readings: readonly ReadingSum[];
}

export interface ReadingSum extends Spread {
  readonly terms: Reading;
}

export interface PartCost extends Spread {
  readonly name: string;
  readonly countedBy: CostPart['countedBy'];
  readonly count: number;
  /** Memory of one, in MB. */
  readonly each: Spread;
  readonly figures: readonly Figure[];
  /** Set when the cluster is larger than what the figures were measured in. */
  readonly beyond?: NonNullable<CostPart['measuredUpTo']>;
}

/** The article's sum for 100 services: as printed, and as its own figures add up. */
export interface ExampleRow {
  readonly mesh: MeshId;
  readonly control: Figure;
  readonly each: Figure;
  readonly printed: Figure;
  readonly sum: Spread;
}

export interface SourcedFigures extends CostSource {
  readonly figures: readonly Figure[];
}

export interface RequestFootprint {
  /** The row of the comparison. */
  readonly featureId: string;
  readonly title: string;
  readonly asked: readonly (Pick<Cell, 'value' | 'source'> & { readonly mesh: MeshId })[];
}

export interface WorkloadCount {
  /** Deployments, StatefulSets and Rollouts, each once. */
  readonly workloads: number;
  readonly pods: number;
  /** Workloads whose replicas stand nowhere or come from a template; they count as one pod each. */
  readonly assumed: number;
}

/** The article's 100 services of one pod each, in a small cluster with the load that proxies are measured at. */
export const defaultCostInputs: CostInputs = {
  services: articleTotals.services,
  replicas: 1,
  nodes: 5,
  waypoints: 1,
  rps: 1000,
  priceGb: monthly(listPrices.gbHour),
  priceVcpu: monthly(listPrices.vcpuHour),
};

/** The row of the comparison that says what pods ask for by default. */
const requestsRow = 'request-footprint';

/** What each mesh costs; inputs that are missing, or make no sense, are those of the example. */
export function estimateCost(given: Partial<CostInputs>, counted?: WorkloadCount): CostEstimate {
  const inputs = { ...defaultCostInputs, ...readCostInputs(given) };
  return {
    inputs,
    ...(counted ? { counted } : {}),
    variants: costVariants.map((it) => variantCost(it, inputs)),
    example: example(),
    article: articleRows,
    sources: costSources.map((it) => ({ ...it, figures: figuresOf(it.id) })),
    requests: requests(),
    prices: listPrices,
  };
}

/** Inputs that a count of workloads gives: as many services, and pods for each on average. */
export function inputsOfCount({ workloads, pods }: WorkloadCount): Partial<CostInputs> {
  return { services: workloads, replicas: workloads === 0 ? 0 : Math.round((pods / workloads) * 1000) / 1000 };
}

/** How many pods a request counts for, rounded, since an average may be a fraction. */
export function podsOf({ services, replicas }: CostInputs): number {
  return Math.round(services * replicas);
}

/**
 * The workloads that run for good, and their pods, in some files; proportional to the workspace. What a kustomization takes
 * in, patches or scales counts once, with the most replicas that anything says of it.
 */
export function countWorkloads(workspace: Workspace, uris: Iterable<Uri> = workspace.manifests.keys()): WorkloadCount {
  const whole = new Map<string, Resource[]>();
  const patches = new Map<string, Resource[]>();
  const scales = new Map<string, Scale[]>();
  for (const manifest of manifestsOf(workspace, uris)) {
    const environment = environmentOf(workspace, manifest.uri);
    for (const it of scalesIn(manifest)) addTo(scales, it.name, { ...it, environment });
    for (const resource of resourcesIn(manifest)) {
      if (!runningKinds.some((it) => isOfKind(resource, it))) continue;
      if (environment.isPartial(manifest.uri)) addTo(patches, `${resource.kind}/${resource.name}`, resource);
      else addTo(whole, [resource.kind, environment.namespaceOf(resource), resource.name].join('/'), resource);
    }
  }
  const counts = [...whole.values()].map((resources) => {
    const said = resources.flatMap((resource) => {
      const environments = deployedIn(workspace, resource);
      const isPatched = environments.some((it) => it.isPatched(resource));
      const changes = isPatched ? (patches.get(`${resource.kind}/${resource.name}`) ?? []) : [];
      const scaled = (scales.get(resource.name) ?? []).filter((it) => environments.includes(it.environment));
      return [...[resource, ...changes].map(replicasOf), ...scaled.map((it) => it.count)];
    });
    const known = said.filter((it) => it !== undefined);
    return known.length > 0 ? Math.max(...known) : undefined;
  });
  return {
    workloads: counts.length,
    pods: sum(counts.map((it) => it ?? 1)),
    assumed: counts.filter((it) => it === undefined).length,
  };
}

/** What a kustomization says of the replicas of a workload, by its name alone. */
interface Scale {
  readonly environment: Environment;
  readonly name: string;
  readonly count: number;
}

function* manifestsOf(workspace: Workspace, uris: Iterable<Uri>): Generator<Manifest> {
  for (const uri of uris) {
    const manifest = workspace.manifests.get(uri);
    if (manifest) yield manifest;
  }
}

/** All resources of a file, also those that stand as text in a kustomization. */
function resourcesIn(manifest: Manifest): readonly Resource[] {
  const { uri, parts } = manifest;
  const embedded = parts.flatMap((part) => embeddedIn(uri, part)).flatMap((part) => resourcesOf(uri, part));
  return [...allResources(manifest), ...embedded];
}

function scalesIn({ uri, parts }: Manifest): readonly Omit<Scale, 'environment'>[] {
  if (!isKustomization(uri)) return [];
  return parts.flatMap(({ goodValue }) =>
    listAt(goodValue, ['replicas']).flatMap((it) => {
      const [name, count] = [textAt(it, ['name']), numberAt(it, ['count'])];
      return name === undefined || count === undefined || count < 0 ? [] : [{ name, count }];
    }),
  );
}

/** What makes pods as long as it is there. A DaemonSet has a pod for each node, but agents of nodes are seldom in a mesh. */
const runningKinds = [Deployment, StatefulSet, Rollout];

function deployedIn(workspace: Workspace, { uri }: Resource): readonly Environment[] {
  const environment = environmentOf(workspace, uri);
  return [environment, ...environment.takenBy(uri)];
}

/** Undefined where nothing is said, and where a template fills it in. */
function replicasOf({ value }: Resource): number | undefined {
  const replicas = numberAt(value, ['spec', 'replicas']);
  return replicas !== undefined && replicas >= 0 ? replicas : undefined;
}

function variantCost(variant: CostVariant, inputs: CostInputs): VariantCost {
  const parts = variant.parts.map((it) => partCost(it, inputs));
  const memory: Amount = {
    low: sum(parts.map((it) => it.low)) / 1000,
    high: sum(parts.map((it) => it.high)) / 1000,
    unit: 'GB',
    basis: basisOf(parts.flatMap((it) => it.figures)),
    readings: [],
  };
  const cpu = readings(variant.cpu, inputs, 'vCPU');
  const latency = readings(variant.latency, inputs, 'ms');
  const { priceGb, priceVcpu } = inputs;
  const money: Amount = {
    low: memory.low * priceGb + (cpu?.low ?? 0) * priceVcpu,
    high: memory.high * priceGb + (cpu?.high ?? 0) * priceVcpu,
    unit: 'cost',
    basis: weakest([memory.basis, ...(cpu ? [cpu.basis] : [])]),
    readings: [],
  };
  const { id, mesh, name, remarks } = variant;
  return { id, mesh, name, memory, parts, cpu, latency, money, moneyHasCpu: cpu !== undefined, remarks };
}

function partCost({ name, countedBy, memory, measuredUpTo }: CostPart, inputs: CostInputs): PartCost {
  const pods = podsOf(inputs);
  const count = { pods, nodes: inputs.nodes, waypoints: inputs.waypoints, once: 1 }[countedBy];
  const each: Spread = {
    low: Math.min(...memory.map((it) => it.low)),
    high: Math.max(...memory.map((it) => it.high)),
    unit: 'MB',
  };
  const isBeyond = measuredUpTo && (inputs.services > measuredUpTo.services || pods > measuredUpTo.pods);
  return {
    name,
    countedBy,
    count,
    each,
    low: count * each.low,
    high: count * each.high,
    unit: 'MB',
    figures: memory,
    ...(isBeyond ? { beyond: measuredUpTo } : {}),
  };
}

function readings(all: readonly Reading[], inputs: CostInputs, unit: Spread['unit']): Amount | undefined {
  const sums = all.map((reading): ReadingSum => {
    const terms = reading.filter((it) => !it.isOfWaypoints || inputs.waypoints > 0);
    const add = (end: 'low' | 'high') =>
      sum(terms.map(({ figure, times, rps }) => figure[end] * times * (rps === undefined ? 1 : inputs.rps / rps)));
    return { terms, low: add('low'), high: add('high'), unit };
  });
  if (sums.length === 0) return undefined;
  return {
    low: Math.min(...sums.map((it) => it.low)),
    high: Math.max(...sums.map((it) => it.high)),
    unit,
    basis: basisOf(sums.flatMap((it) => it.terms.map(({ figure }) => figure))),
    readings: sums,
  };
}

const articleId: SourceId = 'article-2023';

function basisOf(figures: readonly Figure[]): Basis {
  if (figures.some((it) => it.source === articleId)) return 'printed';
  const unverified = figures.filter((it) => it.unverified).length;
  if (unverified === 0) return 'measured';
  return unverified === figures.length ? 'unverified' : 'partly';
}

/** A sum is known no better than its parts. */
function weakest(all: readonly Basis[]): Basis {
  if (all.includes('printed')) return 'printed';
  if (all.every((it) => it === 'measured')) return 'measured';
  return all.every((it) => it === 'unverified') ? 'unverified' : 'partly';
}

function example(): readonly ExampleRow[] {
  const { services, control, each, printed } = articleTotals;
  return meshIds.map((mesh) => {
    const [plane, proxy] = [control.values[mesh], each.values[mesh]];
    const add = (end: 'low' | 'high') => plane[end] + services * proxy[end];
    return {
      mesh,
      control: plane,
      each: proxy,
      printed: printed.values[mesh],
      sum: { low: add('low'), high: add('high'), unit: 'MB' },
    };
  });
}

function figuresOf(source: SourceId): readonly Figure[] {
  if (source === articleId) return articleRows.flatMap((it) => meshIds.map((mesh) => it.values[mesh]));
  return measuredFigures.filter((it) => it.source === source);
}

function requests(): RequestFootprint {
  const feature = featureById(requestsRow);
  if (!feature) throw new Error(`The comparison has no row "${requestsRow}".`);
  const { id, title, cells } = feature;
  return { featureId: id, title, asked: meshIds.map((mesh) => ({ mesh, ...pick(cells[mesh]) })) };
}

function pick({ value, source }: Cell): Pick<Cell, 'value' | 'source'> {
  return { value, source };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, it) => all + it, 0);
}

function monthly(hourly: number): number {
  return Math.round(hourly * listPrices.hours * 100) / 100;
}
