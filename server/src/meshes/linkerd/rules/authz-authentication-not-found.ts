/** linkerd/authz-authentication-not-found: a policy asks for an authentication that does not exist. */

import { unresolved, useNearest } from '../../../model/lookup.ts';
import type { Rule } from '../../../model/rule.ts';
import { sibling, siblingNamespace } from '../../kubernetes/common/references.ts';
import { AuthorizationPolicy } from '../kinds.ts';
import { authentications } from '../references.ts';

export const authzAuthenticationNotFound: Rule = {
  id: 'linkerd/authz-authentication-not-found',
  severity: 'error',
  summary:
    'An AuthorizationPolicy asks for an authentication or ServiceAccount that no manifest defines, so Linkerd ignores the policy.',
  kinds: [AuthorizationPolicy],
  peers: [],

  *check(resource, environment) {
    for (const named of unresolved(environment, resource, authentications)) {
      const kind = sibling(named.site, 'kind') ?? '';
      const namespace = siblingNamespace(named.site);
      // Every namespace has this account without anybody writing it down.
      if (kind === 'ServiceAccount' && named.text === 'default') continue;
      yield {
        path: named.site.path,
        message: `${kind} "${named.text}" is not defined in namespace "${namespace}"; Linkerd ignores the policy until it is.`,
        absentFrom: namespace,
        fixes: useNearest(environment, authentications, named),
      };
    }
  },
};
