/** The comparison: a row a feature, a cell a mesh. A row belongs to the file of its category. */

import { architecture } from './features/architecture.ts';
import { developerExperience } from './features/developer-experience.ts';
import { extensibility } from './features/extensibility.ts';
import { governance } from './features/governance.ts';
import { multiCluster } from './features/multi-cluster.ts';
import { observability } from './features/observability.ts';
import { operations } from './features/operations.ts';
import { platforms } from './features/platforms.ts';
import { resilience } from './features/resilience.ts';
import { security } from './features/security.ts';
import { traffic } from './features/traffic.ts';
import type { Feature } from './features/feature.ts';

/** The day whose state the table describes, unless a cell names its own. */
export const featuresAsOf = '2026-08-22';

export const features: readonly Feature[] = [
  ...architecture,
  ...security,
  ...traffic,
  ...resilience,
  ...observability,
  ...multiCluster,
  ...operations,
  ...governance,
  ...platforms,
  ...extensibility,
  ...developerExperience,
];

const byId = new Map(features.map((it) => [it.id, it]));

/** The feature with an id, if there is one. */
export function featureById(id: string): Feature | undefined {
  return byId.get(id);
}
