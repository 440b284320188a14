/** istio/destination-host-not-found: traffic is sent to a host that no Service or ServiceEntry has. */

import { unresolved, useNearest } from '../../../model/lookup.ts';
import type { Rule } from '../../../model/rule.ts';
import { hostSpace } from '../declarations.ts';
import { covers, fullHost, serviceOfHost } from '../hosts.ts';
import { VirtualService } from '../kinds.ts';
import { destinationHosts } from '../references.ts';

export const destinationHostNotFound: Rule = {
  id: 'istio/destination-host-not-found',
  severity: 'error',
  summary: 'A route sends traffic to a host that no Service and no ServiceEntry has.',
  kinds: [VirtualService],
  peers: ['IST0101', 'KIA1101'],

  *check(resource, environment) {
    for (const reference of destinationHosts) {
      for (const named of unresolved(environment, resource, reference)) {
        const { namespace, clusterDomain } = named.site;
        const full = fullHost(named.text, namespace, clusterDomain);
        const wildcards = [...environment.index.declaredIn(hostSpace).keys()].filter((it) => it.startsWith('*'));
        if (wildcards.some((it) => covers(it, full))) continue;

        const service = serviceOfHost(named.text, namespace, clusterDomain);
        yield {
          path: named.site.path,
          message: service
            ? `No Service "${service.name}" in namespace "${service.namespace}" and no ServiceEntry has the host "${named.text}".`
            : `No ServiceEntry has the host "${named.text}".`,
          absentFrom: service?.namespace ?? '',
          fixes: useNearest(environment, reference, named),
        };
      }
    }
  },
};
