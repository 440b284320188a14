/** What a client asks of every service: of that, its pods can say how long they wait for a connection. */

import type { Asked, ClientDefaults } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { pathText } from '../../../model/text.ts';
import { workloadsOfService } from '../../kubernetes/common/workloads.ts';
import { writeDuration } from '../../kubernetes/gateway/convert/routes.ts';
import { connectTimeout as connectTimeoutKey } from './annotations.ts';
import { loseForMissing, refuseLimits } from './destinations.ts';
import type { Draft } from './draft.ts';

/** Writes the connect timeout of each client onto its pods; everything else stands with the services that are called. */
export function writeClientDefaults(items: readonly Asked<ClientDefaults>[], draft: Draft): void {
  for (const asked of items) writeDefaults(asked, draft);
}

function writeDefaults({ value }: Asked<ClientDefaults>, draft: Draft): void {
  const { ledger, environment } = draft;
  const { client, limits, outlier, connectTimeout } = value;
  const { name, namespace } = client.value;
  if (limits) refuseLimits(limits.value, draft);
  if (outlier)
    ledger.lost(
      outlier,
      'scope',
      `Linkerd keeps circuit breaking with each Service that is called, and this holds for all that "${name}" calls.`,
      'availability',
    );
  if (!connectTimeout) return;
  const facts = draft.service(client.value);
  const workloads = facts ? workloadsOfService(environment, facts) : [];
  if (workloads.length === 0)
    return loseForMissing(draft, connectTimeout, `the workload of "${name}" in namespace "${namespace}"`);
  const places = workloads.map(({ resource, template }) => {
    const path = [...template, 'metadata', 'annotations', connectTimeoutKey];
    draft.change(resource, path, writeDuration(connectTimeout.value));
    return placeText(resource.kind, namespace, resource.name, pathText(path));
  });
  ledger.exact(connectTimeout, places.join(', '), 'The proxy of each client pod waits so long for any connection.');
  ledger.exact(client, places.join(', '));
  ledger.note('manual', `Roll out the pods of "${name}": their proxies read the annotation when they start.`, 'none');
}
