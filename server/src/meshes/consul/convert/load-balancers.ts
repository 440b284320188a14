/** How clients choose an instance of a service, in the words of its ServiceResolver. */

import type { Asked, DestinationParts, HashKey, LoadBalancer } from '../../../model/ir.ts';
import type { ConvertOptions } from '../../mesh.ts';
import { ServiceResolver } from '../kinds.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { durationText } from './durations.ts';

const policies: Readonly<Record<LoadBalancer['policy'], string | undefined>> = {
  'least-request': 'least_request',
  'round-robin': 'round_robin',
  random: 'random',
  'ring-hash': 'ring_hash',
  maglev: 'maglev',
  ewma: undefined,
  passthrough: undefined,
};

/** Entries of Maglev's table in Envoy, which Consul leaves as it is. */
const usualTable = 65_537;

/** Writes the load balancer of a service; hashes look into requests, so the service has to speak HTTP for them. */
export function writeLoadBalancer(asked: Asked<LoadBalancer>, named: Named, drafts: Drafts): void {
  const { ledger } = drafts;
  const { policy, hash = [], minimumRing, maximumRing, tableSize, choices } = asked.value;
  const known = policies[policy];
  if (known === undefined) {
    ledger.lost(asked, 'no-equivalent', `Consul cannot balance by ${policy}.`);
    return;
  }
  const at = (field: string) => drafts.place(ServiceResolver, named, `spec.loadBalancer.${field}`);
  const ring = {
    ...(minimumRing && { minimumRingSize: minimumRing.value }),
    ...(maximumRing && { maximumRingSize: maximumRing.value }),
  };
  if (hash.length > 0) drafts.needHttp(named);
  drafts.spec(ServiceResolver, named)['loadBalancer'] = {
    policy: known,
    ...(choices && { leastRequestConfig: { choiceCount: choices.value } }),
    ...(Object.keys(ring).length > 0 && { ringHashConfig: ring }),
    ...(hash.length > 0 && { hashPolicies: hash.map((it) => hashPolicy(it.value)) }),
  };
  ledger.exact(asked, at('policy'));
  for (const [position, key] of hash.entries()) {
    ledger.exact(key, at(`hashPolicies[${position}]`));
    if (key.value.terminal) ledger.exact(key.value.terminal, at(`hashPolicies[${position}].terminal`));
  }
  if (minimumRing) ledger.exact(minimumRing, at('ringHashConfig.minimumRingSize'));
  if (maximumRing) ledger.exact(maximumRing, at('ringHashConfig.maximumRingSize'));
  if (choices) ledger.exact(choices, at('leastRequestConfig.choiceCount'));
  if (tableSize?.value === usualTable) ledger.exact(tableSize, at('policy'), 'It is the size that Envoy takes anyway.');
  else if (tableSize)
    ledger.changed(
      tableSize,
      at('policy'),
      'no-hash',
      'In Consul the table of Maglev has 65537 entries, and that cannot be set.',
    );
}

function hashPolicy({ by, name, ttl, path, terminal }: HashKey): Spec {
  const end = terminal && { terminal: terminal.value };
  if (by === 'source-ip') return { sourceIP: true, ...end };
  const cookie = {
    ...(ttl !== undefined && (ttl === 0 ? { session: true } : { ttl: durationText(ttl) })),
    ...(path !== undefined && { path }),
  };
  return {
    field: by === 'query' ? 'query_parameter' : by,
    fieldValue: name,
    ...(Object.keys(cookie).length > 0 && { cookieConfig: cookie }),
    ...end,
  };
}

/** Writes that instances nearby come first, which Consul Enterprise alone can do. */
export function writeLocality(
  asked: Asked<NonNullable<DestinationParts['locality']>['value']>,
  named: Named,
  drafts: Drafts,
  { consulEdition }: ConvertOptions,
): void {
  const { ledger } = drafts;
  const place = drafts.place(ServiceResolver, named, 'spec.prioritizeByLocality.mode');
  if (asked.value === 'any') {
    ledger.exact(asked, '', 'Consul prefers no place unless told.');
    return;
  }
  if (consulEdition !== 'enterprise') {
    ledger.lost(
      asked,
      'enterprise',
      'Only Consul Enterprise prefers instances nearby: requests go to all places alike.',
      'availability',
    );
    return;
  }
  drafts.spec(ServiceResolver, named)['prioritizeByLocality'] = { mode: 'failover' };
  ledger.changed(
    asked,
    place,
    'locality',
    'Consul turns to other places once no instance nearby is left that is healthy.',
    'availability',
  );
}
