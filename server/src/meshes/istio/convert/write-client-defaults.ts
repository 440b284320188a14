/** What one client asks of every service: a DestinationRule for all hosts of the cluster that its pods alone follow. */

import type { Asked, ClientDefaults, Destination } from '../../../model/ir.ts';
import { DestinationRule } from '../kinds.ts';
import type { Drafts, Fields } from './drafts.ts';
import { inOrder, writePolicy } from './write-traffic-policy.ts';

/** Writes a rule for each client; those without a Service whose pods are known are reported as missing. */
export function writeClientDefaults(items: readonly Asked<ClientDefaults>[], drafts: Drafts): void {
  for (const asked of items) writeDefaults(asked, drafts);
}

function writeDefaults(asked: Asked<ClientDefaults>, drafts: Drafts): void {
  const { ledger } = drafts;
  const { client, limits, outlier, connectTimeout } = asked.value;
  const { name, namespace } = client.value;
  const labels = drafts.service(client.value)?.selector ?? {};
  if (Object.keys(labels).length === 0) {
    const reason = `The settings hold for what "${name}" calls, and the labels of its pods are not known.`;
    drafts.missing(asked, `Service "${name}" of namespace "${namespace}" with its selector`, reason);
    return;
  }
  const draft = drafts.draft(DestinationRule, namespace, `${name}-upstreams`);
  const policy: Fields = {};
  const parts = { ...(limits && { limits }), ...(outlier && { outlier }), ...(connectTimeout && { connectTimeout }) };
  const destination: Destination = { name, namespace, service: client, subsets: [], parts };
  writePolicy(destination, policy, (...path) => draft.place('spec', 'trafficPolicy', ...path), drafts);
  ledger.exact(client, draft.place('spec', 'workloadSelector'));
  ledger.exact(asked, draft.place('spec', 'host'));
  if (Object.keys(policy).length === 0) return;
  draft.spec['host'] = `*.svc.${drafts.clusterDomain}`;
  draft.spec['exportTo'] = ['.'];
  draft.spec['workloadSelector'] = { matchLabels: labels };
  draft.spec['trafficPolicy'] = inOrder(policy);
  drafts.add(draft, asked.from);
}
