/** Developer experience: checking, delivering and learning the manifests. */

import type { Feature } from './feature.ts';

export const developerExperience: readonly Feature[] = [
  {
    id: 'validate-cli',
    title: 'Offline config validation',
    category: 'Developer experience',
    cells: {
      istio: {
        value: 'Yes',
        rating: 3,
        note: '`istioctl validate -f` and `istioctl analyze --use-kube=false FILES` (36 named analyzers plus schema ones, 68 message types), and the admission webhook; `istioctl x precheck` before upgrades.',
        since: 'always; new checks 1.31',
        kinds: [],
        source: 'https://istio.io/latest/docs/ops/diagnostic-tools/istioctl-analyze/',
        sourceRef:
          'istio/istio@master:istioctl/pkg/validate/validate.go; istio/istio@master:istioctl/pkg/analyze/analyze.go; istio/istio@master:pkg/config/analysis/analyzers/all.go',
      },
      linkerd: {
        value: 'Cluster only',
        rating: 1,
        note: 'Admission webhook of the policy controller; `linkerd check`, `linkerd diagnostics policy|endpoints|profile`, `linkerd authz`. Nothing checks a file without a cluster.',
        since: null,
        kinds: [],
        source: 'https://linkerd.io/docs/reference/cli/diagnostics/',
        sourceRef:
          'linkerd/linkerd2@main:cli/cmd/diagnostics.go; linkerd/linkerd2@main:policy-controller/runtime/src/admission.rs',
      },
      consul: {
        value: 'Cluster only',
        rating: 1,
        note: 'Admission webhooks and the Synced condition; `consul-k8s troubleshoot`, `consul-k8s proxy read`; `consul validate` is for agent files. Nothing checks CRDs in files.',
        since: null,
        kinds: [],
        source: 'https://developer.hashicorp.com/consul/docs/reference/cli/consul-k8s',
        sourceRef:
          'hashicorp/consul-k8s@v2.0.3:cli/commands.go; hashicorp/consul-k8s@v2.0.3:control-plane/api/v1alpha1',
      },
    },
    seed: undefined,
    seedOutdated: false,
    why: '',
  },
  {
    id: 'gitops',
    title: 'GitOps friendliness',
    category: 'Developer experience',
    cells: {
      istio: {
        value: 'Good: Helm (v4 since 1.30), revisions and tags, `istioctl manifest generate`',
        rating: 3,
        note: 'The in-cluster operator was removed in 1.24; IstioOperator lives on as a file format of istioctl. `manifest generate -o` since 1.31. Charts move to https://blob.istio.io/istio-release/charts and ghcr.io/istio/release/charts from 1.31; the old storage.googleapis.com repository closes in Dec 2026.',
        since: '1.24-1.31',
        kinds: ['install.istio.io/IstioOperator'],
        source: 'https://istio.io/latest/docs/setup/install/helm/',
        sourceRef:
          'istio/istio.io:content/en/news/releases/1.31.x/announcing-1.31/upgrade-notes/index.md; istio/istio.io:content/en/blog/2026/retirement-of-gcp/index.md; istio/istio@master:releasenotes/notes/61043.yaml',
      },
      linkerd: {
        value: 'Good: Helm (linkerd-crds, linkerd-control-plane), declarative Link',
        rating: 3,
        note: 'Own certificates must be supplied (identityTrustAnchorsPEM, issuer secret); links are plain YAML since 2.18.',
        since: '2.18',
        kinds: ['multicluster.linkerd.io/Link'],
        source: 'https://linkerd.io/docs/tasks/gitops/',
        sourceRef:
          'linkerd/website@main:linkerd.io/content/docs/tasks/gitops.md; linkerd/website@main:linkerd.io/content/blog/2025/0423-announcing-linkerd-2.18/index.md',
      },
      consul: {
        value: 'Fair: Helm chart with jobs and hooks, config entries as CRDs',
        rating: 2,
        note: 'CRD templates live in the chart; ACL bootstrap and manifest jobs run in the cluster; an Argo CD hook wait was fixed in 2.0.2.',
        since: null,
        kinds: [],
        source: 'https://developer.hashicorp.com/consul/docs/deploy/server/k8s/helm',
        sourceRef: 'hashicorp/consul-k8s@v2.0.3:CHANGELOG.md (2.0.2)',
      },
    },
    seed: undefined,
    seedOutdated: false,
    why: '',
  },
  {
    id: 'crd-count',
    title: 'Own CRDs installed',
    category: 'Developer experience',
    cells: {
      istio: {
        value: '15 (plus Gateway API, not bundled)',
        rating: 2,
        note: 'networking 9 (DestinationRule, EnvoyFilter, Gateway, ProxyConfig, ServiceEntry, Sidecar, VirtualService, WorkloadEntry, WorkloadGroup), security 3, telemetry 1, extensions 2.',
        since: '15 since 1.30 (14 in 1.29)',
        kinds: [],
        source: 'https://istio.io/latest/docs/reference/config/',
        sourceRef: 'istio/istio@master:manifests/charts/base/files/crd-all.gen.yaml',
      },
      linkerd: {
        value: '11 (10 core + Link), plus up to 4 Gateway API CRDs if asked for',
        rating: 3,
        note: 'policy.linkerd.io 8, linkerd.io 1, workload.linkerd.io 1, multicluster.linkerd.io 1.',
        since: '2.20',
        kinds: [],
        source: 'https://github.com/linkerd/linkerd2/tree/main/charts/linkerd-crds',
        sourceRef:
          'linkerd/linkerd2@main:charts/linkerd-crds/templates; linkerd/linkerd2@main:multicluster/charts/linkerd-multicluster/templates/link-crd.yaml',
      },
      consul: {
        value: '29 by default (24 own + 5 Gateway API); up to 40 templates',
        rating: 1,
        note: '+2 with peering, +9 with global.crds.consulapi.enabled.',
        since: 'consul-k8s 2.0.3',
        kinds: [],
        source: 'https://developer.hashicorp.com/consul/docs/reference/k8s/helm',
        sourceRef: 'hashicorp/consul-k8s@v2.0.3:charts/consul/templates/crd-*.yaml, consul-crd-*.yaml',
      },
    },
    seed: undefined,
    seedOutdated: false,
    why: '',
  },
];
