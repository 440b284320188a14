/** What fields of Istio come to, above all those that nobody wrote: full names, protocols, weights, timeouts, retries, modes of mutual TLS. */

import { type Environment, namesAt } from '../../model/environment.ts';
import { type Hint, type HintRule, isAbsent, knowsNamespace } from '../../model/hint.ts';
import { kindsIn } from '../../model/kind.ts';
import type { Resource } from '../../model/manifest.ts';
import type { Path } from '../../model/text.ts';
import { expand, isKnown, isRecord, listAt, numberAt, recordAt, textAt, textRecordAt } from '../../model/value.ts';
import { behindSpec, weightsOf } from '../kubernetes/common/hints.ts';
import { Namespace, Service, workloadKinds } from '../kubernetes/common/kinds.ts';
import { workloadOf } from '../kubernetes/common/workloads.ts';
import {
  inheritedMode,
  levelOf,
  modeOfPods,
  modeOfPolicy,
  otherPolicies,
  type PolicyLevel,
  type Winner,
} from './effective-mutual-tls.ts';
import { fullHost } from './hosts.ts';
import * as kinds from './kinds.ts';
import { DestinationRule, PeerAuthentication, VirtualService } from './kinds.ts';
import { portProtocol } from './port-protocol.ts';
import { destinationHosts, routedHosts, ruledHost } from './references.ts';

export const hints: readonly HintRule[] = [
  { kind: 'host', of: [VirtualService, DestinationRule], hints: fullNames },
  { kind: 'portProtocol', of: [Service], hints: protocols },
  { kind: 'weight', of: [VirtualService], hints: weights },
  { kind: 'timeout', of: [VirtualService], hints: timeouts },
  { kind: 'retries', of: [VirtualService], hints: retries },
  { kind: 'mutualTls', of: [PeerAuthentication], hints: inheritedModes },
  { kind: 'mutualTls', of: workloadKinds.map((it) => it.kind), hints: modesOfWorkloads },
];

// ---- Hosts ---------------------------------------------------------------------------------------------------------

function* fullNames(resource: Resource, environment: Environment): Generator<Hint> {
  if (!knowsNamespace(environment, resource)) return;
  for (const row of [...destinationHosts, routedHosts, ruledHost]) {
    if (row.from.name !== resource.kind) continue;
    for (const { text, site } of namesAt(environment, resource, row.path)) {
      const full = fullHost(text, site.namespace, site.clusterDomain);
      if (full === text) continue;
      yield {
        path: site.path,
        side: 'value',
        text: `→ ${full}`,
        reason: 'A host without a dot is taken from the namespace of the resource that names it.',
      };
    }
  }
}

// ---- Ports ---------------------------------------------------------------------------------------------------------

function* protocols(resource: Resource, environment: Environment): Generator<Hint> {
  if (!isUsed(environment)) return;
  for (const [at, item] of listAt(resource.value, ['spec', 'ports']).entries()) {
    const path = ['spec', 'ports', at];
    const port = numberAt(item, ['port']);
    const [name, appProtocol] = [textAt(item, ['name']), textAt(item, ['appProtocol'])];
    const isSure = ['name', 'appProtocol', 'protocol'].every(
      (key) => textAt(item, [key]) !== undefined || isAbsent(environment, resource, [...path, key]),
    );
    const transport = textAt(item, ['protocol']) ?? 'TCP';
    if (port === undefined || !isSure || transport !== 'TCP') continue;
    const found = portProtocol({ port, name, appProtocol, targetPort: undefined });
    const why = found.isNamed ? words[found.by].known : found.name === 'TCP' ? `port ${port}` : words[found.by].unknown;
    yield {
      path: [...path, found.by],
      side: 'value',
      text: `${found.name} (${why})`,
      reason: reasonOf(found),
      // Who writes `appProtocol: http` needs nobody to say it again.
      ...(found.name.toLowerCase() === appProtocol?.toLowerCase() ? { isWritten: true } : {}),
    };
  }
}

const words = {
  appProtocol: { known: 'appProtocol', unknown: 'unknown appProtocol' },
  name: { known: 'port name', unknown: 'no protocol in the name' },
  port: { known: 'port', unknown: 'port without a name' },
} as const;

function reasonOf({ name, by, isNamed }: ReturnType<typeof portProtocol>): string {
  if (isNamed)
    return by === 'appProtocol'
      ? `Istio treats this port as ${name}, as its \`appProtocol\` says; the name plays no part then.`
      : `Istio treats this port as ${name}, because its name begins so; an \`appProtocol\` would count for more.`;
  if (name === 'TCP')
    return 'Istio treats this port as plain TCP: behind its number usually stands a server that speaks first.';
  return (
    'Nothing names the protocol of this port, so Istio looks at the first bytes of each connection: HTTP, or else plain ' +
    'TCP. Servers that speak first need `appProtocol: tcp`.'
  );
}

/** Whether anything here is Istio's; ports of Services are looked at by every mesh in its own way. */
function isUsed(environment: Environment): boolean {
  return (
    istioKinds.some((it) => environment.index.all(it).length > 0) ||
    environment.index
      .all(Namespace)
      .some(({ value }) => injectionLabels.some((it) => textAt(value, ['metadata', 'labels', it]) !== undefined))
  );
}

const istioKinds = kindsIn(kinds);
const injectionLabels = ['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode'];

// ---- Routes --------------------------------------------------------------------------------------------------------

function* weights(resource: Resource, environment: Environment): Generator<Hint> {
  for (const protocol of ['http', 'tls', 'tcp']) {
    for (const { path, value } of expand(resource.value, `spec.${protocol}[*].route`)) {
      const found = Array.isArray(value) ? weightsOf(environment, resource, path, value) : undefined;
      for (const [at, weight] of found?.entries() ?? []) {
        const isAlone = found?.length === 1;
        const hasOthers = found?.some((it) => (it ?? 0) > 0) ?? false;
        if (weight !== undefined || (!isAlone && !hasOthers)) continue;
        yield {
          path: [...path, at, 'destination'],
          side: 'key',
          text: isAlone ? 'weight 100' : 'weight 0',
          reason: isAlone
            ? 'The only destination of a route receives everything, with a weight and without.'
            : 'Where other destinations of the route have a weight, one without receives nothing.',
        };
      }
    }
  }
}

function* timeouts(resource: Resource, environment: Environment): Generator<Hint> {
  yield* besideFaults(resource, 'timeout');
  for (const path of forwardingRoutes(resource, environment)) {
    if (!isAbsent(environment, resource, [...path, 'timeout'])) continue;
    const reason = 'Without `timeout` a request may take as long as it takes; Istio switches the limit of Envoy off.';
    yield { path: [...path, 'route'], side: 'key', text: 'no timeout', reason };
  }
}

function* retries(resource: Resource, environment: Environment): Generator<Hint> {
  yield* besideFaults(resource, 'retries');
  for (const path of forwardingRoutes(resource, environment)) {
    if (!isAbsent(environment, resource, [...path, 'retries'])) continue;
    const reason =
      'Without `retries` a request is tried again twice where the server cannot have acted on it, unless ' +
      '`defaultHttpRetryPolicy` of the mesh says otherwise.';
    yield { path: [...path, 'route'], side: 'key', text: '2 retries', reason };
  }
}

/** Paths of the HTTP routes that send requests on; redirects and direct responses neither wait nor try again. */
function* forwardingRoutes(resource: Resource, environment: Environment): Generator<Path> {
  for (const { path, value: route } of expand(resource.value, 'spec.http[*]')) {
    const sendsOn = isRecord(route) && Object.hasOwn(route, 'route');
    if (sendsOn && isAbsent(environment, resource, [...path, 'fault'])) yield path;
  }
}

/** Source: istio/api networking/v1alpha3/virtual_service.proto, HTTPRoute.fault. */
function* besideFaults({ value }: Resource, field: 'timeout' | 'retries'): Generator<Hint> {
  for (const { path, value: route } of expand(value, 'spec.http[*]')) {
    if (!isRecord(route) || !isRecord(route['fault']) || route[field] === undefined) continue;
    const reason = 'While a route has a `fault`, its own `timeout` and `retries` are not applied.';
    yield { path: [...path, field], side: 'key', text: 'not applied', reason, isWritten: true };
  }
}

// ---- Mutual TLS ----------------------------------------------------------------------------------------------------

/** Where a policy leaves the mode open: what it comes to. */
function* inheritedModes(resource: Resource, environment: Environment): Generator<Hint> {
  const level = knowsNamespace(environment, resource) ? levelOf(environment, resource) : undefined;
  const own = modeOfPolicy(environment, resource);
  if (!level || level === 'nowhere' || own === undefined) return;
  if (own !== 'UNSET') yield written(environment, resource, own, level);
  const above = own === 'UNSET' ? inheritedMode(environment, environment.namespaceOf(resource), level) : undefined;
  if (above) yield { ...placeOfMode(resource, textOf(above)), reason: whyWins(above) };
  for (const [port, item] of Object.entries(recordAt(resource.value, ['spec', 'portLevelMtls']))) {
    if (textAt(item, ['mode']) !== 'UNSET') continue;
    const path = ['spec', 'portLevelMtls', port, 'mode'];
    if (own !== 'UNSET')
      yield { path, side: 'value', text: `${own} (this policy)`, reason: 'The port follows `mtls` of this policy.' };
    else if (above) yield { path, side: 'value', text: textOf(above), reason: whyWins(above) };
  }
}

/** A mode that a policy sets, and for whom it is not the last word. */
function written(environment: Environment, resource: Resource, mode: string, level: PolicyLevel): Hint {
  const [rivals, narrower] = otherPolicies(environment, resource, level);
  const names = (policies: readonly Resource[]) => policies.map((it) => `\`${it.name}\``).join(', ');
  const scope = {
    workload: 'the pods that this policy selects',
    namespace: 'the pods of this namespace',
    mesh: 'the pods of the mesh, where no policy of a namespace or workload sets a mode',
  }[level];
  const but = narrower.length > 0 ? `, but those that ${names(narrower)} of this namespace select` : '';
  const rivalry = rivals.length > 0 ? ` The older one counts of this policy and ${names(rivals)}.` : '';
  return {
    path: ['spec', 'mtls', 'mode'],
    side: 'value',
    text: `${mode} (${level} policy)`,
    reason: `Counts for ${scope}${but}.${rivalry}`,
    isWritten: true,
  };
}

/** Behind `mode: UNSET`, else where it would stand, with what it is about. */
function placeOfMode(resource: Resource, text: string): Omit<Hint, 'reason'> {
  const mtls = ['spec', 'mtls'];
  if (textAt(resource.value, [...mtls, 'mode']) !== undefined) return { path: [...mtls, 'mode'], side: 'value', text };
  const isWritten = Object.hasOwn(recordAt(resource.value, ['spec']), 'mtls');
  return { ...(isWritten ? { path: mtls, side: 'key' as const } : behindSpec(resource)), text: `mTLS ${text}` };
}

/** On workloads that a policy speaks of: the mode that wins for their pods. */
function* modesOfWorkloads(resource: Resource, environment: Environment): Generator<Hint> {
  const workload = workloadOf(resource, environment);
  if (!workload || !knowsNamespace(environment, resource) || environment.isPatched(resource)) return;
  const labels: Path = [...workload.template, 'metadata', 'labels'];
  const isSure = isKnown(resource.value, [...labels, 'app'], resource.part.masked.hiddenLines);
  const given = Object.keys(recordAt(resource.value, labels)).length;
  if (!isSure || given !== Object.keys(textRecordAt(resource.value, labels)).length) return;
  if ((workload.labels[inject] ?? workload.annotations[inject]) === 'false') return;
  const winner = modeOfPods(environment, workload.namespace, workload.labels);
  if (!winner?.policy) return;
  yield { path: ['metadata', 'name'], side: 'value', text: `mTLS ${textOf(winner)}`, reason: whyWins(winner) };
}

const inject = 'sidecar.istio.io/inject';

function textOf({ mode, policy }: Winner): string {
  return `${mode} (${policy ? `${policy.level} policy` : 'default'})`;
}

function whyWins({ mode, policy }: Winner): string {
  if (!policy)
    return 'No wider PeerAuthentication of this workspace sets a mode; Istio accepts both then: `PERMISSIVE`.';
  const { name, namespace } = policy.resource;
  const id = namespace === undefined ? name : `${namespace}/${name}`;
  const scope = { workload: 'this workload', namespace: 'the namespace', mesh: 'the mesh' }[policy.level];
  return `\`${mode}\` comes from PeerAuthentication \`${id}\`, the narrowest that sets a mode: it speaks for ${scope}.`;
}
