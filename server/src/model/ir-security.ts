/** Who may talk to whom, and how it is secured: a part of the representation of `ir.ts`. */

import type { Asked, Labels, PathMatch, ServiceName, TextMatch } from './ir-values.ts';

export interface MutualTls {
  readonly name: string;
  readonly scope:
    | { readonly type: 'mesh' }
    | { readonly type: 'namespace'; readonly namespace: string }
    | WorkloadScope;
  readonly mode: Asked<'strict' | 'permissive' | 'disable' | 'unset'>;
  readonly ports: readonly Asked<{
    readonly port: number;
    readonly mode: 'strict' | 'permissive' | 'disable' | 'unset';
  }>[];
}

export interface WorkloadScope {
  readonly type: 'workload';
  readonly namespace: string;
  /** Empty: every workload of the namespace. */
  readonly labels: Labels;
  /** The service in front of these workloads, when the source names one. */
  readonly service?: ServiceName;
}

export type Identity =
  | { readonly type: 'account'; readonly namespace: string; readonly name: string; readonly trustDomain?: string }
  | { readonly type: 'namespace'; readonly namespace: string }
  /** A service by its name, as Consul's intentions name clients. */
  | { readonly type: 'service'; readonly service: ServiceName; readonly peer?: string }
  | { readonly type: 'authenticated' }
  | { readonly type: 'anyone' }
  | { readonly type: 'other'; readonly value: string };

/** Who may call some workloads, as one resource of the source says it. */
export interface Access {
  readonly name: string;
  readonly namespace: string;
  readonly target: Asked<WorkloadScope>;
  /** The ports it protects; undefined for all. Names are container port names. */
  readonly port?: Asked<number | string>;
  readonly protocol?: Asked<string>;
  readonly effect: Asked<'allow' | 'deny' | 'audit' | 'custom'>;
  /** How it adds up with others: Istio's deny-over-allow, Linkerd's any-of, Consul's most exact source. */
  readonly combine: 'deny-over-allow' | 'any' | 'source-precedence';
  /** What happens to a client that nothing names. */
  readonly otherwise: 'deny' | 'allow' | 'unknown';
  /** Whom the ports of these workloads let in that no policy is about, where the source says so by itself. */
  readonly otherPorts?: 'nobody' | 'authenticated';
  readonly rules: readonly AccessRule[];
}

/** Clients (any of them) who do one of the operations (any of them; empty means all), under all conditions. */
export interface AccessRule {
  /** For `source-precedence`, whether this rule allows or denies; else that of the whole. */
  readonly effect?: 'allow' | 'deny';
  readonly clients: readonly Asked<Identity>[];
  readonly notClients: readonly Asked<Identity>[];
  readonly networks: readonly Asked<string>[];
  readonly notNetworks: readonly Asked<string>[];
  readonly operations: readonly Operation[];
  /** Conditions that no part above says: JWT claims, request headers by CEL-like keys; values as text. */
  readonly conditions: readonly Asked<{
    readonly key: string;
    readonly values: readonly string[];
    readonly negate: boolean;
  }>[];
}

export interface Operation {
  readonly paths: readonly Asked<PathMatch>[];
  readonly notPaths: readonly Asked<PathMatch>[];
  readonly methods: readonly Asked<string>[];
  readonly notMethods: readonly Asked<string>[];
  readonly hosts: readonly Asked<TextMatch>[];
  readonly notHosts: readonly Asked<TextMatch>[];
  readonly ports: readonly Asked<number>[];
  readonly notPorts: readonly Asked<number>[];
  readonly headers: readonly Asked<{ readonly name: string; readonly match: TextMatch }>[];
}

/** Tokens that some workloads take from their clients. Which requests need one is said by `Access`. */
export interface JwtRequirement {
  readonly name: string;
  readonly namespace: string;
  readonly target: WorkloadScope;
  readonly issuer: string;
  readonly audiences: readonly string[];
}
