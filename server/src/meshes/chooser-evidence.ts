/** What in manifests shows that a need of the chooser is there already. */

import type { KindId } from './features/feature.ts';

/** One way to see a need: in resources of some kinds, by a field, or by a label or annotation. */
export interface Evidence {
  /** Kinds that show it; a name `*` stands for all of a group, absent for all kinds. */
  readonly kinds?: readonly KindId[];
  /** A field that shows it, one of them is enough; without fields and keys the kind alone does. */
  readonly fields?: readonly string[];
  /** Labels and annotations that show it, on a resource or its pod template. */
  readonly keys?: readonly string[];
  /** What the field or key must say; anything if absent. */
  readonly says?: RegExp;
}

const workloads: readonly KindId[] = ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet'];
const trafficPolicies = [
  'spec.trafficPolicy',
  'spec.trafficPolicy.portLevelSettings[*]',
  'spec.subsets[*].trafficPolicy',
];

/** A field of DestinationRules in each place where a traffic policy may stand. */
function ofTrafficPolicies(field: string): readonly string[] {
  return trafficPolicies.map((it) => `${it}.${field}`);
}

/** Extensions of proxies by their names. */
function extensions(says: RegExp): Evidence {
  return {
    kinds: ['consul.hashicorp.com/ServiceDefaults', 'consul.hashicorp.com/ProxyDefaults'],
    fields: ['spec.envoyExtensions[*].name'],
    says,
  };
}

/** Where a workload may run, by a value of its node selector. */
function onNodes(says: RegExp): readonly Evidence[] {
  return [
    { kinds: workloads, fields: ['spec.template.spec.nodeSelector.*', 'spec.template.spec.os.name'], says },
    { kinds: ['/Pod'], fields: ['spec.nodeSelector.*', 'spec.os.name'], says },
  ];
}

/** Ways to see each need, by the need. */
export const evidence = {
  noSidecar: [
    { keys: ['istio.io/dataplane-mode'], says: /^ambient$/ },
    { keys: ['istio.io/use-waypoint'], says: /^(?!none$)/ },
    { kinds: ['gateway.networking.k8s.io/Gateway'], fields: ['spec.gatewayClassName'], says: /^istio-waypoint$/ },
  ],
  canaryUpgrade: [{ keys: ['istio.io/rev'] }],
  l7Rich: [
    {
      kinds: ['networking.istio.io/VirtualService'],
      fields: ['spec.http[*].mirror', 'spec.http[*].mirrors', 'spec.http[*].fault'],
    },
    {
      kinds: ['gateway.networking.k8s.io/HTTPRoute', 'policy.linkerd.io/HTTPRoute'],
      fields: ['spec.rules[*].filters[*].requestMirror'],
    },
  ],
  gatewayApi: [
    {
      kinds: [
        'gateway.networking.k8s.io/HTTPRoute',
        'gateway.networking.k8s.io/GRPCRoute',
        'gateway.networking.k8s.io/TLSRoute',
        'gateway.networking.k8s.io/TCPRoute',
      ],
    },
  ],
  rateLimits: [
    {
      kinds: ['networking.istio.io/EnvoyFilter'],
      fields: ['spec.configPatches[*].patch.value.name'],
      says: /ratelimit/,
    },
    { kinds: ['policy.linkerd.io/HTTPLocalRateLimitPolicy'] },
    { kinds: ['consul.hashicorp.com/ServiceDefaults'], fields: ['spec.rateLimits'] },
  ],
  affinity: [
    { kinds: ['networking.istio.io/DestinationRule'], fields: ofTrafficPolicies('loadBalancer.consistentHash') },
    { keys: ['istio.io/persistent-session'] },
    { kinds: ['consul.hashicorp.com/ServiceResolver'], fields: ['spec.loadBalancer.hashPolicies'] },
  ],
  locality: [
    {
      kinds: ['networking.istio.io/DestinationRule'],
      fields: [
        ...ofTrafficPolicies('loadBalancer.localityLbSetting'),
        ...ofTrafficPolicies('loadBalancer.zoneAwareLbSetting'),
      ],
    },
    { kinds: ['/Service'], fields: ['spec.trafficDistribution'] },
    { keys: ['networking.istio.io/traffic-distribution'] },
    {
      kinds: ['consul.hashicorp.com/ServiceResolver', 'consul.hashicorp.com/ProxyDefaults'],
      fields: ['spec.failover', 'spec.failoverPolicy', 'spec.prioritizeByLocality'],
    },
  ],
  ingress: [
    {
      kinds: ['gateway.networking.k8s.io/Gateway'],
      fields: ['spec.gatewayClassName'],
      // A class of anybody else shows that the entrance is another product.
      says: /^(istio|consul|api-gateway)$/,
    },
    { kinds: ['networking.istio.io/Gateway', 'consul.hashicorp.com/IngressGateway'] },
  ],
  egress: [
    { kinds: ['networking.istio.io/ServiceEntry'], fields: ['spec.location'], says: /^MESH_EXTERNAL$/ },
    { kinds: ['networking.istio.io/Sidecar'], fields: ['spec.outboundTrafficPolicy.mode'], says: /^REGISTRY_ONLY$/ },
    { kinds: ['policy.linkerd.io/EgressNetwork', 'consul.hashicorp.com/TerminatingGateway'] },
    { kinds: ['consul.hashicorp.com/ServiceDefaults'], fields: ['spec.destination'] },
    {
      kinds: ['consul.hashicorp.com/Mesh'],
      fields: ['spec.transparentProxy.meshDestinationsOnly'],
      says: /^true$/,
    },
  ],
  extend: [
    {
      kinds: [
        'networking.istio.io/EnvoyFilter',
        'extensions.istio.io/WasmPlugin',
        'extensions.istio.io/TrafficExtension',
      ],
    },
    extensions(/lua|wasm|property-override/),
    {
      kinds: ['consul.hashicorp.com/ServiceDefaults', 'consul.hashicorp.com/ProxyDefaults'],
      fields: ['spec.config.envoy_listener_json', 'spec.config.envoy_cluster_json'],
    },
  ],
  ai: [{ kinds: ['inference.networking.k8s.io/InferencePool', 'inference.networking.x-k8s.io/InferencePool'] }],
  zeroTrust: [
    { kinds: ['security.istio.io/PeerAuthentication'], fields: ['spec.mtls.mode'], says: /^STRICT$/ },
    { keys: ['config.linkerd.io/default-inbound-policy'], says: /^(all|cluster)-authenticated$|^deny$/ },
    { kinds: ['policy.linkerd.io/MeshTLSAuthentication'] },
    { kinds: ['consul.hashicorp.com/ServiceIntentions'], fields: ['spec.sources[*].action'], says: /^deny$/ },
  ],
  jwt: [
    { kinds: ['security.istio.io/RequestAuthentication', 'consul.hashicorp.com/JWTProvider'] },
    {
      kinds: ['security.istio.io/AuthorizationPolicy'],
      fields: ['spec.provider', 'spec.rules[*].from[*].source.requestPrincipals'],
    },
    {
      kinds: ['consul.hashicorp.com/ServiceIntentions'],
      fields: ['spec.jwt', 'spec.sources[*].permissions[*].jwt'],
    },
    extensions(/ext-authz/),
  ],
  vms: [
    {
      kinds: [
        'networking.istio.io/WorkloadEntry',
        'networking.istio.io/WorkloadGroup',
        'workload.linkerd.io/ExternalWorkload',
      ],
    },
    { kinds: ['policy.linkerd.io/Server'], fields: ['spec.externalWorkloadSelector'] },
  ],
  otherRuntimes: [extensions(/lambda/)],
  windows: onNodes(/^windows$/),
  armIpv6: [
    ...onNodes(/^arm64$/),
    { kinds: ['/Service'], fields: ['spec.ipFamilies[*]'], says: /^IPv6$/ },
    { keys: ['consul.hashicorp.com/dual-stack'] },
  ],
  consulToday: [{ kinds: ['consul.hashicorp.com/*'] }],
  multiCluster: [
    {
      kinds: [
        'multicluster.linkerd.io/Link',
        'consul.hashicorp.com/PeeringAcceptor',
        'consul.hashicorp.com/PeeringDialer',
        'multicluster.x-k8s.io/ServiceExport',
        'multicluster.x-k8s.io/ServiceImport',
      ],
    },
    { keys: ['mirror.linkerd.io/exported', 'mirror.linkerd.io/federated', 'topology.istio.io/network'] },
    {
      kinds: ['consul.hashicorp.com/ServiceResolver'],
      fields: ['spec.redirect.peer', 'spec.redirect.datacenter', 'spec.failover.*.targets[*].peer'],
    },
    {
      kinds: ['consul.hashicorp.com/ExportedServices'],
      fields: ['spec.services[*].consumers[*].peer'],
    },
  ],
  legacy: [{ kinds: ['consul.hashicorp.com/TerminatingGateway', 'consul.hashicorp.com/Registration'] }],
  tenancy: [
    {
      kinds: [
        'networking.istio.io/VirtualService',
        'networking.istio.io/DestinationRule',
        'networking.istio.io/ServiceEntry',
      ],
      fields: ['spec.exportTo'],
    },
    { kinds: ['networking.istio.io/Sidecar'], fields: ['spec.egress'] },
    {
      kinds: ['consul.hashicorp.com/ExportedServices'],
      fields: ['spec.services[*].consumers[*].partition'],
    },
  ],
} as const satisfies Readonly<Record<string, readonly Evidence[]>>;
