/** ServiceExports of the Multi-Cluster Services API, which Istio reads when it is told to. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, ServiceExport as Exported } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { ServiceExport } from '../../kubernetes/multicluster/kinds.ts';

/** The services that exports among some resources name: each has the name and namespace of its Service. */
export function readExports(resources: readonly Resource[], environment: Environment): readonly Asked<Exported>[] {
  return resources
    .filter((it) => isOfKind(it, ServiceExport) && it.name !== '')
    .map((resource) => {
      const service = { name: resource.name, namespace: environment.namespaceOf(resource) };
      const from = [{ resource, path: ['metadata', 'name'] }];
      return { value: { service: { value: service, from }, mode: 'direct' }, from };
    });
}
