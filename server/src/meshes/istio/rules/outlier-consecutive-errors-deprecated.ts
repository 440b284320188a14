/** istio/outlier-consecutive-errors-deprecated: outlier detection counts with a field that nothing reads any more. */

import type { Rule } from '../../../model/rule.ts';
import { expand, valueAt } from '../../../model/value.ts';
import { DestinationRule } from '../kinds.ts';

const policies = [
  'spec.trafficPolicy',
  'spec.trafficPolicy.portLevelSettings[*]',
  'spec.subsets[*].trafficPolicy',
  'spec.subsets[*].trafficPolicy.portLevelSettings[*]',
];

const successor = 'consecutive5xxErrors';

export const outlierConsecutiveErrorsDeprecated: Rule = {
  id: 'istio/outlier-consecutive-errors-deprecated',
  severity: 'warning',
  summary: 'Outlier detection counts errors with consecutiveErrors, which the proxy no longer gets.',
  kinds: [DestinationRule],
  peers: ['IST0133'],

  *check(resource) {
    for (const policy of policies) {
      for (const { path } of expand(resource.value, `${policy}.outlierDetection.consecutiveErrors`)) {
        const hasSuccessor = valueAt(resource.value, [...path.slice(0, -1), successor]) !== undefined;
        yield {
          path,
          side: 'key',
          message: hasSuccessor
            ? `"consecutiveErrors" is deprecated and does nothing beside "${successor}".`
            : `"consecutiveErrors" is deprecated and ignored; "${successor}" takes its place.`,
          tags: ['deprecated'],
          fixes: [
            hasSuccessor
              ? { title: 'Remove "consecutiveErrors"', isSafe: true, edits: () => [{ type: 'delete', resource, path }] }
              : {
                  title: `Rename to "${successor}"`,
                  isSafe: true,
                  edits: () => [{ type: 'rename-key', resource, path, key: successor }],
                },
          ],
        };
      }
    }
  },
};
