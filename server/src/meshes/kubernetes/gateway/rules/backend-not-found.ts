/** gateway/backend-not-found: a route sends traffic to a Service that does not exist. */

import { rowsFor } from '../../../../model/environment.ts';
import { kindId } from '../../../../model/kind.ts';
import { unresolved, useNearest } from '../../../../model/lookup.ts';
import type { Rule } from '../../../../model/rule.ts';
import { siblingNamespace } from '../../common/references.ts';
import { GRPCRoute, HTTPRoute } from '../kinds.ts';

/** Linkerd's HTTPRoute has the same fields; it is named here so that a mesh need not repeat the rule. */
const PolicyHTTPRoute = { group: 'policy.linkerd.io', name: 'HTTPRoute', versions: [] };

export const backendNotFound: Rule = {
  id: 'gateway/backend-not-found',
  severity: 'error',
  summary: 'A route sends traffic to a Service that no manifest defines.',
  kinds: [HTTPRoute, GRPCRoute, PolicyHTTPRoute],
  peers: ['KIA1402'],

  *check(resource, environment) {
    const { references } = rowsFor(environment.tables, kindId({ group: resource.group, name: resource.kind }));
    for (const reference of references) {
      if (reference.noun !== 'Service' && reference.noun !== 'parent') continue;
      for (const named of unresolved(environment, resource, reference)) {
        const isService = reference.spaces(named.site).includes('/Service');
        if (!isService) continue;
        const namespace = siblingNamespace(named.site);
        yield {
          path: named.site.path,
          message: named.text.includes('.')
            ? `"${named.text}" is a host name; a ${reference.noun === 'parent' ? 'parent' : 'backend'} takes the plain name of a Service.`
            : `Service "${named.text}" is not defined in namespace "${namespace}".`,
          ...(named.text.includes('.') ? {} : { absentFrom: namespace }),
          fixes: useNearest(environment, reference, named),
        };
      }
    }
  },
};
