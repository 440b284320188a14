/**
 * What a Rollout names of Consul's config entries when it shifts traffic by the plugin `hashicorp/consul`.
 * Source: argoproj-labs/rollouts-plugin-trafficrouter-consul.
 */

import type { Reference, Site } from '../../model/reference.ts';
import { Rollout } from '../kubernetes/common/kinds.ts';
import { byName, sibling } from '../kubernetes/common/references.ts';
import { trafficRouting } from '../kubernetes/delivery/references.ts';
import { subsetSpace } from './declarations.ts';
import { ServiceResolver, ServiceSplitter } from './kinds.ts';

const plugin = `${trafficRouting}.plugins.hashicorp/consul`;

export const references: readonly Reference[] = [
  byName({
    from: Rollout,
    path: `${plugin}.serviceName`,
    noun: 'service',
    to: [ServiceSplitter, ServiceResolver],
  }),
  ...['stableSubsetName', 'canarySubsetName'].map((it) => subsetAt(`${plugin}.${it}`)),
];

function subsetAt(path: string): Reference {
  const serviceOf = (site: Site) => sibling(site, 'serviceName');
  return {
    from: Rollout,
    path,
    noun: 'subset',
    spaces: () => [subsetSpace],
    keys(text, site) {
      const service = serviceOf(site);
      return service === undefined ? [] : [`${service}|${text}`];
    },
    write(key, site) {
      const [service, name] = key.split('|');
      return service === serviceOf(site) ? name : undefined;
    },
  };
}
