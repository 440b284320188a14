/** Which fields of Consul say what of tokens, and what becomes in Consul of such ideas from elsewhere. */

import type { Kind } from '../../../model/kind.ts';
import type { Answers, FieldRow, Idea, PeculiarField, PlaceRow, PlainAnswer } from '../../ideas.ts';
import { JWTProvider, ServiceDefaults, ServiceIntentions } from '../kinds.ts';

function rows(kind: Kind, all: Readonly<Record<string, Idea | PeculiarField>>): readonly FieldRow[] {
  return Object.entries(all).map(([path, it]) =>
    typeof it === 'string' ? { kind, path, idea: it } : { kind, path, peculiar: it },
  );
}

const fetching: PeculiarField = {
  code: 'no-equivalent',
  reason: 'How keys are fetched and kept is not set elsewhere: the control plane does it.',
  risk: 'none',
};

const limit = 'spec.rateLimits.instanceLevel';

export const accessFields: readonly FieldRow[] = [
  ...rows(ServiceDefaults, {
    [`${limit}.requestsPerSecond`]: 'limit.rate',
    [`${limit}.requestsMaxBurst`]: 'limit.rate.burst',
    'spec.rateLimits.**': {
      code: 'no-equivalent',
      reason: 'Limits for some paths are not carried over: elsewhere one limit is for all requests of a port.',
      risk: 'availability',
    },
  }),
  ...rows(JWTProvider, {
    'spec.issuer': 'jwt.issuer',
    'spec.audiences.**': 'jwt.audiences',
    'spec.jsonWebKeySet.remote.uri': 'jwt.keys',
    'spec.jsonWebKeySet.remote.fetchAsynchronously': 'jwt.keys',
    'spec.jsonWebKeySet.remote.requestTimeoutMs': 'jwt.keys.timeout',
    'spec.jsonWebKeySet.remote.**': fetching,
    'spec.jsonWebKeySet.local.jwks': 'jwt.keys.inline',
    'spec.jsonWebKeySet.local.filename': {
      code: 'no-jwt',
      reason: 'No other mesh reads keys from a file beside the proxy; what needs such a token is refused.',
      risk: 'availability',
    },
    'spec.cacheConfig.**': fetching,
    'spec.locations[*].header.forward': 'jwt.forward',
    'spec.locations.**': 'jwt.location',
    'spec.forwarding.headerName': 'jwt.payload',
    'spec.forwarding.padForwardPayloadHeader': {
      code: 'no-equivalent',
      reason: 'Elsewhere the claims are passed on without the padding of base64.',
      risk: 'behaviour',
    },
    'spec.clockSkewSeconds': {
      code: 'no-equivalent',
      reason: 'How long a token counts after its end is not set elsewhere; Istio takes 60 seconds.',
      risk: 'security',
    },
  }),
];

export const alsoSaysOfAccess: readonly PlaceRow[] = [
  { kind: ServiceIntentions, path: 'spec.destination.name', idea: 'jwt.workload' },
];

type AccessIdea = 'access.jwt' | 'access.outside' | Extract<Idea, `jwt.${string}` | `limit.rate${string}`>;

const onlyEnterprise: PlainAnswer = {
  fate: 'lost',
  code: 'enterprise',
  reason: 'Only Consul Enterprise limits the requests that a service takes.',
  risk: 'availability',
};

const exact = { fate: 'exact' } as const;

export const accessAnswers: Pick<Answers, AccessIdea> = {
  'access.outside': { fate: 'exact', reason: 'As an extension that asks about every request of a service.' },
  'limit.rate': onlyEnterprise,
  'limit.rate.burst': onlyEnterprise,
  'access.jwt': { fate: 'exact', reason: 'In the intention of the service, as a JWTProvider.' },
  'jwt.workload': { fate: 'exact', reason: 'By the intentions of their services.' },
  'jwt.issuer': exact,
  'jwt.audiences': exact,
  'jwt.keys': exact,
  'jwt.keys.inline': { fate: 'exact', reason: 'In base64.' },
  'jwt.keys.timeout': exact,
  'jwt.location': exact,
  'jwt.forward': exact,
  'jwt.payload': exact,
};
