/** What a rule of an HTTPRoute does with its requests, with what becomes of each leaf. */

import type { Asked, HeaderChange, Origin, RouteParts, RouteRule, ServiceName } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import { placeText } from '../../../model/report.ts';
import { type RouteWriters, writeParts } from '../../mesh.ts';
import {
  type GatewayFilter,
  headerFilter,
  readDuration,
  redirectFilter,
  replacesPrefix,
  rewriteFilter,
  writeDuration,
} from '../../kubernetes/gateway/convert/routes.ts';
import { annotationDuration, timeoutIdle, timeoutRequest } from './annotations.ts';
import { loseForMissing } from './destinations.ts';
import { GRPCRoute } from '../../kubernetes/gateway/kinds.ts';
import type { Draft } from './draft.ts';
import { failInstead } from './dead-ends.ts';
import { type BackendRef, writeBackend, writeBackends } from './write-backends.ts';
import type { MatchDraft, Where } from '../../kubernetes/gateway/convert/write-matches.ts';
import { writeRetries } from './write-retries.ts';

/** Where a rule stands in the end: `HTTPRoute/shop/reviews spec.rules[0]`, and the place of its route's annotations. */
export interface RulePlace {
  readonly rule: string;
  readonly annotations: string;
}

/** Why a rule is not written; `isAction` where it is for what the rule does, which an option may leave out. */
export interface RuleRefusal {
  readonly code: string;
  readonly reason: string;
  readonly risk?: 'behaviour' | 'security';
  readonly isAction?: boolean;
}

/** A rule under construction. */
export interface RuleDraft {
  readonly source: RouteRule;
  /** Where it stands; the kind of its route is HTTPRoute when left out. */
  readonly where: Where & {
    readonly service: ServiceName | undefined;
    readonly kind?: Kind;
    /** The host outside that the route is about, and how a backend says it. */
    readonly outside?: { readonly host: string; readonly ref: BackendRef };
  };
  readonly matches: readonly MatchDraft[];
  readonly filters: GatewayFilter[];
  readonly backends: Readonly<Record<string, unknown>>[];
  timeout: string | undefined;
  /** Retries stand on the route, so rules with different ones stand on different routes. */
  annotations: Readonly<Record<string, string>>;
  /** Says what became of its leaves, once its place is known. */
  readonly settle: ((place: RulePlace) => void)[];
  /** Why it must not be written without something that it asks for. */
  refusal: RuleRefusal | undefined;
  /** A fact that is missing, without which the whole route is left out. */
  missing: string | undefined;
}

export function draftRule(
  source: RouteRule,
  where: RuleDraft['where'],
  matches: readonly MatchDraft[],
  draft: Draft,
): RuleDraft {
  const rule: RuleDraft = {
    source,
    where,
    matches,
    filters: [],
    backends: [],
    timeout: undefined,
    annotations: {},
    settle: [],
    refusal: undefined,
    missing: undefined,
  };
  if (source.name)
    draft.ledger.lost(
      source.name,
      'metrics-only',
      'The name of a rule is newer than what Linkerd reads; it only shows in metrics.',
      'none',
    );
  writeParts(source.parts, writersFor(draft), rule, draft.ledger);
  if (!rule.refusal && !rule.missing && rule.backends.length === 0 && !source.parts.redirect)
    // Without backends Linkerd would send the requests to the parent.
    rule.refusal = { code: 'no-equivalent', reason: 'Nothing is left that could get the requests.' };
  if (rule.refusal?.isAction && draft.options.onInexpressibleAction === 'fail') failInstead(rule, rule.refusal, draft);
  return rule;
}

function writersFor(draft: Draft): RouteWriters<RuleDraft> {
  const { ledger } = draft;
  const atGateway = (rule: RuleDraft) => rule.where.gateway !== undefined;
  return {
    backends: (asked, rule) => writeBackends(asked.value, rule, draft),
    redirect: (asked, rule) => {
      const { status, path } = asked.value;
      if (status !== 301 && status !== 302) {
        rule.refusal = {
          code: 'redirect-code',
          reason: `A route redirects with 301 or 302; ${status} would keep the method.`,
          isAction: true,
        };
        return;
      }
      rule.filters.push(redirectFilter(asked.value));
      rule.settle.push((place) => {
        if (path?.type !== 'prefix') return ledger.exact(asked, `${place.rule}.filters`);
        ledger.changed(asked, `${place.rule}.filters`, 'prefix-segment', 'A prefix counts whole path segments here.');
      });
    },
    directResponse: (asked, rule) => {
      // A fixed refusal that goes missing lets the requests through to a broader rule.
      const risk = asked.value.status >= 400 && asked.value.status < 500 ? 'security' : 'behaviour';
      rule.refusal = {
        code: 'direct-response',
        reason: 'A route cannot answer by itself; a backend has to.',
        risk,
        isAction: true,
      };
    },
    rewrite: (asked, rule) => {
      const filter = rewriteFilter(asked.value);
      if (!atGateway(rule) && draft.options.onInexpressibleAction === 'degrade')
        ledger.lost(
          asked,
          'l5d-no-rewrite',
          'Linkerd ignores a whole route that rewrites the path or host, so the rule is written without it.',
        );
      else if (!atGateway(rule))
        rule.refusal = {
          code: 'l5d-no-rewrite',
          reason: 'Linkerd ignores a whole route that rewrites the path or host.',
          isAction: true,
        };
      else if (!filter)
        rule.refusal = { code: 'regex-rewrite', reason: 'A route cannot rewrite by a regular expression.' };
      else if (replacesPrefix([filter]) && !matchesPrefixes(rule))
        rule.refusal = {
          code: 'prefix-segment',
          reason: 'A route replaces a prefix only where it matches by a prefix.',
        };
      else {
        rule.filters.push(filter);
        rule.settle.push((place) => {
          if (asked.value.path?.type !== 'prefix') return ledger.exact(asked, `${place.rule}.filters`);
          ledger.changed(asked, `${place.rule}.filters`, 'prefix-segment', 'A prefix counts whole path segments here.');
        });
      }
    },
    requestHeaders: (asked, rule) => writeHeaders('RequestHeaderModifier', asked, rule, draft),
    responseHeaders: (asked, rule) => writeHeaders('ResponseHeaderModifier', asked, rule, draft),
    mirrors: (asked, rule) => {
      if (!atGateway(rule))
        ledger.lost(
          asked,
          'no-mirror',
          'Linkerd ignores a whole route that mirrors, so the rule is written without it.',
        );
      else writeMirrors(asked, rule, draft);
    },
    timeout: (asked, rule) => {
      if (asked.value <= 0) {
        rule.settle.push((place) => ledger.exact(asked, place.rule, 'There is no timeout unless one is written.'));
        return;
      }
      if (rule.where.kind !== GRPCRoute) {
        rule.timeout = writeDuration(asked.value);
        const isRounded = readDuration(rule.timeout) !== asked.value;
        rule.settle.push((place) => {
          const target = `${place.rule}.timeouts.request`;
          if (!isRounded) ledger.exact(asked, target);
          else ledger.changed(asked, target, 'no-equivalent', 'A duration has five digits at most here.', 'none');
        });
        return;
      }
      rule.annotations = { ...rule.annotations, [timeoutRequest]: annotationDuration(asked.value) };
      rule.settle.push((place) => {
        if (timeoutRequest in rule.annotations) ledger.exact(asked, `${place.annotations}["${timeoutRequest}"]`);
      });
    },
    idleTimeout: (asked, rule) => {
      if (atGateway(rule)) {
        ledger.lost(asked, 'no-equivalent', 'How long an ingress keeps silent streams is up to its implementation.');
        return;
      }
      if (asked.value <= 0) {
        rule.settle.push((place) => ledger.exact(asked, place.rule, 'Streams may be silent unless told.'));
        return;
      }
      rule.annotations = { ...rule.annotations, [timeoutIdle]: annotationDuration(asked.value) };
      rule.settle.push((place) => {
        if (timeoutIdle in rule.annotations) ledger.exact(asked, `${place.annotations}["${timeoutIdle}"]`);
      });
    },
    backendTimeout: { code: 'no-equivalent', lost: 'Linkerd ignores the timeout of a single backend.' },
    retries: (asked, rule) => {
      if (atGateway(rule))
        ledger.lost(asked, 'no-equivalent', 'How an ingress retries is up to its implementation.', 'availability');
      else writeRetries(asked, rule, draft);
    },
    fault: {
      code: 'no-fault',
      lost: 'Linkerd injects no faults; send a share of the traffic to a backend that fails instead.',
    },
    cors: (asked, rule) =>
      ledger.lost(
        asked,
        'no-cors',
        atGateway(rule)
          ? 'A filter for CORS is newer than the version of the Gateway API that Linkerd works with.'
          : 'Linkerd ignores a whole route with a CORS filter, so the rule is written without it.',
      ),
  };
}

/** Whether all matches ask for a prefix, or for every path, which is one. */
function matchesPrefixes({ matches }: RuleDraft): boolean {
  return matches.every(({ match }) => match.path === undefined || match.path.type === 'PathPrefix');
}

/** Mirrors at a gateway, whose class may well mirror; in this version of the Gateway API a mirror gets every request. */
function writeMirrors(asked: NonNullable<RouteParts['mirrors']>, rule: RuleDraft, draft: Draft): void {
  const whole = asked.value.filter((it) => it.percent === 100);
  for (const { backend } of whole) {
    const ref = writeBackend(backend, rule, draft);
    if (!ref) continue;
    const { name, namespace, port } = ref;
    rule.filters.push({ type: 'RequestMirror', requestMirror: { backendRef: { name, namespace, port } } });
    rule.settle.push((place) => draft.ledger.exact(backend.from, `${place.rule}.filters`));
  }
  if (whole.length === asked.value.length)
    rule.settle.push((place) => draft.ledger.exact(asked, `${place.rule}.filters`));
  for (const { backend, percent } of asked.value)
    if (percent !== 100)
      draft.ledger.lost(
        backend.from,
        'no-mirror',
        `In the version of the Gateway API that Linkerd works with a mirror gets every request, not ${percent} percent.`,
      );
}

// ---- Headers -------------------------------------------------------------------------------------------------------

function writeHeaders(
  type: 'RequestHeaderModifier' | 'ResponseHeaderModifier',
  asked: Asked<HeaderChange>,
  rule: RuleDraft,
  draft: Draft,
): void {
  const change = literal(asked.value);
  const filter = headerFilter(type, change.kept);
  if (filter) rule.filters.push(filter);
  rule.settle.push((place) => {
    const target = `${place.rule}.filters`;
    if (!change.refused) draft.ledger.exact(asked, target);
    else if (filter) draft.ledger.changed(asked, target, change.refused.code, change.refused.reason);
    else draft.ledger.lost(asked, change.refused.code, change.refused.reason);
  });
}

/** A header change without values that Envoy computes, and without the host, which no route sets so. */
function literal(change: HeaderChange): { kept: HeaderChange; refused?: { code: string; reason: string } } {
  const isHost = (name: string) => /^(?::.*|host)$/i.test(name);
  const isComputed = (value: string) => /%[A-Z_]+(?:\([^)]*\))?%/.test(value);
  const keep = (pairs: HeaderChange['set']) =>
    Object.fromEntries(Object.entries(pairs).filter(([name, value]) => !isHost(name) && !isComputed(value)));
  const kept = { set: keep(change.set), add: keep(change.add), remove: change.remove.filter((it) => !isHost(it)) };
  const all = [...Object.entries(change.set), ...Object.entries(change.add)];
  if (all.some(([name]) => isHost(name)))
    return { kept, refused: { code: 'host-rewrite', reason: 'A route on a Service cannot change the host.' } };
  if (all.some(([, value]) => isComputed(value)))
    return { kept, refused: { code: 'header-template', reason: 'Only Envoy fills in values between percent signs.' } };
  return { kept };
}

// ---- Rules that are left out ---------------------------------------------------------------------------------------

/** Records all leaves of a rule as lost. */
export function loseRule(
  { source }: RuleDraft,
  draft: Draft,
  loss: { code: string; reason: string; risk?: 'none' | 'behaviour' | 'availability' | 'security' },
): void {
  const origins = ruleOrigins(source);
  draft.ledger.lost(origins, loss.code, loss.reason, loss.risk);
}

/** Records all leaves of a rule as lost for want of a fact. */
export function loseRuleForMissing({ source }: RuleDraft, draft: Draft, missing: string): void {
  loseForMissing(draft, ruleOrigins(source), missing);
}

/** Every place that a rule comes from. */
export function ruleOrigins({ name, matches, parts }: RouteRule): readonly Origin[] {
  return [...(name?.from ?? []), ...matches.flatMap((it) => it.from), ...partOrigins(parts)];
}

function partOrigins(parts: RouteParts): readonly Origin[] {
  return Object.values(parts).flatMap((it) => it.from);
}

/** The place of a rule in a route. */
export function placeOf(kind: string, namespace: string, name: string, rule: number): RulePlace {
  return {
    rule: placeText(kind, namespace, name, `spec.rules[${rule}]`),
    annotations: placeText(kind, namespace, name, 'metadata.annotations'),
  };
}
