/** Services for other clusters as ServiceExports of the Multi-Cluster Services API. */

import type { Asked, ServiceExport as Exported } from '../../../model/ir.ts';
import { ServiceExport } from '../../kubernetes/multicluster/kinds.ts';
import type { Drafts } from './drafts.ts';

/** Writes an export for each service. Source: istio/istio pilot/pkg/features/experimental.go, which version is read. */
export function writeExports(items: readonly Asked<Exported>[], drafts: Drafts): void {
  const { ledger } = drafts;
  for (const { value, from } of items) {
    const { service, consumers } = value;
    if (!drafts.service(service.value)) {
      const { name, namespace } = service.value;
      const reason = 'An export stands beside its Service, and where that is is not known.';
      ledger.lost(from, 'multicluster-name', reason, 'availability');
      ledger.note('missing', `Add Service "${name}" of namespace "${namespace}" to the workspace, then convert again.`);
      continue;
    }
    const draft = drafts.draft(ServiceExport, service.value.namespace, service.value.name);
    ledger.changed(
      service,
      draft.place('metadata', 'name'),
      'multicluster-name',
      'It counts with the Multi-Cluster Services API switched on in Istio; without it all clusters of the mesh share all services. Clients call it by its own name, or by that of the clusterset.',
      'availability',
    );
    if (consumers)
      ledger.lost(consumers, 'multicluster-name', 'An export is for every cluster of the set, not for some of them.');
    drafts.add(draft, from);
    ledger.note(
      'manual',
      'Start istiod with ENABLE_MCS_SERVICE_DISCOVERY and MCS_API_VERSION=v1beta1: without them it reads no ServiceExport, or only those of v1alpha1.',
    );
  }
}
