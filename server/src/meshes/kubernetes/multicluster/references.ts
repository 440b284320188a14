/** Which fields of the Multi-Cluster Services API name Services: an export has the name of what it exports. */

import type { Reference } from '../../../model/reference.ts';
import { Service } from '../common/kinds.ts';
import { byName } from '../common/references.ts';
import { ServiceExport } from './kinds.ts';

export const references: readonly Reference[] = [
  byName({ from: ServiceExport, path: 'metadata.name', noun: 'Service', to: [Service] }),
];
