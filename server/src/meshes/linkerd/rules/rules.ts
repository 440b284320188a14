/** Linkerd's rules, in the order in which findings are reported. */

import type { Rule } from '../../../model/rule.ts';
import { authzAuthenticationNotFound } from './authz-authentication-not-found.ts';
import { failureAccrualIneffective } from './failure-accrual-ineffective.ts';
import { routeMissesProbes } from './route-misses-probes.ts';
import { routeShadowedByServiceProfile } from './route-shadowed-by-service-profile.ts';
import { serverAccessPolicy } from './server-access-policy.ts';
import { serverNoMatchingPods } from './server-no-matching-pods.ts';

export const rules: readonly Rule[] = [
  authzAuthenticationNotFound,
  serverNoMatchingPods,
  serverAccessPolicy,
  routeShadowedByServiceProfile,
  routeMissesProbes,
  failureAccrualIneffective,
];
