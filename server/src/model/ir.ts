/**
 * What manifests ask of a mesh, in no mesh's words: the representation between reading and writing a conversion.
 * It stores meaning, not syntax (a raw string prefix and a path-segment prefix are different values), and every value
 * remembers the leaves that asked for it. Durations are integer milliseconds; -1 means explicitly switched off.
 */

import type { ClientDefaults, Destination, InboundLimit } from './ir-destinations.ts';
import type { EgressPolicy, ExternalService } from './ir-external.ts';
import type { GatewayIntent } from './ir-gateways.ts';
import type { RateLimit } from './ir-limits.ts';
import type { Injection, ProxyExtension, ProxySetting, Telemetry } from './ir-proxies.ts';
import type { Route } from './ir-routing.ts';
import type { Access, JwtRequirement, MutualTls } from './ir-security.ts';
import type { Asked, Origin } from './ir-values.ts';
import type { OutsideService, OutsideWorkload, ServiceExport } from './ir-workloads.ts';
import type { Unasked } from './unasked.ts';

export type * from './ir-values.ts';
export type * from './ir-routing.ts';
export type * from './ir-destinations.ts';
export type * from './ir-security.ts';
export type * from './ir-gateways.ts';
export type * from './ir-external.ts';
export type * from './ir-workloads.ts';
export type * from './ir-proxies.ts';
export type * from './ir-limits.ts';

/**
 * What few meshes share, each with all leaves that ask for it. Every mesh has a writer for each, or says why it has none.
 */
export interface Concepts {
  readonly clientDefaults: readonly Asked<ClientDefaults>[];
  readonly inboundLimits: readonly Asked<InboundLimit>[];
  readonly jwt: readonly Asked<JwtRequirement>[];
  readonly rateLimits: readonly Asked<RateLimit>[];
  readonly externals: readonly Asked<ExternalService>[];
  readonly egress: readonly Asked<EgressPolicy>[];
  readonly outsideServices: readonly Asked<OutsideService>[];
  readonly outsideWorkloads: readonly Asked<OutsideWorkload>[];
  readonly exports: readonly Asked<ServiceExport>[];
  readonly injections: readonly Asked<Injection>[];
  readonly proxySettings: readonly Asked<ProxySetting>[];
  readonly telemetry: readonly Asked<Telemetry>[];
  readonly extensions: readonly Asked<ProxyExtension>[];
}

/** What carries the traffic; the same words mean slightly different things to each. */
export type Proxy = 'envoy' | 'linkerd';

export interface Ir extends Concepts {
  /** The proxy of the source, whose behaviour the values describe; set by whoever asks for the conversion. */
  readonly proxy?: Proxy;
  /** The class of the Gateways that the mesh of the source makes itself; set in the same way. */
  readonly gatewayClass?: string;
  readonly routes: readonly Route[];
  readonly destinations: readonly Destination[];
  readonly mutualTls: readonly MutualTls[];
  readonly access: readonly Access[];
  readonly gateways: readonly GatewayIntent[];
  /** Leaves that the reader understands and knows that no other mesh has. */
  readonly peculiar: readonly Peculiar[];
  /** Whose ways hold where nobody says anything, and in words those that concern what is converted. */
  readonly unasked?: { readonly ways: Unasked; readonly notes: readonly string[] };
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

/** Asks for nothing. */
export const emptyIr: Ir = {
  routes: [],
  destinations: [],
  mutualTls: [],
  access: [],
  gateways: [],
  clientDefaults: [],
  inboundLimits: [],
  jwt: [],
  rateLimits: [],
  externals: [],
  egress: [],
  outsideServices: [],
  outsideWorkloads: [],
  exports: [],
  injections: [],
  proxySettings: [],
  telemetry: [],
  extensions: [],
  peculiar: [],
};
