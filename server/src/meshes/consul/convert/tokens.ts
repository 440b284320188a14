/**
 * Tokens in Consul: which providers a rule needs, and these providers as JWTProviders. Of the permissions of a source the
 * first whose request fits decides, whatever token it wants, so what else would let the request in must stand in the same
 * list of providers. Source: consul agent/xds/rbac.go, jwt_authn.go.
 */

import type { Asked, JwtRequirement, Origin, TokenCondition, TokenMatch } from '../../../model/ir.ts';
import type { ServiceFacts } from '../../kubernetes/common/workloads.ts';
import type { ConvertOptions } from '../../mesh.ts';
import { encodeBase64 } from '../../../model/base64.ts';
import { JWTProvider } from '../kinds.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { servicesOfLabels } from './services.ts';

/** A token of one provider, with the claims that it must make. */
export interface Token {
  readonly provider: string;
  readonly claims: readonly { readonly path: readonly string[]; readonly value: string }[];
}

export interface Tokens {
  /** Any of them will do; none means that nobody can have one. */
  readonly anyOf: readonly Token[];
  /** Reports the fates of what asked for them, once they stand somewhere, or are not needed since others say as much. */
  record(place: string, isWritten: boolean): void;
  /** Reports that they are asked for where the source did not. */
  makeStricter(place: string): void;
}

/** Why a part of a rule stands nowhere. */
export const hidden = 'Other rules of the service already decide about these requests.';

/** Why some tokens cannot be asked for; their own leaves are reported already. */
export type Unsayable = { readonly code: string; readonly reason: string };

type Claim = Token['claims'][number];
type Requirement = Asked<JwtRequirement>;

/** A token while conditions add to it; no requirement yet means any issuer. */
interface Open {
  readonly requirement: Requirement | undefined;
  readonly claims: readonly Claim[];
}

/**
 * The tokens that satisfy all of some conditions on requests to a service. What is lost of a condition makes it stricter,
 * and is reported; when nothing is left, the reason comes back.
 */
export function tokensFor(
  conditions: readonly TokenCondition[],
  service: ServiceFacts,
  drafts: Drafts,
  options: ConvertOptions,
): Tokens | Unsayable {
  const { ledger } = drafts;
  const known = requirementsOf(service, drafts);
  const usable = known.filter((it) => hasKeys(it.value));
  if (usable.length === 0) return noIssuer(known, service, drafts);
  let open: readonly Open[] = [{ requirement: undefined, claims: [] }];
  const kept: { readonly from: readonly Origin[]; readonly hasClaims: boolean }[] = [];
  for (const { anyOf } of conditions) {
    const next: Open[] = [];
    for (const asked of anyOf) {
      const choices = choicesOf(asked.value, usable);
      if (!('length' in choices)) {
        ledger.lost(asked, choices.code, choices.reason, 'availability');
        continue;
      }
      kept.push({ from: asked.from, hasClaims: asked.value.claims.length > 0 });
      for (const a of open) for (const b of choices) next.push(...both(a, b));
    }
    open = next;
  }
  if (open.length === 0) return { code: 'no-jwt', reason: 'Consul cannot ask for such a token' };
  const anyOf = unique(
    open.flatMap(({ requirement, claims }) =>
      (requirement ? [requirement] : usable).map((it) => ({ provider: writeProvider(it, drafts), claims })),
    ),
  );
  return {
    anyOf,
    record(place, isWritten) {
      for (const { from, hasClaims } of kept)
        if (isWritten) recordToken(from, hasClaims, place, drafts, options);
        else ledger.exact(from, place, hidden);
      if (isWritten) noteDefaults(drafts, options);
    },
    makeStricter(place) {
      for (const { from } of kept)
        ledger.changed(
          from,
          place,
          'security-stricter',
          'Permissions are asked from the top, so the token is needed for some requests that did without.',
          'availability',
        );
    },
  };
}

/** How tokens are checked for a service. */
function requirementsOf(service: ServiceFacts, { ir, environment }: Drafts): readonly Requirement[] {
  return ir.jwt.filter(({ value: { targets } }) =>
    targets.some(({ value: { namespace, labels } }) =>
      servicesOfLabels(environment, namespace, labels).some(
        (it) => it.name === service.name && it.namespace === service.namespace,
      ),
    ),
  );
}

function hasKeys({ keys }: JwtRequirement): boolean {
  return keys !== undefined && keys.value.type !== 'elsewhere';
}

function noIssuer(known: readonly Requirement[], service: ServiceFacts, { ledger }: Drafts): Unsayable {
  if (known.length === 0) {
    ledger.note(
      'missing',
      `Add the RequestAuthentication that says which issuers "${service.name}" of namespace "${service.namespace}" trusts to the workspace.`,
      'availability',
    );
    return { code: 'no-jwt', reason: 'Nothing in the workspace says whose tokens the service trusts' };
  }
  for (const { value } of known)
    ledger.note(
      'missing',
      `Where the keys of "${value.issuer.value}" are: its /.well-known/openid-configuration tells. Write them as jwksUri of "${value.name}".`,
      'availability',
    );
  return { code: 'oidc-discovery', reason: 'Consul has to be told where the keys of the issuer are' };
}

/** What a token must be, as providers and claims; or why Consul cannot ask for it. */
function choicesOf({ principal, claims }: TokenMatch, usable: readonly Requirement[]): readonly Open[] | Unsayable {
  const values: Claim[] = [];
  for (const { path, match } of claims) {
    if (match.type !== 'exact' || match.ignoreCase)
      return {
        code: 'claim-list',
        reason: `Consul compares the claim "${path.join('.')}" as a whole, not by its beginning or end.`,
      };
    values.push({ path, value: match.value });
  }
  if (!principal || principal.type === 'present') return [{ requirement: undefined, claims: values }];
  if (principal.type === 'exact') {
    const found = usable.filter((it) => principal.value.startsWith(`${it.value.issuer.value}/`));
    return found.length > 0
      ? found.map((it) => {
          const subject = principal.value.slice(it.value.issuer.value.length + 1);
          return { requirement: it, claims: [...values, { path: ['sub'], value: subject }] };
        })
      : { code: 'no-jwt', reason: `No RequestAuthentication trusts the issuer of "${principal.value}".` };
  }
  const found =
    principal.type === 'prefix' ? usable.filter((it) => `${it.value.issuer.value}/`.startsWith(principal.value)) : [];
  return found.length > 0
    ? found.map((it) => ({ requirement: it, claims: values }))
    : { code: 'identity-pattern', reason: 'Consul knows one issuer and one subject, not a pattern of them.' };
}

/** A token that is both; none when that would take two issuers, or two values of one claim. */
function both(a: Open, b: Open): readonly Open[] {
  if (a.requirement && b.requirement && a.requirement !== b.requirement) return [];
  const claims = joined(a.claims, b.claims);
  return claims ? [{ requirement: a.requirement ?? b.requirement, claims }] : [];
}

function joined(a: readonly Claim[], b: readonly Claim[]): readonly Claim[] | undefined {
  const key = (it: Claim) => JSON.stringify(it.path);
  // A list holds several values in Istio; one value is all that Consul can ask for.
  if (a.some((one) => b.some((it) => key(it) === key(one) && it.value !== one.value))) return undefined;
  return [...a, ...b.filter((it) => !a.some((one) => key(one) === key(it)))];
}

/** Tokens that satisfy both of two lists; none when no provider is in both. */
export function tokensOfBoth(a: readonly Token[], b: readonly Token[]): readonly Token[] {
  return unique(
    a.flatMap((one) =>
      b.flatMap((it) => {
        const claims = one.provider === it.provider ? joined(one.claims, it.claims) : undefined;
        return claims ? [{ provider: one.provider, claims }] : [];
      }),
    ),
  );
}

/** Tokens without those that another one takes in. */
export function unique(tokens: readonly Token[]): readonly Token[] {
  const takesIn = (wide: Token, narrow: Token) =>
    wide.provider === narrow.provider &&
    wide.claims.every((it) => narrow.claims.some((one) => JSON.stringify(one) === JSON.stringify(it)));
  return tokens.filter(
    (it, at) =>
      !tokens.some((other, place) => place !== at && takesIn(other, it) && (!takesIn(it, other) || place < at)),
  );
}

/** A list of providers as an intention has it. */
export function providersSpec(tokens: readonly Token[]): Spec {
  return {
    providers: tokens.map(({ provider, claims }) => ({
      name: provider,
      ...(claims.length > 0 && { verifyClaims: claims.map(({ path, value }) => ({ path, value })) }),
    })),
  };
}

function recordToken(
  from: readonly Origin[],
  hasClaims: boolean,
  place: string,
  { ledger }: Drafts,
  options: ConvertOptions,
): void {
  if (options.consulDefaultPolicy === 'allow')
    ledger.changed(
      from,
      place,
      'no-jwt',
      'Where Consul allows by default, its proxies let requests in without the token that an intention asks for.',
      'security',
    );
  else if (hasClaims)
    ledger.changed(
      from,
      place,
      'claim-list',
      'Consul compares the whole claim; where it is a list, Istio also looks for the value in it.',
      'availability',
    );
  else ledger.exact(from, place);
}

function noteDefaults({ ledger }: Drafts, { consulDefaultPolicy }: ConvertOptions): void {
  ledger.note(
    'implicit',
    'Without a good token Consul answers 403, and a bad one that nobody asked for counts as none; Istio answers 401 to both.',
  );
  if (consulDefaultPolicy === 'unknown')
    ledger.note(
      'manual',
      'Make sure that Consul denies by default, with its ACLs on: where it allows by default, its proxies let requests in without the token that an intention asks for.',
      'security',
    );
}

// ---- Providers -----------------------------------------------------------------------------------------------------

const written = new WeakMap<Drafts, Map<JwtRequirement, Named>>();

/** Reports what became of all requirements, once it is known which of them are used. */
export function settleProviders(requirements: readonly Requirement[], drafts: Drafts): void {
  const used = written.get(drafts);
  for (const asked of requirements) {
    if (used?.has(asked.value)) continue;
    const { keys, issuer } = asked.value;
    if (!keys)
      drafts.ledger.lost(
        asked,
        'oidc-discovery',
        `Consul does not ask "${issuer.value}" where its keys are; tell it, and convert again.`,
        'security',
      );
    else
      drafts.ledger.lost(
        asked,
        'jwt-optional',
        'No policy asks for this token. Consul then checks none, so a bad one is no longer refused.',
        'security',
      );
  }
}

/** The name of the JWTProvider of a requirement, which is written once. */
function writeProvider(asked: Requirement, drafts: Drafts): string {
  const known = written.get(drafts) ?? new Map<JwtRequirement, Named>();
  written.set(drafts, known);
  const own = known.get(asked.value);
  if (own) return own.name;
  const named = nameOf(asked.value, [...known.values()], drafts);
  known.set(asked.value, named);
  fill(drafts.spec(JWTProvider, named), asked, named, drafts);
  return named.name;
}

/** The name of the source; names of providers count for a whole datacenter, so a second one gets its namespace. */
function nameOf({ name, namespace, issuer }: JwtRequirement, taken: readonly Named[], drafts: Drafts): Named {
  const isFree = (wanted: string) => {
    const existing = drafts.existing(JWTProvider, wanted);
    const isOwn = !existing || JSON.stringify(existing.value).includes(JSON.stringify(issuer.value));
    return isOwn && !taken.some((it) => it.name === wanted);
  };
  const wanted = [name, `${name}-${namespace}`, `${name}-${namespace}-mw`].find(isFree);
  return { name: wanted ?? `${name}-${namespace}-${taken.length}`, namespace };
}

function fill(spec: Spec, { value }: Requirement, named: Named, drafts: Drafts): void {
  const { ledger } = drafts;
  const place = drafts.place(JWTProvider, named, 'spec');
  const { issuer, audiences, keys, keysTimeout, locations, forward, payloadHeader, targets } = value;
  for (const it of targets) ledger.exact(it, place, 'Intentions of the services of these workloads ask for the token.');
  spec['issuer'] = issuer.value;
  ledger.exact(issuer, `${place}.issuer`);
  if (audiences.length > 0) spec['audiences'] = audiences.map((it) => it.value);
  for (const it of audiences) ledger.exact(it, `${place}.audiences`);
  if (keys?.value.type === 'inline') {
    spec['jsonWebKeySet'] = { local: { jwks: encodeBase64(keys.value.jwks) } };
    ledger.exact(keys, `${place}.jsonWebKeySet.local.jwks`, 'Consul has it in base64.');
    if (keysTimeout)
      ledger.lost(keysTimeout, 'unused-in-source', 'The keys stand in the manifest, so nothing is fetched.', 'none');
  } else if (keys?.value.type === 'remote') {
    const seconds = keysTimeout && Math.max(1, Math.ceil(keysTimeout.value / 1000));
    spec['jsonWebKeySet'] = {
      remote: {
        uri: keys.value.uri,
        ...(seconds !== undefined && { requestTimeoutMs: seconds * 1000 }),
        fetchAsynchronously: true,
      },
    };
    ledger.exact(keys, `${place}.jsonWebKeySet.remote.uri`);
    const timeoutPlace = `${place}.jsonWebKeySet.remote.requestTimeoutMs`;
    if (keysTimeout && seconds !== undefined && keysTimeout.value === seconds * 1000)
      ledger.exact(keysTimeout, timeoutPlace, `${seconds}s in milliseconds.`);
    else if (keysTimeout)
      ledger.changed(keysTimeout, timeoutPlace, 'no-equivalent', 'Consul counts it in whole seconds.', 'none');
  }
  writeLocations(spec, locations, forward, place, drafts);
  if (payloadHeader) {
    spec['forwarding'] = { headerName: payloadHeader.value };
    ledger.exact(payloadHeader, `${place}.forwarding.headerName`);
  }
}

/** Where neither mesh is told to look, both look here. */
const usualPlaces: readonly Spec[] = [
  { header: { name: 'Authorization', valuePrefix: 'Bearer ', forward: true } },
  { queryParam: { name: 'access_token' } },
];

function writeLocations(
  spec: Spec,
  locations: JwtRequirement['locations'],
  forward: Asked<boolean> | undefined,
  place: string,
  { ledger }: Drafts,
): void {
  const isForwarded = forward?.value === true;
  const hasHeader = locations.some((it) => it.value.type === 'header');
  const listed = locations.map(({ value: { type, name, prefix } }): Spec => {
    if (type === 'query') return { queryParam: { name } };
    if (type === 'cookie') return { cookie: { name } };
    return {
      header: { name, ...(prefix !== undefined && { valuePrefix: prefix }), ...(isForwarded && { forward: true }) },
    };
  });
  const all = listed.length === 0 && isForwarded ? usualPlaces : listed;
  if (all.length > 0) spec['locations'] = all;
  for (const [at, it] of locations.entries()) ledger.exact(it, `${place}.locations[${at}]`);
  if (!forward) return;
  if (!forward.value) ledger.exact(forward, '', 'Consul passes no token on unless it is told to.');
  else if (hasHeader || locations.length === 0) ledger.exact(forward, `${place}.locations`);
  else
    ledger.lost(
      forward,
      'no-equivalent',
      'Consul passes a token on only where it comes in a header; the workload no longer gets it.',
      'behaviour',
    );
}
