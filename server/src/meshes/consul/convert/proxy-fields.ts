/** Which annotations and fields of Consul say what of proxies, and what becomes in Consul of ideas from elsewhere. */

import type { Answers, FieldRow, Idea, PeculiarField, PlaceRow } from '../../ideas.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { marksBesidePods, onPods, otherMarks, readOnPods } from '../../kubernetes/common/pod-rows.ts';
import { ProxyDefaults, ServiceDefaults } from '../kinds.ts';

const consul = (key: string) => `consul.hashicorp.com/${key}`;

const onService: PeculiarField = {
  code: 'consul-proxy-mode',
  reason: 'It says how Consul registers or copies the Service, which other meshes do not do.',
  risk: 'none',
};
const needed: PeculiarField = {
  code: 'escape-hatch',
  reason: 'Whether a mistake in the extension holds the whole proxy back is not said elsewhere.',
  risk: 'none',
};
const form: PeculiarField = {
  code: 'access-log',
  reason: 'Where logs go and what a line looks like is part of the installation of other meshes.',
  risk: 'none',
};

export const proxyFields: readonly FieldRow[] = [
  ...readOnPods('annotations', consul('connect-inject'), 'inject.pod'),
  ...readOnPods('annotations', consul('sidecar-proxy-cpu-request'), 'proxy.cpu-request'),
  ...readOnPods('annotations', consul('sidecar-proxy-cpu-limit'), 'proxy.cpu-limit'),
  ...readOnPods('annotations', consul('sidecar-proxy-memory-request'), 'proxy.memory-request'),
  ...readOnPods('annotations', consul('sidecar-proxy-memory-limit'), 'proxy.memory-limit'),
  ...readOnPods('annotations', consul('consul-envoy-proxy-concurrency'), 'proxy.threads'),
  ...readOnPods('annotations', consul('envoy-extra-args'), 'proxy.log-level'),
  ...readOnPods('annotations', consul('enable-consul-dataplane-as-sidecar'), 'proxy.native'),
  ...readOnPods('annotations', consul('transparent-proxy-overwrite-probes'), 'proxy.probes'),
  ...readOnPods('annotations', consul('sidecar-proxy-lifecycle-startup-grace-period-seconds'), 'proxy.start-first'),
  ...readOnPods('annotations', consul('sidecar-proxy-lifecycle-shutdown-grace-period-seconds'), 'proxy.drain'),
  ...readOnPods('annotations', consul('transparent-proxy-exclude-inbound-ports'), 'proxy.skip-inbound'),
  ...readOnPods('annotations', consul('transparent-proxy-exclude-outbound-ports'), 'proxy.skip-outbound'),
  ...readOnPods('annotations', consul('transparent-proxy-exclude-outbound-cidrs'), 'proxy.skip-addresses'),
  ...otherMarks('It sets up Consul’s proxy; no other mesh reads this label or annotation.'),
  ...marksBesidePods(),
  { kind: Service, path: 'metadata.labels.*', peculiar: onService },
  { kind: Service, path: 'metadata.annotations.*', peculiar: onService },
  ...[ServiceDefaults, ProxyDefaults].flatMap((kind): readonly FieldRow[] => [
    { kind, path: 'spec.envoyExtensions[*].required', peculiar: needed },
    { kind, path: 'spec.envoyExtensions.**', idea: 'extension' },
  ]),
  { kind: ProxyDefaults, path: 'spec.accessLogs.enabled', idea: 'telemetry.access-log' },
  { kind: ProxyDefaults, path: 'spec.accessLogs.type', idea: 'telemetry.access-log' },
  { kind: ProxyDefaults, path: 'spec.accessLogs.**', peculiar: form },
];

export const alsoSaysOfProxies: readonly PlaceRow[] = [
  ...onPods('annotations', consul('connect-inject'), 'inject.namespace'),
  ...onPods('annotations', consul('connect-inject'), 'inject.ambient'),
  ...onPods('annotations', consul('envoy-extra-args'), 'proxy.log-level.parts'),
  ...onPods('annotations', consul('transparent-proxy-exclude-outbound-cidrs'), 'proxy.skip-networks'),
];

const exact = { fate: 'exact' } as const;

export const proxyAnswers: Pick<
  Answers,
  Extract<Idea, `inject.${string}` | `proxy.${string}` | `telemetry.${string}` | 'extension'>
> = {
  'inject.namespace': {
    fate: 'changed',
    code: 'per-workload',
    reason:
      'Consul asks pods, not namespaces: each workload of the namespace asks for a proxy, and later ones have to.',
  },
  'inject.pod': { fate: 'exact', reason: 'As an annotation, where Istio has a label.' },
  'inject.ambient': {
    fate: 'changed',
    code: 'ambient',
    reason: 'Pods get proxies of their own, from the one control plane that there is.',
  },
  'proxy.namespace': {
    fate: 'changed',
    code: 'per-workload',
    reason: 'Consul reads it from pods: each workload of the namespace is told, and later ones have to be.',
  },
  'proxy.cpu-request': exact,
  'proxy.cpu-limit': exact,
  'proxy.memory-request': exact,
  'proxy.memory-limit': exact,
  'proxy.threads': exact,
  'proxy.log-level': {
    fate: 'changed',
    code: 'log-level',
    reason: 'It is the level of Envoy alone: the agent beside it goes by the installation.',
    risk: 'none',
  },
  'proxy.log-level.parts': exact,
  'proxy.native': exact,
  'proxy.probes': exact,
  'proxy.start-first': {
    fate: 'changed',
    code: 'proxy-only',
    reason: 'Consul holds the application back for a time at most, here a minute, and then starts it all the same.',
    risk: 'none',
  },
  'proxy.drain': {
    fate: 'changed',
    code: 'proxy-only',
    reason: 'In Consul the proxy serves for the whole of this time once the pod is to end; it counts in seconds.',
    risk: 'none',
  },
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
    fate: 'exact',
    reason: 'For all proxies of the mesh alike.',
    from: {
      linkerd: {
        fate: 'changed',
        code: 'mesh-wide',
        reason: 'Consul logs for all proxies or for none, so all of them log.',
        risk: 'none',
      },
    },
  },
  'telemetry.workload': {
    fate: 'changed',
    code: 'mesh-wide',
    reason: 'Consul logs for all proxies or for none, so all of them log.',
    risk: 'none',
  },
  extension: {
    fate: 'changed',
    code: 'escape-hatch',
    reason: 'It runs at the end of Consul’s chain of filters, after intentions are checked; there are no phases.',
  },
};
