/** Which fields of Linkerd say what of limits, and what becomes in Linkerd of ideas about tokens and limits from elsewhere. */

import type { Answers, FieldRow, Idea, PeculiarField, PlainAnswer } from '../../ideas.ts';
import { HTTPLocalRateLimitPolicy } from '../kinds.ts';

type AccessIdea = 'access.jwt' | 'access.outside' | Extract<Idea, `jwt.${string}` | `limit.rate${string}`>;

const noTokens: PlainAnswer = { fate: 'lost', code: 'no-jwt', reason: 'Linkerd checks no tokens.', risk: 'security' };

const perClient: PeculiarField = {
  code: 'per-identity',
  reason: 'No other mesh limits each client by itself.',
  risk: 'availability',
};

function limitRow(path: string, it: Idea | PeculiarField): FieldRow {
  const kind = HTTPLocalRateLimitPolicy;
  return typeof it === 'string' ? { kind, path, idea: it } : { kind, path, peculiar: it };
}

export const accessFields: readonly FieldRow[] = [
  limitRow('spec.total.requestsPerSecond', 'limit.rate'),
  limitRow('spec.targetRef.**', 'limit.rate'),
  limitRow('spec.identity.requestsPerSecond', perClient),
  limitRow('spec.overrides.**', perClient),
];

export const accessAnswers: Pick<Answers, AccessIdea> = {
  'access.outside': {
    fate: 'lost',
    code: 'ext-authz',
    reason: 'Linkerd asks nobody else whether a request may pass.',
    risk: 'security',
  },
  'limit.rate': { fate: 'exact', reason: 'On the Server of the port.' },
  'limit.rate.burst': {
    fate: 'changed',
    code: 'no-equivalent',
    reason: 'Linkerd takes as many at once as in a second.',
    risk: 'availability',
  },
  'access.jwt': noTokens,
  'jwt.workload': noTokens,
  'jwt.issuer': noTokens,
  'jwt.audiences': noTokens,
  'jwt.keys': noTokens,
  'jwt.keys.inline': noTokens,
  'jwt.keys.timeout': noTokens,
  'jwt.location': noTokens,
  'jwt.forward': noTokens,
  'jwt.payload': noTokens,
};
