/**
 * Who may call whom, and who needs an identity: nothing of it is in the Gateway API. What guards something is lost with what
 * that risks; what guards nothing takes nothing away.
 */

import { askedOfAccess } from '../../../../model/access-origins.ts';
import type { Asked, Ir, Risk } from '../../../../model/ir.ts';
import type { Ledger } from '../../../../model/report.ts';

/** Why access is not carried over. */
export const noAccess = {
  code: 'authz-lost',
  reason:
    'The Gateway API does not say who may call whom: keep the policy where the mesh stays, since without one everybody may.',
  risk: 'security',
} as const;

/** Why a mode of mutual TLS is not carried over. */
export const noMutualTls = {
  code: 'authz-lost',
  reason:
    'The Gateway API does not say whether a mesh insists on mutual TLS: keep the policy where the mesh stays, since without one it may take plaintext.',
  risk: 'security',
} as const;

/** Speaks of policies and modes, none of which can be written. */
export function loseSecurity({ access, mutualTls }: Pick<Ir, 'access' | 'mutualTls'>, ledger: Ledger): void {
  const lose = (asked: Asked<unknown>, { code, reason, risk }: { code: string; reason: string; risk: Risk }) =>
    ledger.lost(asked, code, reason, risk);
  const watching = {
    code: 'audit',
    reason: 'The Gateway API logs nothing of requests; nothing is refused by the policy.',
    risk: 'none',
  } as const;
  for (const it of access)
    for (const asked of askedOfAccess(it)) lose(asked, it.effect.value === 'audit' ? watching : noAccess);
  const open = {
    code: 'no-equivalent',
    reason: 'The Gateway API does not speak of mutual TLS. This mode insists on none, so nothing opens without it.',
    risk: 'none',
  } as const;
  for (const { mode, ports } of mutualTls) {
    lose(mode, mode.value === 'strict' ? noMutualTls : open);
    for (const it of ports) lose(it, it.value.mode === 'strict' ? noMutualTls : open);
  }
}
