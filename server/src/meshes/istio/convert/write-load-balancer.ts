/** How an instance is chosen, in a DestinationRule's words. */

import type { Asked, HashKey, LoadBalancer } from '../../../model/ir.ts';
import { type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import { writeDuration } from './durations.ts';

type PlaceOf = (...path: (string | number)[]) => string;

const simple = {
  'least-request': 'LEAST_REQUEST',
  ewma: 'LEAST_REQUEST',
  'round-robin': 'ROUND_ROBIN',
  random: 'RANDOM',
  passthrough: 'PASSTHROUGH',
} as const;

/** Of so many instances the one with fewer requests is taken. */
const choicesOfIstio = 2;

/** The `loadBalancer` of a traffic policy, without its locality; accounts for all leaves that asked for it. */
export function writeLoadBalancer(asked: Asked<LoadBalancer>, place: PlaceOf, { ledger }: Drafts): Fields {
  const { policy, hash = [], minimumRing, maximumRing, tableSize, choices } = asked.value;
  const at = place('loadBalancer');
  if (choices) {
    if (choices.value === choicesOfIstio)
      ledger.exact(choices, at, 'Istio takes the one with fewer requests out of two.');
    else
      ledger.lost(
        choices,
        'no-equivalent',
        'Istio takes the instance with fewer requests out of two, and no other number.',
        'none',
      );
  }
  if (policy !== 'ring-hash' && policy !== 'maglev') {
    for (const it of [minimumRing, maximumRing, tableSize])
      if (it) ledger.lost(it, 'unused-in-source', 'Sizes of rings count only together with a hash.', 'none');
    for (const it of hash) lose(it, 'unused-in-source', 'Keys count only together with a hash.', 'none');
    if (policy === 'ewma')
      ledger.changed(
        asked,
        at,
        'ewma-only',
        'Istio counts open requests instead of measuring how fast an endpoint answers.',
      );
    else ledger.exact(asked, at);
    return { simple: simple[policy] };
  }
  const [key, ...others] = hash;
  for (const it of others)
    lose(it, 'hash-chain', 'Istio hashes by one key, and the first is kept: requests without it go anywhere.');
  if (maximumRing)
    ledger.lost(maximumRing, 'no-equivalent', 'Istio does not limit the ring: Envoy takes eight million.', 'none');
  if (!key) {
    ledger.changed(
      asked,
      at,
      'no-hash',
      'Without a key Istio cannot hash; it takes the instance with the fewest requests.',
    );
    for (const it of [minimumRing, tableSize])
      if (it) ledger.lost(it, 'unused-in-source', 'The size of a ring counts only together with a key.', 'none');
    return { simple: 'LEAST_REQUEST' };
  }
  ledger.exact(asked, place('loadBalancer', 'consistentHash'));
  ledger.exact(key, place('loadBalancer', 'consistentHash'));
  const { terminal } = key.value;
  if (terminal) {
    if (terminal.value && others.length > 0)
      ledger.changed(terminal, place('loadBalancer', 'consistentHash'), 'hash-chain', 'Istio has but one key.');
    else ledger.exact(terminal, place('loadBalancer', 'consistentHash'), 'Istio has but one key.');
  }
  return { consistentHash: { ...writeKey(key.value), ...ring() } };

  function lose(it: Asked<HashKey>, code: string, reason: string, risk: 'none' | 'behaviour' = 'behaviour'): void {
    ledger.lost([...it.from, ...(it.value.terminal?.from ?? [])], code, reason, risk);
  }

  function ring(): Fields {
    if (policy === 'maglev') {
      if (tableSize) ledger.exact(tableSize, place('loadBalancer', 'consistentHash', 'maglev', 'tableSize'));
      if (minimumRing) ledger.lost(minimumRing, 'unused-in-source', 'Maglev has a table in place of a ring.', 'none');
      return { maglev: withoutUndefined({ tableSize: tableSize?.value }) };
    }
    if (tableSize) ledger.lost(tableSize, 'unused-in-source', 'A ring has no table.', 'none');
    if (!minimumRing) return {};
    ledger.exact(minimumRing, place('loadBalancer', 'consistentHash', 'ringHash', 'minimumRingSize'));
    return { ringHash: { minimumRingSize: minimumRing.value } };
  }
}

function writeKey({ by, name, ttl, path }: HashKey): Fields {
  switch (by) {
    case 'header':
      return { httpHeaderName: name };
    case 'query':
      return { httpQueryParameterName: name };
    case 'source-ip':
      return { useSourceIp: true };
    case 'cookie':
      return {
        httpCookie: withoutUndefined({
          name,
          path,
          ttl: ttl === undefined ? undefined : ttl === 0 ? '0s' : writeDuration(ttl),
        }),
      };
  }
}
