/** istio/destination-host-not-found: traffic is sent to a host that no Service or ServiceEntry has. */

import type { Rule } from '../../../model/rule.ts';
import { VirtualService } from '../kinds.ts';
import { routeHosts } from '../references.ts';
import { unreachableHosts } from '../unreachable-hosts.ts';

export const destinationHostNotFound: Rule = {
  id: 'istio/destination-host-not-found',
  severity: 'error',
  summary: 'A route sends traffic to a host that no Service and no ServiceEntry has.',
  kinds: [VirtualService],
  peers: ['IST0101', 'KIA1101'],
  check: (resource, environment) => unreachableHosts(resource, environment, routeHosts),
};
