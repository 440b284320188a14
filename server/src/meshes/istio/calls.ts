/** What VirtualServices route and where to, and whom AuthorizationPolicies let in. */

import { type Caller, type CallRules, callRows } from '../../model/call.ts';
import type { Environment } from '../../model/environment.ts';
import type { Resource } from '../../model/manifest.ts';
import { expand, listAt, textAt, textRecordAt, valueAt } from '../../model/value.ts';
import { Service } from '../kubernetes/common/kinds.ts';
import { selects, serviceFacts, workloadsOfService } from '../kubernetes/common/workloads.ts';
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
    for (const policy of environment.index.all(AuthorizationPolicy))
      if (allows(policy) && protects(policy, service, environment)) yield* callersIn(policy);
  },
};

/** A policy without an action allows. */
function allows({ value }: Resource): boolean {
  return (textAt(value, ['spec', 'action']) ?? 'ALLOW') === 'ALLOW';
}

/** Whether a policy of the Service's namespace is for it: by its pods, by name for a waypoint, or for all there. */
function protects(policy: Resource, service: Resource, environment: Environment): boolean {
  const namespace = environment.namespaceOf(service);
  if (environment.namespaceOf(policy) !== namespace) return false;
  const named = [...listAt(policy.value, ['spec', 'targetRefs']), valueAt(policy.value, ['spec', 'targetRef'])].filter(
    (it) => it !== undefined,
  );
  if (named.length > 0)
    return named.some((it) => textAt(it, ['kind']) === Service.name && textAt(it, ['name']) === service.name);
  const selector = textRecordAt(policy.value, ['spec', 'selector', 'matchLabels']);
  if (Object.keys(selector).length === 0) return true;
  const facts = serviceFacts(environment, namespace, service.name);
  return facts !== undefined && workloadsOfService(environment, facts).some((it) => selects(selector, it.labels));
}

/** Fields of a source that say who calls; those of requests and of addresses say something else. */
const sources = ['principals', 'serviceAccounts', 'namespaces'].map((it) => `spec.rules[*].from[*].source.${it}[*]`);

function* callersIn(policy: Resource): Generator<Caller> {
  for (const pattern of sources)
    for (const { path, value } of expand(policy.value, pattern))
      if (typeof value === 'string' && value !== '') yield { policy, path, text: value };
}
