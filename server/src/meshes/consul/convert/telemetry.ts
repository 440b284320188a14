/** Logs of access in ProxyDefaults: Consul writes them for all proxies or for none. */

import type { Asked, Telemetry } from '../../../model/ir.ts';
import { ProxyDefaults } from '../kinds.ts';
import type { Drafts } from './drafts.ts';

/** Writes all logs of access. */
export function writeTelemetry(items: readonly Asked<Telemetry>[], drafts: Drafts): void {
  for (const asked of items) writeOne(asked, drafts);
}

function writeOne({ value, from }: Asked<Telemetry>, drafts: Drafts): void {
  const { ledger } = drafts;
  const { scope, isOn } = value;
  const isNarrow = scope.type !== 'mesh';
  if (isNarrow && !isOn.value)
    return ledger.lost(from, 'mesh-wide', 'Consul logs for all proxies or for none, not for some of them.', 'none');
  const global = { name: 'global', namespace: drafts.options.consulNamespace };
  const place = drafts.place(ProxyDefaults, global, 'spec.accessLogs');
  drafts.spec(ProxyDefaults, global)['accessLogs'] = isOn.value
    ? { enabled: true, type: 'stdout' }
    : { enabled: false };
  if (isNarrow)
    ledger.changed(from, place, 'mesh-wide', 'Consul logs for all proxies or for none, so all of them log.', 'none');
  else ledger.exact(from, place, isOn.value ? 'To the standard output of each proxy, in JSON.' : '');
}
