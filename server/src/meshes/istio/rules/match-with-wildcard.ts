/** istio/match-with-wildcard: a path to match has a `*`, which stands for itself there. */

import type { Fix, Rule } from '../../../model/rule.ts';
import { expand, valueAt } from '../../../model/value.ts';
import { VirtualService } from '../kinds.ts';

export const matchWithWildcard: Rule = {
  id: 'istio/match-with-wildcard',
  severity: 'warning',
  summary: 'A path to match holds a wildcard, which prefix and exact take as a plain star, so that it matches nothing.',
  kinds: [VirtualService],
  peers: [],

  *check(resource) {
    for (const kind of ['prefix', 'exact']) {
      for (const { path, value } of expand(resource.value, `spec.http[*].match[*].uri.${kind}`)) {
        if (typeof value !== 'string' || !value.includes('*')) continue;
        const fixes: Fix[] = [];
        const start = value.replace(/\*+$/, '');
        const hasPrefix = kind === 'exact' && valueAt(resource.value, [...path.slice(0, -1), 'prefix']) !== undefined;
        if (start !== '' && !start.includes('*') && !hasPrefix) {
          fixes.push({
            title: `Match prefix "${start}"`,
            edits: () => [
              { type: 'replace-value', resource, path, value: start },
              ...(kind === 'exact' ? [{ type: 'rename-key' as const, resource, path, key: 'prefix' }] : []),
            ],
          });
        }
        yield {
          path,
          message: `"${kind}" knows no wildcards: only paths with a real star in them fit "${value}".`,
          fixes,
        };
      }
    }
  },
};
