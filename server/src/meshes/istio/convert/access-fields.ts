/** Which fields of Istio say what of tokens, and what becomes in Istio of such ideas from elsewhere. */

import type { Answers, FieldRow, Idea, PeculiarField } from '../../ideas.ts';
import { EnvoyFilter, RequestAuthentication } from '../kinds.ts';

const rule = 'spec.jwtRules[*]';

const tokenRows: Readonly<Record<string, Idea | PeculiarField>> = {
  [`${rule}.issuer`]: 'jwt.issuer',
  [`${rule}.audiences.**`]: 'jwt.audiences',
  [`${rule}.jwksUri`]: 'jwt.keys',
  [`${rule}.jwks_uri`]: 'jwt.keys',
  [`${rule}.jwks`]: 'jwt.keys.inline',
  [`${rule}.timeout`]: 'jwt.keys.timeout',
  [`${rule}.fromHeaders.**`]: 'jwt.location',
  [`${rule}.fromParams.**`]: 'jwt.location',
  [`${rule}.fromCookies.**`]: 'jwt.location',
  [`${rule}.forwardOriginalToken`]: 'jwt.forward',
  [`${rule}.outputPayloadToHeader`]: 'jwt.payload',
  [`${rule}.outputClaimToHeaders.**`]: {
    code: 'no-equivalent',
    reason: 'Only Istio copies single claims of a token into headers; the workload has to read them from the token.',
    risk: 'behaviour',
  },
  [`${rule}.spaceDelimitedClaims.**`]: {
    code: 'claim-list',
    reason:
      'Only Istio takes such a claim apart at its blanks; elsewhere it is compared as a whole, which allows less.',
    risk: 'availability',
  },
  'spec.selector.**': 'jwt.workload',
  'spec.targetRef.**': 'jwt.workload',
  'spec.targetRefs[*].**': 'jwt.workload',
  'spec.jwtRules': { code: 'unused-in-source', reason: 'It names no issuer, so it checks no token.', risk: 'none' },
};

/** Of the filter that limits requests, bare or wrapped, what says the limit; its frame is that of any filter. */
const limitRows: Readonly<Record<string, Idea>> = Object.fromEntries(
  ['spec.configPatches[*].patch.value.typed_config', 'spec.configPatches[*].patch.value.typed_config.value'].flatMap(
    (at): readonly (readonly [string, Idea])[] => [
      [`${at}.token_bucket.max_tokens`, 'limit.rate.burst'],
      [`${at}.token_bucket.tokens_per_fill`, 'limit.rate'],
      [`${at}.token_bucket.fill_interval`, 'limit.rate'],
    ],
  ),
);

export const accessFields: readonly FieldRow[] = [
  { kind: EnvoyFilter, path: 'spec.configPatches[*].match.listener.portNumber', idea: 'limit.rate' },
  ...Object.entries(limitRows).map(([path, idea]) => ({ kind: EnvoyFilter, path, idea })),
  ...Object.entries(tokenRows).map(([path, it]) =>
    typeof it === 'string'
      ? { kind: RequestAuthentication, path, idea: it }
      : { kind: RequestAuthentication, path, peculiar: it },
  ),
];

type AccessIdea = 'access.jwt' | 'access.outside' | Extract<Idea, `jwt.${string}` | `limit.rate${string}`>;

const exact = { fate: 'exact' } as const;

export const accessAnswers: Pick<Answers, AccessIdea> = {
  'access.outside': { fate: 'exact', reason: 'By the name that MeshConfig has for it.' },
  'limit.rate': { fate: 'exact', reason: 'In an EnvoyFilter around Envoy’s local rate limit.' },
  'limit.rate.burst': exact,
  'access.jwt': {
    fate: 'changed',
    code: 'claim-list',
    reason: 'Istio also looks into claims that are lists, and wants the token to name a subject.',
    risk: 'security',
  },
  'jwt.workload': { fate: 'exact', reason: 'By the labels of the pods of the services that ask for the token.' },
  'jwt.issuer': exact,
  'jwt.audiences': exact,
  'jwt.keys': exact,
  'jwt.keys.inline': { fate: 'exact', reason: 'Istio has them as they are, not in base64.' },
  'jwt.keys.timeout': exact,
  'jwt.location': exact,
  'jwt.forward': exact,
  'jwt.payload': exact,
};
