/** What fields of Linkerd come to, above all those that nobody wrote: who may connect, protocols of ports, weights. */

import type { Environment } from '../../model/environment.ts';
import { type Hint, type HintRule, isAbsent, knowsNamespace } from '../../model/hint.ts';
import { kindsIn } from '../../model/kind.ts';
import type { Resource } from '../../model/manifest.ts';
import type { Path } from '../../model/text.ts';
import { listAt, numberAt, textAt } from '../../model/value.ts';
import { backendWeights, behindSpec } from '../kubernetes/common/hints.ts';
import { Namespace, Service, workloadKinds } from '../kubernetes/common/kinds.ts';
import { workloadOf } from '../kubernetes/common/workloads.ts';
import * as kinds from './kinds.ts';
import { PolicyHTTPRoute, Server } from './kinds.ts';

export const hints: readonly HintRule[] = [
  { kind: 'inboundPolicy', of: [Namespace], hints: policyOfNamespace },
  { kind: 'inboundPolicy', of: workloadKinds.map((it) => it.kind), hints: policyOfWorkload },
  { kind: 'inboundPolicy', of: [Server], hints: policyOfServer },
  { kind: 'portProtocol', of: [Service], hints: protocols },
  backendWeights(PolicyHTTPRoute),
];

// ---- Who may connect ------------------------------------------------------------------------------------------------

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

// ---- Protocols of ports ---------------------------------------------------------------------------------------------

/**
 * Ports that are not looked into. The rest is detected, of which nothing needs to be said.
 * Source: linkerd2 policy-controller, core/src/outbound.rs and k8s/index/src/outbound/index.rs.
 */
function* protocols(resource: Resource, environment: Environment): Generator<Hint> {
  if (!isUsed(environment)) return;
  const opaque = opaquePorts(resource, environment);
  for (const [at, item] of listAt(resource.value, ['spec', 'ports']).entries()) {
    const path = ['spec', 'ports', at];
    const [port, written] = [numberAt(item, ['port']), textAt(item, ['appProtocol'])];
    if (port === undefined || (textAt(item, ['protocol']) ?? 'TCP') !== 'TCP') continue;
    const isListed = opaque?.has(port) ?? false;
    const known = written === undefined ? undefined : appProtocols.get(written.toLowerCase());
    if (known !== undefined && !isListed) {
      const reason = `Linkerd treats this port as ${known}, as its \`appProtocol\` says.`;
      yield { path: [...path, 'appProtocol'], side: 'value', text: `${known} (appProtocol)`, reason, isWritten: true };
    } else if (opaque && isListed && isAbsent(environment, resource, [...path, 'appProtocol'])) {
      yield { path: [...path, 'port'], side: 'value', text: `opaque (${opaque.by})`, reason: opaque.reason };
    }
  }
}

/**
 * What releases agree on. Other words are plain TCP to some and left to detection by others, and some let the list of
 * opaque ports go before an appProtocol, so of those nothing is said.
 */
const appProtocols: ReadonlyMap<string, string> = new Map([
  ['http', 'HTTP/1'],
  ['kubernetes.io/h2c', 'HTTP/2'],
  ['linkerd.io/opaque', 'opaque'],
  ['linkerd.io/tcp', 'opaque'],
]);

interface OpaquePorts {
  readonly by: string;
  readonly reason: string;
  has(port: number): boolean;
}

/** The list that counts for a Service: its own, its namespace's, the built-in one; undefined where nobody can tell. */
function opaquePorts(service: Resource, environment: Environment): OpaquePorts | undefined {
  const path = ['metadata', 'annotations', 'config.linkerd.io/opaque-ports'];
  const namespace = environment.index.find(Namespace, '', environment.namespaceOf(service));
  for (const resource of [service, namespace]) {
    const list = resource && textAt(resource.value, path);
    if (resource && list !== undefined) {
      const reason = `The opaque-ports annotation of ${resource.kind} \`${resource.name}\` has this port: Linkerd carries it as plain TCP.`;
      return { by: 'annotation', reason, has: (port) => holds(list, port) };
    }
    if (!resource || !isAbsent(environment, resource, path)) return undefined;
  }
  const reason =
    'This port is on the list that Linkerd carries as plain TCP unless an opaque-ports annotation replaces it.';
  return { by: 'port list of Linkerd', reason, has: (port) => builtIn.has(port) };
}

/** Of the Helm chart, `proxy.opaquePorts`. */
const builtIn: ReadonlySet<number> = new Set([25, 587, 3306, 4444, 5432, 6379, 9300, 11211]);

/** Whether a list of ports and ranges, `3306,9000-9010`, has a port. */
function holds(list: string, port: number): boolean {
  return list.split(',').some((it) => {
    const [from, to = from] = it.trim().split('-').map(Number);
    return from !== undefined && to !== undefined && from <= port && port <= to;
  });
}

/** Whether anything here is Linkerd's; ports of Services are looked at by every mesh in its own way. */
function isUsed(environment: Environment): boolean {
  const injects = ({ value }: Resource) => textAt(value, ['metadata', 'annotations', inject]) !== undefined;
  return (
    linkerdKinds.some((it) => environment.index.all(it).length > 0) || environment.index.all(Namespace).some(injects)
  );
}

const linkerdKinds = kindsIn(kinds);
