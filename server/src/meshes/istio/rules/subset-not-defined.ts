/** istio/subset-not-defined: a route names a subset that no DestinationRule of the host defines. */

import { unresolved, useNearest } from '../../../model/lookup.ts';
import type { Fix, Rule } from '../../../model/rule.ts';
import { listAt, mayHold, textAt } from '../../../model/value.ts';
import { sibling } from '../../kubernetes/common/references.ts';
import { ruledHostSpace } from '../declarations.ts';
import { covers, possibleHosts, serviceOfHost } from '../hosts.ts';
import { DestinationRule, VirtualService } from '../kinds.ts';
import { destinationSubsets } from '../references.ts';
import type { Resource } from '../../../model/manifest.ts';

export const subsetNotDefined: Rule = {
  id: 'istio/subset-not-defined',
  severity: 'error',
  summary: 'A route names a subset that no DestinationRule of its host defines.',
  kinds: [VirtualService],
  peers: ['IST0101', 'KIA1107'],

  *check(resource, environment) {
    for (const reference of destinationSubsets) {
      for (const named of unresolved(environment, resource, reference)) {
        const { namespace, clusterDomain } = named.site;
        const host = sibling(named.site, 'host') ?? '';
        const hosts = possibleHosts(host, namespace, clusterDomain);
        const ruled = environment.index.declaredIn(ruledHostSpace);
        const rules = [...ruled]
          .filter(([pattern]) => hosts.some((it) => covers(pattern, it)))
          .flatMap(([, places]) => places);
        // A rule for a wildcard host may have the subset too, and a template or a patch may make it.
        if (rules.some(({ site }) => environment.isPatched(site.resource) || mayDefine(site.resource, named.text)))
          continue;

        const home = serviceOfHost(host, namespace, clusterDomain)?.namespace ?? '';
        const known = rules[0]?.site.resource;
        yield {
          path: named.site.path,
          message: known
            ? `DestinationRule "${known.name}" defines no subset "${named.text}" of host "${host}".`
            : `No DestinationRule defines the subset "${named.text}" of host "${host}".`,
          ...(known
            ? { related: [{ resource: known, path: ['spec', 'subsets'], message: 'The subsets of this host.' }] }
            : { absentFrom: home, absentKinds: [DestinationRule] }),
          fixes: [...useNearest(environment, reference, named), ...(known ? [addSubset(known, named.text)] : [])],
        };
      }
    }
  },
};

/** Whether a DestinationRule defines a subset, or has some that a template names or supplies. */
function mayDefine({ value, part }: Resource, subset: string): boolean {
  if (part.masked.hiddenLines || mayHold(value, 'spec.subsets[*].name')) return true;
  return listAt(value, ['spec', 'subsets']).some((it) => textAt(it, ['name']) === subset);
}

function addSubset(rule: Resource, name: string): Fix {
  const position = listAt(rule.value, ['spec', 'subsets']).length;
  return {
    title: `Add subset "${name}" to DestinationRule "${rule.name}"`,
    edits: () => [
      {
        type: 'insert',
        resource: rule,
        path: ['spec', 'subsets', position],
        value: { name, labels: { version: name } },
      },
    ],
  };
}
