/** What pods ask of every service that they call: how long their proxy waits for a connection. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, ClientDefaults } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { servicesOfPods, workloadOf } from '../../kubernetes/common/workloads.ts';
import { readDuration } from '../../kubernetes/gateway/convert/routes.ts';
import { connectTimeout as connectTimeoutKey } from './annotations.ts';

/** The connect timeouts of workloads, for each Service in front of them: elsewhere clients are known by these. */
export function readClientDefaults(
  resources: readonly Resource[],
  environment: Environment,
): readonly Asked<ClientDefaults>[] {
  return resources.flatMap((resource): readonly Asked<ClientDefaults>[] => {
    const workload = workloadOf(resource, environment);
    const millis = readDuration(workload?.annotations[connectTimeoutKey]);
    if (!workload || millis === undefined) return [];
    const { template, namespace, labels } = workload;
    const from = [{ resource, path: [...template, 'metadata', 'annotations', connectTimeoutKey] }];
    return servicesOfPods(environment, namespace, labels).map(({ name }) => ({
      value: { name, client: { value: { name, namespace }, from: [] }, connectTimeout: { value: millis, from } },
      from,
    }));
  });
}
