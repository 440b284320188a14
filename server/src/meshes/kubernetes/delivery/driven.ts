/** Who shifts the weights of a route: a person, or a controller that takes them over while it runs. */

import type { Environment } from '../../../model/environment.ts';
import { isOfKind, kindId } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { Rollout } from '../common/kinds.ts';
import { Canary } from './kinds.ts';

/**
 * Whether a Rollout or a Canary names a resource as its route, so that the weights in the manifest are only those it
 * begins with.
 */
export function isDriven(resource: Resource, environment: Environment): boolean {
  const space = kindId({ group: resource.group, name: resource.kind });
  return environment.index
    .referencesTo(space, `${environment.namespaceOf(resource)}/${resource.name}`)
    .some(({ site }) => isOfKind(site.resource, Rollout) || isOfKind(site.resource, Canary));
}
