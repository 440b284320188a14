/**
 * What one asks before one chooses a mesh, how well each of them answers, and why. Scores are judgements from the rows of
 * the comparison that a question names, and nobody's measurements; figures stand in those rows and not here.
 */

import type { MeshId } from '../model/mesh-id.ts';
import { evidence, type Evidence } from './chooser-evidence.ts';

/** What can be chosen: a mesh in one of its forms, where the answers differ between them. */
export type VariantId = 'istio-sidecar' | 'istio-ambient' | 'linkerd' | 'consul-ce' | 'consul-enterprise';

export interface Variant {
  readonly id: VariantId;
  readonly mesh: MeshId;
  readonly name: string;
  /** What one takes on with it, whatever one asks for. */
  readonly caveat: string;
}

/** The variants, in the order in which everything lists them as long as nothing ranks them. */
export const variants: readonly Variant[] = [
  {
    id: 'istio-sidecar',
    mesh: 'istio',
    name: 'Istio with sidecars',
    caveat: 'Every pod gets an Envoy, and most of what can be configured is configured by somebody.',
  },
  {
    id: 'istio-ambient',
    mesh: 'istio',
    name: 'Istio ambient',
    caveat: 'Nodes encrypt; everything that reads requests needs a waypoint, which one deploys and sizes apart.',
  },
  {
    id: 'linkerd',
    mesh: 'linkerd',
    name: 'Linkerd',
    caveat: 'The project itself publishes edge builds; stable ones come from a vendor. Certificates need a plan.',
  },
  {
    id: 'consul-ce',
    mesh: 'consul',
    name: 'Consul Community',
    caveat: 'Source-available under the BSL, a quorum of servers to run, and only the latest release is supported.',
  },
  {
    id: 'consul-enterprise',
    mesh: 'consul',
    name: 'Consul Enterprise',
    caveat: 'A paid licence of one vendor, and a quorum of servers to run.',
  },
];

const variantsById = new Map(variants.map((it) => [it.id, it]));

/** The variant with an id. */
export function variantOf(id: VariantId): Variant {
  const found = variantsById.get(id);
  if (!found) throw new Error(`There is no variant "${id}".`);
  return found;
}

/** How well a variant fits: 0 not at all, 1 poorly or by a workaround, 2 well with limits, 3 best. */
export type Score = 0 | 1 | 2 | 3;

/** A score, and the reason for it in one sentence. */
export type Fit = readonly [score: Score, why: string];

export const questionGroups = [
  'Running it',
  'Traffic',
  'Security',
  'Platforms',
  'Clusters and teams',
  'Openness and support',
] as const;

export type QuestionGroup = (typeof questionGroups)[number];

export interface Question {
  /** Stable name for files of answers: `jwt`. */
  readonly id: string;
  readonly group: QuestionGroup;
  /** What one needs, in a few words. */
  readonly need: string;
  /** Ids of the rows of the comparison that the scores come from, the most telling first. */
  readonly rows: readonly [string, ...string[]];
  readonly fits: Readonly<Record<VariantId, Fit>>;
  /** Variants whose score rests on something that could not be confirmed. */
  readonly unconfirmed?: readonly VariantId[];
  /** What in manifests shows that it is needed already. */
  readonly shownBy?: readonly Evidence[];
}

/** Why nobody should read a score as a fact. */
export const scoresAreJudgements =
  'Scores are judgements from the rows of the comparison that each question names; nobody measured them.';

export const questions: readonly Question[] = [
  {
    id: 'simple',
    group: 'Running it',
    need: 'A small team and few concepts',
    rows: ['learning-curve', 'crd-count'],
    fits: {
      'istio-sidecar': [1, 'Many kinds, proxies that differ by namespace, and a long mesh configuration.'],
      'istio-ambient': [2, 'No proxies in pods to restart and size, but the same kinds and waypoints on top.'],
      linkerd: [3, 'Few kinds, annotations for most settings, and it works before anything is configured.'],
      'consul-ce': [1, 'Servers with a quorum, ACLs, intentions and the most kinds of its own.'],
      'consul-enterprise': [1, 'As Community, and partitions, namespaces and licences beside.'],
    },
  },
  {
    id: 'overhead',
    group: 'Running it',
    need: 'The lowest CPU, memory and latency',
    rows: ['resource-overhead', 'request-footprint'],
    fits: {
      'istio-sidecar': [1, 'An Envoy in every pod; measurements put it above Linkerd and ambient.'],
      'istio-ambient': [3, 'No proxy per pod; as long as nothing reads requests, one per node does it.'],
      linkerd: [3, 'The smallest sidecar that was measured.'],
      'consul-ce': [1, 'An Envoy and a dataplane process in every pod; no measurement is public.'],
      'consul-enterprise': [1, 'The same proxies as Community; no measurement is public.'],
    },
    unconfirmed: ['consul-ce', 'consul-enterprise'],
  },
  {
    id: 'no-sidecar',
    group: 'Running it',
    need: 'No proxy inside the pods',
    rows: ['sidecarless', 'native-sidecars'],
    fits: {
      'istio-sidecar': [0, 'It is the mode with a proxy in each pod.'],
      'istio-ambient': [3, 'A proxy per node, and waypoints only where requests are read.'],
      linkerd: [0, 'Sidecars only, by choice.'],
      'consul-ce': [0, 'A dataplane process and an Envoy in each pod.'],
      'consul-enterprise': [0, 'A dataplane process and an Envoy in each pod.'],
    },
    shownBy: evidence.noSidecar,
  },
  {
    id: 'canary-upgrade',
    group: 'Running it',
    need: 'Trying a new control plane beside the old one',
    rows: ['canary-upgrade'],
    fits: {
      'istio-sidecar': [3, 'Revisions run side by side, and tags move namespaces between them.'],
      'istio-ambient': [2, 'Revisions for the control plane, but one node proxy for everything on a node.'],
      linkerd: [1, 'The control plane is upgraded in place, then workloads restart.'],
      'consul-ce': [1, 'In place, servers first; a rollout of the servers can be staged.'],
      'consul-enterprise': [1, 'In place, servers first; a rollout of the servers can be staged.'],
    },
    shownBy: evidence.canaryUpgrade,
  },
  {
    id: 'ui',
    group: 'Running it',
    need: 'A user interface without another project',
    rows: ['web-ui'],
    fits: {
      'istio-sidecar': [1, 'Kiali shows it, a project of its own.'],
      'istio-ambient': [1, 'Kiali shows it, a project of its own.'],
      linkerd: [2, 'The viz extension, installed apart.'],
      'consul-ce': [3, 'The servers bring it.'],
      'consul-enterprise': [3, 'The servers bring it.'],
    },
  },
  {
    id: 'offline-lint',
    group: 'Running it',
    need: 'Checking YAML without a cluster, with its own tools',
    rows: ['validate-cli'],
    fits: {
      'istio-sidecar': [3, 'istioctl checks and analyses files.'],
      'istio-ambient': [3, 'istioctl checks and analyses files.'],
      linkerd: [1, 'Only a cluster checks its kinds. Meshwright does it for files.'],
      'consul-ce': [1, 'Only a cluster checks its kinds. Meshwright does it for files.'],
      'consul-enterprise': [1, 'Only a cluster checks its kinds. Meshwright does it for files.'],
    },
  },
  {
    id: 'l7-rich',
    group: 'Traffic',
    need: 'Rich routing of requests: mirrors, faults, headers',
    rows: ['mirroring', 'fault-injection', 'header-routing', 'retries'],
    fits: {
      'istio-sidecar': [3, 'Mirrors, delays, aborts and any match of requests.'],
      'istio-ambient': [3, 'The same through a waypoint.'],
      linkerd: [1, 'Routes by path, header and method; no mirrors, and faults only by a faulty backend.'],
      'consul-ce': [2, 'Routes by path, header and query; no mirrors, and faults only in Enterprise.'],
      'consul-enterprise': [2, 'Routes and faults; no mirrors.'],
    },
    shownBy: evidence.l7Rich,
  },
  {
    id: 'gateway-api',
    group: 'Traffic',
    need: 'The standard Gateway API everywhere',
    rows: ['gateway-api-mesh', 'ingress'],
    fits: {
      'istio-sidecar': [3, 'Conformant for gateways and for traffic between services.'],
      'istio-ambient': [3, 'Conformant for gateways and for traffic between services.'],
      linkerd: [3, 'Its main way to route between services.'],
      'consul-ce': [1, 'For its gateway only; between services it has kinds of its own.'],
      'consul-enterprise': [1, 'For its gateway only; between services it has kinds of its own.'],
    },
    shownBy: evidence.gatewayApi,
  },
  {
    id: 'rate-limits',
    group: 'Traffic',
    need: 'Limits on the rate of requests',
    rows: ['rate-limiting'],
    fits: {
      'istio-sidecar': [2, 'Local and global ones, by EnvoyFilter only.'],
      'istio-ambient': [2, 'Local and global ones, by EnvoyFilter only.'],
      linkerd: [2, 'A kind for local ones, for all clients, each client or some of them; none are global.'],
      'consul-ce': [0, 'Not for traffic of services.'],
      'consul-enterprise': [2, 'For each instance and by route.'],
    },
    shownBy: evidence.rateLimits,
  },
  {
    id: 'affinity',
    group: 'Traffic',
    need: 'Sticky sessions or balancing by a hash',
    rows: ['session-affinity', 'lb-algorithms'],
    fits: {
      'istio-sidecar': [3, 'By header, cookie, query parameter or address.'],
      'istio-ambient': [2, 'The same, once a waypoint balances.'],
      linkerd: [0, 'It always balances by latency.'],
      'consul-ce': [3, 'By header, cookie, query parameter or address.'],
      'consul-enterprise': [3, 'By header, cookie, query parameter or address.'],
    },
    shownBy: evidence.affinity,
  },
  {
    id: 'locality',
    group: 'Traffic',
    need: 'Staying in the zone, and failing over between zones',
    rows: ['locality'],
    fits: {
      'istio-sidecar': [3, 'Shares, orders and failover by place; by zone in the newest releases.'],
      'istio-ambient': [2, 'Distribution of Services by zone; the finest settings are for sidecars.'],
      linkerd: [2, 'Follows hints of Kubernetes; failover by an extension or federated services.'],
      'consul-ce': [1, 'Failover, but no preference for what is near.'],
      'consul-enterprise': [3, 'Preference for what is near, and failover between groups of clusters.'],
    },
    shownBy: evidence.locality,
  },
  {
    id: 'ingress',
    group: 'Traffic',
    need: 'One product for the entrance and the mesh',
    rows: ['ingress'],
    fits: {
      'istio-sidecar': [3, 'Gateways of its own, by the Gateway API or its older kinds.'],
      'istio-ambient': [3, 'Gateways of its own, by the Gateway API or its older kinds.'],
      linkerd: [0, 'None of its own; one brings a controller and puts it into the mesh.'],
      'consul-ce': [3, 'An API gateway of its own.'],
      'consul-enterprise': [3, 'An API gateway of its own, with tokens and more instances.'],
    },
    shownBy: evidence.ingress,
  },
  {
    id: 'egress',
    group: 'Traffic',
    need: 'Control over which hosts outside are reached',
    rows: ['egress'],
    fits: {
      'istio-sidecar': [3, 'Known hosts only, policies on them, and gateways on the way out.'],
      'istio-ambient': [3, 'Hosts outside behind a waypoint, with policies on them.'],
      linkerd: [2, 'Networks and routes on the way out, enforced in the pod and so no hard border.'],
      'consul-ce': [2, 'Known destinations only, and a gateway on the way out.'],
      'consul-enterprise': [2, 'Known destinations only, and a gateway on the way out.'],
    },
    shownBy: evidence.egress,
  },
  {
    id: 'extend',
    group: 'Traffic',
    need: 'Code of your own in the proxy: Wasm, Lua or raw Envoy',
    rows: ['extensibility'],
    fits: {
      'istio-sidecar': [3, 'Wasm, Lua and patches of anything that Envoy knows.'],
      'istio-ambient': [2, 'In waypoints; the proxies of nodes take none.'],
      linkerd: [0, 'Its proxy takes none, by design.'],
      'consul-ce': [3, 'Wasm, Lua, overrides of properties and raw configuration.'],
      'consul-enterprise': [3, 'The same, and external processing.'],
    },
    shownBy: evidence.extend,
  },
  {
    id: 'ai',
    group: 'Traffic',
    need: 'A gateway for inference',
    rows: ['ai-gateway'],
    fits: {
      'istio-sidecar': [2, 'InferencePool at its gateways; the agent gateway is an experiment.'],
      'istio-ambient': [2, 'InferencePool at its gateways; the agent gateway is an experiment.'],
      linkerd: [0, 'Nothing in the open source.'],
      'consul-ce': [0, 'No kind for it.'],
      'consul-enterprise': [0, 'No kind for it.'],
    },
    shownBy: evidence.ai,
  },
  {
    id: 'zero-trust',
    group: 'Security',
    need: 'Strict mutual TLS and nobody let in unasked, with little work',
    rows: ['default-policy', 'mtls', 'l7-authz'],
    fits: {
      'istio-sidecar': [2, 'Both by one short policy each; without them plain text and everybody come in.'],
      'istio-ambient': [2, 'Both by one short policy each; without them plain text and everybody come in.'],
      linkerd: [2, 'By one default for the cluster; without it everybody comes in.'],
      'consul-ce': [2, 'Strict from the start; whom it lets in follows the ACLs.'],
      'consul-enterprise': [
        3,
        'Strict from the start; partitions keep strangers apart before anybody writes an intention.',
      ],
    },
    shownBy: evidence.zeroTrust,
  },
  {
    id: 'jwt',
    group: 'Security',
    need: "End users' tokens (JWT) or an external authorizer in the mesh",
    rows: ['jwt', 'ext-authz'],
    fits: {
      'istio-sidecar': [3, 'Both, in any workload.'],
      'istio-ambient': [3, 'Both, through a waypoint.'],
      linkerd: [0, 'Neither: the application or a meshed entrance has to do it.'],
      'consul-ce': [3, 'Both between services; tokens at the gateway only in Enterprise.'],
      'consul-enterprise': [3, 'Both, also at the gateway.'],
    },
    shownBy: evidence.jwt,
  },
  {
    id: 'post-quantum',
    group: 'Security',
    need: 'Post-quantum TLS now',
    rows: ['pqc'],
    fits: {
      'istio-sidecar': [2, 'By a switch for the whole mesh.'],
      'istio-ambient': [2, 'By a switch for control plane and node proxies.'],
      linkerd: [3, 'On without being asked.'],
      'consul-ce': [0, 'Nothing is documented.'],
      'consul-enterprise': [0, 'Nothing is documented.'],
    },
    unconfirmed: ['consul-ce', 'consul-enterprise'],
  },
  {
    id: 'fips',
    group: 'Security',
    need: 'Cryptography that is validated for FIPS 140',
    rows: ['fips'],
    fits: {
      'istio-sidecar': [2, 'A switch in the open source; validated builds come from vendors.'],
      'istio-ambient': [2, 'A switch in the open source; validated builds come from vendors.'],
      linkerd: [1, 'Builds of a vendor only.'],
      'consul-ce': [0, 'Not in this edition.'],
      'consul-enterprise': [3, 'Builds of its own.'],
    },
  },
  {
    id: 'vms',
    group: 'Platforms',
    need: 'Virtual machines or bare metal in the mesh',
    rows: ['vms'],
    fits: {
      'istio-sidecar': [2, 'A sidecar on the machine, registered by hand or by itself.'],
      'istio-ambient': [1, 'Only for machines that registered themselves, and young.'],
      linkerd: [2, 'A proxy on the machine, with identities from SPIRE and a flat network.'],
      'consul-ce': [3, 'At home there: agents and a catalog that knows any machine.'],
      'consul-enterprise': [3, 'At home there: agents and a catalog that knows any machine.'],
    },
    shownBy: evidence.vms,
  },
  {
    id: 'other-runtimes',
    group: 'Platforms',
    need: 'Nomad, Amazon ECS or Lambda in the mesh',
    rows: ['runtimes'],
    fits: {
      'istio-sidecar': [0, 'None in the open source, as far as its documentation was read.'],
      'istio-ambient': [0, 'None in the open source, as far as its documentation was read.'],
      linkerd: [0, 'Kubernetes and machines beside it only.'],
      'consul-ce': [3, 'All three.'],
      'consul-enterprise': [3, 'All three.'],
    },
    unconfirmed: ['istio-sidecar', 'istio-ambient'],
    shownBy: evidence.otherRuntimes,
  },
  {
    id: 'windows',
    group: 'Platforms',
    need: 'Windows workloads in the mesh',
    rows: ['windows'],
    fits: {
      'istio-sidecar': [0, 'Its images are for Linux only.'],
      'istio-ambient': [0, 'Its images are for Linux only.'],
      linkerd: [1, 'An experimental proxy; more in the builds of a vendor.'],
      'consul-ce': [1, 'Machines with a proxy that one starts by hand; no pods.'],
      'consul-enterprise': [1, 'Machines with a proxy that one starts by hand; no pods.'],
    },
    shownBy: evidence.windows,
  },
  {
    id: 'arm-ipv6',
    group: 'Platforms',
    need: 'ARM64 and IPv6',
    rows: ['arm64', 'ipv6'],
    fits: {
      'istio-sidecar': [3, 'Both; two stacks at once are in beta.'],
      'istio-ambient': [3, 'Both; two stacks at once are in beta.'],
      linkerd: [3, 'Both; IPv6 has to be switched on.'],
      'consul-ce': [2, 'Both; IPv6 is young, has to be switched on and is not for every platform.'],
      'consul-enterprise': [2, 'Both; IPv6 is young, has to be switched on and is not for every platform.'],
    },
    shownBy: evidence.armIpv6,
  },
  {
    id: 'consul-today',
    group: 'Platforms',
    need: 'Services that are registered in Consul already',
    rows: ['service-discovery'],
    fits: {
      'istio-sidecar': [0, 'It reads Services of Kubernetes and entries of its own, not that catalog.'],
      'istio-ambient': [0, 'It reads Services of Kubernetes and entries of its own, not that catalog.'],
      linkerd: [0, 'It reads Services of Kubernetes, not that catalog.'],
      'consul-ce': [3, 'The catalog is its own.'],
      'consul-enterprise': [3, 'The catalog is its own.'],
    },
    shownBy: evidence.consulToday,
  },
  {
    id: 'multi-cluster',
    group: 'Clusters and teams',
    need: 'Many clusters that share their services',
    rows: ['multi-cluster'],
    fits: {
      'istio-sidecar': [3, 'Several ways to share one mesh, with gateways or without.'],
      'istio-ambient': [2, 'The same with gateways, in beta between networks.'],
      linkerd: [3, 'Mirrored and federated services, with gateways or without.'],
      'consul-ce': [2, 'Peering and federation by mesh gateways.'],
      'consul-enterprise': [3, 'The same for many partitions, with failover between groups.'],
    },
    shownBy: evidence.multiCluster,
  },
  {
    id: 'legacy',
    group: 'Clusters and teams',
    need: 'Several data centres with services that will never have a proxy',
    rows: ['multi-cluster', 'egress', 'service-discovery'],
    fits: {
      'istio-sidecar': [1, 'Each such service is an entry that somebody writes.'],
      'istio-ambient': [1, 'Each such service is an entry that somebody writes.'],
      linkerd: [1, 'Networks outside can be named, not services in a catalog.'],
      'consul-ce': [3, 'The catalog holds them, and terminating gateways lead to them.'],
      'consul-enterprise': [3, 'The catalog holds them, and terminating gateways lead to them.'],
    },
    shownBy: evidence.legacy,
  },
  {
    id: 'tenancy',
    group: 'Clusters and teams',
    need: 'Many teams, kept apart by fine rules',
    rows: ['multi-tenancy'],
    fits: {
      'istio-sidecar': [
        3,
        'Visibility by namespace and by policy, and several control planes: fine, but no hard border.',
      ],
      'istio-ambient': [
        3,
        'Visibility by namespace and by policy, and several control planes: fine, but no hard border.',
      ],
      linkerd: [1, 'One control plane, and policies by namespace.'],
      'consul-ce': [0, 'One flat namespace for all.'],
      'consul-enterprise': [3, 'Partitions and namespaces, a hard border.'],
    },
    shownBy: evidence.tenancy,
  },
  {
    id: 'open-source',
    group: 'Openness and support',
    need: 'An Apache licence, and stable builds for free',
    rows: ['licence', 'support-window'],
    fits: {
      'istio-sidecar': [3, 'Both.'],
      'istio-ambient': [3, 'Both.'],
      linkerd: [1, 'The licence; the stable builds come from a vendor.'],
      'consul-ce': [0, 'Source-available, which is not open source.'],
      'consul-enterprise': [0, 'A commercial licence.'],
    },
  },
  {
    id: 'foundation',
    group: 'Openness and support',
    need: 'A neutral foundation behind it',
    rows: ['cncf-status', 'governance'],
    fits: {
      'istio-sidecar': [3, 'Graduated at the CNCF, carried by several vendors.'],
      'istio-ambient': [3, 'Graduated at the CNCF, carried by several vendors.'],
      linkerd: [3, 'Graduated at the CNCF, carried mostly by one vendor.'],
      'consul-ce': [0, 'A product of one vendor.'],
      'consul-enterprise': [0, 'A product of one vendor.'],
    },
  },
  {
    id: 'long-support',
    group: 'Openness and support',
    need: "A vendor's support for years on one version",
    rows: ['support-window', 'release-cadence'],
    fits: {
      'istio-sidecar': [1, 'The project supports a release for some months; vendors may do more.'],
      'istio-ambient': [1, 'The project supports a release for some months; vendors may do more.'],
      linkerd: [1, 'The project supports its latest build; with a build of a vendor this would be best.'],
      'consul-ce': [0, 'The latest release only.'],
      'consul-enterprise': [3, 'Years, and longer when paid.'],
    },
  },
];

const questionsById = new Map(questions.map((it) => [it.id, it]));

/** The question with an id, if there is one. */
export function questionById(id: string): Question | undefined {
  return questionsById.get(id);
}

/** Whether a reason that one often reads for a mesh holds today. `new` ones are missing from such lists. */
export type Verdict = 'holds' | 'partly' | 'no longer' | 'new';

export interface Hint {
  readonly mesh: MeshId;
  /** The reason as one reads it. */
  readonly reason: string;
  readonly verdict: Verdict;
  /** What to know of it today; may be empty. */
  readonly note: string;
  /** Ids of the questions that weigh it; empty for what nobody can weigh here. */
  readonly questions: readonly string[];
}

/** What widely copied advice of 2023 gives as reasons for each mesh, tested against today. */
export const hints: readonly Hint[] = [
  {
    mesh: 'istio',
    reason: 'More features, at the cost of more to learn',
    verdict: 'holds',
    note: 'Above all mirrors, tokens, external authorizers, faults, sticky sessions and extensions.',
    questions: ['l7-rich', 'jwt', 'affinity', 'extend'],
  },
  {
    mesh: 'istio',
    reason: 'Policies for enterprises and much to configure',
    verdict: 'holds',
    note: 'By mesh configuration, Sidecar and policies with authorizers of your own.',
    questions: ['jwt', 'tenancy'],
  },
  {
    mesh: 'istio',
    reason: 'Advanced traffic management or rate limits',
    verdict: 'partly',
    note: 'Traffic, yes. Limits are work with EnvoyFilter, and Linkerd has a simple local one by now.',
    questions: ['l7-rich', 'rate-limits'],
  },
  { mesh: 'istio', reason: 'A team that knows Istio and Envoy', verdict: 'holds', note: '', questions: [] },
  {
    mesh: 'istio',
    reason: 'Fine control over many tenants',
    verdict: 'holds',
    note: 'Consul Enterprise draws the harder borders.',
    questions: ['tenancy'],
  },
  {
    mesh: 'istio',
    reason: 'No sidecars',
    verdict: 'new',
    note: 'Ambient mode is the largest change since.',
    questions: ['no-sidecar', 'overhead'],
  },
  {
    mesh: 'linkerd',
    reason: 'Simplicity before features',
    verdict: 'holds',
    note: 'The catch is certificates, and stable builds that come from a vendor.',
    questions: ['simple', 'open-source'],
  },
  {
    mesh: 'linkerd',
    reason: 'Low latency and a small proxy',
    verdict: 'holds',
    note: 'Against sidecars. Ambient, where nothing reads requests, is level with it or below.',
    questions: ['overhead'],
  },
  {
    mesh: 'linkerd',
    reason: 'Fast to roll out where there is only Kubernetes',
    verdict: 'partly',
    note: 'Machines outside can join by now; an entrance is still missing.',
    questions: ['simple', 'vms', 'ingress'],
  },
  {
    mesh: 'linkerd',
    reason: 'Security as the main reason for a mesh',
    verdict: 'holds',
    note: 'Post-quantum TLS is on unasked; yet it lets everybody in unless told otherwise, and reads no tokens.',
    questions: ['post-quantum', 'zero-trust', 'jwt'],
  },
  {
    mesh: 'linkerd',
    reason: 'Graduated at the CNCF',
    verdict: 'no longer',
    note: 'True, but it decides nothing any more: Istio has graduated as well.',
    questions: ['foundation'],
  },
  {
    mesh: 'consul',
    reason: 'Machines, Nomad and Kubernetes together',
    verdict: 'holds',
    note: 'No other mesh comes near.',
    questions: ['vms', 'other-runtimes'],
  },
  {
    mesh: 'consul',
    reason: 'Services are registered in Consul already',
    verdict: 'holds',
    note: '',
    questions: ['consul-today'],
  },
  {
    mesh: 'consul',
    reason: 'Several data centres from the start',
    verdict: 'holds',
    note: 'Peering is the newer form of it.',
    questions: ['multi-cluster', 'legacy'],
  },
  {
    mesh: 'consul',
    reason: 'Other tools of HashiCorp',
    verdict: 'holds',
    note: 'Vault as certificate authority and for secrets, Nomad as a runtime.',
    questions: ['other-runtimes'],
  },
  {
    mesh: 'consul',
    reason: 'Moving old services and containers together',
    verdict: 'holds',
    note: 'By permissive mutual TLS, terminating gateways and registrations.',
    questions: ['legacy'],
  },
  {
    mesh: 'consul',
    reason: 'What the licence and the edition allow',
    verdict: 'new',
    note: 'The BSL, and locality, limits, faults, partitions, several ports and FIPS in Enterprise only.',
    questions: ['open-source', 'locality', 'rate-limits', 'tenancy', 'fips'],
  },
];
