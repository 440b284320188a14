/** Names that exist because a Canary asks for them: Services that stand in no manifest. */

import type { Declaration } from '../../../model/reference.ts';
import { Service } from '../common/kinds.ts';
import { spaceOf } from '../common/references.ts';
import { apexFields, servicesOf } from './canary.ts';
import { Canary } from './kinds.ts';

export const declarations: readonly Declaration[] = apexFields.map((path) => ({
  from: Canary,
  path,
  space: spaceOf(Service),
  keys: (text, site) => servicesOf(text, site).map((it) => `${site.namespace}/${it}`),
}));
