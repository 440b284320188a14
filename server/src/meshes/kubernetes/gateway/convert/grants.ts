/** Which routes may name Services of another namespace, as ReferenceGrants say it. */

import type { Environment } from '../../../../model/environment.ts';
import type { ServiceName } from '../../../../model/ir.ts';
import type { Kind } from '../../../../model/kind.ts';
import { listAt, textAt } from '../../../../model/value.ts';
import { ReferenceGrant } from '../kinds.ts';

/** Whether the workspace grants routes of a kind in a namespace to name a Service of another one. */
export function isGranted(environment: Environment, kind: Kind, home: string, service: ServiceName): boolean {
  return environment.index
    .all(ReferenceGrant)
    .some(
      (it) =>
        environment.namespaceOf(it) === service.namespace &&
        listAt(it.value, ['spec', 'from']).some(
          (one) => textAt(one, ['namespace']) === home && textAt(one, ['kind']) === kind.name,
        ) &&
        listAt(it.value, ['spec', 'to']).some(
          (one) => textAt(one, ['kind']) === 'Service' && (textAt(one, ['name']) ?? service.name) === service.name,
        ),
    );
}
