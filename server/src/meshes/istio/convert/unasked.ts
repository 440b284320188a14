/**
 * What Istio does with requests of which nobody says anything.
 * Source: istio/istio pilot/pkg/networking/core/route/retry/retry.go, cluster_traffic_policy.go.
 */

import { noEjection, noLimits, noRetries, type Unasked } from '../../../model/unasked.ts';

export const unaskedOfIstio: Unasked = {
  timeout: -1,
  retries: {
    ...noRetries,
    attempts: 2,
    on: ['connect-failure', 'refused-stream', 'grpc:unavailable', 'grpc:cancelled'],
  },
  outlier: noEjection,
  limits: noLimits,
};
