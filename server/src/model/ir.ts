/**
 * What manifests ask of a mesh, in no mesh's words: the representation between reading and writing a conversion.
 * It stores meaning, not syntax (a raw string prefix and a path-segment prefix are different values), and every value
 * remembers the leaves that asked for it. Durations are integer milliseconds; -1 means explicitly switched off.
 */

import type { Resource } from './manifest.ts';
import type { Path } from './text.ts';

/** A leaf, or a branch that stands for all leaves below it, of a source resource. */
export interface Origin {
  readonly resource: Resource;
  readonly path: Path;
}

/** A value with every place that asked for it; more than one when several leaves say it together. */
export interface Asked<T> {
  readonly value: T;
  readonly from: readonly Origin[];
}

export type Labels = Readonly<Record<string, string>>;

export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

export type TextMatch = {
  /** The opposite; what is missing satisfies it. "There, but different" is this together with `present`. */
  readonly negate?: boolean;
  readonly ignoreCase?: boolean;
} & (
  | { readonly type: 'exact' | 'prefix' | 'suffix' | 'contains'; readonly value: string }
  /** Anchored at both ends; the dialect is the one of the source's proxy. */
  | { readonly type: 'regex'; readonly value: string; readonly dialect: 're2' | 'rust' }
  | { readonly type: 'present' }
);

export interface PathMatch {
  /** `prefix` compares characters, `segments` whole path segments. */
  readonly type: 'exact' | 'prefix' | 'segments' | 'regex';
  readonly value: string;
  readonly ignoreCase?: boolean;
}

// ---- Routing -------------------------------------------------------------------------------------------------------

/** How requests to one service (or to hosts at a gateway) are routed. */
export interface Route {
  /** Name of the source's resource; becomes the name of the target's. */
  readonly name: string;
  readonly namespace: string;
  /** The services, or outside hosts, that the route is about. */
  readonly targets: readonly Asked<RouteTarget>[];
  /** Gateways it is bound to (`namespace/name`); empty for traffic inside the mesh only. */
  readonly gateways: readonly Asked<string>[];
  /** Whether it counts for traffic inside the mesh. */
  readonly isMesh: boolean;
  /** Namespaces whose clients follow it; undefined for all. */
  readonly visibility?: Asked<readonly string[]>;
  readonly protocol: 'http' | 'grpc' | 'tcp' | 'tls';
  /** How the source ranks rules: in the order of the document, or by how specific their matches are. */
  readonly order: 'document' | 'specificity';
  /** What the source does with a request that no rule matches. */
  readonly unmatched: 'not-found' | 'default-backend';
  readonly rules: readonly RouteRule[];
}

export type RouteTarget =
  | { readonly type: 'service'; readonly service: ServiceName; readonly port?: number }
  | { readonly type: 'host'; readonly host: string };

export interface RouteRule {
  readonly name?: Asked<string>;
  /** Any of them; empty matches everything. */
  readonly matches: readonly RouteMatch[];
  readonly parts: RouteParts;
}

/** All that is present must match. */
export interface RouteMatch {
  readonly from: readonly Origin[];
  readonly path?: Asked<PathMatch>;
  readonly methods?: Asked<readonly string[]>;
  readonly headers: readonly Asked<{ readonly name: string; readonly match: TextMatch }>[];
  readonly query: readonly Asked<{ readonly name: string; readonly match: TextMatch }>[];
  readonly authority?: Asked<TextMatch>;
  readonly scheme?: Asked<TextMatch>;
  readonly port?: Asked<number>;
  readonly sni?: Asked<readonly string[]>;
  /** Restricts the rule to some clients: labels, namespaces, gateways. */
  readonly clients?: Asked<{
    readonly labels?: Labels;
    readonly namespace?: string;
    readonly gateways?: readonly string[];
  }>;
}

/** Everything a rule may ask for. A new field is a compile error in every mesh until it says how, or why not. */
export interface RouteParts {
  readonly backends?: Asked<readonly Backend[]>;
  readonly redirect?: Asked<Redirect>;
  readonly directResponse?: Asked<{ readonly status: number; readonly body?: string }>;
  readonly rewrite?: Asked<Rewrite>;
  readonly requestHeaders?: Asked<HeaderChange>;
  readonly responseHeaders?: Asked<HeaderChange>;
  readonly mirrors?: Asked<readonly { readonly backend: Backend; readonly percent: number }[]>;
  readonly timeout?: Asked<number>;
  /** Timeout of one attempt at a backend, where the source has it apart from retries. */
  readonly backendTimeout?: Asked<number>;
  readonly retries?: Asked<Retries>;
  readonly fault?: Asked<Fault>;
  readonly cors?: Asked<Cors>;
}

/** A service and its share. `from` are the leaves of this backend alone, so that each gets a fate of its own. */
export interface Backend {
  readonly service: ServiceName;
  /** Present when the host is not a Service of the cluster. */
  readonly host?: string;
  readonly port?: number;
  readonly subset?: string;
  /** Relative share, 0 or more; undefined when the source names none. */
  readonly weight?: number;
  readonly requestHeaders?: HeaderChange;
  readonly responseHeaders?: HeaderChange;
  readonly from: readonly Origin[];
}

export interface HeaderChange {
  readonly set: Labels;
  readonly add: Labels;
  readonly remove: readonly string[];
}

export interface Redirect {
  readonly status: number;
  readonly scheme?: string;
  readonly host?: string;
  readonly port?: number;
  readonly path?: { readonly type: 'full' | 'prefix'; readonly value: string };
}

export interface Rewrite {
  readonly host?: string;
  readonly path?: { readonly type: 'full' | 'prefix' | 'regex'; readonly value: string; readonly pattern?: string };
}

export interface Retries {
  /** Retries after the first attempt; 0 switches retries off. */
  readonly attempts: number;
  readonly perTryTimeout?: number;
  /** Envoy's conditions: `5xx`, `connect-failure`, `retriable-status-codes` …; `grpc:…` for gRPC codes. */
  readonly on: readonly string[];
  readonly codes: readonly number[];
  readonly codeRanges: readonly (readonly [number, number])[];
  readonly backoff?: { readonly base: number; readonly max?: number };
  /** Leaves by what they say, where a target can keep some and not others. */
  readonly origins: { readonly [What in 'attempts' | 'perTryTimeout' | 'conditions' | 'backoff']?: readonly Origin[] };
}

export interface Fault {
  readonly delay?: { readonly fixed: number; readonly percent: number };
  readonly abort?: { readonly status: number | string; readonly percent: number };
}

export interface Cors {
  readonly origins: readonly TextMatch[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly expose: readonly string[];
  readonly maxAge?: number;
  readonly credentials?: boolean;
}

// ---- Destinations --------------------------------------------------------------------------------------------------

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

// ---- Security ------------------------------------------------------------------------------------------------------

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

// ---- The whole -----------------------------------------------------------------------------------------------------

export interface Listener {
  readonly name: string;
  readonly port: Asked<number>;
  readonly protocol: Asked<'HTTP' | 'HTTPS' | 'TLS' | 'TCP' | 'GRPC' | 'HTTP2'>;
  readonly hosts: readonly Asked<string>[];
  readonly tls?: Asked<{ readonly mode: 'terminate' | 'mutual' | 'passthrough'; readonly secret?: string }>;
  readonly httpsRedirect?: Asked<boolean>;
}

export interface GatewayIntent {
  readonly name: string;
  readonly namespace: string;
  /** Pods that carry it (Istio), or the class that makes it (Gateway API). */
  readonly carrier: Asked<{ readonly selector?: Labels; readonly className?: string }>;
  readonly listeners: readonly Listener[];
}

/** What carries the traffic; the same words mean slightly different things to each. */
export type Proxy = 'envoy' | 'linkerd';

export interface Ir {
  /** The proxy of the source, whose behaviour the values describe; set by whoever asks for the conversion. */
  readonly proxy?: Proxy;
  readonly routes: readonly Route[];
  readonly destinations: readonly Destination[];
  readonly mutualTls: readonly MutualTls[];
  readonly access: readonly Access[];
  readonly gateways: readonly GatewayIntent[];
  /** Leaves that the reader understands and knows that no other mesh has. */
  readonly peculiar: readonly Peculiar[];
  /** What the source does without being asked, and what the reader had to assume. */
  readonly notes?: readonly {
    readonly kind: 'implicit' | 'assumed' | 'missing';
    readonly text: string;
    readonly risk: Risk;
  }[];
}

export interface Peculiar {
  readonly from: readonly Origin[];
  readonly code: string;
  /** In a user's words: what the leaf does, and that the target has nothing like it. */
  readonly reason: string;
  readonly risk: Risk;
}

/** What a loss or change may do: nothing, other behaviour, less availability, weaker security. */
export type Risk = 'none' | 'behaviour' | 'availability' | 'security';

export const emptyIr: Ir = { routes: [], destinations: [], mutualTls: [], access: [], gateways: [], peculiar: [] };
