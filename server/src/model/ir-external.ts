/** Traffic out of the mesh: a part of the representation of `ir.ts`. */

import type { Asked, Labels, ServiceName } from './ir-values.ts';

/** Hosts outside of the mesh that its clients call by name, or by address. */
export interface ExternalService {
  /** Known, and not to be written: routes that are converted are about its hosts. */
  readonly isFact?: boolean;
  readonly name: string;
  /** Empty for one of the whole mesh. */
  readonly namespace: string;
  /** Names, `*.` at the front for all below; lower case. */
  readonly hosts: readonly Asked<string>[];
  /** Addresses that clients dial, IPs or blocks; empty when names are resolved. */
  readonly addresses: readonly Asked<string>[];
  readonly ports: readonly ExternalPort[];
  /** Namespaces whose clients may know of it; undefined for all. */
  readonly visibility?: Asked<readonly string[]>;
  /** Who finds out where a host is: the proxy by DNS, the client (the proxy goes where it dialled), or a list. */
  readonly resolution?: Asked<'proxy' | 'client' | 'list'>;
  /** Where it is, as a list; the ports of an endpoint by the name of the port. */
  readonly endpoints: readonly Asked<ExternalEndpoint>[];
  /** TLS that the mesh opens for an application that speaks plaintext. */
  readonly tls?: ExternalTls;
  /** Whether the source refuses what no rule of its routes takes, so that it must not be opened without them. */
  readonly isHeldBack?: boolean;
  /** Who may call it, where the source says so by client; undefined when it does not. */
  readonly clients?: Asked<ExternalClients>;
}

export interface ExternalPort {
  readonly number: Asked<number>;
  readonly name?: Asked<string>;
  readonly protocol: Asked<ExternalProtocol>;
  /** The port outside, where it is another one than clients call. */
  readonly targetPort?: Asked<number>;
}

/** What the mesh sees on a port: requests, the server name of TLS that the application speaks, or bytes. */
export type ExternalProtocol = 'http' | 'http2' | 'grpc' | 'tls' | 'tcp';

export interface ExternalEndpoint {
  readonly address: string;
  readonly ports: Readonly<Record<string, number>>;
}

/** Each value with its own leaves, since files and names fare differently. */
export interface ExternalTls {
  readonly mode: Asked<'simple' | 'mutual'>;
  readonly sni?: Asked<string>;
  readonly caFile?: Asked<string>;
  readonly certFile?: Asked<string>;
  readonly keyFile?: Asked<string>;
}

/** Clients by the service that they are; `isForAll` when every client of the mesh may. */
export interface ExternalClients {
  readonly isForAll: boolean;
  readonly services: readonly ServiceName[];
}

/** What may leave the mesh from some clients. */
export interface EgressPolicy {
  readonly name: string;
  /** Empty for the whole mesh. */
  readonly namespace: string;
  /** Pods that it holds for; undefined for all of the namespace. */
  readonly labels?: Asked<Labels>;
  /** What happens to traffic for hosts that nothing names. */
  readonly otherwise: Asked<'allow' | 'deny'>;
  /** The blocks of addresses that it is about; empty for all that is outside. */
  readonly networks: readonly Asked<string>[];
}
