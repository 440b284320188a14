/** How requests and connections find their way: a part of the representation of `ir.ts`. */

import type { Asked, Labels, Origin, PathMatch, ServiceName, TextMatch } from './ir-values.ts';

/** How requests to one service (or to hosts at a gateway) are routed. */
export interface Route {
  /** Name of the source's resource; becomes the name of the target's. */
  readonly name: string;
  readonly namespace: string;
  /** The services, or outside hosts, that the route is about. */
  readonly targets: readonly Asked<RouteTarget>[];
  /** Gateways it is bound to (`namespace/name`); empty for traffic inside the mesh only. */
  readonly gateways: readonly Asked<string>[];
  /** Set when the name that clients call exists in the mesh of the source alone, and no Service has it. */
  readonly isNameOnly?: true;
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
  | {
      readonly type: 'service';
      readonly service: ServiceName;
      readonly port?: number;
      /** The wildcard that it is one of the services of. */
      readonly pattern?: string;
    }
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
  /** For how long a stream may be silent. */
  readonly idleTimeout?: Asked<number>;
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
  /** Set when the source names no number, since a budget limits its retries, and `attempts` is only likely. */
  readonly isGuess?: true;
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
