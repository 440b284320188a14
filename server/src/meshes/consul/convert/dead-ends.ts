/**
 * Requests that are to fail: Consul answers none by itself, but a subset that no instance is in answers them with 503.
 */

import { ServiceResolver } from '../kinds.ts';
import type { Drafts, Named, Spec } from './drafts.ts';

const subset = 'none';

/** A destination of which every request fails: a subset of the service that is always empty. */
export function deadEnd(named: Named, drafts: Drafts): Spec {
  const spec = drafts.spec(ServiceResolver, named);
  spec['subsets'] = {
    ...(spec['subsets'] as Spec | undefined),
    [subset]: { filter: `Service.Meta.${subset} == "${subset}"` },
  };
  drafts.ledger.note(
    'generated',
    `Subset "${subset}" of "${named.name}" is one that no instance is in: requests that go there get 503.`,
  );
  return { service: named.name, serviceSubset: subset };
}
