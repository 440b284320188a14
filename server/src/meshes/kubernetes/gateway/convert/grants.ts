/** Which routes may name Services of another namespace, as ReferenceGrants say it. */

import type { Environment } from '../../../../model/environment.ts';
import type { ServiceName } from '../../../../model/ir.ts';
import { listAt, textAt } from '../../../../model/value.ts';
import { HTTPRoute, ReferenceGrant } from '../kinds.ts';

/** Whether the workspace grants HTTPRoutes of a namespace to name a Service of another one. */
export function isGranted(environment: Environment, home: string, service: ServiceName): boolean {
  return environment.index
    .all(ReferenceGrant)
    .some(
      (it) =>
        environment.namespaceOf(it) === service.namespace &&
        listAt(it.value, ['spec', 'from']).some(
          (one) => textAt(one, ['namespace']) === home && textAt(one, ['kind']) === HTTPRoute.name,
        ) &&
        listAt(it.value, ['spec', 'to']).some(
          (one) => textAt(one, ['kind']) === 'Service' && (textAt(one, ['name']) ?? service.name) === service.name,
        ),
    );
}
