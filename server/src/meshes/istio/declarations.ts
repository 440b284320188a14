/** Which fields define names that Istio's other fields use. */

import type { Declaration } from '../../model/reference.ts';
import { Service } from '../kubernetes/common/kinds.ts';
import { fieldOf } from '../kubernetes/common/references.ts';
import { fullHost } from './hosts.ts';
import { DestinationRule, IstioOperator, ServiceEntry, VirtualService } from './kinds.ts';

/** Hosts that traffic can be sent to, by full name. */
export const hostSpace = 'istio/host';
/** Subsets of hosts: `reviews.shop.svc.cluster.local|v1`. */
export const subsetSpace = 'istio/subset';
/** Hosts that VirtualServices route, by full name. */
export const routedHostSpace = 'istio/routed-host';
/** Hosts that DestinationRules are about, by full name. */
export const ruledHostSpace = 'istio/ruled-host';
/** Providers of authorization, traces, metrics and access logs that the mesh configuration defines, by name. */
export const providerSpace = 'istio/provider';

export const declarations: readonly Declaration[] = [
  {
    from: Service,
    path: 'metadata.name',
    space: hostSpace,
    keys: (text, site) => [fullHost(text, site.namespace, site.clusterDomain)],
  },
  { from: ServiceEntry, path: 'spec.hosts[*]', space: hostSpace, keys: (text) => [text] },
  {
    from: DestinationRule,
    path: 'spec.subsets[*].name',
    space: subsetSpace,
    keys(text, site) {
      const host = fieldOf(site, ['spec', 'host']);
      return host ? [`${fullHost(host, site.namespace, site.clusterDomain)}|${text}`] : [];
    },
  },
  {
    from: IstioOperator,
    path: 'spec.meshConfig.extensionProviders[*].name',
    space: providerSpace,
    keys: (text) => [text],
  },
  {
    from: VirtualService,
    path: 'spec.hosts[*]',
    space: routedHostSpace,
    keys: (text, site) => [fullHost(text, site.namespace, site.clusterDomain)],
  },
  {
    from: DestinationRule,
    path: 'spec.host',
    space: ruledHostSpace,
    keys: (text, site) => [fullHost(text, site.namespace, site.clusterDomain)],
  },
];
