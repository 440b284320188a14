/** consul/service-splitter-sum: the weights of a splitter are not 100 together. */

import type { Fix, Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { isKnown, listAt, numberAt } from '../../../model/value.ts';
import { isDriven } from '../../kubernetes/delivery/driven.ts';
import { evenShares, weightEdits } from '../../kubernetes/common/weights.ts';
import { ServiceSplitter } from '../kinds.ts';

const whole = 100;

export const serviceSplitterSum: Rule = {
  id: 'consul/service-splitter-sum',
  severity: 'error',
  summary: 'The weights of a ServiceSplitter do not add up to 100, so Consul refuses it.',
  kinds: [ServiceSplitter],
  peers: [],

  *check(resource, environment) {
    if (isDriven(resource, environment)) return;
    const weights = listAt(resource.value, ['spec', 'splits']).map((_, at): Path => ['spec', 'splits', at, 'weight']);
    if (weights.length === 0) return;
    if (!weights.every((it) => isKnown(resource.value, it, resource.part.masked.hiddenLines))) return;

    const numbers = weights.map((it) => numberAt(resource.value, it) ?? 0);
    // Consul adds 32-bit floats, so that three times 33.33 and 0.01 may miss 100 there.
    const sum = numbers.reduce((total, it) => Math.fround(total + Math.fround(it)), 0);
    if (sum === whole) return;

    const fixes: Fix[] = [];
    const last = numbers.at(-1) ?? 0;
    const rest = Number((whole - numbers.reduce((total, it) => total + it, 0) + last).toFixed(2));
    if (weights.length > 1 && rest > 0 && rest <= whole) {
      fixes.push({
        title: `Give the last split ${rest}`,
        edits: () => weightEdits(resource, weights.slice(-1), [rest]),
      });
    }
    if (weights.length <= whole) {
      const shares = evenShares(weights.length);
      fixes.push({
        title: shares.length === 1 ? 'Give it 100' : `Distribute evenly: ${shares.join(', ')}`,
        edits: () => weightEdits(resource, weights, shares),
      });
    }
    yield {
      path: ['spec', 'splits'],
      side: 'key',
      message: `The weights add up to ${Number(sum.toFixed(4))}; Consul wants exactly 100.`,
      fixes,
    };
  },
};
