/** What a client asks of every service: of that, its pods can say how long they wait for a connection. */

import type { Asked, ClientDefaults } from '../../../model/ir.ts';
import { connectTimeout as connectTimeoutKey, annotationDuration } from './annotations.ts';
import { loseForMissing, refuseLimits } from './destinations.ts';
import type { Draft } from './draft.ts';
import { podAnnotations } from './services.ts';

/** Writes the connect timeout of each client onto its pods; everything else stands with the services that are called. */
export function writeClientDefaults(items: readonly Asked<ClientDefaults>[], draft: Draft): void {
  for (const asked of items) writeDefaults(asked, draft);
}

function writeDefaults(asked: Asked<ClientDefaults>, draft: Draft): void {
  const { ledger } = draft;
  const { client, limits, outlier, connectTimeout } = asked.value;
  const { name, namespace } = client.value;
  if (limits) refuseLimits(limits.value, draft);
  const scope = `Linkerd keeps circuit breaking with each Service that is called, and this holds for all that "${name}" calls.`;
  if (outlier) ledger.lost(outlier, 'scope', scope, 'availability');
  if (!connectTimeout) {
    ledger.lost(asked, 'scope', scope);
    return;
  }
  const pods = podAnnotations(draft, client.value, connectTimeoutKey);
  if (pods.length === 0)
    return loseForMissing(draft, connectTimeout, `the workload of "${name}" in namespace "${namespace}"`);
  for (const { resource, path } of pods) draft.change(resource, path, annotationDuration(connectTimeout.value));
  const places = pods.map((it) => it.place);
  ledger.exact(connectTimeout, places.join(', '), 'The proxy of each client pod waits so long for any connection.');
  ledger.exact(client, places.join(', '));
  ledger.exact(asked, places.join(', '));
  ledger.note('manual', `Roll out the pods of "${name}": their proxies read the annotation when they start.`, 'none');
}
