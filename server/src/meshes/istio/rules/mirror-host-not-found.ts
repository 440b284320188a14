/** istio/mirror-host-not-found: copies of requests are sent to a host that no Service or ServiceEntry has. */

import type { Rule } from '../../../model/rule.ts';
import { VirtualService } from '../kinds.ts';
import { mirrorHosts } from '../references.ts';
import { unreachableHosts } from '../unreachable-hosts.ts';

export const mirrorHostNotFound: Rule = {
  id: 'istio/mirror-host-not-found',
  severity: 'error',
  summary: 'A route mirrors requests to a host that no Service and no ServiceEntry has.',
  kinds: [VirtualService],
  peers: ['IST0101'],
  check: (resource, environment) => unreachableHosts(resource, environment, mirrorHosts),
};
