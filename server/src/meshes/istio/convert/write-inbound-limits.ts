/** How many connections the pods of a service take: a field of the Sidecar that describes their proxies. */

import type { Asked, InboundLimit } from '../../../model/ir.ts';
import { valueAt } from '../../../model/value.ts';
import { Sidecar } from '../kinds.ts';
import type { Drafts } from './drafts.ts';
import { repeatedPolicy } from './write-egress.ts';

/** Writes each limit into the Sidecar of the pods, a new one where they have none of their own. */
export function writeInboundLimits(items: readonly Asked<InboundLimit>[], drafts: Drafts): void {
  for (const asked of items) writeLimit(asked, drafts);
}

const path = ['spec', 'inboundConnectionPool', 'tcp', 'maxConnections'] as const;

function writeLimit(asked: Asked<InboundLimit>, drafts: Drafts): void {
  const { ledger, environment } = drafts;
  const { service, maxConnections } = asked.value;
  const { name, namespace } = service.value;
  const labels = drafts.service(service.value)?.selector ?? {};
  if (maxConnections.value <= 0) {
    ledger.exact(asked, '', 'Istio limits nothing unless told.');
    return;
  }
  if (Object.keys(labels).length === 0) {
    const reason = `The limit holds for the pods of "${name}", and their labels are not known.`;
    drafts.missing(asked, `Service "${name}" of namespace "${namespace}" with its selector`, reason);
    return;
  }
  const beside = environment.index.all(Sidecar).filter((it) => environment.namespaceOf(it) === namespace);
  const selectorOf = (it: (typeof beside)[number]) => valueAt(it.value, ['spec', 'workloadSelector', 'labels']);
  const existing = beside.find((it) => JSON.stringify(selectorOf(it)) === JSON.stringify(labels));
  if (existing) {
    drafts.change(existing, path, maxConnections.value);
    ledger.exact(asked, `Sidecar/${namespace}/${existing.name} ${path.join('.')}`);
    return;
  }
  const draft = drafts.draft(Sidecar, namespace, name);
  draft.spec['workloadSelector'] = { labels };
  Object.assign(draft.spec, repeatedPolicy(namespace, drafts));
  draft.spec['inboundConnectionPool'] = { tcp: { maxConnections: maxConnections.value } };
  ledger.exact(asked, draft.place(...path));
  if (beside.some((it) => selectorOf(it) === undefined))
    ledger.note(
      'manual',
      `${draft.place()} takes the place of the Sidecar of the namespace for these pods: repeat in it what that one says of egress.`,
      'behaviour',
    );
  drafts.add(draft, asked.from);
}
