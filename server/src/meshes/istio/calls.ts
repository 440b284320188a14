/** What VirtualServices route and where to, and whom AuthorizationPolicies let in. */

import { type Caller, type CallRules, callRows } from '../../model/call.ts';
import type { Resource } from '../../model/manifest.ts';
import { expand, isRecord, listAt, textAt, textRecordAt, valueAt } from '../../model/value.ts';
import { Service } from '../kubernetes/common/kinds.ts';
import { selects, serviceFacts, type Workload, workloadsOfService } from '../kubernetes/common/workloads.ts';
import { rootNamespace } from './convert/read-mutual-tls.ts';
import { AuthorizationPolicy, VirtualService } from './kinds.ts';
import { destinationHosts, gatewayNames, routedHosts } from './references.ts';

export const calls: CallRules = {
  rows: [
    ...callRows(VirtualService, 'about', [routedHosts.path, ...gatewayNames.map((it) => it.path)]),
    ...callRows(
      VirtualService,
      'to',
      destinationHosts.map((it) => it.path),
    ),
  ],
  *callersOf(service, environment) {
    const namespace = environment.namespaceOf(service);
    const facts = serviceFacts(environment, namespace, service.name);
    const workloads = facts ? workloadsOfService(environment, facts) : [];
    for (const policy of environment.index.all(AuthorizationPolicy)) {
      // What stands in the root namespace counts in all others too.
      const reaches = [namespace, rootNamespace].includes(environment.namespaceOf(policy));
      if (reaches && allows(policy) && protects(policy, service, workloads)) yield* callersIn(policy);
    }
  },
};

/** A policy without an action allows. */
function allows({ value }: Resource): boolean {
  return (textAt(value, ['spec', 'action']) ?? 'ALLOW') === 'ALLOW';
}

/** Whether a policy that reaches a Service's namespace is for it: by its pods, by name at a waypoint, or for all there. */
function protects({ value }: Resource, service: Resource, workloads: readonly Workload[]): boolean {
  const targets = [...listAt(value, ['spec', 'targetRefs']), valueAt(value, ['spec', 'targetRef'])].filter(isRecord);
  if (targets.length > 0)
    return targets.some((it) => textAt(it, ['kind']) === Service.name && textAt(it, ['name']) === service.name);
  const selector = textRecordAt(value, ['spec', 'selector', 'matchLabels']);
  return Object.keys(selector).length === 0 || workloads.some((it) => selects(selector, it.labels));
}

/** Fields of a source that say who calls; those of requests and of addresses say something else. */
const sources = ['principals', 'serviceAccounts', 'namespaces'].map((it) => `spec.rules[*].from[*].source.${it}[*]`);

function* callersIn(policy: Resource): Generator<Caller> {
  for (const pattern of sources)
    for (const { path, value } of expand(policy.value, pattern))
      if (typeof value === 'string' && value !== '') yield { policy, path, text: value };
}
