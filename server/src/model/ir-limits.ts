/** How much clients may ask: a part of the representation of `ir.ts`. */

import type { Asked, PathMatch } from './ir-values.ts';
import type { WorkloadScope } from './ir-security.ts';

/** Requests a second that one instance of some workloads takes; what is above gets 429. */
export interface RateLimit {
  readonly name: string;
  readonly namespace: string;
  readonly target: Asked<WorkloadScope>;
  /** The container port, by number or name; undefined for all. */
  readonly port?: Asked<number | string>;
  /** Of all clients together. */
  readonly total?: Rate;
  /** Of each client by itself. */
  readonly perClient?: Asked<number>;
  /** Of some clients in place of that. */
  readonly overrides: readonly Asked<{
    readonly perSecond: number;
    readonly clients: readonly { readonly namespace: string; readonly name: string }[];
  }>[];
  /** Of some requests in place of the total. */
  readonly routes: readonly Asked<{ readonly path: PathMatch; readonly perSecond?: number; readonly burst?: number }>[];
}

export interface Rate {
  /** May be a part of one: ten a minute. */
  readonly perSecond: Asked<number>;
  /** How many at once; undefined for as many as in a second. */
  readonly burst?: Asked<number>;
}
