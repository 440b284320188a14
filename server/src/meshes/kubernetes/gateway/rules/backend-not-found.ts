/** gateway/backend-not-found: a route sends traffic to a Service that does not exist. */

import { createDocument } from '../../../../model/edit.ts';
import { rowsFor } from '../../../../model/environment.ts';
import { apiVersionOf, kindId } from '../../../../model/kind.ts';
import { unresolved, useNearest } from '../../../../model/lookup.ts';
import type { Named } from '../../../../model/reference.ts';
import type { Fix, Rule } from '../../../../model/rule.ts';
import { numberAt } from '../../../../model/value.ts';
import { Service } from '../../common/kinds.ts';
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
          fixes: [
            ...useNearest(environment, reference, named),
            ...(named.text.includes('.') ? [] : [createService(named, namespace)]),
          ],
        };
      }
    }
  },
};

/** A Service with the port of the backend, for pods that are labelled as most are. */
function createService({ text, site }: Named, namespace: string): Fix {
  const { resource, path } = site;
  const port = numberAt(resource.value, [...path.slice(0, -1), 'port']) ?? 80;
  const isElsewhere = namespace !== site.namespace;
  const metadata = { name: text, ...(resource.namespace === undefined && !isElsewhere ? {} : { namespace }) };
  return {
    title: `Create Service "${text}"`,
    edits: () => [
      createDocument(resource, {
        apiVersion: apiVersionOf(Service),
        kind: Service.name,
        metadata,
        spec: { selector: { app: text }, ports: [{ name: 'http', port }] },
      }),
    ],
  };
}
