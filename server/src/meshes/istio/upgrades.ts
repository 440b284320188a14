/** Fields of Istio's kinds that others have taken the place of, and mean the same. Source: istio/api, the comments of its protos. */

import type { Kind } from '../../model/kind.ts';
import type { Successor } from '../../model/upgrade.ts';
import {
  AuthorizationPolicy,
  DestinationRule,
  RequestAuthentication,
  Telemetry,
  VirtualService,
  WasmPlugin,
} from './kinds.ts';

const policies = [
  'spec.trafficPolicy',
  'spec.trafficPolicy.portLevelSettings[*]',
  'spec.subsets[*].trafficPolicy',
  'spec.subsets[*].trafficPolicy.portLevelSettings[*]',
];

const targeted: readonly Kind[] = [AuthorizationPolicy, RequestAuthentication, Telemetry, WasmPlugin];

export const successors: readonly Successor[] = [
  ...targeted.map(
    (kind): Successor => ({ kind, path: 'spec.targetRef', successor: 'targetRefs', value: (it) => [it] }),
  ),
  { kind: RequestAuthentication, path: 'spec.jwtRules[*].jwks_uri', successor: 'jwksUri' },
  ...['mirrorPercent', 'mirror_percent'].map(
    (field): Successor => ({
      kind: VirtualService,
      path: `spec.http[*].${field}`,
      successor: 'mirrorPercentage',
      value: asPercent,
    }),
  ),
  { kind: VirtualService, path: 'spec.http[*].fault.delay.percent', successor: 'percentage', value: asPercent },
  { kind: VirtualService, path: 'spec.http[*].corsPolicy.allowOrigin', successor: 'allowOrigins', value: asMatches },
  ...policies.flatMap((policy): readonly Successor[] => [
    {
      kind: DestinationRule,
      path: `${policy}.loadBalancer.consistentHash.minimumRingSize`,
      successor: 'ringHash.minimumRingSize',
    },
    { kind: DestinationRule, path: `${policy}.loadBalancer.warmupDurationSecs`, successor: 'warmup.duration' },
  ]),
];

function asPercent(value: unknown): unknown {
  return typeof value === 'number' ? { value } : undefined;
}

/** Origins were texts, of which `*` stood for all. */
function asMatches(value: unknown): unknown {
  if (!Array.isArray(value) || !value.every((it) => typeof it === 'string')) return undefined;
  return value.map((it) => (it === '*' ? { regex: '.*' } : { exact: it }));
}
