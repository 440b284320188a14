/**
 * Which fields of Argo Rollouts and Flagger name Services, workloads and routes. What they name of a mesh's own kinds, the
 * mesh's `delivery.ts` says. Sources: argoproj/argo-rollouts, pkg/apis/rollouts/v1alpha1;
 * argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi; fluxcd/flagger, pkg/apis/flagger/v1beta1.
 */

import type { Kind } from '../../../model/kind.ts';
import type { Reference, Site } from '../../../model/reference.ts';
import { textAt } from '../../../model/value.ts';
import { DaemonSet, Deployment, ReplicaSet, Rollout, Service } from '../common/kinds.ts';
import { byName, sibling, siblingNamespace } from '../common/references.ts';
import { Gateway, GRPCRoute, HTTPRoute, TCPRoute, TLSRoute } from '../gateway/kinds.ts';
import { TrafficSplit } from '../smi/kinds.ts';
import { apexFields, apexOf } from './canary.ts';
import { Canary } from './kinds.ts';

/** Where a Rollout says who shifts its traffic. */
export const trafficRouting = 'spec.strategy.canary.trafficRouting';

const services = [
  'spec.strategy.canary.canaryService',
  'spec.strategy.canary.stableService',
  'spec.strategy.canary.pingPong.pingService',
  'spec.strategy.canary.pingPong.pongService',
  'spec.strategy.blueGreen.activeService',
  'spec.strategy.blueGreen.previewService',
  `${trafficRouting}.smi.rootService`,
];

const gatewayPlugin = `${trafficRouting}.plugins.argoproj-labs/gatewayAPI`;

/** Fields of the plugin for one route and for several, by what they name. */
const pluginRoutes: readonly (readonly [field: string, kind: Kind])[] = [
  ['httpRoute', HTTPRoute],
  ['grpcRoute', GRPCRoute],
  ['tcpRoute', TCPRoute],
  ['tlsRoute', TLSRoute],
];

function pluginRoute([field, kind]: readonly [field: string, kind: Kind]): Reference[] {
  const steps = gatewayPlugin.split('.');
  const namespace = (site: Site) => textAt(site.resource.value, [...steps, 'namespace']) ?? site.namespace;
  return [`${gatewayPlugin}.${field}`, `${gatewayPlugin}.${field}s[*].name`].map((path) =>
    byName({ from: Rollout, path, noun: kind.name, to: [kind], namespace }),
  );
}

/** What a `kind:` beside the name says, out of some kinds. */
function byKindBeside(from: Kind, path: string, kinds: readonly Kind[]): Reference {
  return byName({
    from,
    path,
    noun: 'workload',
    to: (site) => kinds.filter((it) => it.name === sibling(site, 'kind')),
  });
}

/** A route by the name that Flagger gives it, or takes over when it stands there already. */
export function apexRoute(path: string, kinds: readonly Kind[]): Reference {
  const row = byName({ from: Canary, path, noun: 'route', to: kinds });
  return { ...row, keys: (text, site) => (apexOf(text, site) === undefined ? [] : row.keys(text, site)) };
}

export const references: readonly Reference[] = [
  ...services.map((path) => byName({ from: Rollout, path, noun: 'Service', to: [Service] })),
  byKindBeside(Rollout, 'spec.workloadRef.name', [Deployment, ReplicaSet]),
  byName({ from: Rollout, path: `${trafficRouting}.smi.trafficSplitName`, noun: 'TrafficSplit', to: [TrafficSplit] }),
  ...pluginRoutes.flatMap(pluginRoute),
  byKindBeside(Canary, 'spec.targetRef.name', [Deployment, DaemonSet, Service]),
  byName({
    from: Canary,
    path: 'spec.service.gatewayRefs[*].name',
    noun: 'Gateway',
    to: [Gateway],
    namespace: siblingNamespace,
  }),
  ...apexFields.map((path) => apexRoute(path, [HTTPRoute, TrafficSplit])),
];
