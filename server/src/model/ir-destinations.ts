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
  /** Namespaces whose clients follow it; undefined for all. */
  readonly visibility?: Asked<readonly string[]>;
  /** The port of the service that it holds for, in place of what is said of the whole service; undefined for all. */
  readonly port?: Asked<number>;
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
  /**
   * Whether instances nearby come first: `near` as long as they are healthy, `zone` as long as Kubernetes knows any in the
   * zone of the client.
   */
  readonly locality?: Asked<'near' | 'zone' | 'any'>;
  readonly outlier?: Asked<Outlier>;
  readonly limits?: Asked<Limits>;
  readonly retryBudget?: Asked<RetryBudget>;
  readonly connectTimeout?: Asked<number>;
  readonly requestTimeout?: Asked<number>;
  readonly clientTls?: Asked<{ readonly mode: 'disable' | 'simple' | 'mutual' | 'mesh'; readonly sni?: string }>;
  readonly defaultSubset?: Asked<string>;
  readonly failover?: Asked<{ readonly targets: readonly Backend[] }>;
}

/** How an instance is chosen. Sizes and further keys have their own leaves, since meshes keep some and not others. */
export interface LoadBalancer {
  readonly policy: 'least-request' | 'round-robin' | 'random' | 'ewma' | 'ring-hash' | 'maglev' | 'passthrough';
  /** What sends requests to the same instance: the first key that a request has, or all of them up to a terminal one. */
  readonly hash?: readonly Asked<HashKey>[];
  readonly minimumRing?: Asked<number>;
  readonly maximumRing?: Asked<number>;
  readonly tableSize?: Asked<number>;
  /** Of how many instances the one with the fewest requests is taken. */
  readonly choices?: Asked<number>;
}

export interface HashKey {
  readonly by: 'header' | 'cookie' | 'query' | 'source-ip';
  readonly name?: string;
  /** Lifetime of a cookie that the proxy makes, 0 for one of the session; undefined uses cookies that exist alone. */
  readonly ttl?: number;
  readonly path?: string;
  /** Whether later keys are left alone where a request has this one. */
  readonly terminal?: Asked<boolean>;
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

/** How much of the traffic to a service may be retries. */
export interface RetryBudget {
  /** Percent of the requests. */
  readonly percent?: Asked<number>;
  /** Retries at a time that are always allowed. */
  readonly minConcurrency?: Asked<number>;
  /** Retries a second that are always allowed. */
  readonly minPerSecond?: Asked<number>;
  /** Milliseconds over which requests are counted. */
  readonly window?: Asked<number>;
}

/** How one client talks to every service that nothing else is said of. */
export interface ClientDefaults {
  readonly name: string;
  readonly client: Asked<ServiceName>;
  readonly limits?: Asked<Limits>;
  readonly outlier?: Asked<Outlier>;
  readonly connectTimeout?: Asked<number>;
}

/** How many connections an instance of a service takes, from all of its clients together. */
export interface InboundLimit {
  readonly service: Asked<ServiceName>;
  readonly maxConnections: Asked<number>;
}
