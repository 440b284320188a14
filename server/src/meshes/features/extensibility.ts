/** Extensibility: own code in the data path. */

import type { Feature } from './feature.ts';

export const extensibility: readonly Feature[] = [
  {
    id: 'extensibility',
    title: 'Proxy extensibility (Wasm, Lua, raw)',
    category: 'Extensibility',
    cells: {
      istio: {
        value: 'Yes',
        rating: 3,
        note: 'TrafficExtension (extensions.istio.io/v1alpha1) for Wasm and Lua since 1.30, WasmPlugin before it, EnvoyFilter for anything (MERGE_AND_REPLACE_LIST since 1.31).',
        since: 'WasmPlugin 1.12; TrafficExtension 1.30',
        kinds: [
          'extensions.istio.io/TrafficExtension',
          'extensions.istio.io/WasmPlugin',
          'networking.istio.io/EnvoyFilter',
        ],
        source: 'https://istio.io/latest/news/releases/1.30.x/announcing-1.30/',
        sourceRef:
          'istio/api@master:extensions/v1alpha1/traffic_extension.proto; istio/istio@master:releasenotes/notes/wasmplugin.yaml; istio/istio.io:content/en/news/releases/1.30.x/announcing-1.30/_index.md',
      },
      linkerd: {
        value: 'No',
        rating: 0,
        note: 'Small fixed feature set by design.',
        since: null,
        kinds: [],
        source: 'https://linkerd.io/design-principles/',
        sourceRef: 'linkerd/website@main:linkerd.io/content/design-principles',
      },
      consul: {
        value: 'Yes',
        rating: 3,
        note: 'envoyExtensions in ServiceDefaults or ProxyDefaults: lua, wasm, ext-authz, property-override, otel-access-logging, aws-lambda; ext-proc with RouteExtProc in 2.0.2 (Enterprise); plus escape-hatch JSON.',
        since: 'Lua 1.15, Wasm and property override 1.16',
        kinds: [
          'consul.hashicorp.com/ServiceDefaults',
          'consul.hashicorp.com/ProxyDefaults',
          'consul.hashicorp.com/RouteExtProc',
        ],
        fields: [
          'spec.envoyExtensions',
          'spec.extProc',
          'spec.config.envoy_listener_json',
          'spec.config.envoy_cluster_json',
        ],
        source: 'https://developer.hashicorp.com/consul/docs/envoy-extension',
        sourceRef:
          'hashicorp/web-unified-docs:content/consul/v2.0.x/content/docs/release-notes/consul/v1_16_x.mdx; hashicorp/consul:agent/envoyextensions; hashicorp/consul-k8s@v2.0.3:CHANGELOG.md',
      },
    },
    seed: undefined,
    seedOutdated: false,
    why: '',
  },
];
