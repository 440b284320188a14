/** Where traffic comes into the mesh: a part of the representation of `ir.ts`. */

import type { Asked, Labels } from './ir-values.ts';

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
