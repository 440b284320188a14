/**
 * Tokens in Istio: RequestAuthentications, which check a token when there is one, and what a rule asks of a token. Source:
 * istio.io RequestAuthentication and authorization conditions.
 */

import type {
  Asked,
  Concepts,
  JwtRequirement,
  TextMatch,
  TokenCondition,
  TokenLocation,
  WorkloadScope,
} from '../../../model/ir.ts';
import { RequestAuthentication } from '../kinds.ts';
import type { Draft, Drafts, Fields } from './drafts.ts';
import { writeDuration } from './durations.ts';
import { writeWildcard } from './texts.ts';

/** Request principals, any of them, together with conditions, all of them. */
export interface TokenAlternative {
  readonly source: Fields;
  readonly when: readonly Fields[];
}

/**
 * What a rule asks of tokens, as alternatives that take a rule each. Undefined when some token cannot be asked for, whose
 * leaves are reported then.
 */
export function tokenAlternatives(
  conditions: readonly TokenCondition[],
  drafts: Drafts,
): readonly TokenAlternative[] | undefined {
  const [negated, asked] = [conditions.filter((it) => it.negate), conditions.filter((it) => !it.negate)];
  let open: readonly Open[] = [{ claims: [] }];
  for (const { anyOf } of asked) {
    const usable = anyOf.filter((it) => isSayable(it, drafts));
    open = open.flatMap((a) => usable.flatMap(({ value }) => both(a, value)));
  }
  if (open.length === 0) return undefined;
  const without = negated.map(({ anyOf }) => withoutTokens(anyOf));
  if (without.includes(undefined)) return undefined;
  const merged: TokenAlternative = {
    source: Object.assign({}, ...without.map((it) => it?.source)),
    when: without.flatMap((it) => it?.when ?? []),
  };
  const groups = new Map<string, { readonly claims: Open['claims']; readonly principals: string[] }>();
  for (const { principal, claims } of open) {
    const key = JSON.stringify(claims);
    const group = groups.get(key) ?? { claims, principals: [] };
    groups.set(key, group);
    const text = principal && writeWildcard(principal);
    if (text !== undefined) group.principals.push(text);
  }
  return [...groups.values()].map(({ claims, principals }) => ({
    source: { ...(principals.length > 0 ? { requestPrincipals: principals } : {}), ...merged.source },
    when: [...claims.map((it) => ({ key: claimKey(it.path), values: [writeWildcard(it.match)] })), ...merged.when],
  }));
}

type Open = Asked<TokenCondition['anyOf'][number]['value']>['value'];

function isSayable(asked: TokenCondition['anyOf'][number], { ir, ledger }: Drafts): boolean {
  const { principal, claims } = asked.value;
  const lose = (code: string, reason: string): boolean => {
    ledger.lost(asked, code, reason, 'availability');
    return false;
  };
  const issuers = ir.jwt.filter(({ value: { keys } }) => keys?.value.type !== 'elsewhere');
  const isKnown =
    !principal ||
    principal.type === 'present' ||
    issuers.some(({ value: { issuer } }) => isOf(principal, issuer.value)) ||
    // A policy of Istio itself stands beside RequestAuthentications of its own.
    ir.jwt.length === 0;
  if (!isKnown) return lose('no-jwt', 'Nothing tells Istio how to check a token of this issuer.');
  if (principal && writeWildcard(principal) === undefined)
    return lose('identity-pattern', 'Istio compares issuer and subject by their beginning or end.');
  if (claims.some((it) => writeWildcard(it.match) === undefined || it.path.some((step) => /[[\]]/.test(step))))
    return lose('claim-list', 'Istio has no way to write this claim.');
  return true;
}

function isOf(principal: TextMatch, issuer: string): boolean {
  return 'value' in principal && (`${issuer}/`.startsWith(principal.value) || principal.value.startsWith(`${issuer}/`));
}

/** A token that is both; none when no single token can be. */
function both(a: Open, b: Open): readonly Open[] {
  const principal = narrower(a.principal, b.principal);
  if (principal === 'none') return [];
  const isIn = (it: Open['claims'][number]) => a.claims.some((one) => JSON.stringify(one) === JSON.stringify(it));
  const claims = [...a.claims, ...b.claims.filter((it) => !isIn(it))];
  return [principal ? { principal, claims } : { claims }];
}

function narrower(a: TextMatch | undefined, b: TextMatch | undefined): TextMatch | undefined | 'none' {
  if (!a || a.type === 'present') return b ?? a;
  if (!b || b.type === 'present') return a;
  if (JSON.stringify(a) === JSON.stringify(b)) return a;
  const fits = (wide: TextMatch, narrow: TextMatch) =>
    wide.type === 'prefix' && 'value' in narrow && narrow.type !== 'suffix' && narrow.value.startsWith(wide.value);
  if (fits(a, b)) return b;
  return fits(b, a) ? a : 'none';
}

/** Tokens that a request must not bring; undefined when principals and claims are asked for at once. */
function withoutTokens(anyOf: TokenCondition['anyOf']): TokenAlternative | undefined {
  const principals: string[] = [];
  const claims = new Map<string, string[]>();
  for (const { value } of anyOf) {
    const [only, ...more] = value.claims;
    const text = value.principal ? writeWildcard(value.principal) : only && writeWildcard(only.match);
    if (text === undefined || more.length > 0 || (value.principal && only)) return undefined;
    if (!only) principals.push(text);
    else claims.set(claimKey(only.path), [...(claims.get(claimKey(only.path)) ?? []), text]);
  }
  // One of several kinds is enough for the request to be refused, which one list each cannot say.
  if (claims.size + (principals.length > 0 ? 1 : 0) > 1) return undefined;
  return {
    source: principals.length > 0 ? { notRequestPrincipals: principals } : {},
    when: [...claims].map(([key, notValues]) => ({ key, notValues })),
  };
}

function claimKey(path: readonly string[]): string {
  return `request.auth.claims${path.map((it) => `[${it}]`).join('')}`;
}

// ---- RequestAuthentications ----------------------------------------------------------------------------------------

/** One RequestAuthentication for each issuer and the workloads that check its tokens. */
export function writeRequestAuthentications(requirements: Concepts['jwt'], drafts: Drafts): void {
  const { ledger } = drafts;
  for (const asked of requirements) {
    const { value } = asked;
    if (value.targets.length === 0) {
      ledger.lost(asked, 'unused-in-source', 'No intention asks for its tokens, so nothing checks them.', 'none');
      continue;
    }
    if (value.keys?.value.type === 'elsewhere') {
      const reason = `The keys of "${value.issuer.value}" are ${value.keys.value.place}, where Istio does not find them; rules that ask for its tokens are left out.`;
      ledger.lost(asked, 'security-stricter', reason, 'availability');
      ledger.note(
        'missing',
        `Write the keys of "${value.issuer.value}" into "${value.name}", or their address, then convert again.`,
        'availability',
      );
      continue;
    }
    if (value.keys?.value.type === 'remote' && !/^https?:\/\//.test(value.keys.value.uri)) {
      const reason = `Istio fetches keys from http:// and https:// alone, and "${value.keys.value.uri}" is neither; without them no token counts.`;
      ledger.lost(asked, 'security-stricter', reason, 'availability');
      continue;
    }
    const done = new Set<string>();
    for (const target of value.targets) {
      const id = JSON.stringify(target.value);
      if (done.has(id)) continue;
      done.add(id);
      writeOne(value, target, asked, drafts);
    }
    ledger.note(
      'implicit',
      'Istio refuses a bad token with 401 wherever it is sent; Consul takes it for none, and answers 403 where one is asked for.',
    );
  }
}

function writeOne(
  requirement: JwtRequirement,
  target: Asked<WorkloadScope>,
  asked: Asked<JwtRequirement>,
  drafts: Drafts,
): void {
  const { namespace, labels, service } = target.value;
  const wanted = service ? `${service.name}-${requirement.name}` : requirement.name;
  const draft = drafts.draft(RequestAuthentication, namespace, wanted);
  if (Object.keys(labels).length > 0) draft.spec['selector'] = { matchLabels: labels };
  drafts.ledger.exact(target, draft.place('spec', 'selector'));
  draft.spec['jwtRules'] = [ruleOf(requirement, draft, drafts)];
  drafts.add(draft, asked.from);
}

function ruleOf(requirement: JwtRequirement, draft: Draft, { ledger }: Drafts): Fields {
  const place = (...path: readonly (string | number)[]) => draft.place('spec', 'jwtRules', 0, ...path);
  const { issuer, audiences, keys, keysTimeout, locations, forward, payloadHeader, skew } = requirement;
  const rule: Fields = { issuer: issuer.value };
  ledger.exact(issuer, place('issuer'));
  if (audiences.length > 0) rule['audiences'] = audiences.map((it) => it.value);
  for (const it of audiences) ledger.exact(it, place('audiences'));
  if (keys?.value.type === 'inline') {
    rule['jwks'] = keys.value.jwks;
    ledger.exact(keys, place('jwks'), 'Istio has it as it is, not in base64.');
  } else if (keys?.value.type === 'remote') {
    rule['jwksUri'] = keys.value.uri;
    ledger.exact(keys, place('jwksUri'), 'Istio fetches keys ahead of requests.');
  }
  if (skew)
    ledger.lost(
      skew,
      'no-equivalent',
      `Istio takes a token for 60 seconds after its end; Consul did so for ${skew.value}.`,
      skew.value < 60 ? 'security' : 'availability',
    );
  writeLocations(rule, locations, place, ledger);
  if (forward) {
    if (forward.value) rule['forwardOriginalToken'] = true;
    ledger.exact(forward, place('forwardOriginalToken'), forward.value ? '' : 'Istio passes no token on unasked.');
  }
  if (payloadHeader) {
    rule['outputPayloadToHeader'] = payloadHeader.value;
    ledger.exact(payloadHeader, place('outputPayloadToHeader'));
  }
  if (keysTimeout && keys?.value.type === 'remote') {
    rule['timeout'] = writeDuration(keysTimeout.value);
    ledger.exact(keysTimeout, place('timeout'));
  } else if (keysTimeout)
    ledger.lost(keysTimeout, 'unused-in-source', 'The keys stand in the manifest, so nothing is fetched.', 'none');
  return rule;
}

const lists: Readonly<Record<TokenLocation['type'], string>> = {
  header: 'fromHeaders',
  query: 'fromParams',
  cookie: 'fromCookies',
};

function writeLocations(
  rule: Fields,
  locations: JwtRequirement['locations'],
  place: (...path: readonly (string | number)[]) => string,
  ledger: Drafts['ledger'],
): void {
  for (const type of ['header', 'query', 'cookie'] as const) {
    const own = locations.filter((it) => it.value.type === type);
    if (own.length === 0) continue;
    rule[lists[type]] = own.map(({ value: { name, prefix } }) =>
      type === 'header' ? { name, ...(prefix === undefined ? {} : { prefix }) } : name,
    );
    for (const [at, it] of own.entries()) ledger.exact(it, place(lists[type], at));
  }
}
