/**
 * What older versions of Linkerd's kinds call otherwise; source: linkerd2, charts/linkerd-crds. Versions without a row
 * differ in nothing that was written: a Server denies what no policy allows in all of them, v1beta3 only says so in
 * accessPolicy.
 */

import type { Upgrade } from '../../model/upgrade.ts';
import { ExternalWorkload } from './kinds.ts';

export const upgrades: readonly Upgrade[] = [
  { kind: ExternalWorkload, from: ['v1alpha1'], changes: [{ path: 'spec.meshTls', rename: 'meshTLS' }] },
];
