/** istio/route-weights: weights by which no destination gets anything, or less than nothing. */

import type { Resource } from '../../../model/manifest.ts';
import type { Fix, Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { expand, isKnown, numberAt, valueAt } from '../../../model/value.ts';
import { isDriven } from '../../kubernetes/delivery/driven.ts';
import { evenShares, weightEdits } from '../../kubernetes/common/weights.ts';
import { VirtualService } from '../kinds.ts';

export const routeWeights: Rule = {
  id: 'istio/route-weights',
  severity: 'error',
  summary: 'The weights of a route are negative or add up to 0, so Istio refuses the VirtualService.',
  kinds: [VirtualService],
  peers: ['IST0106'],

  *check(resource, environment) {
    // Where a Rollout or a Canary shifts the weights, those that are written need not add up to anything.
    if (isDriven(resource, environment)) return;
    for (const pattern of ['spec.http[*].route', 'spec.tls[*].route', 'spec.tcp[*].route']) {
      for (const { path, value } of expand(resource.value, pattern)) {
        if (!Array.isArray(value)) continue;
        const weights = value.map((_, position): Path => [...path, position, 'weight']);
        if (!weights.every((it) => isKnown(resource.value, it, resource.part.masked.hiddenLines))) continue;

        const negative = weights.filter((it) => (numberAt(resource.value, it) ?? 0) < 0);
        for (const it of negative)
          yield { path: it, message: `A weight cannot be negative, and this one is ${numberAt(resource.value, it)}.` };
        if (negative.length > 0 || weights.length < 2) continue;

        const total = weights.reduce((sum, it) => sum + (numberAt(resource.value, it) ?? 0), 0);
        if (total > 0) continue;
        const written = weights.find((it) => valueAt(resource.value, it) !== undefined);
        yield {
          path: written ?? path,
          side: written ? 'value' : 'key',
          message: written
            ? `The weights of these ${weights.length} destinations add up to 0; Istio refuses such a route.`
            : `These ${weights.length} destinations have no weights; Istio refuses a route that gives nobody a share.`,
          fixes: [distribute(resource, weights)],
        };
      }
    }
  },
};

function distribute(resource: Resource, weights: readonly Path[]): Fix {
  const shares = evenShares(weights.length);
  return {
    title: `Distribute evenly: ${shares.join(', ')}`,
    edits: () => weightEdits(resource, weights, shares),
  };
}
