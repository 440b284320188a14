/** What older versions of SMI's kinds write otherwise. Source: smi-spec, apis/traffic-split. */

import type { Upgrade } from '../../../model/upgrade.ts';
import { isRecord, listAt, valueAt } from '../../../model/value.ts';
import { TrafficSplit } from './kinds.ts';

/** Linkerd's extension serves nothing newer than v1alpha2. */
export const upgrades: readonly Upgrade[] = [
  {
    kind: TrafficSplit,
    from: ['v1alpha1'],
    to: 'v1alpha2',
    changes: [{ path: 'spec.backends[*].weight', value: wholeWeight }],
  },
];

const quantity = /^(\d+(?:\.\d+)?)(m?)$/;

/** A quantity such as `500m` as a whole number of the same share; the weights beside it decide whether thousandths are needed. */
function wholeWeight(weight: unknown, resource: unknown): unknown {
  const weights = listAt(resource, ['spec', 'backends']).map((it) => (isRecord(it) ? valueAt(it, ['weight']) : it));
  const thousandths = weights.map(thousandthsOf);
  const needed = thousandths.some((it) => it !== undefined && it % 1000 !== 0);
  const own = thousandthsOf(weight);
  return own === undefined ? undefined : needed ? own : own / 1000;
}

/** `1` is 1000, `500m` is 500; undefined for what is no quantity, or none of whole thousandths. */
function thousandthsOf(weight: unknown): number | undefined {
  const [, digits, unit] = quantity.exec(String(weight)) ?? [];
  if (digits === undefined) return undefined;
  const number = unit === 'm' ? Number(digits) : Math.round(Number(digits) * 1e6) / 1000;
  return Number.isInteger(number) ? number : undefined;
}
