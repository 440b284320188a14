/** Where traffic comes into the mesh: a part of the representation of `ir.ts`. */

import type { Asked, Labels, ServiceName } from './ir-values.ts';

export interface GatewayIntent {
  readonly name: string;
  readonly namespace: string;
  /** Pods that carry it (Istio), or the class that makes it (Gateway API). */
  readonly carrier: Asked<{ readonly selector?: Labels; readonly className?: string }>;
  readonly listeners: readonly Listener[];
  /** What only Gateways of the Gateway API have, as it stands there. */
  readonly settings?: readonly Asked<{ readonly field: GatewaySetting; readonly value: unknown }>[];
  /** Stands in the workspace and is not converted: routes need to know its listeners. */
  readonly isFact?: true;
}

export type GatewaySetting = 'addresses' | 'infrastructure' | 'allowedListeners';

export interface Listener {
  readonly name: string;
  readonly port: Asked<number>;
  readonly protocol: Asked<'HTTP' | 'HTTPS' | 'TLS' | 'TCP' | 'GRPC' | 'HTTP2'>;
  /** The names that it answers to; without any, all of them for routes of all namespaces. */
  readonly hosts: readonly Asked<ListenerHost>[];
  /** Kinds of routes that may be bound to it, as the Gateway API writes them; undefined for those of its protocol. */
  readonly kinds?: Asked<readonly unknown[]>;
  readonly tls?: ListenerTls;
  readonly httpsRedirect?: Asked<boolean>;
  /** The route that redirects to HTTPS in the source, whose name the one of the target takes. */
  readonly redirectRoute?: ServiceName;
}

export interface ListenerHost {
  /** `shop.example.com`, `*.example.com`, or `*` for all names. */
  readonly host: string;
  readonly routes: RoutesFrom;
}

/** Whose routes may be bound to a listener: of all namespaces, of the gateway's own, of one, of those with labels. */
export type RoutesFrom =
  | { readonly type: 'all' }
  | { readonly type: 'same' }
  | { readonly type: 'none' }
  | { readonly type: 'namespace'; readonly namespace: string }
  | { readonly type: 'selector'; readonly selector: Readonly<Record<string, unknown>> };

/** How a listener ends TLS, or does not. Each value with its own leaves, since gateways keep some and not others. */
export interface ListenerTls {
  readonly mode: Asked<'terminate' | 'mutual' | 'optional-mutual' | 'passthrough'>;
  readonly certificates: readonly Asked<Certificate>[];
  /** Who has to have signed the certificates of clients; in the modes with certificates of clients only. */
  readonly authorities: readonly Asked<Authority>[];
  readonly minVersion?: Asked<TlsVersion>;
  readonly maxVersion?: Asked<TlsVersion>;
  /** By the names of OpenSSL: `ECDHE-ECDSA-AES128-GCM-SHA256`. */
  readonly ciphers?: Asked<readonly string[]>;
  /** Options that only the implementation of a class of gateways knows. */
  readonly options: readonly Asked<{ readonly key: string; readonly value: string }>[];
}

export type TlsVersion = 'auto' | '1.0' | '1.1' | '1.2' | '1.3';

export interface Certificate {
  /** The Secret that holds it. */
  readonly name: string;
  /** The namespace of the Secret where it is not the gateway's. */
  readonly namespace?: string;
  /** Whether it stands beside the Gateway already, as the Gateway API wants it. */
  readonly isInPlace?: true;
  /** The namespace in which the source looks for a Secret of this name, where the target looks beside its Gateway. */
  readonly copyFrom?: string;
  /** Why there is no such Secret yet: the source takes the certificate from files, or the mesh itself issues it. */
  readonly isMade?: 'from-files' | 'by-mesh';
}

export interface Authority {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly namespace?: string;
  readonly copyFrom?: string;
}
