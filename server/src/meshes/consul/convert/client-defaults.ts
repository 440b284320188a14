/** What a client asks of every service, and what a service takes from all of its clients: fields of ServiceDefaults. */

import type { Asked, ClientDefaults, InboundLimit } from '../../../model/ir.ts';
import { isRecord } from '../../../model/value.ts';
import { ServiceDefaults } from '../kinds.ts';
import type { Drafts } from './drafts.ts';
import { nameOf } from './services.ts';
import { limitsOf, passiveHealthCheckOf } from './upstreams.ts';

/** Writes `upstreamConfig.defaults` of each client. */
export function writeClientDefaults(items: readonly Asked<ClientDefaults>[], drafts: Drafts): void {
  for (const asked of items) {
    const { client, limits, outlier, connectTimeout } = asked.value;
    const named = nameOf(client.value, drafts);
    const at = drafts.place(ServiceDefaults, named, 'spec.upstreamConfig.defaults');
    const spec = drafts.spec(ServiceDefaults, named);
    const config = isRecord(spec['upstreamConfig']) ? spec['upstreamConfig'] : {};
    const defaults = {
      ...(isRecord(config['defaults']) ? config['defaults'] : {}),
      ...(connectTimeout && { connectTimeoutMs: connectTimeout.value }),
      ...(limits && { limits: limitsOf(limits.value, [at], drafts) }),
      ...(outlier && { passiveHealthCheck: passiveHealthCheckOf(outlier.value, [at], false, drafts) }),
    };
    if (Object.keys(defaults).length > 0) spec['upstreamConfig'] = { ...config, defaults };
    if (connectTimeout) drafts.ledger.exact(connectTimeout, `${at}.connectTimeoutMs`);
    drafts.ledger.exact(client, at);
    drafts.ledger.exact(asked, at);
  }
}

/** Writes `maxInboundConnections` of each service. */
export function writeInboundLimits(items: readonly Asked<InboundLimit>[], drafts: Drafts): void {
  for (const asked of items) {
    const { service, maxConnections } = asked.value;
    const named = nameOf(service.value, drafts);
    drafts.spec(ServiceDefaults, named)['maxInboundConnections'] = maxConnections.value;
    drafts.ledger.exact(asked, drafts.place(ServiceDefaults, named, 'spec.maxInboundConnections'));
  }
}
