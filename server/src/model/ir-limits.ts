/** How much clients may ask: a part of the representation of `ir.ts`. */

import type { Labels, ServiceName } from './ir-values.ts';

/** Requests per second that one instance of a workload takes; what is above gets 429. */
export interface RateLimit {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly service?: ServiceName;
  readonly port?: number | string;
  readonly requestsPerSecond?: number;
  readonly burst?: number;
}
