/** Which fields of SMI's kinds name Services. */

import type { Reference } from '../../../model/reference.ts';
import { Service } from '../common/kinds.ts';
import { byName } from '../common/references.ts';
import { TrafficSplit } from './kinds.ts';

export const references: readonly Reference[] = ['spec.service', 'spec.backends[*].service'].map((path) =>
  byName({ from: TrafficSplit, path, noun: 'Service', to: [Service] }),
);
