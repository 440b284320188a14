/**
 * Tokens of requests: how workloads check them, by RequestAuthentications, and what rules of AuthorizationPolicies ask of
 * them. Sources: istio.io RequestAuthentication and authorization conditions; istio/istio pilot/pkg/security.
 */

import type { Environment } from '../../../model/environment.ts';
import type {
  Access,
  Asked,
  Ir,
  JwtRequirement,
  Origin,
  Peculiar,
  TokenCondition,
  TokenKeys,
  TokenLocation,
} from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { RequestAuthentication } from '../kinds.ts';
import { readDuration } from './durations.ts';
import { originsOf, Place } from './place.ts';
import { scopesOf } from './read-scopes.ts';
import { readWildcard } from './texts.ts';

export type ReadTokens = Pick<Ir, 'jwt' | 'peculiar'> & { readonly notes: NonNullable<Ir['notes']> };

/**
 * The RequestAuthentications among some resources. Where policies ask for tokens, those that are not converted count as
 * facts: they tell which issuers there are.
 */
export function readTokens(
  resources: readonly Resource[],
  access: readonly Access[],
  environment: Environment,
): ReadTokens {
  const chosen = resources.filter((it) => isOfKind(it, RequestAuthentication));
  const asks = access.some((it) => it.rules.some((rule) => (rule.tokens ?? []).length > 0));
  const others = asks ? environment.index.all(RequestAuthentication).filter((it) => !chosen.includes(it)) : [];
  const read = chosen.map((it) => readRequestAuthentication(it, environment));
  return {
    jwt: [...read, ...others.map((it) => readRequestAuthentication(it, environment))].flatMap((it) => it.jwt),
    peculiar: read.flatMap((it) => it.peculiar),
    notes: read.flatMap((it) => it.notes),
  };
}

/** How a RequestAuthentication has tokens checked, one requirement for each issuer. */
function readRequestAuthentication(resource: Resource, environment: Environment): ReadTokens {
  const spec = Place.of(resource).at('spec');
  const namespace = environment.namespaceOf(resource);
  const rules = spec.at('jwtRules').items;
  if (rules.length === 0) {
    const reason = 'It names no issuer, so it checks no token.';
    return {
      jwt: [],
      notes: [],
      peculiar: [{ from: originsOf(spec), code: 'unused-in-source', reason, risk: 'none' }],
    };
  }
  const scopes = scopesOf(spec, namespace, environment);
  if (typeof scopes === 'string') {
    const reason =
      'It checks tokens at a gateway or waypoint, or at workloads that nobody knows; this is not carried over.';
    return { jwt: [], notes: [], peculiar: [{ from: originsOf(spec), code: 'no-jwt', reason, risk: 'security' }] };
  }
  const from = originsOf(spec.at('selector'), spec.at('targetRef'), spec.at('targetRefs'));
  const targets = scopes.list.map((value) => ({ value, from }));
  const peculiar: Peculiar[] = [];
  const jwt = rules.flatMap((rule, at): Asked<JwtRequirement>[] => {
    const name = rules.length === 1 ? resource.name : `${resource.name}-${at}`;
    const read = readRule(rule, { name, namespace, targets }, peculiar);
    return read ? [{ value: read, from: [rule.origin, ...from] }] : [];
  });
  const known = scopes.list.map((it) => it.namespace).join(', ');
  const text = `RequestAuthentication "${resource.name}" holds for the whole mesh; it is written for the namespaces whose workloads are known (${known}).`;
  return { jwt, peculiar, notes: scopes.isMeshWide ? [{ kind: 'assumed', text, risk: 'security' }] : [] };
}

function readRule(
  rule: Place,
  named: Pick<JwtRequirement, 'name' | 'namespace' | 'targets'>,
  peculiar: Peculiar[],
): JwtRequirement | undefined {
  const lose = (from: readonly Origin[], code: string, reason: string, risk: Peculiar['risk']) => {
    if (from.length > 0) peculiar.push({ from, code, reason, risk });
  };
  const issuer = rule.at('issuer');
  if (issuer.text === undefined) {
    lose([rule.origin], 'unused-in-source', 'Without an issuer Istio refuses this rule.', 'none');
    return undefined;
  }
  lose(
    originsOf(rule.at('outputClaimToHeaders')),
    'no-equivalent',
    'Only Istio copies single claims of a token into headers; the workload has to read them from the token.',
    'behaviour',
  );
  lose(
    originsOf(rule.at('spaceDelimitedClaims')),
    'claim-list',
    'Only Istio takes such a claim apart at its blanks; elsewhere it is compared as a whole, which allows less.',
    'availability',
  );
  const [uri, oldUri, inline] = [rule.at('jwksUri'), rule.at('jwks_uri'), rule.at('jwks')];
  const remote = uri.text === undefined ? oldUri : uri;
  const isInline = inline.text !== undefined && inline.text !== '';
  const unused = isInline ? [uri, oldUri] : uri.text === undefined ? [] : [oldUri];
  lose(originsOf(...unused), 'shadowed', 'Istio takes the keys from another field of the rule.', 'none');
  const keys: Asked<TokenKeys> | undefined = isInline
    ? inline.asked({ type: 'inline', jwks: inline.text })
    : remote.text === undefined
      ? undefined
      : remote.asked({ type: 'remote', uri: remote.text });
  const timeout = rule.at('timeout');
  const millis = readDuration(timeout.text);
  const forward = rule.at('forwardOriginalToken');
  const payload = rule.at('outputPayloadToHeader');
  return {
    ...named,
    issuer: issuer.asked(issuer.text),
    audiences: rule.at('audiences').items.flatMap((it) => (it.text === undefined ? [] : [it.asked(it.text)])),
    ...(keys ? { keys } : {}),
    ...(millis === undefined ? {} : { keysTimeout: timeout.asked(millis) }),
    locations: locationsOf(rule),
    ...(forward.boolean === undefined ? {} : { forward: forward.asked(forward.boolean) }),
    ...(payload.text ? { payloadHeader: payload.asked(payload.text) } : {}),
    refusesBad: true,
  };
}

function locationsOf(rule: Place): readonly Asked<TokenLocation>[] {
  const named = (list: string, type: 'query' | 'cookie') =>
    rule
      .at(list)
      .items.flatMap((it) => (it.text === undefined ? [] : [it.asked<TokenLocation>({ type, name: it.text })]));
  return [
    ...rule.at('fromHeaders').items.flatMap((it): Asked<TokenLocation>[] => {
      const name = it.at('name').text;
      const prefix = it.at('prefix').text;
      return name === undefined ? [] : [it.asked({ type: 'header', name, ...(prefix ? { prefix } : {}) })];
    }),
    ...named('fromParams', 'query'),
    ...named('fromCookies', 'cookie'),
  ];
}

// ---- What rules ask ------------------------------------------------------------------------------------------------

/** A list of request principals, `issuer/subject` with a star at one end; no condition for an empty list. */
export function readRequestPrincipals(list: Place, negate: boolean): readonly TokenCondition[] {
  const anyOf = list.items.flatMap((it) =>
    it.text === undefined ? [] : [it.asked({ principal: readWildcard(it.text), claims: [] })],
  );
  return anyOf.length > 0 ? [{ anyOf, negate }] : [];
}

/** A condition of `when` about tokens: its values, and its values that must not be. Undefined for other keys. */
export function readTokenConditions(condition: Place): readonly TokenCondition[] | undefined {
  const key = condition.at('key');
  const path = claimPath(key.text ?? '');
  const isPrincipal = key.text === 'request.auth.principal';
  if (!path && !isPrincipal) return undefined;
  const read = (list: Place, negate: boolean): readonly TokenCondition[] => {
    const anyOf = list.items.flatMap((it) => {
      if (it.text === undefined) return [];
      const match = readWildcard(it.text);
      const value = path ? { claims: [{ path, match }] } : { principal: match, claims: [] };
      return [{ value, from: [it.origin, ...originsOf(key)] }];
    });
    return anyOf.length > 0 ? [{ anyOf, negate }] : [];
  };
  return [...read(condition.at('values'), false), ...read(condition.at('notValues'), true)];
}

/** The way to a claim: `request.auth.claims[realm][roles]`; audiences and presenter are claims of their own names. */
function claimPath(key: string): readonly string[] | undefined {
  if (key === 'request.auth.audiences') return ['aud'];
  if (key === 'request.auth.presenter') return ['azp'];
  const brackets = /^request\.auth\.claims((?:\[[^[\]]+\])+)$/.exec(key)?.[1];
  return brackets?.slice(1, -1).split('][');
}
