/**
 * What Argo Rollouts and Flagger name of Istio's kinds, and which hosts Flagger brings along.
 * Sources: argoproj/argo-rollouts, pkg/apis/rollouts/v1alpha1 and utils/istio; fluxcd/flagger, pkg/router/istio.go.
 */

import type { Declaration, Reference, Site } from '../../model/reference.ts';
import { textAt } from '../../model/value.ts';
import { Rollout } from '../kubernetes/common/kinds.ts';
import { byName, spaceOf } from '../kubernetes/common/references.ts';
import { apexFields, servicesOf } from '../kubernetes/delivery/canary.ts';
import { Canary } from '../kubernetes/delivery/kinds.ts';
import { apexRoute, trafficRouting } from '../kubernetes/delivery/references.ts';
import { hostSpace } from './declarations.ts';
import { fullHost } from './hosts.ts';
import { DestinationRule, VirtualService } from './kinds.ts';
import { gatewayAt } from './references.ts';

/** Routes of VirtualServices by their names: `shop/checkout|primary`. */
export const routeSpace = 'istio/route';
/** Subsets by the DestinationRule that defines them, where no host is said: `shop/checkout|canary`. */
export const ruleSubsetSpace = 'istio/rule-subset';

export const declarations: readonly Declaration[] = [
  {
    from: VirtualService,
    path: 'spec.http[*].name',
    space: routeSpace,
    keys: (text, site) => [`${site.namespace}/${site.resource.name}|${text}`],
  },
  {
    from: DestinationRule,
    path: 'spec.subsets[*].name',
    space: ruleSubsetSpace,
    keys: (text, site) => [`${site.namespace}/${site.resource.name}|${text}`],
  },
  ...apexFields.map(
    (path): Declaration => ({
      from: Canary,
      path,
      space: hostSpace,
      keys: (text, site) => servicesOf(text, site).map((it) => fullHost(it, site.namespace, site.clusterDomain)),
    }),
  ),
];

const istio = `${trafficRouting}.istio`;
const virtualServices = [`${istio}.virtualService`, `${istio}.virtualServices[*]`];
const destinationRule = `${istio}.destinationRule`;

export const references: readonly Reference[] = [
  ...virtualServices.map((it) => virtualServiceAt(`${it}.name`)),
  ...virtualServices.map((it) => partAt(`${it}.routes[*]`, 'route', routeSpace, 2)),
  byName({ from: Rollout, path: `${destinationRule}.name`, noun: 'DestinationRule', to: [DestinationRule] }),
  ...['canarySubsetName', 'stableSubsetName'].map((it) =>
    partAt(`${destinationRule}.${it}`, 'subset', ruleSubsetSpace, 1),
  ),
  gatewayAt('spec.service.gateways[*]', Canary),
  ...apexFields.map((path) => apexRoute(path, [VirtualService])),
];

/** `checkout`, or `checkout.shop` for one of another namespace, as `shop/checkout`. */
function resourceKey(text: string, site: Site): string {
  const [name = text, namespace = site.namespace] = text.split('.');
  return `${namespace}/${name}`;
}

function virtualServiceAt(path: string): Reference {
  return {
    from: Rollout,
    path,
    noun: 'VirtualService',
    spaces: () => [spaceOf(VirtualService)],
    keys: (text, site) => [resourceKey(text, site)],
    write(key, site) {
      const [namespace, name] = key.split('/');
      return namespace === site.namespace ? name : `${name}.${namespace}`;
    },
  };
}

/** A part of the resource that a `name:` so many steps up and beside says. */
function partAt(path: string, noun: string, space: string, up: number): Reference {
  const ownerOf = ({ resource, path, ...site }: Site) => {
    const name = textAt(resource.value, [...path.slice(0, -up), 'name']);
    return name === undefined ? undefined : resourceKey(name, { ...site, resource, path });
  };
  return {
    from: Rollout,
    path,
    noun,
    spaces: () => [space],
    keys(text, site) {
      const owner = ownerOf(site);
      return owner === undefined ? [] : [`${owner}|${text}`];
    },
    write(key, site) {
      const [owner, name] = key.split('|');
      return owner === ownerOf(site) ? name : undefined;
    },
  };
}
