/** Workloads outside of the cluster, and services that other clusters may use: a part of the representation of `ir.ts`. */

import type { Labels, ServiceName } from './ir-values.ts';

/** A process that is no pod, on a machine that joins the mesh. */
export interface OutsideWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly labels: Labels;
  readonly ports: readonly { readonly number: number; readonly name?: string; readonly protocol?: string }[];
}

/** A service that other clusters may call. */
export interface ServiceExport {
  readonly service: ServiceName;
  /** Clusters, peers or partitions that may; undefined for all. */
  readonly consumers?: readonly string[];
}
