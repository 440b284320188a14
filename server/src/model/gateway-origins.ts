/** What asked for a gateway: its values with their places, for those who account for the whole of it. */

import type { GatewayIntent, Listener } from './ir-gateways.ts';
import type { Asked, Origin } from './ir-values.ts';

/** Every place that a listener comes from. */
export function originsOfListener({ port, protocol, hosts, kinds, tls, httpsRedirect }: Listener): readonly Origin[] {
  const asked: readonly (Asked<unknown> | undefined)[] = [port, protocol, ...hosts, kinds, httpsRedirect];
  const ofTls = tls
    ? [tls.mode, ...tls.certificates, ...tls.authorities, tls.minVersion, tls.maxVersion, tls.ciphers, ...tls.options]
    : [];
  return [...asked, ...ofTls].flatMap((it) => it?.from ?? []);
}

/** Every place that a gateway comes from. */
export function originsOfGateway({ carrier, listeners, settings }: GatewayIntent): readonly Origin[] {
  return [...carrier.from, ...listeners.flatMap(originsOfListener), ...(settings ?? []).flatMap((it) => it.from)];
}
