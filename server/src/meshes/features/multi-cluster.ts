/** Multi-cluster: several clusters as one mesh. */

import type { Feature } from './feature.ts';

export const multiCluster: readonly Feature[] = [
  {
    id: 'multi-cluster',
    title: 'Multi-cluster',
    category: 'Multi-cluster',
    cells: {
      istio: {
        value: 'Yes: multi-primary, primary-remote, external control plane; ambient multi-network is beta',
        rating: 3,
        note: 'istioctl create-remote-secret per peer, topology.istio.io/network labels, an east-west Gateway on port 15443 (sidecar) or class istio-east-west (ambient), shared root CA in the cacerts secret.',
        since: 'sidecar before 1.20; ambient multi-network alpha 1.27, beta 1.29',
        kinds: [
          'networking.istio.io/Gateway',
          'gateway.networking.k8s.io/Gateway',
          'networking.istio.io/ServiceEntry',
          'networking.istio.io/WorkloadEntry',
          'networking.istio.io/DestinationRule',
        ],
        fields: ['spec.endpoints[*].network', 'spec.network'],
        keys: ['topology.istio.io/network'],
        source: 'https://istio.io/latest/docs/setup/install/multicluster/',
        sourceRef:
          'istio/istio@master:istioctl/pkg/multicluster/remote_secret.go; https://istio.io/latest/blog/2026/ambient-multinetwork-multicluster-beta/',
      },
      linkerd: {
        value: 'Yes: gateway (hierarchical), flat pod-to-pod, and federated services',
        rating: 3,
        note: 'multicluster extension; Link (multicluster.linkerd.io/v1alpha3) plus a controllers[] entry in the chart; Services exported with mirror.linkerd.io/exported=true or =remote-discovery, federated with mirror.linkerd.io/federated=member. Needs a shared trust anchor.',
        since: '2.8; flat 2.14; federated 2.17; declarative links 2.18',
        kinds: ['multicluster.linkerd.io/Link', '/Service'],
        fields: ['spec.targetClusterName'],
        keys: ['mirror.linkerd.io/*'],
        source: 'https://linkerd.io/docs/features/multicluster/',
        sourceRef:
          'linkerd/website@main:linkerd.io/content/docs/features/multicluster.md; linkerd/website@main:linkerd.io/content/docs/tasks/installing-multicluster.md; linkerd/linkerd2@main:multicluster/cmd/link-gen.go',
      },
      consul: {
        value: 'Yes: cluster peering or WAN federation through mesh gateways',
        rating: 3,
        note: 'global.peering.enabled with PeeringAcceptor, PeeringDialer and ExportedServices, or global.federation.* ; both need global.tls.enabled and meshGateway.enabled. Many partitions per peering need Enterprise.',
        since: 'WAN federation by mesh gateway 1.8; peering 1.14 / consul-k8s 1.0',
        kinds: [
          'consul.hashicorp.com/PeeringAcceptor',
          'consul.hashicorp.com/PeeringDialer',
          'consul.hashicorp.com/ExportedServices',
          'consul.hashicorp.com/SamenessGroup',
          'consul.hashicorp.com/ServiceResolver',
          'consul.hashicorp.com/Mesh',
        ],
        fields: [
          'spec.peer',
          'spec.services',
          'spec.members',
          'spec.redirect.peer',
          'spec.redirect.datacenter',
          'spec.failover.*.datacenters',
          'spec.peering',
        ],
        source: 'https://developer.hashicorp.com/consul/docs/east-west',
        sourceRef:
          'hashicorp/consul-k8s@v2.0.3:charts/consul/values.yaml (global.peering, global.federation); hashicorp/web-unified-docs:content/consul/v2.0.x/content/docs/east-west/index.mdx',
      },
    },
    seed: { istio: 'Yes', linkerd: 'Yes', consul: 'Yes (native)' },
    seedOutdated: true,
    why: 'The values hold, but the steps that are often shown are incomplete or old: no shared root, no east-west gateway, the deprecated `multicluster link`, no peering.',
  },
];
