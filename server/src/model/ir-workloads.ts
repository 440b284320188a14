/** Workloads outside of the cluster, and services that other clusters may use: a part of the representation of `ir.ts`. */

import type { Asked, Labels, ServiceName } from './ir-values.ts';

/** A process that is no pod, on a machine that joins the mesh. */
export interface OutsideWorkload {
  readonly name: string;
  readonly namespace: string;
  /** An IP address or a DNS name. */
  readonly address: Asked<string>;
  readonly labels: Asked<Labels>;
  /** Empty when it has the ports of its service. */
  readonly ports: readonly Asked<OutsidePort>[];
  /** Who it is: the account it runs as, or the names in its certificate. */
  readonly identity?: Asked<
    | { readonly type: 'account'; readonly account: string }
    | { readonly type: 'names'; readonly identity: string; readonly serverName: string }
  >;
  readonly weight?: Asked<number>;
  /** `region/zone/subzone`, as far as it is known. */
  readonly locality?: Asked<string>;
  readonly health?: Asked<HealthCheck>;
  /** The service that it belongs to by name, where the source does not choose by labels. */
  readonly service?: Asked<ServiceName>;
}

export interface OutsidePort {
  readonly number: number;
  readonly name?: string;
  readonly protocol?: string;
}

/** How one finds out whether a workload is well. Times are milliseconds. */
export interface HealthCheck {
  readonly type: 'http' | 'tcp' | 'grpc';
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly scheme?: string;
  readonly interval?: number;
  readonly timeout?: number;
}

/** A service whose workloads are chosen by labels, pods and others alike. */
export interface OutsideService {
  readonly name: string;
  readonly namespace: string;
  /** The Service that clients call; undefined when its host is no name of the cluster. */
  readonly service?: ServiceName;
  readonly hosts: readonly Asked<string>[];
  readonly ports: readonly Asked<OutsideServicePort>[];
  /** Empty when nothing says it. */
  readonly selector: Asked<Labels>;
}

export interface OutsideServicePort extends OutsidePort {
  readonly targetPort?: number;
}

/** A service that other clusters may call. */
export interface ServiceExport {
  readonly service: Asked<ServiceName>;
  /** Clusters, peers or partitions that may; undefined for all. */
  readonly consumers?: Asked<readonly string[]>;
  /** By way of a gateway, straight to the pods, or as one with the same service of other clusters. */
  readonly mode: 'gateway' | 'direct' | 'united';
}
