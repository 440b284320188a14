/** What a rule of a route does with its requests, in fields that every implementation of the Gateway API knows by name. */

import type { Asked, Backend, Cors, HeaderChange, Origin, RouteRule, ServiceName } from '../../../../model/ir.ts';
import type { Kind } from '../../../../model/kind.ts';
import { type RouteWriters, writeParts } from '../../../mesh.ts';
import {
  type GatewayFilter,
  headerFilter,
  redirectFilter,
  rewriteFilter,
  wholeWeights,
  writeDuration,
} from '../convert/routes.ts';
import type { MatchDraft } from '../convert/write-matches.ts';
import type { Draft } from './draft.ts';
import { defaultVersion, versionService } from './versions.ts';

/** Where a rule stands. */
export interface Spot {
  /** The kind of its route. */
  readonly kind: Kind;
  /** The namespace of its route. */
  readonly home: string;
  /** The Service that the route stands on; undefined at a gateway. */
  readonly service?: ServiceName;
  /** The port of that Service; undefined for all of them. */
  readonly port?: number | undefined;
}

/** A rule under construction. */
export interface RuleDraft {
  readonly source: RouteRule;
  readonly spot: Spot;
  readonly matches: readonly MatchDraft[];
  readonly filters: GatewayFilter[];
  readonly timeouts: Record<string, string>;
  backends: readonly Readonly<Record<string, unknown>>[];
  /** Says what became of its leaves, once its place is known. */
  readonly settle: ((place: string) => void)[];
  /** Why it must not be written without something that it asks for. */
  refusal:
    | { readonly code: string; readonly reason: string; readonly risk?: 'behaviour' | 'availability' | 'security' }
    | undefined;
  /** A Service that the workspace lacks, without which the whole route is left out. */
  missing: ServiceName | undefined;
}

/** Drafts a rule; what it asks for in vain is told to the ledger, or stands in its refusal. */
export function draftRule(source: RouteRule, spot: Spot, matches: readonly MatchDraft[], draft: Draft): RuleDraft {
  const rule: RuleDraft = {
    source,
    spot,
    matches,
    filters: [],
    timeouts: {},
    backends: [],
    settle: [],
    refusal: undefined,
    missing: undefined,
  };
  writeParts(source.parts, writersFor(draft), rule, draft.ledger);
  const isAnswered = source.parts.redirect !== undefined || rule.backends.length > 0;
  if (!rule.refusal && !rule.missing && !isAnswered)
    rule.refusal = {
      code: 'no-equivalent',
      reason: 'Nothing is left that could get the requests.',
      risk: 'availability',
    };
  return rule;
}

/** Every place that a rule comes from. */
export function originsOfRule({ name, matches, parts }: RouteRule): readonly Origin[] {
  const asked: readonly (Asked<unknown> | undefined)[] = [
    name,
    ...Object.values<Asked<unknown> | undefined>({ ...parts }),
  ];
  return [
    ...asked.flatMap((it) => it?.from ?? []),
    ...matches.flatMap((it) => [...it.from, ...(it.port?.from ?? []), ...(it.sni?.from ?? [])]),
  ];
}

const ownWays = 'Each implementation has a way of its own for them.';

function writersFor(draft: Draft): RouteWriters<RuleDraft> {
  const { ledger } = draft;
  const filter = (asked: Asked<unknown>, rule: RuleDraft, it: GatewayFilter | undefined, change?: Change) => {
    if (!it) return;
    rule.filters.push(it);
    rule.settle.push((place) => {
      if (change) ledger.changed(asked, `${place}.filters`, change.code, change.reason);
      else ledger.exact(asked, `${place}.filters`);
    });
  };
  return {
    backends: (asked, rule) => writeBackends(asked.value, rule, draft),
    redirect: (asked, rule) => {
      const { path, status } = asked.value;
      if (!redirectCodes.includes(status))
        rule.refusal = {
          code: 'redirect-code',
          reason: `A route redirects with ${redirectCodes.join(', ')}, not with ${status}.`,
        };
      else filter(asked, rule, redirectFilter(asked.value), path?.type === 'prefix' ? segments : undefined);
    },
    directResponse: (asked, rule) => {
      // A fixed refusal that goes missing lets the requests through to a broader rule.
      const risk = asked.value.status >= 400 && asked.value.status < 500 ? 'security' : 'behaviour';
      rule.refusal = { code: 'direct-response', reason: 'A route cannot answer by itself; a backend has to.', risk };
    },
    rewrite: (asked, rule) => {
      const written = rewriteFilter(asked.value);
      if (!written) rule.refusal = { code: 'regex-rewrite', reason: 'A route cannot rewrite by a regular expression.' };
      else if (asked.value.path?.type === 'prefix' && !hasOnePrefix(rule))
        rule.refusal = {
          code: 'prefix-segment',
          reason: 'A route replaces a prefix only in rules of which every match asks for one.',
        };
      else filter(asked, rule, written, asked.value.path?.type === 'prefix' && isRaw(rule) ? segments : undefined);
    },
    requestHeaders: (asked, rule) => writeHeaders('RequestHeaderModifier', asked, rule, draft),
    responseHeaders: (asked, rule) => writeHeaders('ResponseHeaderModifier', asked, rule, draft),
    mirrors: (asked, rule) => {
      for (const { backend, percent } of asked.value) {
        const ref = backendRef(backend, rule, draft);
        if (!ref) continue;
        rule.filters.push({
          type: 'RequestMirror',
          requestMirror: {
            backendRef: refOf(ref, rule, draft),
            ...share(percent),
          },
        });
      }
      rule.settle.push((place) => ledger.exact(asked, `${place}.filters`));
    },
    timeout: (asked, rule) => {
      if (asked.value > 0) rule.timeouts['request'] = writeDuration(asked.value);
      rule.settle.push((place) =>
        asked.value > 0
          ? ledger.exact(asked, `${place}.timeouts.request`)
          : ledger.exact(asked, place, 'There is no timeout unless one is written.'),
      );
    },
    backendTimeout: (asked, rule) => {
      const whole = rule.source.parts.timeout?.value;
      if (asked.value <= 0)
        rule.settle.push((place) => ledger.exact(asked, place, 'There is no timeout unless one is written.'));
      else if (whole !== undefined && whole > 0 && whole < asked.value)
        ledger.lost(asked, 'timeout-overridden', 'One attempt may not take longer than the whole request.', 'none');
      else {
        rule.timeouts['backendRequest'] = writeDuration(asked.value);
        rule.settle.push((place) => ledger.exact(asked, `${place}.timeouts.backendRequest`));
      }
    },
    idleTimeout: {
      code: 'no-equivalent',
      lost: 'A route limits whole requests, not the silence of a stream.',
    },
    retries: {
      code: 'no-equivalent',
      lost: `Retries are not in the standard channel of the Gateway API. ${ownWays}`,
      risk: 'availability',
    },
    fault: { code: 'no-fault', lost: 'The Gateway API injects no faults, so the rule is written without it.' },
    cors: (asked, rule) => writeCors(asked, rule, draft),
  };
}

interface Change {
  readonly code: string;
  readonly reason: string;
}

const redirectCodes: readonly number[] = [301, 302, 303, 307, 308];
const segments: Change = { code: 'prefix-segment', reason: 'A prefix counts whole path segments here.' };

/** Whether all matches ask for a prefix, which is what is replaced. */
function hasOnePrefix({ matches }: RuleDraft): boolean {
  return (
    matches.length > 0 && matches.every(({ match }) => match.path === undefined || match.path.type === 'PathPrefix')
  );
}

/** Whether the source replaces characters, not segments. */
function isRaw({ source }: RuleDraft): boolean {
  return source.matches.some((it) => it.path?.value.type !== 'segments');
}

function share(percent: number): Readonly<Record<string, unknown>> {
  if (percent === 100) return {};
  if (Number.isInteger(percent)) return { percent };
  return { fraction: { numerator: Math.round(percent * 10_000), denominator: 1_000_000 } };
}

// ---- Headers and CORS ----------------------------------------------------------------------------------------------

function writeHeaders(
  type: 'RequestHeaderModifier' | 'ResponseHeaderModifier',
  asked: Asked<HeaderChange>,
  rule: RuleDraft,
  { ledger }: Draft,
): void {
  const { set, add, remove } = asked.value;
  const isHost = (name: string) => /^(?::.*|host)$/i.test(name);
  const keep = (pairs: HeaderChange['set']) =>
    Object.fromEntries(Object.entries(pairs).filter(([name, value]) => !isHost(name) && !isComputed(value)));
  const written = headerFilter(type, { set: keep(set), add: keep(add), remove: remove.filter((it) => !isHost(it)) });
  if (written) rule.filters.push(written);
  const pairs = [...Object.entries(set), ...Object.entries(add)];
  const change: Change | undefined = pairs.some(([name]) => isHost(name))
    ? { code: 'host-rewrite', reason: 'A header filter cannot change the host.' }
    : pairs.some(([, value]) => isComputed(value))
      ? { code: 'header-template', reason: 'Only Envoy fills in values between percent signs.' }
      : undefined;
  rule.settle.push((place) => {
    const at = `${place}.filters`;
    if (!change) ledger.exact(asked, at);
    else if (written) ledger.changed(asked, at, change.code, change.reason);
    else ledger.lost(asked, change.code, change.reason);
  });
}

function isComputed(value: string): boolean {
  return /%[A-Z_]+(?:\([^)]*\))?%/.test(value);
}

function writeCors(asked: Asked<Cors>, rule: RuleDraft, { ledger }: Draft): void {
  const { origins, methods, headers, expose, maxAge, credentials } = asked.value;
  const allowed = origins.flatMap((it) => {
    if (it.type === 'present') return ['*'];
    return it.type === 'exact' && /^https?:\/\/|^\*$/.test(it.value) ? [it.value] : [];
  });
  if (allowed.length < origins.length) {
    ledger.lost(
      asked,
      'no-cors',
      'A filter for CORS takes origins by their exact names or with a star, and no patterns.',
    );
    return;
  }
  const list = (name: string, values: readonly string[]) => (values.length > 0 ? { [name]: [...values] } : {});
  rule.filters.push({
    type: 'CORS',
    cors: {
      ...list('allowOrigins', allowed),
      ...(credentials === undefined ? {} : { allowCredentials: credentials }),
      ...list('allowMethods', methods),
      ...list('allowHeaders', headers),
      ...list('exposeHeaders', expose),
      ...(maxAge === undefined ? {} : { maxAge: Math.max(1, Math.round(maxAge / 1000)) }),
    },
  });
  rule.settle.push((place) => ledger.exact(asked, `${place}.filters`));
}

// ---- Backends ------------------------------------------------------------------------------------------------------

function writeBackends(backends: readonly Backend[], rule: RuleDraft, draft: Draft): void {
  const kept = backends.flatMap((backend) => {
    const ref = backendRef(backend, rule, draft);
    return ref ? [{ backend, ref }] : [];
  });
  // Where some have a weight and others do not, the others get nothing; where none has, all get the same.
  const unsaid = backends.some((it) => it.weight !== undefined) ? 0 : 1;
  const { weights, isRounded } = wholeWeights(kept.map((it) => it.backend.weight ?? unsaid));
  rule.backends = kept.map(({ backend, ref }, at) => {
    const filters = (['requestHeaders', 'responseHeaders'] as const).flatMap((side) => {
      const type = side === 'requestHeaders' ? 'RequestHeaderModifier' : 'ResponseHeaderModifier';
      const change = backend[side];
      return (change && headerFilter(type, change)) ?? [];
    });
    rule.settle.push((place) => {
      const target = `${place}.backendRefs[${at}]`;
      if (isRounded) draft.ledger.changed(backend.from, target, 'weight-rounded', 'A weight may be a million at most.');
      else draft.ledger.exact(backend.from, target);
    });
    return {
      ...refOf(ref, rule, draft),
      ...(backends.length > 1 ? { weight: weights[at] ?? 0 } : {}),
      ...(filters.length === 0 ? {} : { filters }),
    };
  });
}

interface BackendRef {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
}

function backendRef(backend: Backend, rule: RuleDraft, draft: Draft): BackendRef | undefined {
  const { service, host, subset } = backend;
  if (host !== undefined) {
    draft.ledger.lost(
      backend.from,
      'host-not-service',
      `${host} is not a Service of the cluster; a route reaches Services only.`,
      'availability',
    );
    return undefined;
  }
  const version = subset ?? defaultVersion(draft, service)?.value;
  const found = version === undefined ? { name: service.name } : versionService(draft, service, version);
  if ('missing' in found) {
    rule.missing = found.missing;
    return undefined;
  }
  if (!('name' in found)) {
    draft.ledger.lost(backend.from, found.code, found.reason, 'availability');
    return undefined;
  }
  const port = backend.port ?? portOf(service, rule, draft);
  if (port !== undefined) return { name: found.name, namespace: service.namespace, port };
  if (draft.service(service))
    rule.refusal = {
      code: 'port-not-addressable',
      reason: `Service "${service.name}" has several ports, and nothing says which is meant.`,
      risk: 'availability',
    };
  else rule.missing = service;
  return undefined;
}

/** The port of a backend that names none: the only one there is, or the one that the client called. */
function portOf(service: ServiceName, { spot }: RuleDraft, draft: Draft): number | undefined {
  const facts = draft.service(service);
  if (facts?.ports.length === 1) return facts.ports[0]?.port;
  const isParent = spot.service?.name === service.name && spot.service.namespace === service.namespace;
  const { port } = spot;
  if (port !== undefined && (facts ? facts.ports.some((it) => it.port === port) : isParent)) return port;
  return draft.options.defaultPort;
}

/** A reference to a Service; one of another namespace has to be granted there. */
function refOf({ name, namespace, port }: BackendRef, { spot }: RuleDraft, draft: Draft) {
  if (namespace === spot.home) return { name, port };
  draft.grant(spot.kind, spot.home, { name, namespace });
  return { name, namespace, port };
}
