/** What pods ask of their proxies: a part of the representation of `ir.ts`. */

import type { Asked, Labels, ServiceName } from './ir-values.ts';
import type { Resource } from './manifest.ts';

/** Pods that something about proxies holds for. */
export type ProxyScope =
  | { readonly type: 'mesh' }
  | { readonly type: 'namespace'; readonly namespace: string }
  /** Pods with these labels, or those behind a service. */
  | { readonly type: 'pods'; readonly namespace: string; readonly labels: Labels; readonly service?: ServiceName }
  /** The pods of one workload, whose own template says it. */
  | { readonly type: 'workload'; readonly resource: Resource };

/** Whether pods get a proxy. */
export interface Injection {
  readonly scope: ProxyScope;
  readonly isOn: Asked<boolean>;
  /** What the source asks beyond that, and no other mesh can do: a code and a reason in a user's words. */
  readonly special: readonly Asked<{ readonly code: string; readonly reason: string }>[];
}

/**
 * Settings of a proxy, by names that no mesh owns. Amounts are quantities of Kubernetes, ports and networks lists with
 * commas (ports without ranges), times milliseconds, switches `true` or `false`, levels those of Envoy.
 */
export const proxySettings = [
  'cpu-request',
  'cpu-limit',
  'memory-request',
  'memory-limit',
  'threads',
  'log-level',
  'log-level-of-parts',
  'native-sidecar',
  'rewrite-probes',
  'start-first',
  'drain-time',
  'skip-inbound-ports',
  'skip-outbound-ports',
  'skip-outbound-networks',
  'skip-networks',
  /** Names of what else one and the same value asks for, which no other mesh knows. */
  'rest',
] as const;

export type ProxySettingName = (typeof proxySettings)[number];

export interface ProxySetting {
  readonly scope: ProxyScope;
  readonly setting: ProxySettingName;
  readonly value: string;
}

/** Logs of the requests that proxies see. */
export interface Telemetry {
  readonly name: string;
  readonly scope: ProxyScope;
  /** What says for whom it is. */
  readonly scopeFrom: Asked<unknown>['from'];
  readonly isOn: Asked<boolean>;
}

/** Code of the user's own within proxies. */
export interface ProxyExtension {
  readonly name: string;
  readonly scope: ProxyScope;
  readonly scopeFrom: Asked<unknown>['from'];
  /** Requests that come in, that go out, or both. */
  readonly side: Asked<'inbound' | 'outbound' | 'both'>;
  readonly code: Asked<
    | { readonly type: 'lua'; readonly script: string }
    | { readonly type: 'wasm'; readonly url: string; readonly sha256?: string; readonly configuration?: string }
  >;
  /** Whether it may decide who gets in: without it, the target may let in whom the source did not. */
  readonly guards: boolean;
}
