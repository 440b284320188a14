/** What becomes in Linkerd of ideas about tokens from elsewhere. */

import type { Answers, Idea, PlainAnswer } from '../../ideas.ts';

const noTokens: PlainAnswer = { fate: 'lost', code: 'no-jwt', reason: 'Linkerd checks no tokens.', risk: 'security' };

export const accessAnswers: Pick<Answers, 'access.jwt' | Extract<Idea, `jwt.${string}`>> = {
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
