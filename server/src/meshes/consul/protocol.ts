/** The protocol of a service as Consul sees it. Source: Consul's config entry docs, service-defaults `Protocol`. */

import type { Environment } from '../../model/environment.ts';
import type { Resource } from '../../model/manifest.ts';
import { textAt } from '../../model/value.ts';
import { ProxyDefaults, ServiceDefaults } from './kinds.ts';

export interface Protocol {
  readonly name: string;
  /** The entry that says it; undefined for Consul's own default, tcp. */
  readonly source: Resource | undefined;
}

/** Protocols whose requests Consul can route, split and filter. */
export const httpProtocols: ReadonlySet<string> = new Set(['http', 'http2', 'grpc']);

/** ServiceDefaults of the service, else ProxyDefaults, else tcp. */
export function protocolOf(environment: Environment, service: string): Protocol {
  const own = environment.index
    .all(ServiceDefaults)
    .find((it) => it.name === service && textAt(it.value, ['spec', 'protocol']));
  const general = environment.index.all(ProxyDefaults).find((it) => textAt(it.value, ['spec', 'config', 'protocol']));
  const name = textAt(own?.value, ['spec', 'protocol']) ?? textAt(general?.value, ['spec', 'config', 'protocol']);
  return { name: name?.toLowerCase() ?? 'tcp', source: name === undefined ? undefined : (own ?? general) };
}
