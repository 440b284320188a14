/** How clients talk to services: a part of the representation of `ir.ts`. */

import type { Backend } from './ir-routing.ts';
import type { Asked, Labels, ServiceName } from './ir-values.ts';

/** How clients talk to one service. */
export interface Destination {
  readonly name: string;
  readonly namespace: string;
  readonly service: Asked<ServiceName>;
  /** The one client it holds for; undefined for all. */
  readonly client?: Asked<ServiceName>;
  /** The subset it holds for; undefined for the whole service. */
  readonly subset?: string;
  readonly subsets: readonly Asked<Subset>[];
  readonly parts: DestinationParts;
}

export interface Subset {
  readonly name: string;
  /** Pod labels that make the subset; undefined when the source has a filter that is more than equalities of labels. */
  readonly labels?: Labels;
  /** The source's own filter text, for the mesh that knows it. */
  readonly filter?: string;
  readonly onlyPassing?: boolean;
}

export interface DestinationParts {
  readonly protocol?: Asked<string>;
  readonly loadBalancer?: Asked<LoadBalancer>;
  readonly outlier?: Asked<Outlier>;
  readonly limits?: Asked<Limits>;
  readonly connectTimeout?: Asked<number>;
  readonly requestTimeout?: Asked<number>;
  readonly clientTls?: Asked<{ readonly mode: 'disable' | 'simple' | 'mutual' | 'mesh'; readonly sni?: string }>;
  readonly defaultSubset?: Asked<string>;
  readonly failover?: Asked<{ readonly targets: readonly Backend[] }>;
}

export interface LoadBalancer {
  readonly policy: 'least-request' | 'round-robin' | 'random' | 'ewma' | 'ring-hash' | 'maglev' | 'passthrough';
  readonly hash?: readonly {
    readonly by: 'header' | 'cookie' | 'query' | 'source-ip';
    readonly name?: string;
    readonly ttl?: number;
  }[];
}

/** Each value with its own leaves, since meshes keep some and not others. */
export interface Outlier {
  readonly consecutive5xx?: Asked<number>;
  readonly consecutiveGateway?: Asked<number>;
  readonly interval?: Asked<number>;
  readonly baseEjection?: Asked<number>;
  readonly maxEjection?: Asked<number>;
  readonly maxEjectionPercent?: Asked<number>;
  readonly minHealthPercent?: Asked<number>;
  readonly enforcePercent?: Asked<number>;
  readonly consecutiveLocal?: Asked<number>;
  readonly splitLocal?: Asked<boolean>;
}

export interface Limits {
  readonly maxConnections?: Asked<number>;
  readonly maxPending?: Asked<number>;
  readonly maxRequests?: Asked<number>;
  readonly maxRequestsPerConnection?: Asked<number>;
  readonly maxRetries?: Asked<number>;
}
