/**
 * Best practices that guides of 2023 list, with what they come to in each mesh, and the rules that already watch some of it.
 * Sources: the defaults of the three meshes as the rows of `meshes/features` have them.
 */

import type { MeshId } from '../../model/mesh-id.ts';

export const practiceGroups = ['General', 'Traffic', 'Security', 'Observability'] as const;

export interface Practice {
  /** Stable name: `strict-mtls`. */
  readonly id: string;
  readonly group: (typeof practiceGroups)[number];
  readonly title: string;
  /** What it comes to; Markdown within a paragraph. */
  readonly advice: string;
  /** What it comes to in one mesh, where they differ. */
  readonly how?: Readonly<Partial<Record<MeshId, string>>>;
  /** What diagnostics say of it already; absent where no manifest shows whether it is followed. */
  readonly watched?: readonly Watch[];
}

/** Part of a practice that rules watch. Those of a mesh are named by it: `istio/route-weights`; others hold for all. */
export interface Watch {
  readonly what: string;
  readonly rules: readonly string[];
}

export const practices: readonly Practice[] = [
  {
    id: 'automatic-mtls',
    group: 'General',
    title: 'Begin with automatic mutual TLS',
    advice: 'All three encrypt between their own pods without a resource. What differs is whom else they let in.',
    how: {
      istio: 'Permissive until a PeerAuthentication says `STRICT`.',
      linkerd: 'All clients are let in until `default-inbound-policy` says otherwise.',
      consul: 'Strict from the start; permissive has to be allowed in the Mesh.',
    },
  },
  {
    id: 'gradual-rollout',
    group: 'General',
    title: 'Go namespace by namespace',
    advice: 'Plain text is let in first and refused last. A pod belongs to one mesh at a time.',
    watched: [
      { what: 'Pods that two meshes claim.', rules: ['common/multiple-mesh-injection'] },
      { what: 'Labels of which only one counts.', rules: ['istio/namespace-multiple-injection-labels'] },
      {
        what: 'Switches where nobody reads them.',
        rules: [
          'istio/annotation-misplaced',
          'linkerd/inject-annotation-misplaced',
          'consul/inject-annotation-misplaced',
        ],
      },
    ],
  },
  {
    id: 'resources',
    group: 'General',
    title: 'Watch what proxies use',
    advice:
      'Give proxies requests and limits before a quota refuses their pods, and look at memory after each new namespace.',
    watched: [
      {
        what: 'Amounts in annotations of proxies that nobody understands.',
        rules: ['istio/annotation-invalid', 'linkerd/config-annotation-value', 'consul/inject-annotation-value'],
      },
    ],
  },
  {
    id: 'namespaces',
    group: 'General',
    title: 'Draw borders by identity, not by namespace alone',
    advice: 'A namespace by itself isolates nothing: a policy that names identities does.',
    watched: [
      { what: 'Policies for accounts that are not there.', rules: ['linkerd/authz-authentication-not-found'] },
      { what: 'Servers that select no pods.', rules: ['linkerd/server-no-matching-pods'] },
    ],
  },
  {
    id: 'rbac',
    group: 'General',
    title: 'Say who may write policies',
    advice:
      'Roles of Kubernetes for PeerAuthentication, AuthorizationPolicy, Server and ServiceIntentions: not everyone who may deploy should open the mesh.',
  },
  {
    id: 'audits',
    group: 'General',
    title: 'Audit regularly',
    advice: 'Read the notes on vulnerabilities of every minor release. A mesh two releases behind gets no fixes.',
    watched: [
      {
        what: 'Versions of kinds that are deprecated or gone.',
        rules: ['common/deprecated-api-version', 'common/removed-api-version'],
      },
      { what: 'Kinds that something newer has taken the place of.', rules: ['common/superseded-kind'] },
    ],
  },
  {
    id: 'failover',
    group: 'General',
    title: 'Try failover before you need it',
    advice: 'Drain a zone, stop the control plane: running proxies must go on with what they know.',
  },
  {
    id: 'canary',
    group: 'Traffic',
    title: 'Release by canary',
    advice: 'Begin with a few per cent, and let a controller such as Flagger or Argo Rollouts move the weight.',
    watched: [
      { what: 'Weights that do not add up.', rules: ['istio/route-weights', 'consul/service-splitter-sum'] },
      {
        what: 'Versions that nobody defines.',
        rules: ['istio/subset-not-defined', 'consul/splitter-subset-not-found'],
      },
      { what: 'Routes to Services that are not there.', rules: ['gateway/backend-not-found'] },
    ],
  },
  {
    id: 'circuit-breakers',
    group: 'Traffic',
    title: 'Break circuits',
    advice: 'One bad pod out of ten should not cost every tenth request.',
    how: {
      istio: '`outlierDetection` in a DestinationRule.',
      linkerd: '`balancer.linkerd.io/failure-accrual` on the Service, without a ServiceProfile beside it.',
      consul: '`passiveHealthCheck` in ServiceDefaults.',
    },
    watched: [
      { what: 'A field that the proxy no longer gets.', rules: ['istio/outlier-consecutive-errors-deprecated'] },
      {
        what: 'Breakers that cannot be read, or are off.',
        rules: [
          'linkerd/failure-accrual-annotation',
          'linkerd/failure-accrual-ineffective',
          'linkerd/route-shadowed-by-service-profile',
        ],
      },
    ],
  },
  {
    id: 'timeouts',
    group: 'Traffic',
    title: 'Give every call a timeout',
    advice: 'The caller’s has to be longer than all tries of the callee together.',
    watched: [
      {
        what: 'Timeouts that cannot be read, or that nobody looks at.',
        rules: ['linkerd/route-annotation-timeout', 'linkerd/route-annotation-ignored'],
      },
    ],
  },
  {
    id: 'retries',
    group: 'Traffic',
    title: 'Retry what may be repeated',
    advice: 'Not a `POST` that charges a card; and few times, since retries multiply along a chain of calls.',
    watched: [
      {
        what: 'Retries that cannot be read, or that nobody looks at.',
        rules: ['linkerd/route-annotation-retry', 'linkerd/route-annotation-ignored'],
      },
    ],
  },
  {
    id: 'failure-scenarios',
    group: 'Traffic',
    title: 'Inject faults',
    advice: 'Delay and abort some requests on purpose and see what callers do.',
    how: {
      istio: '`fault` in a VirtualService.',
      linkerd: 'Send some of the traffic to a Service that fails; there is no delay.',
      consul: 'Enterprise alone.',
    },
  },
  {
    id: 'error-rates',
    group: 'Traffic',
    title: 'Watch error rates',
    advice: 'By route, not by workload: a new path that fails hides among old ones that do not.',
  },
  {
    id: 'strict-mtls',
    group: 'Security',
    title: 'Refuse plain text in the end',
    advice: 'When the last caller is in the mesh.',
    how: {
      istio: 'PeerAuthentication `STRICT` in the root namespace.',
      linkerd: '`proxy.defaultInboundPolicy=all-authenticated`.',
      consul: '`mutualTLSMode: strict`, which is the default.',
    },
  },
  {
    id: 'least-privilege',
    group: 'Security',
    title: 'Allow by name, refuse the rest',
    advice: 'Begin with a policy that allows nothing, then one for each caller.',
    how: {
      istio: 'An AuthorizationPolicy with an empty `spec` in the namespace.',
      linkerd: '`default-inbound-policy: deny`, or a Server, which lets in nobody whom no policy names.',
      consul: 'Access lists on, or an intention from `*` to `*` that denies.',
    },
    watched: [
      { what: 'Rules on HTTP that no proxy sees.', rules: ['istio/policy-http-unseen'] },
      {
        what: 'Unknown accounts, and access policies that there are not.',
        rules: ['linkerd/authz-authentication-not-found', 'linkerd/server-access-policy'],
      },
      { what: 'Sources with both an action and permissions.', rules: ['consul/intentions-action'] },
    ],
  },
  {
    id: 'certificates',
    group: 'Security',
    title: 'Know who renews which certificate',
    advice:
      'Those of pods renew themselves. The issuer, the root and the trust anchor do not: write down who does, and when.',
  },
  {
    id: 'authorization-policies',
    group: 'Security',
    title: 'Write policies that hold',
    advice: 'A policy on HTTP needs a proxy that reads HTTP, and a protocol that says so.',
    watched: [
      {
        what: 'HTTP in policies where nobody reads it, and protocols that are misspelt.',
        rules: ['istio/policy-http-unseen', 'istio/port-name-misspelt'],
      },
      {
        what: 'HTTP for services without a protocol, and two intentions for one destination.',
        rules: ['consul/l7-entry-needs-http', 'consul/intentions-same-destination'],
      },
      { what: 'Probes that are shut out.', rules: ['linkerd/route-misses-probes'] },
    ],
  },
  {
    id: 'audit-traffic',
    group: 'Security',
    title: 'Keep a record of who calls whom',
    advice: 'Access logs of proxies, sampled; and dry runs of new policies before they refuse anybody.',
  },
  {
    id: 'data-at-rest',
    group: 'Security',
    title: 'Encrypt data at rest elsewhere',
    advice: 'A mesh knows data on the wire alone: this one belongs to storage and to the API server.',
  },
  {
    id: 'existing-monitoring',
    group: 'Observability',
    title: 'Join your own monitoring',
    advice: 'The dashboards that come along forget after hours. Let your own Prometheus scrape the proxies.',
  },
  {
    id: 'mesh-alerts',
    group: 'Observability',
    title: 'Alert on the health of the mesh itself',
    advice: 'Certificates that end soon, configuration that proxies refuse, a control plane that lags.',
    how: {
      istio: '`pilot_total_xds_rejects`, and proxies that are STALE.',
      linkerd: '`linkerd check` on a schedule, and the end of the issuer.',
      consul: 'Resources whose SYNCED is False.',
    },
  },
  {
    id: 'tracing',
    group: 'Observability',
    title: 'Trace across services',
    advice: 'No mesh joins spans by itself: applications have to pass the headers on. Sample a few per cent.',
  },
  {
    id: 'latency',
    group: 'Observability',
    title: 'Look at the slowest, not the mean',
    advice: 'The 99th percentile of callers, since retries and queues show there first.',
  },
  {
    id: 'utilisation',
    group: 'Observability',
    title: 'Follow what the mesh costs',
    advice:
      'Memory of proxies grows with the services they know: a Sidecar, `exportTo` or upstreams by name keep it small.',
  },
  {
    id: 'traffic-patterns',
    group: 'Observability',
    title: 'Compare what calls with what should',
    advice: 'The map of Kiali, viz or Consul against the routes and policies of your manifests.',
  },
];
