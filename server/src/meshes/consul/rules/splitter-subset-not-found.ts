/** consul/splitter-subset-not-found: an entry names a subset that the service's resolver does not define. */

import { rowsFor } from '../../../model/environment.ts';
import { kindId } from '../../../model/kind.ts';
import { unresolved, useNearest } from '../../../model/lookup.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Rule } from '../../../model/rule.ts';
import { mayHold } from '../../../model/value.ts';
import { sibling } from '../../kubernetes/common/references.ts';
import { ServiceResolver, ServiceRouter, ServiceSplitter } from '../kinds.ts';
import { subsets } from '../references.ts';

export const splitterSubsetNotFound: Rule = {
  id: 'consul/splitter-subset-not-found',
  severity: 'error',
  summary: 'A splitter, router or resolver names a subset that the ServiceResolver of the service does not define.',
  kinds: [ServiceSplitter, ServiceRouter, ServiceResolver],
  peers: [],

  *check(resource, environment) {
    for (const reference of rowsFor(environment.tables, kindId({ group: resource.group, name: resource.kind }))
      .references) {
      if (!subsets.includes(reference)) continue;
      for (const named of unresolved(environment, resource, reference)) {
        const service = sibling(named.site, 'service') ?? resource.name;
        const resolver = environment.index.all(ServiceResolver).find((it) => it.name === service);
        if (resolver && (environment.isPatched(resolver) || mayDefineMore(resolver))) continue;
        yield {
          path: named.site.path,
          message: resolver
            ? `ServiceResolver "${service}" defines no subset "${named.text}".`
            : `No ServiceResolver "${service}" defines the subset "${named.text}".`,
          ...(resolver
            ? { related: [{ resource: resolver, path: ['spec', 'subsets'], message: 'The subsets of this service.' }] }
            : { absentFrom: environment.namespaceOf(resource), absentKinds: [ServiceResolver] }),
          fixes: [
            ...useNearest(environment, reference, named),
            ...(resolver
              ? [
                  {
                    title: `Add subset "${named.text}" to ServiceResolver "${service}"`,
                    edits: () => [
                      {
                        type: 'insert' as const,
                        resource: resolver,
                        path: ['spec', 'subsets', named.text],
                        value: { filter: `Service.Meta.version == "${named.text}"` },
                      },
                    ],
                  },
                ]
              : []),
          ],
        };
      }
    }
  },
};

/** Whether a template may give a resolver subsets that nobody can see. */
function mayDefineMore({ value, part }: Resource): boolean {
  return part.masked.hiddenLines || mayHold(value, 'spec.subsets.*');
}
