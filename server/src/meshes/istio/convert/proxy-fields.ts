/** Which labels, annotations and fields of Istio say what of proxies, and what becomes in Istio of ideas from elsewhere. */

import type { Answers, FieldRow, Idea, PeculiarField, PlaceRow } from '../../ideas.ts';
import { Namespace, Service } from '../../kubernetes/common/kinds.ts';
import { marksBesidePods, onPods, otherMarks, readOnPods } from '../../kubernetes/common/pod-rows.ts';
import { EnvoyFilter, ProxyConfig, Telemetry, TrafficExtension, WasmPlugin } from '../kinds.ts';
import type { Kind } from '../../../model/kind.ts';

type Rows = { readonly [path: string]: Idea | PeculiarField };

function says(kind: Kind, rows: Rows): readonly FieldRow[] {
  return Object.entries(rows).map(([path, it]) =>
    typeof it === 'string' ? { kind, path, idea: it } : { kind, path, peculiar: it },
  );
}

function onlyIstio(code: string, reason: string, risk: PeculiarField['risk'] = 'behaviour'): PeculiarField {
  return { code, reason, risk };
}

const waypoint = onlyIstio(
  'ambient',
  'A waypoint belongs to ambient mode; the proxy of each pod does its part.',
  'none',
);
const ofGateway = onlyIstio(
  'target-ref',
  'It is for the proxies of a gateway or a waypoint, which are others elsewhere.',
);

/** Fields of code that only Istio has, below a path. */
function extension(at: string): Rows {
  return {
    [`${at}url`]: 'extension',
    [`${at}sha256`]: 'extension',
    [`${at}pluginConfig.**`]: 'extension',
    [`${at}failStrategy`]: onlyIstio(
      'no-equivalent',
      'What happens to requests while the code fails is not said elsewhere.',
      'availability',
    ),
    [`${at}imagePullPolicy`]: onlyIstio(
      'no-equivalent',
      'Elsewhere the code comes from no registry of images.',
      'none',
    ),
    [`${at}imagePullSecret`]: onlyIstio(
      'no-equivalent',
      'Elsewhere the code comes from no registry of images.',
      'none',
    ),
    [`${at}pluginName`]: onlyIstio('metrics-only', 'The name only shows in logs and metrics.', 'none'),
    [`${at}type`]: onlyIstio('no-equivalent', 'Elsewhere code runs for requests, and not for bare connections.'),
    [`${at}verificationKey`]: onlyIstio('no-equivalent', 'Elsewhere no signature of the code is checked.', 'security'),
    [`${at}vmConfig.**`]: onlyIstio('no-equivalent', 'Elsewhere the environment of the code is set in another way.'),
  };
}

/** What is the same in all kinds of code. */
const around: Rows = {
  'spec.match[*].mode': 'extension',
  'spec.match[*].ports[*].**': onlyIstio('port-policy', 'Elsewhere code runs for all ports of a service.'),
  'spec.selector.**': 'extension',
  'spec.targetRefs[*].**': ofGateway,
  'spec.phase': onlyIstio(
    'no-equivalent',
    'Elsewhere code runs at the end of the chain of filters; there are no phases.',
  ),
  'spec.priority': onlyIstio('no-equivalent', 'Elsewhere the order in the manifest counts.', 'none'),
};

export const proxyFields: readonly FieldRow[] = [
  ...says(Namespace, {
    'metadata.labels["istio-injection"]': 'inject.namespace',
    'metadata.labels["istio.io/rev"]': 'inject.ambient',
    'metadata.labels["istio.io/dataplane-mode"]': 'inject.ambient',
    'metadata.labels["istio.io/use-waypoint"]': 'inject.ambient',
    'metadata.labels["istio.io/use-waypoint-namespace"]': 'inject.ambient',
    'metadata.labels["istio.io/ingress-use-waypoint"]': 'inject.ambient',
  }),
  ...readOnPods('labels', 'sidecar.istio.io/inject', 'inject.pod'),
  ...readOnPods('annotations', 'sidecar.istio.io/inject', 'inject.pod'),
  ...readOnPods('labels', 'istio.io/dataplane-mode', 'inject.ambient'),
  ...readOnPods('labels', 'istio.io/rev', 'inject.ambient'),
  ...readOnPods('annotations', 'sidecar.istio.io/proxyCPU', 'proxy.cpu-request'),
  ...readOnPods('annotations', 'sidecar.istio.io/proxyCPULimit', 'proxy.cpu-limit'),
  ...readOnPods('annotations', 'sidecar.istio.io/proxyMemory', 'proxy.memory-request'),
  ...readOnPods('annotations', 'sidecar.istio.io/proxyMemoryLimit', 'proxy.memory-limit'),
  ...readOnPods('annotations', 'sidecar.istio.io/logLevel', 'proxy.log-level'),
  ...readOnPods('annotations', 'sidecar.istio.io/componentLogLevel', 'proxy.log-level.parts'),
  ...readOnPods('annotations', 'sidecar.istio.io/nativeSidecar', 'proxy.native'),
  ...readOnPods('annotations', 'sidecar.istio.io/rewriteAppHTTPProbers', 'proxy.probes'),
  ...readOnPods('annotations', 'proxy.istio.io/config', 'proxy.start-first'),
  ...readOnPods('annotations', 'traffic.sidecar.istio.io/excludeInboundPorts', 'proxy.skip-inbound'),
  ...readOnPods('annotations', 'traffic.sidecar.istio.io/excludeOutboundPorts', 'proxy.skip-outbound'),
  ...readOnPods('annotations', 'traffic.sidecar.istio.io/excludeOutboundIPRanges', 'proxy.skip-addresses'),
  ...otherMarks('It sets up Istio’s proxy; no other mesh reads this label or annotation.'),
  ...marksBesidePods(),
  ...says(Service, {
    'metadata.annotations["networking.istio.io/exportTo"]': onlyIstio(
      'scope-widened',
      'Elsewhere clients of all namespaces see a Service.',
      'none',
    ),
    'metadata.annotations["networking.istio.io/traffic-distribution"]': 'load-balancer.locality',
    'metadata.labels["istio.io/use-waypoint"]': waypoint,
    'metadata.labels["istio.io/use-waypoint-namespace"]': waypoint,
    'metadata.labels["istio.io/ingress-use-waypoint"]': waypoint,
    'metadata.labels.*': onlyIstio('no-equivalent', 'No other mesh reads this label of a Service.'),
    'metadata.annotations.*': onlyIstio('no-equivalent', 'No other mesh reads this annotation of a Service.'),
  }),
  ...says(ProxyConfig, {
    'spec.concurrency': 'proxy.threads',
    'spec.selector.**': 'proxy.threads',
    'spec.environmentVariables.*': onlyIstio(
      'proxy-only',
      'They are variables of Istio’s agent, which no other proxy reads.',
    ),
    'spec.environmentVariables': onlyIstio(
      'proxy-only',
      'They are variables of Istio’s agent, which no other proxy reads.',
    ),
    'spec.image.imageType': onlyIstio('proxy-only', 'Another mesh brings an image of its own.', 'none'),
  }),
  ...says(Telemetry, {
    'spec.accessLogging[*].providers[*].name': 'telemetry.access-log',
    'spec.accessLogging[*].disabled': 'telemetry.access-log',
    'spec.accessLogging[*].filter.expression': onlyIstio(
      'access-log',
      'Elsewhere all requests are logged, or none.',
      'none',
    ),
    'spec.accessLogging[*].match.mode': onlyIstio(
      'access-log',
      'Elsewhere the side that logs cannot be chosen.',
      'none',
    ),
    'spec.selector.**': 'telemetry.workload',
    'spec.targetRef.**': ofGateway,
    'spec.targetRefs[*].**': ofGateway,
    'spec.tracing[*].**': onlyIstio(
      'install-setting',
      'Where traces go and how many are taken is part of the installation of other meshes.',
      'none',
    ),
    'spec.metrics[*].**': onlyIstio(
      'metrics-only',
      'Other meshes have metrics of their own, with other names.',
      'none',
    ),
  }),
  ...says(WasmPlugin, { ...extension('spec.'), ...around, 'spec.targetRef.**': ofGateway }),
  ...says(TrafficExtension, { 'spec.lua.inlineCode': 'extension', ...extension('spec.wasm.'), ...around }),
  // A row each for what a recognised filter has; what others have is said of them all.
  ...says(EnvoyFilter, {
    'spec.workloadSelector.labels.*': 'extension',
    'spec.configPatches[*].applyTo': 'extension',
    'spec.configPatches[*].match.context': 'extension',
    'spec.configPatches[*].match.listener.filterChain.filter.**': 'extension',
    'spec.configPatches[*].patch.operation': 'extension',
    'spec.configPatches[*].patch.value.**': 'extension',
    'spec.**': onlyIstio(
      'envoyfilter',
      'It rewrites the configuration of Envoy, of which other meshes have no such copy.',
    ),
  }),
];

/** What else the YAML of one annotation says. */
export const alsoSaysOfProxies: readonly PlaceRow[] = [
  ...onPods('annotations', 'proxy.istio.io/config', 'proxy.drain'),
  ...onPods('annotations', 'proxy.istio.io/config', 'proxy.threads'),
];

const exact = { fate: 'exact' } as const;

export const proxyAnswers: Pick<
  Answers,
  Extract<Idea, `inject.${string}` | `proxy.${string}` | `telemetry.${string}` | 'extension'>
> = {
  'inject.namespace': { fate: 'exact', reason: 'As a label, where other meshes have annotations.' },
  'inject.pod': { fate: 'exact', reason: 'As a label, where other meshes have annotations.' },
  'inject.ambient': exact,
  'proxy.namespace': {
    fate: 'changed',
    code: 'per-workload',
    reason: 'Istio reads it from pods: each workload of the namespace is told, and later ones have to be.',
  },
  'proxy.cpu-request': exact,
  'proxy.cpu-limit': exact,
  'proxy.memory-request': exact,
  'proxy.memory-limit': exact,
  'proxy.threads': exact,
  'proxy.log-level': exact,
  'proxy.log-level.parts': exact,
  'proxy.native': exact,
  'proxy.probes': exact,
  'proxy.start-first': exact,
  'proxy.drain': exact,
  'proxy.skip-inbound': exact,
  'proxy.skip-outbound': exact,
  'proxy.skip-addresses': exact,
  'proxy.skip-networks': {
    fate: 'changed',
    code: 'no-mesh-proxy',
    reason: 'Calls to these addresses go around the proxy; calls from them reach it, and have to keep to its rules.',
    risk: 'availability',
  },
  'telemetry.access-log': {
    fate: 'changed',
    code: 'access-log',
    reason: 'Istio logs calls that go out as well as those that come in, in the form that its MeshConfig has.',
    risk: 'none',
  },
  'telemetry.workload': exact,
  extension: {
    fate: 'changed',
    code: 'escape-hatch',
    reason: 'It runs at the end of Istio’s chain of filters, just before the router.',
  },
};
