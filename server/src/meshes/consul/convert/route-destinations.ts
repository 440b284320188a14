/** Destinations of a router's routes: what the parts of a rule become once its match has been found. */

import type { Asked, Backend, HeaderChange, Origin, RouteParts, RouteRule } from '../../../model/ir.ts';
import { type RouteWriters, writeParts } from '../../mesh.ts';
import { settleAttempts } from '../../kubernetes/common/convert/retry-count.ts';
import { ServiceDefaults } from '../kinds.ts';
import { aimOf, type Chain } from './chain.ts';
import type { Drafts, Spec } from './drafts.ts';
import { durationText } from './durations.ts';
import { headersOf, mergedHeaders } from './header-changes.ts';
import { retryConditions, widerConditions } from './route-parts.ts';
import { consulName } from './services.ts';
import { writeSplit } from './splits.ts';

/** What the parts of a rule are written into. */
export interface RuleDraft {
  readonly destination: Spec;
  /** Where the destination stands, in the report's words. */
  readonly at: string;
  rewrite: { readonly value: string } | undefined;
  /** Who asked for the one backend; its place is known when it is known whether a route is needed. */
  from: readonly Origin[] | undefined;
}

/**
 * Writes what a rule asks for into a destination, which stands at a place of the report. The rule's position names a
 * split that is not the service's own.
 */
export function writeRule(
  rule: RouteRule,
  position: number,
  mayOwnSplit: boolean,
  at: string,
  chain: Chain,
): RuleDraft {
  const draft: RuleDraft = {
    destination: { service: chain.named.name },
    at,
    rewrite: undefined,
    from: undefined,
  };
  writeParts(rule.parts, writers(rule, position, mayOwnSplit, chain), draft, chain.drafts.ledger);
  return draft;
}

function writers(rule: RouteRule, position: number, mayOwnSplit: boolean, chain: Chain): RouteWriters<RuleDraft> {
  const { ledger } = chain.drafts;
  return {
    backends: ({ value, from }, draft) => {
      const [only] = value;
      if (value.length > 1) writeSplit(rule, value, position, mayOwnSplit, draft.destination, chain);
      else if (only) writeBackend(only, draft, chain);
      else draft.from = from;
    },
    requestHeaders: (asked, draft) => writeHeaders('requestHeaders', asked, draft, chain.drafts),
    responseHeaders: (asked, draft) => writeHeaders('responseHeaders', asked, draft, chain.drafts),
    rewrite: ({ value, from }, draft) => {
      draft.rewrite = { value: value.path?.value ?? '/' };
      ledger.exact(from, `${draft.at}.prefixRewrite`);
    },
    timeout: (asked, draft) => writeTimeout(asked, draft, rule, chain),
    idleTimeout: (asked, draft) => {
      // Zero counts as nothing said, in Linkerd and in Consul.
      if (asked.value !== 0) draft.destination['idleTimeout'] = durationText(asked.value);
      ledger.exact(asked, `${draft.at}.idleTimeout`);
    },
    retries: (asked, draft) => writeRetries(asked, draft, chain),
    redirect: { code: 'no-redirect', lost: 'Consul cannot redirect.' },
    directResponse: { code: 'direct-response', lost: 'Consul cannot answer without a backend.' },
    mirrors: { code: 'no-mirror', lost: 'Consul cannot mirror requests; the rule is carried over without it.' },
    fault: { code: 'no-fault', lost: 'Consul cannot inject faults; the rule is carried over without it.' },
    cors: {
      code: 'no-cors',
      lost: 'Consul answers no CORS preflight; the application has to.',
      risk: 'availability',
    },
    backendTimeout: { code: 'per-try', lost: 'Consul limits a request as a whole, not its attempts.' },
  };
}

function writeBackend(backend: Backend, draft: RuleDraft, chain: Chain): void {
  Object.assign(draft.destination, aimOf(backend, chain));
  for (const side of ['requestHeaders', 'responseHeaders'] as const) {
    const change = backend[side];
    if (change)
      draft.destination[side] = mergedHeaders(
        draft.destination[side],
        headersOf(change, backend.from, draft.at, chain.drafts),
      );
  }
  draft.from = backend.from;
}

function writeHeaders(
  side: 'requestHeaders' | 'responseHeaders',
  asked: Asked<HeaderChange>,
  draft: RuleDraft,
  drafts: Drafts,
): void {
  const place = `${draft.at}.${side}`;
  drafts.ledger.exact(asked, place);
  const own = headersOf(asked.value, asked.from, place, drafts);
  // What the backend asks for comes second, wherever it was written first.
  draft.destination[side] = mergedHeaders(own, draft.destination[side]);
}

/** The time that the proxy of a service gives its application unless told otherwise, in milliseconds. */
const serverTimeout = 15_000;

/** That proxy takes no zero for "any time", so this has to do. */
const aDay = 86_400_000;

function writeTimeout(asked: Asked<number>, draft: RuleDraft, rule: RouteRule, chain: Chain): void {
  const { ledger } = chain.drafts;
  const isOff = asked.value <= 0;
  draft.destination['requestTimeout'] = isOff ? '-1s' : durationText(asked.value);
  ledger.exact(asked, `${draft.at}.requestTimeout`, isOff ? 'Below zero switches the timeout off.' : '');
  if (!isOff && asked.value <= serverTimeout) return;
  const wanted = isOff ? aDay : asked.value;
  const services = rule.parts.backends?.value.map((it) => it.service) ?? [chain.group.service];
  for (const service of services) {
    const named = { name: consulName(chain.drafts.environment, service), namespace: service.namespace };
    const spec = chain.drafts.spec(ServiceDefaults, named);
    const known = spec['localRequestTimeoutMs'];
    spec['localRequestTimeoutMs'] = Math.max(wanted, typeof known === 'number' ? known : 0);
    ledger.note(
      'generated',
      `ServiceDefaults "${named.name}" raises localRequestTimeoutMs: the proxy of the service itself gives up after 15 s.`,
    );
  }
}

function writeRetries({ value }: RouteParts['retries'] & object, draft: RuleDraft, { ir, drafts }: Chain): void {
  const { ledger } = drafts;
  const { attempts, conditions, perTryTimeout, backoff } = value.origins;
  if (perTryTimeout) ledger.lost(perTryTimeout, 'per-try', 'Consul limits a request as a whole, not its attempts.');
  if (backoff)
    ledger.lost(
      backoff,
      'no-equivalent',
      'Consul waits 25 to 250 ms between attempts, and that cannot be set.',
      'none',
    );
  if (value.attempts === 0) {
    for (const it of [attempts, conditions])
      if (it) ledger.exact(it, '', 'Consul retries nothing unless it is asked to.');
    return;
  }
  const { on, codes, lost, changed } = retryConditions(value.on, value.codes, value.codeRanges);
  const isNothing = on.length + codes.length === 0;
  if (isNothing) {
    for (const it of [attempts, conditions])
      if (it)
        ledger.lost(it, 'retry-conditions', `Consul cannot retry on ${value.on.join(', ') || 'what it asks for'}.`);
    return;
  }
  draft.destination['numRetries'] = value.attempts;
  if (on.length > 0) draft.destination['retryOn'] = on;
  if (codes.length > 0) draft.destination['retryOnStatusCodes'] = codes;
  settleAttempts(ledger, value, attempts, `${draft.at}.numRetries`);
  if (!conditions) return;
  const place = `${draft.at}.${on.length > 0 ? 'retryOn' : 'retryOnStatusCodes'}`;
  if (lost.length > 0)
    ledger.changed(
      conditions,
      place,
      'retry-conditions',
      `Consul cannot retry on ${lost.join(', ')}; on the others it does.`,
    );
  else if (changed || (ir.proxy === 'linkerd' && on.some((it) => it === '5xx' || it === 'gateway-error')))
    ledger.changed(conditions, place, 'retry-conditions', changed ?? widerConditions);
  else ledger.exact(conditions, place);
}
