/** Who may talk to whom, and how it is secured: a part of the representation of `ir.ts`. */

import type { Asked, Labels, PathMatch, ServiceName, TextMatch } from './ir-values.ts';

export interface MutualTls {
  readonly name: string;
  readonly scope:
    | { readonly type: 'mesh' }
    | { readonly type: 'namespace'; readonly namespace: string }
    | WorkloadScope;
  readonly mode: Asked<'strict' | 'permissive' | 'disable' | 'unset'>;
  /** What the source refuses or does beyond the mode, and no other mesh does with it. */
  readonly beyond?: { readonly code: string; readonly reason: string; readonly risk: 'none' | 'security' };
  readonly ports: readonly Asked<{
    readonly port: number;
    readonly mode: 'strict' | 'permissive' | 'disable' | 'unset';
    readonly beyond?: MutualTls['beyond'];
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
  /** Who decides, for `custom`. */
  readonly authorizer?: Asked<Authorizer>;
  /** How it adds up with others: Istio's deny-over-allow, Linkerd's any-of, Consul's most exact source. */
  readonly combine: 'deny-over-allow' | 'any' | 'source-precedence';
  /** What happens to a client that nothing names. */
  readonly otherwise: 'deny' | 'allow' | 'unknown';
  /** Whom the ports of these workloads let in that no policy is about, where the source says so by itself. */
  readonly otherPorts?: 'nobody' | 'authenticated';
  readonly rules: readonly AccessRule[];
}

/** A service of its own that proxies ask about requests. */
export interface Authorizer {
  /** What the installation of the source calls it. */
  readonly provider?: string;
  /** How it is asked; undefined when nothing in the workspace tells, as is the service. */
  readonly protocol?: 'grpc' | 'http';
  readonly service?: ServiceName;
  /** What stands before the path of a request when it is asked about it. */
  readonly pathPrefix?: string;
  /** How long its answer may take. */
  readonly timeout?: number;
  /** Whether requests pass while it does not answer. */
  readonly failsOpen: boolean;
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
  /** Conditions that no part says, by the keys of the source; values as text. */
  readonly conditions: readonly Asked<{
    readonly key: string;
    readonly values: readonly string[];
    readonly negate: boolean;
  }>[];
  /** Tokens that the request must bring, each of them. */
  readonly tokens?: readonly TokenCondition[];
}

/** A token of one of some kinds; with `negate`, of none of them, which no token at all satisfies too. */
export interface TokenCondition {
  readonly anyOf: readonly Asked<TokenMatch>[];
  readonly negate: boolean;
}

/** What a token must say. Whether it is genuine is checked by a `JwtRequirement` of the same workloads. */
export interface TokenMatch {
  /** Issuer and subject with a slash between them; undefined for a token of any issuer that the workloads know. */
  readonly principal?: TextMatch;
  readonly claims: readonly { readonly path: readonly string[]; readonly match: TextMatch }[];
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

/** How some workloads check a token of one issuer. Which requests need a token is said by `Access`. */
export interface JwtRequirement {
  readonly name: string;
  readonly namespace: string;
  /** The workloads that check it; none when nothing in the source makes any of them do so. */
  readonly targets: readonly Asked<WorkloadScope>[];
  readonly issuer: Asked<string>;
  /** Any of them will do; none means every audience. */
  readonly audiences: readonly Asked<string>[];
  /** Undefined when they are found by asking the issuer. */
  readonly keys?: Asked<TokenKeys>;
  /** How long fetching the keys may take. */
  readonly keysTimeout?: Asked<number>;
  /** Where a request has its token; none means the header "Authorization" and the parameter "access_token". */
  readonly locations: readonly Asked<TokenLocation>[];
  /** Whether the token goes on to the workload. */
  readonly forward?: Asked<boolean>;
  /** The header in which the workload gets the claims of a token. */
  readonly payloadHeader?: Asked<string>;
  /** For how many seconds a token counts after its end. */
  readonly skew?: Asked<number>;
  /** Whether a bad token is refused even where none is needed. */
  readonly refusesBad: boolean;
}

export type TokenKeys =
  /** A JSON Web Key Set as JSON. */
  | { readonly type: 'inline'; readonly jwks: string }
  | { readonly type: 'remote'; readonly uri: string }
  /** Where manifests do not tell, in a user's words: "in the file /keys.json beside the proxy". */
  | { readonly type: 'elsewhere'; readonly place: string };

export interface TokenLocation {
  readonly type: 'header' | 'query' | 'cookie';
  readonly name: string;
  /** What stands before the token in a header: "Bearer ". */
  readonly prefix?: string;
}
