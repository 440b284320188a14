/** Which annotations of Linkerd say what of proxies, and what becomes in Linkerd of ideas from elsewhere. */

import type { Answers, FieldRow, Idea, PlaceRow } from '../../ideas.ts';
import { Namespace, Service } from '../../kubernetes/common/kinds.ts';
import { marksBesidePods, onPods, otherMarks, readOnPods } from '../../kubernetes/common/pod-rows.ts';

/** An annotation that pods carry, and Namespaces for all of their pods. */
function everywhere(key: string, idea: Idea, ofNamespace: Idea = 'proxy.namespace'): readonly FieldRow[] {
  const path = `metadata.annotations["${key}"]`;
  return [...readOnPods('annotations', key, idea), { kind: Namespace, path, idea: ofNamespace }];
}

export const proxyFields: readonly FieldRow[] = [
  { kind: Service, path: 'metadata.annotations["config.linkerd.io/opaque-ports"]', idea: 'protocol' },
  { kind: Namespace, path: 'metadata.annotations["linkerd.io/inject"]', idea: 'inject.namespace' },
  ...readOnPods('annotations', 'linkerd.io/inject', 'inject.pod'),
  ...everywhere('config.linkerd.io/proxy-cpu-request', 'proxy.cpu-request'),
  ...everywhere('config.linkerd.io/proxy-cpu-limit', 'proxy.cpu-limit'),
  ...everywhere('config.linkerd.io/proxy-memory-request', 'proxy.memory-request'),
  ...everywhere('config.linkerd.io/proxy-memory-limit', 'proxy.memory-limit'),
  ...everywhere('config.linkerd.io/proxy-log-level', 'proxy.log-level'),
  ...everywhere('config.linkerd.io/proxy-enable-native-sidecar', 'proxy.native'),
  ...everywhere('config.linkerd.io/proxy-await', 'proxy.start-first'),
  ...everywhere('config.linkerd.io/shutdown-grace-period', 'proxy.drain'),
  ...everywhere('config.linkerd.io/proxy-require-identity-inbound-ports', 'mtls.port', 'mtls.port'),
  ...everywhere('config.linkerd.io/skip-inbound-ports', 'proxy.skip-inbound'),
  ...everywhere('config.linkerd.io/skip-outbound-ports', 'proxy.skip-outbound'),
  ...everywhere('config.linkerd.io/skip-subnets', 'proxy.skip-networks'),
  ...everywhere('config.linkerd.io/access-log', 'telemetry.access-log', 'telemetry.access-log'),
];

/** What goes behind all rows about marks. */
export const otherProxyFields: readonly FieldRow[] = [
  ...otherMarks('It sets up Linkerd’s proxy; no other mesh reads this label or annotation.'),
  ...marksBesidePods(),
];

/** Where ideas stand that conversions read from other fields. */
export const alsoSaysOfProxies: readonly PlaceRow[] = [
  ...onPods('annotations', 'config.linkerd.io/access-log', 'telemetry.workload'),
  { kind: Namespace, path: 'metadata.annotations["linkerd.io/inject"]', idea: 'inject.ambient' },
];

const exact = { fate: 'exact' } as const;

export const proxyAnswers: Pick<
  Answers,
  Extract<Idea, `inject.${string}` | `proxy.${string}` | `telemetry.${string}` | 'extension'>
> = {
  'inject.namespace': { fate: 'exact', reason: 'As an annotation, where Istio has a label.' },
  'inject.pod': { fate: 'exact', reason: 'As an annotation, where Istio has a label.' },
  'inject.ambient': {
    fate: 'changed',
    code: 'ambient',
    reason: 'Pods get proxies of their own, from the one control plane that there is.',
  },
  'proxy.namespace': exact,
  'proxy.cpu-request': exact,
  'proxy.cpu-limit': exact,
  'proxy.memory-request': exact,
  'proxy.memory-limit': exact,
  'proxy.threads': {
    fate: 'changed',
    code: 'proxy-only',
    reason: 'Linkerd runs as many threads as the CPU limit has cores; with it the kernel keeps to the limit, too.',
  },
  'proxy.log-level': {
    fate: 'changed',
    code: 'log-level',
    reason: 'The proxies have other parts and other messages at each level.',
    risk: 'none',
  },
  'proxy.log-level.parts': {
    fate: 'lost',
    code: 'log-level',
    reason: 'It names parts of Envoy, which Linkerd’s proxy does not have.',
    risk: 'none',
  },
  'proxy.native': exact,
  'proxy.probes': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Linkerd always lets the probes of the kubelet through.',
    risk: 'none',
  },
  'proxy.start-first': exact,
  'proxy.drain': {
    fate: 'changed',
    code: 'proxy-only',
    reason: 'Linkerd ends sooner, once no connection is open; this is the most that it waits.',
    risk: 'none',
  },
  'proxy.skip-inbound': exact,
  'proxy.skip-outbound': exact,
  'proxy.skip-addresses': {
    fate: 'lost',
    code: 'no-mesh-proxy',
    reason:
      'Linkerd takes networks out of the proxy in both directions: callers from them would get past its rules, so it is not written.',
    risk: 'availability',
  },
  'proxy.skip-networks': exact,
  'telemetry.access-log': {
    fate: 'changed',
    code: 'access-log',
    reason: 'Linkerd logs what comes in over HTTP, one JSON object a line, to the standard error of the proxy.',
    risk: 'none',
  },
  'telemetry.workload': exact,
  extension: {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Linkerd’s proxy runs no code of others: do it in the application, or in a gateway in front of it.',
  },
};
