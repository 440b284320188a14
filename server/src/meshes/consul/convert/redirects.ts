/** Writes routes of connections, of which Consul knows one kind: a resolver's redirect to another service or subset. */

import { ServiceResolver } from '../kinds.ts';
import { type Chain, loseRoute, settlePort, writeTarget } from './chain.ts';
import { subsetName } from './filters.ts';
import { refusalOfBackends } from './refusals.ts';
import { consulName, isRegisteredPort } from './services.ts';
import { isEvery } from './specificity.ts';

/** Writes a chain of connections: one destination without conditions, or nothing. */
export function writeRedirect(chain: Chain): void {
  const { ledger } = chain.drafts;
  const [atom, ...others] = chain.atoms;
  const backends = atom?.rule.parts.backends?.value ?? [];
  const [backend] = backends;
  const lose = (code: string, reason: string) => {
    for (const { route } of chain.group.routes) loseRoute(route, chain.drafts, { code, reason });
  };
  if (backends.length > 1) {
    lose('tcp-split', 'Consul splits requests, not connections.');
    return;
  }
  const match = atom?.match;
  const isConditional = match !== undefined && !isEvery(match, 'sni');
  if (!atom || !backend || others.length > 0 || isConditional) {
    lose('l4-match', 'For connections Consul knows one destination, without conditions.');
    return;
  }
  const isOther =
    match?.port !== undefined &&
    isRegisteredPort(chain.drafts.environment, chain.group.service, match.port.value) === false;
  const refusal = isOther
    ? { code: 'port-not-addressable', reason: 'Consul knows one port of a service, and it is another.' }
    : refusalOfBackends(atom.rule, chain);
  if (refusal) {
    lose(refusal.code, refusal.reason);
    return;
  }
  const name = consulName(chain.drafts.environment, backend.service);
  const place = chain.drafts.place(ServiceResolver, chain.named, 'spec.redirect');
  for (const { target } of chain.group.routes)
    writeTarget(target, chain.drafts.place(ServiceResolver, chain.named, 'metadata.name'), chain);
  ledger.exact(backend.from, place);
  if (match?.port) settlePort(match.port, place, chain);
  if (match?.sni)
    ledger.changed(match.sni, place, 'sni-route', 'All connections go there, whatever name TLS asks for.');
  for (const [part, asked] of Object.entries(atom.rule.parts))
    if (part !== 'backends' && asked) ledger.lost(asked, 'no-equivalent', 'Consul has no such thing for connections.');
  if (name === chain.named.name && backend.subset === undefined) return;
  const spec = chain.drafts.spec(ServiceResolver, chain.named);
  if (name === chain.named.name && backend.subset !== undefined) spec['defaultSubset'] = subsetName(backend.subset);
  else
    spec['redirect'] = {
      service: name,
      ...(backend.subset !== undefined && { serviceSubset: subsetName(backend.subset) }),
    };
}
