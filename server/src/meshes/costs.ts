/**
 * What meshes cost to run: every figure that people measured or printed, each in one place with its source, and the parts
 * that a mesh is made of. Whoever needs a figure refers to it here.
 */

import { type Spread, spreadText, type Unit } from '../model/amount.ts';
import type { MeshId } from '../model/mesh-id.ts';

export interface Figure extends Spread {
  /** What it is of: `Sidecar, memory`. */
  readonly of: string;
  readonly source: SourceId;
  /** Set when it is the most that was seen, and usual values are lower. */
  readonly isMost?: true;
  /** Set when it was read in other texts than the source itself. */
  readonly unverified?: true;
}

export type SourceId =
  | 'istio-1.24'
  | 'istio-1.7'
  | 'linkerd-2021'
  | 'linkerd-2025'
  | 'livewyer-2024'
  | 'mtls-2024'
  | 'meshinsight-2023'
  | 'linkerd-2.20'
  | 'imesh-2024'
  | 'linkerd-2.10'
  | 'article-2023';

/** Where figures come from, and how far they can be trusted. */
export interface CostSource {
  readonly id: SourceId;
  readonly title: string;
  /** Page to read on, https; none where there is none to name. */
  readonly url?: string;
  /** When it was measured or written. */
  readonly date: string;
  readonly versions: string;
  readonly setUp: string;
  /** Whose interest may colour it. */
  readonly bias: string;
  /** What of it could not be confirmed. */
  readonly caveat?: string;
}

/** In the order in which they are listed: measurements, statements, and the article that printed figures without a test. */
export const costSources: readonly CostSource[] = [
  {
    id: 'istio-1.24',
    title: 'Istio: Performance and Scalability',
    url: 'https://istio.io/latest/docs/ops/deployment/performance-and-scalability/',
    date: 'November 2024',
    versions: 'Istio 1.24',
    setUp:
      '1000 requests per second of HTTP/1.1 with 1 KB, mutual TLS, 2 worker threads, 5 bare-metal machines; latency is given as charts only',
    bias: "Istio's own page.",
    caveat: 'Read in a stored copy; a note of September 2026 says that the page still shows 1.24.',
  },
  {
    id: 'istio-1.7',
    title: 'Istio: Performance and Scalability, an older text',
    url: 'https://istio.io/latest/docs/ops/deployment/performance-and-scalability/',
    date: 'about 2020 to 2021',
    versions: 'about Istio 1.7 to 1.9',
    setUp:
      '1000 requests per second of 1 KB over 16 connections, mutual TLS, 2 worker threads, through both sidecars; the control plane with 1000 services and 2000 sidecars',
    bias: "Istio's own page.",
    caveat: 'The address shows a newer text today.',
  },
  {
    id: 'linkerd-2021',
    title: 'Linkerd vs Istio benchmarks 2021',
    url: 'https://linkerd.io/2021/11/29/linkerd-vs-istio-benchmarks-2021/',
    date: 'November 2021',
    versions: 'Linkerd 2.11.1, Istio 1.12.0 minimal',
    setUp:
      '2000 requests per second through emojivoto, which calls several services for each, mutual TLS, 6 bare-metal machines, Kubernetes 1.21',
    bias: 'Run by the Linkerd project.',
  },
  {
    id: 'linkerd-2025',
    title: 'Linkerd vs Ambient Mesh: 2025 benchmarks',
    url: 'https://linkerd.io/2025/04/24/linkerd-vs-ambient-mesh-2025-benchmarks/',
    date: 'April 2025',
    versions: 'not stated',
    setUp:
      '200 and 2000 requests per second from outside through emojivoto, 100 connections, ambient with a waypoint, GKE with 3 nodes of 8 vCPUs; the two worst of five runs left out',
    bias: 'By an ambassador of Linkerd.',
  },
  {
    id: 'livewyer-2024',
    title: 'Service Meshes Decoded',
    url: 'https://livewyer.io/blog/2024/05/08/comparison-of-service-meshes/',
    date: 'March to May 2024',
    versions: 'not in what was read',
    setUp:
      '32 and 128 connections to Bookinfo, which calls several services for each request, without keep-alive, EKS 1.28 with 4 nodes of 2 vCPUs',
    bias: 'Independent.',
  },
  {
    id: 'mtls-2024',
    title: 'Performance Comparison of Service Mesh Frameworks: the MTLS Test Case',
    url: 'https://arxiv.org/abs/2411.02267',
    date: 'November 2024',
    versions: 'Istio, Istio ambient and Linkerd; not Consul',
    setUp: '3200 requests per second from service to service with mutual TLS, Fortio, Kubernetes on Google Cloud',
    bias: 'Independent: universities, and one author at Red Hat.',
    caveat:
      'Abstract and set-up were read; the numbers come from texts that quote the paper, those of CPU from a single one.',
  },
  {
    id: 'meshinsight-2023',
    title: 'Dissecting Overheads of Service Mesh Sidecars',
    url: 'https://scholars.duke.edu/publication/1613226',
    date: '2023',
    versions: 'Envoy as a sidecar',
    setUp: 'several applications and configurations; parsing costs most with HTTP, copying between processes with TCP',
    bias: 'Independent.',
  },
  {
    id: 'linkerd-2.20',
    title: 'Announcing Linkerd 2.20',
    url: 'https://linkerd.io/2026/06/23/announcing-linkerd-2.20/',
    date: 'June 2026',
    versions: 'Linkerd 2.20',
    setUp: 'a statement without a test',
    bias: 'By the Linkerd project.',
  },
  {
    id: 'imesh-2024',
    title: 'Istio Ambient Mesh Performance Test and Benchmarking',
    url: 'https://imesh.ai/blog/istio-ambient-mesh-performance-test-and-benchmarking',
    date: 'January to July 2024',
    versions: 'not in what was read',
    setUp: '1000 requests per second over 10 connections, Fortio, AKS with 3 nodes of 2 vCPUs',
    bias: 'By a vendor of Istio.',
    caveat: 'Read only where others quote it.',
  },
  {
    id: 'linkerd-2.10',
    title: 'Announcing Linkerd 2.10',
    url: 'https://linkerd.io/2021/03/11/announcing-linkerd-2.10/',
    date: 'March 2021',
    versions: 'Linkerd 2.10',
    setUp: 'at start, without extensions; a statement without a test',
    bias: 'By the Linkerd project.',
  },
  {
    id: 'article-2023',
    title: 'The article of 2023',
    date: '2023 to 2024',
    versions: 'Istio 1.20 in its commands',
    setUp: 'a comparison that is often copied; it names no test, no load and no versions',
    bias: 'Printed, not measured.',
  },
];

/** What was measured, by source. */
export const measured = {
  istio124: {
    sidecarCpu: figure('istio-1.24', 'Sidecar, CPU', 0.2, 'vCPU'),
    sidecarMemory: figure('istio-1.24', 'Sidecar, memory', 60, 'MB'),
    waypointCpu: figure('istio-1.24', 'Waypoint, CPU', 0.25, 'vCPU'),
    waypointMemory: figure('istio-1.24', 'Waypoint, memory', 60, 'MB'),
    ztunnelCpu: figure('istio-1.24', 'ztunnel, CPU', 0.06, 'vCPU'),
    ztunnelMemory: figure('istio-1.24', 'ztunnel, memory', 12, 'MB'),
  },
  istio17: {
    sidecarCpu: figure('istio-1.7', 'Sidecar, CPU', 0.5, 'vCPU'),
    sidecarMemory: figure('istio-1.7', 'Sidecar, memory', 50, 'MB'),
    latency: figure('istio-1.7', 'Both sidecars, latency added, P90 to P99', [2.76, 2.88], 'ms'),
    latencyWithJitter: figure('istio-1.7', 'Both sidecars, latency added with jitter, P90 to P99', [1.72, 1.91], 'ms'),
    controlCpu: figure('istio-1.7', 'istiod, CPU', 1, 'vCPU'),
    controlMemory: figure('istio-1.7', 'istiod, memory', 1500, 'MB'),
  },
  linkerd2021: {
    linkerdMemory: most(figure('linkerd-2021', 'Linkerd, largest proxy, memory', 26.3, 'MB')),
    istioMemory: most(figure('linkerd-2021', 'Istio, largest sidecar, memory', 156.2, 'MB')),
    linkerdCpuTime: most(figure('linkerd-2021', 'Linkerd, busiest proxy, CPU time', 36, 'ms')),
    istioCpuTime: most(figure('linkerd-2021', 'Istio, busiest sidecar, CPU time', 67, 'ms')),
    linkerdControl: figure('linkerd-2021', 'Linkerd, control plane, memory', 365, 'MB'),
    istioControl: figure('linkerd-2021', 'Istio, control plane, memory', 597, 'MB'),
    linkerdMedian: figure('linkerd-2021', 'Linkerd, added to the median of the application', 6, 'ms'),
    istioMedian: figure('linkerd-2021', 'Istio, added to the median of the application', 17, 'ms'),
    linkerdMaximum: most(figure('linkerd-2021', 'Linkerd, added to the slowest request', 42, 'ms')),
    istioMaximum: most(figure('linkerd-2021', 'Istio, added to the slowest request', 350, 'ms')),
  },
  linkerd2025: {
    overLinkerd: figure('linkerd-2025', 'Istio sidecars above Linkerd, P99 at 200 requests per second', 22.83, 'ms'),
    overAmbient: figure('linkerd-2025', 'Istio sidecars above ambient, P99 at 200 requests per second', 18.5, 'ms'),
    overBaseline: figure('linkerd-2025', 'Istio sidecars above no mesh, P99 at 200 requests per second', 19.9, 'ms'),
    overLinkerdBusy: figure('linkerd-2025', 'Istio sidecars above Linkerd, P99 at 2000 requests per second', 163, 'ms'),
    ambientOverLinkerdBusy: figure(
      'linkerd-2025',
      'Ambient above Linkerd, P99 at 2000 requests per second',
      11.2,
      'ms',
    ),
  },
  livewyer2024: {
    noneRate: figure('livewyer-2024', 'Without a mesh, 32 connections', 157.4, 'requests/s'),
    linkerdRate: figure('livewyer-2024', 'Linkerd, 32 connections', 146.8, 'requests/s'),
    istioRate: figure('livewyer-2024', 'Istio sidecars, 32 connections', 120.3, 'requests/s'),
    linkerdLoss: figure('livewyer-2024', 'Linkerd, throughput lost, 128 and 32 connections', [6.3, 6.8], '%'),
    istioLoss: figure('livewyer-2024', 'Istio sidecars, throughput lost, 128 and 32 connections', [22.3, 23.6], '%'),
    noneTimes: figure('livewyer-2024', 'Without a mesh, median and P99', [201.7, 289.1], 'ms'),
    linkerdTimes: figure('livewyer-2024', 'Linkerd, median and P99', [216.4, 305.9], 'ms'),
    istioTimes: figure('livewyer-2024', 'Istio sidecars, median and P99', [264.1, 387.2], 'ms'),
  },
  mtls2024: {
    istioLatency: unsure(figure('mtls-2024', 'Istio sidecars, latency added', 166, '%')),
    ambientLatency: unsure(figure('mtls-2024', 'Istio ambient, latency added', 8, '%')),
    linkerdLatency: unsure(figure('mtls-2024', 'Linkerd, latency added', 33, '%')),
    istioCpu: unsure(figure('mtls-2024', 'Istio sidecars, CPU added on the whole way', 0.81, 'vCPU')),
    ambientCpu: unsure(figure('mtls-2024', 'Istio ambient, CPU added on the whole way', 0.23, 'vCPU')),
    linkerdCpu: unsure(figure('mtls-2024', 'Linkerd, CPU added on the whole way', 0.29, 'vCPU')),
  },
  meshInsight2023: {
    latency: most(figure('meshinsight-2023', 'Envoy sidecars, latency added', 269, '%')),
    cpu: most(figure('meshinsight-2023', 'Envoy sidecars, CPU added', 163, '%')),
  },
  linkerd220: {
    destinationSaving: most(figure('linkerd-2.20', 'Destination controller, memory saved', 85, '%')),
  },
  imesh2024: {
    none: unsure(figure('imesh-2024', 'Without a mesh, P99', 1.12, 'ms')),
    ambient: unsure(figure('imesh-2024', 'Istio ambient, P99', 3.6, 'ms')),
    sidecar: unsure(figure('imesh-2024', 'Istio sidecars, P99', 4.72, 'ms')),
  },
  linkerd210: {
    control: figure('linkerd-2.10', 'Linkerd, control plane at start, memory', 200, 'MB'),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Figure>>>>;

const { istio124, istio17, linkerd2021, livewyer2024, mtls2024, linkerd220, imesh2024, linkerd210 } = measured;

/** All measured figures, in the order of their sources. */
export const measuredFigures: readonly Figure[] = Object.values(measured).flatMap((it) => Object.values(it));

/** A line of the article's tables. */
export interface ArticleFigures {
  readonly of: string;
  readonly values: Readonly<Record<MeshId, Figure>>;
}

/** A line of the article's tables, and what measurements say to it. */
export interface ArticleRow extends ArticleFigures {
  readonly verdict: string;
}

const articleMemory = row('Memory of a proxy', 'MB', [50, 80], [10, 20], [40, 70]);
const articleLatency = row('Latency added', 'ms', [1, 3], [0.2, 1], [1, 2.5]);
const articleControl = row('Memory of the control plane', 'MB', [2000, 4000], [500, 500], [1000, 2000]);

/** The article's tables. Figures of it that nobody measured otherwise stand in for a measurement, and are marked. */
export const articleRows: readonly ArticleRow[] = [
  {
    ...articleMemory,
    verdict: `Istio's agrees with ${spreadText(istio17.sidecarMemory)} and ${spreadText(istio124.sidecarMemory)} on its own page, and grows with configuration (${spreadText(linkerd2021.istioMemory)} at most in 2021). Linkerd's is a little low under load, where ${spreadText(linkerd2021.linkerdMemory)} were the most. Consul's is plausible, since its proxy is Envoy too, but nobody has measured it.`,
  },
  {
    ...row('CPU of an idle proxy', '%', [0.5, 1], [0.1, 0.3], [0.4, 0.8]),
    verdict: 'Cannot be compared: it is not said what the percentage is of.',
  },
  {
    ...row('CPU of a busy proxy', '%', [2, 5], [1, 2], [2, 4]),
    verdict: `Cannot be compared either. Use what a proxy needs for 1000 requests per second: ${spreadText(istio124.sidecarCpu)} for Istio's sidecar, ${spreadText(istio124.ztunnelCpu)} for ztunnel.`,
  },
  {
    ...articleLatency,
    verdict: `Istio's agrees with ${spreadText(istio17.latencyWithJitter)} to ${spreadText(istio17.latency)} for two sidecars at 1000 requests per second; it is far more under heavy load or on small nodes. Linkerd's is neither confirmed nor contradicted: whole applications of several calls were measured, and all of them put it below Istio's sidecars. Nobody has measured Consul's.`,
  },
  {
    ...row('Throughput lost', '%', [5, 10], [2, 5], [5, 8]),
    verdict: `Optimistic: an application of several calls without keep-alive lost ${spreadText(livewyer2024.istioLoss)} with Istio's sidecars and ${spreadText(livewyer2024.linkerdLoss)} with Linkerd.`,
  },
  {
    ...row('Start of the control plane', 's', [60, 120], [30, 60], [45, 90]),
    verdict: 'Nobody has measured it in public.',
  },
  {
    ...articleControl,
    verdict: `Measured were ${spreadText(linkerd2021.istioControl)} (a small mesh) and ${spreadText(istio17.controlMemory)} (1000 services) for istiod, ${spreadText(linkerd2021.linkerdControl)} for Linkerd, which has cut its largest part by up to ${spreadText(linkerd220.destinationSaving)} since. Consul's charts ask for less than this at first; its servers grow with the catalogue.`,
  },
];

/** What the article prints as the memory of a mesh with 100 services. It does not follow from its own figures. */
export const articleTotals = {
  services: 100,
  control: articleControl,
  each: articleMemory,
  printed: row('Memory of 100 services', 'MB', [7000, 10_000], [2000, 3000], [5000, 8000]),
} as const;

/** How many of a part there are: as many as pods, nodes or waypoints, or one. */
export type CountedBy = 'pods' | 'nodes' | 'waypoints' | 'once';

/** Something of a mesh that runs and takes memory. */
export interface CostPart {
  readonly name: string;
  readonly countedBy: CountedBy;
  /** Memory of each. */
  readonly memory: readonly Figure[];
  /** The largest mesh that it was measured in. */
  readonly measuredUpTo?: { readonly services: number; readonly pods: number };
}

/** One answer to what the way through a mesh takes: figures, added up. */
export type Reading = readonly Term[];

export interface Term {
  readonly figure: Figure;
  /** Requests per second that it holds for; it grows with them. Absent: it does not depend on them. */
  readonly rps?: number;
  /** How often a request meets it; negative for what is taken off, the time without a mesh. */
  readonly times: number;
  /** Set when only meshes with waypoints have it. */
  readonly isOfWaypoints?: true;
}

export type CostVariantId = 'istio-sidecar' | 'istio-ambient' | 'linkerd' | 'consul';

/** A mesh in one of its forms. */
export interface CostVariant {
  readonly id: CostVariantId;
  readonly mesh: MeshId;
  readonly name: string;
  readonly parts: readonly CostPart[];
  /** vCPUs of the proxies on the way of the requests; empty where nobody measured. */
  readonly cpu: readonly Reading[];
  /** Milliseconds that the mesh adds to a request from one service to another. */
  readonly latency: readonly Reading[];
  /** What to keep in mind when reading its figures. */
  readonly remarks: readonly string[];
}

const istiod: CostPart = {
  name: 'istiod',
  countedBy: 'once',
  memory: [linkerd2021.istioControl, istio17.controlMemory],
  measuredUpTo: { services: 1000, pods: 2000 },
};

/** The loads at which CPU was measured, in requests per second. */
const [istioLoad, paperLoad] = [1000, 3200];

const waypointCpu: Term = { figure: istio124.waypointCpu, times: 1, rps: istioLoad, isOfWaypoints: true };

export const costVariants: readonly CostVariant[] = [
  {
    id: 'istio-sidecar',
    mesh: 'istio',
    name: 'Istio, sidecars',
    parts: [
      {
        name: 'sidecar',
        countedBy: 'pods',
        memory: [istio17.sidecarMemory, istio124.sidecarMemory, linkerd2021.istioMemory],
      },
      istiod,
    ],
    cpu: [
      [{ figure: istio124.sidecarCpu, times: 2, rps: istioLoad }],
      [{ figure: mtls2024.istioCpu, times: 1, rps: paperLoad }],
    ],
    latency: [
      [{ figure: istio17.latencyWithJitter, times: 1 }],
      [{ figure: istio17.latency, times: 1 }],
      [
        { figure: imesh2024.sidecar, times: 1 },
        { figure: imesh2024.none, times: -1 },
      ],
    ],
    remarks: [
      `A sidecar holds the configuration of all services unless a Sidecar or exportTo narrows it: the highest memory is that of the largest one.`,
    ],
  },
  {
    id: 'istio-ambient',
    mesh: 'istio',
    name: 'Istio, ambient',
    parts: [
      { name: 'ztunnel', countedBy: 'nodes', memory: [istio124.ztunnelMemory] },
      { name: 'waypoint', countedBy: 'waypoints', memory: [istio124.waypointMemory] },
      istiod,
    ],
    cpu: [
      [{ figure: istio124.ztunnelCpu, times: 2, rps: istioLoad }, waypointCpu],
      [{ figure: mtls2024.ambientCpu, times: 1, rps: paperLoad }, waypointCpu],
    ],
    latency: [
      [
        { figure: imesh2024.ambient, times: 1 },
        { figure: imesh2024.none, times: -1 },
      ],
    ],
    remarks: [
      'Each request is counted as passing a ztunnel on either side, and a waypoint where there are any.',
      'The memory of istiod was measured with sidecars; nobody has published it for ambient.',
    ],
  },
  {
    id: 'linkerd',
    mesh: 'linkerd',
    name: 'Linkerd',
    parts: [
      { name: 'proxy', countedBy: 'pods', memory: [linkerd2021.linkerdMemory] },
      { name: 'control plane', countedBy: 'once', memory: [linkerd210.control, linkerd2021.linkerdControl] },
    ],
    cpu: [[{ figure: mtls2024.linkerdCpu, times: 1, rps: paperLoad }]],
    latency: [[{ figure: articleLatency.values.linkerd, times: 1 }]],
    remarks: [
      'Only its largest proxy was measured, so that others take less.',
      'Its latency was measured in whole applications of several calls alone; there it is below that of sidecars of Istio.',
    ],
  },
  {
    id: 'consul',
    mesh: 'consul',
    name: 'Consul',
    parts: [
      { name: 'proxy', countedBy: 'pods', memory: [articleMemory.values.consul] },
      { name: 'servers and injector', countedBy: 'once', memory: [articleControl.values.consul] },
    ],
    cpu: [],
    latency: [[{ figure: articleLatency.values.consul, times: 1 }]],
    remarks: [
      'No public benchmark of its proxies was found, so the figures of the article stand in. Its proxy is Envoy, as the sidecar of Istio is, with consul-dataplane beside it.',
    ],
  },
];

/** What CPU and memory cost where nobody says otherwise: a list price. */
export const listPrices = {
  name: 'AWS Fargate, Linux on x86, US East (N. Virginia), in US dollars',
  url: 'https://aws.amazon.com/fargate/pricing/',
  date: 'March 2026',
  caveat: 'Read where others quote it. Nodes of your own cost less for each, and have to be filled.',
  vcpuHour: 0.04048,
  gbHour: 0.004445,
  /** Hours of a month as clouds count them. */
  hours: 730,
} as const;

function figure(source: SourceId, of: string, value: number | readonly [number, number], unit: Unit): Figure {
  const [low, high] = typeof value === 'number' ? [value, value] : value;
  return { of, low, high, unit, source };
}

function most(figure: Figure): Figure {
  return { ...figure, isMost: true };
}

function unsure(figure: Figure): Figure {
  return { ...figure, unverified: true };
}

function row(
  of: string,
  unit: Unit,
  istio: readonly [number, number],
  linkerd: readonly [number, number],
  consul: readonly [number, number],
): ArticleFigures {
  const each = (value: readonly [number, number]) => figure('article-2023', of, value, unit);
  return { of, values: { istio: each(istio), linkerd: each(linkerd), consul: each(consul) } };
}
