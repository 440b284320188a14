/** What holds in Linkerd without being written: who may connect, and weights of backends. */

import type { Environment } from '../../model/environment.ts';
import { type Hint, type HintRule, isAbsent, knowsNamespace } from '../../model/hint.ts';
import type { Resource } from '../../model/manifest.ts';
import type { Path } from '../../model/text.ts';
import { textAt } from '../../model/value.ts';
import { backendWeights, behindSpec } from '../kubernetes/common/hints.ts';
import { Namespace, workloadKinds } from '../kubernetes/common/kinds.ts';
import { workloadOf } from '../kubernetes/common/workloads.ts';
import { PolicyHTTPRoute, Server } from './kinds.ts';

export const hints: readonly HintRule[] = [
  { kind: 'inboundPolicy', of: [Namespace], hints: policyOfNamespace },
  { kind: 'inboundPolicy', of: workloadKinds.map((it) => it.kind), hints: policyOfWorkload },
  { kind: 'inboundPolicy', of: [Server], hints: policyOfServer },
  backendWeights(PolicyHTTPRoute),
];

const inject = 'linkerd.io/inject';
const inboundPolicy = 'config.linkerd.io/default-inbound-policy';
/** Values of the injection annotation that give pods a proxy. */
const injected: ReadonlySet<string | undefined> = new Set(['enabled', 'ingress']);

/** Of the Helm chart; an installation may set another one. Source: linkerd2 charts/linkerd-control-plane/values.yaml. */
const chartDefault = 'all-unauthenticated';

function* policyOfNamespace(resource: Resource, environment: Environment): Generator<Hint> {
  const annotations = ['metadata', 'annotations'];
  if (!injected.has(textAt(resource.value, [...annotations, inject]))) return;
  if (!isAbsent(environment, resource, [...annotations, inboundPolicy])) return;
  yield { path: [...annotations, inject], side: 'value', text: `${chartDefault} (default)`, reason: byInstallation };
}

const byInstallation =
  `Nothing says who may connect to these pods, so it is what Linkerd was installed with: \`${chartDefault}\` unless ` +
  '`proxy.defaultInboundPolicy` was set. Ports that a Server covers follow the Server.';

/** On workloads that say for themselves that they are injected, or whose namespace has a policy. */
function* policyOfWorkload(resource: Resource, environment: Environment): Generator<Hint> {
  const workload = workloadOf(resource, environment);
  if (!workload || !knowsNamespace(environment, resource)) return;
  const annotations: Path = [...workload.template, 'metadata', 'annotations'];
  const namespace = environment.index.find(Namespace, '', workload.namespace);
  const own = textAt(resource.value, [...annotations, inject]);
  const isSure =
    isAbsent(environment, resource, [...annotations, inboundPolicy]) &&
    (own !== undefined || isAbsent(environment, resource, [...annotations, inject]));
  if (!namespace || !isSure) return;
  const ofNamespace = (key: string) => textAt(namespace.value, ['metadata', 'annotations', key]);
  if (!injected.has(own ?? ofNamespace(inject))) return;

  const inherited = ofNamespace(inboundPolicy);
  if (inherited === undefined && !isAbsent(environment, namespace, ['metadata', 'annotations', inboundPolicy])) return;
  if (inherited === undefined && own === undefined) return;
  const text = inherited === undefined ? `${chartDefault} (default)` : `${inherited} (namespace ${workload.namespace})`;
  const reason =
    inherited === undefined
      ? byInstallation
      : `The injector copies \`${inherited}\` from the Namespace into each new pod. Ports that a Server covers follow the Server.`;
  yield own === undefined
    ? { path: ['metadata', 'name'], side: 'value', text: `inbound ${text}`, reason }
    : { path: [...annotations, inject], side: 'value', text, reason };
}

/** Servers have the field since v1beta3; the policy controller denies where it is absent. */
function* policyOfServer(resource: Resource, environment: Environment): Generator<Hint> {
  if (resource.version !== 'v1beta3' || !isAbsent(environment, resource, ['spec', 'accessPolicy'])) return;
  yield {
    ...behindSpec(resource),
    text: 'accessPolicy deny (default)',
    reason: 'A Server without `accessPolicy` admits only clients that an AuthorizationPolicy admits.',
  };
}
