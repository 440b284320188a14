/** Traffic out of the mesh: a part of the representation of `ir.ts`. */

import type { Labels } from './ir-values.ts';

/** Hosts outside of the mesh that its clients call by name. */
export interface ExternalService {
  readonly name: string;
  readonly namespace: string;
  readonly hosts: readonly string[];
  /** Addresses that it is reached at, IPs or blocks; empty when its names are resolved. */
  readonly addresses: readonly string[];
  readonly ports: readonly { readonly number: number; readonly name?: string; readonly protocol?: string }[];
}

/** What may leave the mesh from some clients. */
export interface EgressPolicy {
  readonly name: string;
  readonly namespace: string;
  /** Pods that it holds for; undefined for all of the namespace. */
  readonly labels?: Labels;
  /** What happens to traffic for hosts that nothing names. */
  readonly otherwise: 'allow' | 'deny';
}
