/** VirtualServices that hand over to others: who hands over to whom. */

import type { Environment } from '../../../model/environment.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { VirtualService } from '../kinds.ts';

/** The VirtualServices of the workspace that hand over to this one. */
export function rootsOf(delegate: Resource, environment: Environment): readonly Resource[] {
  const home = environment.namespaceOf(delegate);
  return environment.index.all(VirtualService).filter((root) =>
    listAt(root.value, ['spec', 'http']).some((rule) => {
      const name = textAt(rule, ['delegate', 'name']);
      const namespace = textAt(rule, ['delegate', 'namespace']) ?? environment.namespaceOf(root);
      return name === delegate.name && namespace === home;
    }),
  );
}

/** Some resources, and the VirtualServices without which those among them that have no hosts mean nothing. */
export function withRoots(resources: readonly Resource[], environment: Environment): readonly Resource[] {
  const parts = resources.filter(
    (it) => isOfKind(it, VirtualService) && listAt(it.value, ['spec', 'hosts']).length === 0,
  );
  return [...new Set([...resources, ...parts.flatMap((it) => rootsOf(it, environment))])];
}
