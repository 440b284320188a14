/**
 * Limits of requests as EnvoyFilters around Envoy's local rate limit, the one way that Istio has. Without `filter_enabled`
 * and `filter_enforced` the filter would limit nothing, and its port is that of the container.
 */

import type { Concepts, RateLimit } from '../../../model/ir.ts';
import { EnvoyFilter } from '../kinds.ts';
import type { Draft, Drafts, Fields } from './drafts.ts';
import { limitSuffix } from './read-limits.ts';

/** One EnvoyFilter for each limit. */
export function writeLimits(limits: Concepts['rateLimits'], drafts: Drafts): void {
  for (const { value, from } of limits) {
    losePerClient(value, drafts);
    if (!value.total) continue;
    const { labels, service } = value.target.value;
    const selector =
      Object.keys(labels).length > 0 || !service ? labels : (drafts.service(service)?.selector ?? undefined);
    if (!selector || typeof value.port?.value === 'string') {
      const fact = selector ? `the workload with port "${value.port?.value}"` : `Service "${service?.name}"`;
      drafts.ledger.lost(from, 'host-not-service', `The workspace does not hold ${fact}.`, 'availability');
      drafts.ledger.note('missing', `Add ${fact} to the workspace, then convert again.`, 'availability');
      continue;
    }
    const draft = drafts.draft(EnvoyFilter, value.namespace, `${value.name}${limitSuffix}`);
    if (Object.keys(selector).length > 0) draft.spec['workloadSelector'] = { labels: selector };
    draft.spec['configPatches'] = [patchOf(value, value.total, draft, drafts)];
    drafts.ledger.exact(value.target, draft.place('spec', 'workloadSelector'));
    drafts.add(draft, from);
  }
}

/** What of a limit is about single clients or requests, which no filter of Istio tells apart by itself. */
function losePerClient({ perClient, overrides, routes, total, target, port }: RateLimit, { ledger }: Drafts): void {
  for (const it of [...(perClient ? [perClient] : []), ...overrides])
    ledger.lost(
      it,
      'per-identity',
      'Istio limits all clients of a workload together, not each by itself.',
      'availability',
    );
  for (const it of routes)
    ledger.lost(
      it,
      'no-equivalent',
      'A limit for some paths takes an EnvoyFilter for each route, by hand.',
      'availability',
    );
  if (total) return;
  for (const it of [target, ...(port ? [port] : [])])
    ledger.lost(it, 'per-identity', 'Nothing is left of the limit for these workloads.', 'availability');
}

function patchOf(
  { name, port }: RateLimit,
  total: NonNullable<RateLimit['total']>,
  draft: Draft,
  drafts: Drafts,
): Fields {
  const { ledger } = drafts;
  const { perSecond } = total;
  // Whole tokens, in as short a time as they take.
  const seconds = perSecond.value >= 1 || perSecond.value === 0 ? 1 : Math.round(1 / perSecond.value);
  const tokens = Math.max(1, Math.round(perSecond.value * seconds));
  const burst = total.burst?.value ?? tokens;
  const place = (...path: readonly (string | number)[]) => draft.place('spec', 'configPatches', 0, ...path);
  const bucket = place('patch', 'value', 'typed_config', 'token_bucket');
  ledger.exact(perSecond, bucket, `${tokens} each ${seconds === 1 ? 'second' : `${seconds} seconds`}.`);
  if (total.burst) ledger.exact(total.burst, bucket);
  if (port) ledger.exact(port, place('match', 'listener', 'portNumber'));
  const always = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  return {
    applyTo: 'HTTP_FILTER',
    match: {
      context: 'SIDECAR_INBOUND',
      listener: {
        ...(typeof port?.value === 'number' ? { portNumber: port.value } : {}),
        filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager' } },
      },
    },
    patch: {
      operation: 'INSERT_BEFORE',
      value: {
        name: 'envoy.filters.http.local_ratelimit',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
          stat_prefix: name.replace(/[^A-Za-z0-9]/g, '_'),
          token_bucket: { max_tokens: burst, tokens_per_fill: tokens, fill_interval: `${seconds}s` },
          filter_enabled: always,
          filter_enforced: always,
        },
      },
    },
  };
}
