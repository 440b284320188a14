/** Retries of a rule as annotations of its route. */

import type { Asked, Origin, Retries } from '../../../model/ir.ts';
import { settleAttempts } from '../../kubernetes/common/convert/retry-count.ts';
import { grpcConditions, retryGrpc, retryHttp, retryLimit, retryTimeout, annotationDuration } from './annotations.ts';
import { GRPCRoute } from '../../kubernetes/gateway/kinds.ts';
import type { Draft } from './draft.ts';
import type { RuleDraft, RulePlace } from './write-rules.ts';

/** Envoy's conditions as statuses; empty for those that Linkerd meets without being told. */
const httpConditions: Readonly<Record<string, string>> = {
  '5xx': '5xx',
  'gateway-error': 'gateway-error',
  'retriable-4xx': '409',
  'envoy-ratelimited': '429',
  'retriable-status-codes': '',
  'refused-stream': '',
};

/** Writes when and how often a rule asks again; what Linkerd does not know is reported. */
export function writeRetries(asked: Asked<Retries>, rule: RuleDraft, draft: Draft): void {
  const { ledger } = draft;
  const { attempts, perTryTimeout, backoff, origins } = asked.value;
  if (attempts <= 0) {
    rule.settle.push((place) => ledger.exact(asked, place.rule, 'Linkerd retries nothing unless told.'));
    return;
  }
  const isForCalls = rule.where.kind === GRPCRoute;
  const { http, grpc, unsaid } = conditionsOf(asked.value, isForCalls);
  if (http.length + grpc.length === 0) {
    const reason = 'Linkerd retries on statuses only; its balancer passes over endpoints that do not connect.';
    ledger.lost(asked, 'retry-conditions', isForCalls ? unsaidText(unsaid, true) : reason, 'availability');
    return;
  }
  rule.annotations = {
    ...rule.annotations,
    ...(http.length === 0 ? {} : { [retryHttp]: http.join(',') }),
    ...(grpc.length === 0 ? {} : { [retryGrpc]: grpc.join(',') }),
    [retryLimit]: String(attempts),
    ...(perTryTimeout === undefined ? {} : { [retryTimeout]: annotationDuration(perTryTimeout) }),
  };
  const at = (place: RulePlace, key: string) => `${place.annotations}["${key}"]`;
  rule.settle.push((place) => {
    if (!(retryLimit in rule.annotations)) return;
    const isEnvoy = draft.ir.proxy !== 'linkerd';
    const isSplit = Object.values(origins).some((it) => (it?.length ?? 0) > 0);
    settleAttempts(ledger, asked.value, origins.attempts ?? (isSplit ? [] : asked.from), at(place, retryLimit));
    if (origins.perTryTimeout && isEnvoy)
      ledger.changed(
        origins.perTryTimeout,
        at(place, retryTimeout),
        'per-try-last',
        'Linkerd does not limit the last attempt, and of the others only the time until headers arrive.',
      );
    else if (origins.perTryTimeout) ledger.exact(origins.perTryTimeout, at(place, retryTimeout));
    const conditions: readonly Origin[] = origins.conditions ?? [];
    const target = at(place, http.length > 0 ? retryHttp : retryGrpc);
    if (unsaid.length > 0) ledger.changed(conditions, target, 'retry-conditions', unsaidText(unsaid, isForCalls));
    else if (isEnvoy && http.some((it) => it === '5xx' || it === '429'))
      ledger.changed(
        conditions,
        target,
        'retry-conditions',
        'In Envoy 5xx means resets and failing connections too; here it means statuses.',
      );
    else ledger.exact(conditions, target);
    if (origins.backoff)
      ledger.lost(origins.backoff, 'no-equivalent', 'Linkerd waits 25 to 250 ms between attempts, whatever is asked.');
    else if (backoff && !isSplit)
      ledger.lost(asked, 'no-equivalent', 'Linkerd waits 25 to 250 ms between attempts, whatever is asked.');
  });
}

function unsaidText(unsaid: readonly string[], isForCalls: boolean): string {
  const kinds = isForCalls
    ? 'A GRPCRoute retries on statuses of gRPC only'
    : unsaid.some((it) => grpcConditions.has(it))
      ? 'An HTTPRoute retries on statuses of HTTP only'
      : 'Linkerd retries on statuses only';
  return `${kinds}, so nothing stands for ${unsaid.join(', ')}.`;
}

/** Conditions in Linkerd's words: an HTTPRoute knows statuses of HTTP, a GRPCRoute those of gRPC. */
function conditionsOf(
  { on, codes, codeRanges }: Retries,
  isForCalls: boolean,
): { http: string[]; grpc: string[]; unsaid: string[] } {
  const http: string[] = [];
  const grpc: string[] = [];
  const unsaid: string[] = [];
  for (const token of on) {
    const name = token.replace(/^grpc:/, '');
    const status = httpConditions[token];
    if (grpcConditions.has(name) && isForCalls) grpc.push(name);
    else if (isForCalls || grpcConditions.has(name)) unsaid.push(name);
    else if (status === undefined) unsaid.push(token);
    else if (status !== '') http.push(status);
  }
  const statuses = [...codes.map(String), ...codeRanges.map(([from, to]) => `${from}-${to}`)];
  (isForCalls ? unsaid : http).push(...statuses);
  return { http: [...new Set(http)], grpc: [...new Set(grpc)], unsaid };
}
