/**
 * What Consul does with requests of which nobody says anything.
 * Source: hashicorp/consul agent/xds/routes.go, clusters.go, config/config.go.
 */

import { noRetries, type Unasked, unasked } from '../../../model/unasked.ts';

export const unaskedOfConsul: Unasked = {
  timeout: 15_000,
  retries: noRetries,
  outlier: {
    consecutive5xx: unasked(5),
    interval: unasked(10_000),
    baseEjection: unasked(30_000),
    maxEjectionPercent: unasked(10),
  },
  limits: { maxConnections: unasked(1024), maxPending: unasked(1024), maxRequests: unasked(1024) },
};
