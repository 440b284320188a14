/** How an instance is chosen: Linkerd decides it by itself, and prefers the zone of the client where the Service says so. */

import type { Asked, DestinationParts, LoadBalancer, ServiceName } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { textAt } from '../../../model/value.ts';
import type { Draft } from './draft.ts';

/** Says what becomes of a load balancer: there is nothing to write. */
export function writeLoadBalancer(asked: Asked<LoadBalancer>, { namespace, name }: ServiceName, draft: Draft): void {
  const { ledger } = draft;
  const { policy, hash = [], minimumRing, maximumRing, tableSize, choices } = asked.value;
  const affinity = 'Linkerd has no session affinity: any endpoint may get a request.';
  for (const it of hash) ledger.lost([...it.from, ...(it.value.terminal?.from ?? [])], 'no-hash', affinity);
  for (const it of [minimumRing, maximumRing, tableSize])
    if (it) ledger.lost(it, 'no-hash', 'Linkerd hashes nothing, so there is no ring.', 'none');
  if (policy === 'ring-hash' || policy === 'maglev') ledger.lost(asked, 'no-hash', affinity);
  else if (policy === 'ewma')
    ledger.exact(asked, placeText('Service', namespace, name, ''), 'Linkerd always balances so.');
  else {
    const fastest = 'Linkerd always prefers the endpoint that answers fastest; it cannot be told otherwise.';
    ledger.lost(asked, 'ewma-only', fastest, 'none');
    if (choices) ledger.lost(choices, 'ewma-only', 'Linkerd always compares two endpoints.', 'none');
  }
}

/** Asks Kubernetes for endpoints of the client's zone, which Linkerd follows. */
export function writeLocality(
  asked: Asked<NonNullable<DestinationParts['locality']>['value']>,
  service: ServiceName,
  draft: Draft,
): void {
  const { ledger } = draft;
  const path = ['spec', 'trafficDistribution'];
  const place = placeText('Service', service.namespace, service.name, path.join('.'));
  if (asked.value === 'any') {
    ledger.exact(asked, '', 'Linkerd prefers no place unless the Service says so.');
    return;
  }
  const facts = draft.service(service);
  if (!facts) {
    const missing = `Service "${service.name}" in namespace "${service.namespace}"`;
    ledger.lost(asked, 'host-not-service', `Not written: the workspace does not hold ${missing}.`, 'availability');
    ledger.note('missing', `Add the manifest of ${missing} to the workspace, then convert again.`, 'availability');
    return;
  }
  if (textAt(facts.resource.value, path) === undefined) draft.change(facts.resource, path, 'PreferClose');
  if (asked.value === 'zone') {
    ledger.exact(asked, place);
    return;
  }
  ledger.changed(
    asked,
    place,
    'locality',
    'Requests stay in the zone as long as Kubernetes gives endpoints there, not until too many of them fail.',
    'availability',
  );
}
