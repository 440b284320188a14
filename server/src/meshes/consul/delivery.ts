/**
 * What a Rollout names of Consul's config entries when it shifts traffic by the plugin `hashicorp/consul`.
 * Source: argoproj-labs/rollouts-plugin-trafficrouter-consul.
 */

import type { Reference } from '../../model/reference.ts';
import { Rollout } from '../kubernetes/common/kinds.ts';
import { byName, sibling } from '../kubernetes/common/references.ts';
import { trafficRouting } from '../kubernetes/delivery/references.ts';
import { ServiceResolver, ServiceSplitter } from './kinds.ts';
import { subsetOf } from './references.ts';

const plugin = `${trafficRouting}.plugins.hashicorp/consul`;

export const references: readonly Reference[] = [
  byName({
    from: Rollout,
    path: `${plugin}.serviceName`,
    noun: 'service',
    to: [ServiceSplitter, ServiceResolver],
  }),
  ...['stableSubsetName', 'canarySubsetName'].map((it) =>
    subsetOf(Rollout, `${plugin}.${it}`, (site) => sibling(site, 'serviceName')),
  ),
];
