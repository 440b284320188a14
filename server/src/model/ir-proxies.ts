/** What pods ask of their proxies: a part of the representation of `ir.ts`. */

import type { ServiceName, Labels } from './ir-values.ts';
import type { Resource } from './manifest.ts';

/** Pods that something about proxies holds for. */
export type ProxyScope =
  | { readonly type: 'mesh' }
  | { readonly type: 'namespace'; readonly namespace: string }
  | { readonly type: 'pods'; readonly namespace: string; readonly labels: Labels; readonly service?: ServiceName }
  /** The workload, or the Namespace, whose own label or annotation says it. */
  | { readonly type: 'resource'; readonly resource: Resource };

/** Whether pods get a proxy. */
export interface Injection {
  readonly scope: ProxyScope;
  readonly isOn: boolean;
}

/** One setting of a proxy, by a name that no mesh owns: `cpu-request`, `skip-inbound-ports`, `log-level`. */
export interface ProxySetting {
  readonly scope: ProxyScope;
  readonly setting: string;
  readonly value: string;
}

/** What proxies tell of the traffic. */
export interface Telemetry {
  readonly name: string;
  readonly scope: ProxyScope;
}

/** Code or filters of the user's own within proxies. */
export interface ProxyExtension {
  readonly name: string;
  readonly scope: ProxyScope;
}
