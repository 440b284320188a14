/** linkerd/server-access-policy: a Server's access policy is none that Linkerd knows. */

import { nearest } from '../../../model/nearest.ts';
import type { Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { textAt } from '../../../model/value.ts';
import { Server } from '../kinds.ts';

/** Source: linkerd2 policy-controller/k8s/index, DefaultPolicy. */
const policies = [
  'all-authenticated',
  'all-unauthenticated',
  'cluster-authenticated',
  'cluster-unauthenticated',
  'deny',
  'audit',
];

export const serverAccessPolicy: Rule = {
  id: 'linkerd/server-access-policy',
  severity: 'error',
  summary: 'A Server has an access policy that Linkerd does not know, so its admission webhook refuses it.',
  kinds: [Server],
  peers: [],

  *check(resource) {
    const path: Path = ['spec', 'accessPolicy'];
    const policy = textAt(resource.value, path);
    if (policy === undefined || policies.includes(policy)) return;
    const best = nearest(policy, policies);
    yield {
      path,
      message: `Linkerd knows no access policy "${policy}"; it is one of ${policies.join(', ')}.`,
      fixes: (best === undefined ? policies : [best]).map((value) => ({
        title: `Use "${value}"`,
        isSafe: value === best,
        edits: () => [{ type: 'replace-value', resource, path, value }],
      })),
    };
  },
};
