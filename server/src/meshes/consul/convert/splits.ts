/**
 * Writes splits of requests as ServiceSplitter. A splitter belongs to a service, so any further split gets a service of
 * its own that exists only in Consul.
 */

import type { Backend, RouteRule } from '../../../model/ir.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { ServiceDefaults, ServiceSplitter } from '../kinds.ts';
import { aimOf, type Chain, protocolFor } from './chain.ts';
import type { Named, Spec } from './drafts.ts';
import { headersOf } from './header-changes.ts';
import { percentsOf } from './weights.ts';

/** Writes the shares of several backends; where the split has a service of its own, the destination leads there. */
export function writeSplit(
  rule: RouteRule,
  backends: readonly Backend[],
  position: number,
  mayOwn: boolean,
  destination: Spec,
  chain: Chain,
): void {
  const { ledger } = chain.drafts;
  const percents = percentsOf(backends.map((it) => it.weight ?? 1));
  if (!percents) return;
  const splitter = mayOwn ? chain.named : virtualService(rule, position, chain);
  const splits = percents.order.map((at, place): Spec => {
    const backend = backends[at];
    if (!backend) return {};
    const target = chain.drafts.place(ServiceSplitter, splitter, `spec.splits[${place}]`);
    const weight = percents.values[at] ?? 0;
    const isSame = weight === backend.weight;
    if (percents.isRounded)
      ledger.changed(
        backend.from,
        target,
        'weight-rounded',
        `Consul takes percents of two decimals at most, so the share is ${weight} %.`,
      );
    else ledger.exact(backend.from, target, isSame ? '' : `A share of ${weight} %.`);
    const aim = aimOf(backend, chain);
    const isOwn = aim['service'] === splitter.name;
    return {
      weight,
      ...(!isOwn && { service: aim['service'] }),
      ...('serviceSubset' in aim && { serviceSubset: aim['serviceSubset'] }),
      ...(backend.requestHeaders && {
        requestHeaders: headersOf(backend.requestHeaders, backend.from, target, chain.drafts),
      }),
      ...(backend.responseHeaders && {
        responseHeaders: headersOf(backend.responseHeaders, backend.from, target, chain.drafts),
      }),
    };
  });
  chain.drafts.spec(ServiceSplitter, splitter)['splits'] = splits.map((it) =>
    // A split without service and subset would be the splitter itself; name the service where nothing else is said.
    'service' in it || 'serviceSubset' in it ? it : { weight: it['weight'], service: splitter.name, ...it },
  );
  if (splitter !== chain.named) destination['service'] = splitter.name;
}

/** A service that exists only in Consul, to carry a split of its own. */
function virtualService(rule: RouteRule, position: number, chain: Chain): Named {
  const { environment, ledger } = chain.drafts;
  const said = rule.name?.value
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  let name = `${chain.named.name}-${said || String(position)}`;
  const isTaken = (it: Named) =>
    environment.index.all(Service).some((service) => service.name === it.name) || chain.drafts.has(ServiceSplitter, it);
  while (isTaken({ ...chain.named, name })) name += '-split';
  const named = { name, namespace: chain.named.namespace };
  chain.drafts.spec(ServiceDefaults, named)['protocol'] = protocolFor(chain);
  ledger.note(
    'generated',
    `"${name}" is a service that exists only in Consul: a splitter belongs to a service, and a route of "${chain.named.name}" needs one of its own.`,
  );
  return named;
}
