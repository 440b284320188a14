/**
 * What Linkerd does with requests of which nobody says anything: its balancer passes over instances that do not connect.
 * Source: linkerd/linkerd2-proxy linkerd/app/outbound.
 */

import { noEjection, noLimits, noRetries, type Unasked } from '../../../model/unasked.ts';

export const unaskedOfLinkerd: Unasked = {
  timeout: -1,
  retries: noRetries,
  outlier: noEjection,
  limits: noLimits,
  passesOver: true,
};
