/** Accounts that stand for more than one service: what a mesh of accounts lets in where another one names services. */

import type { ServiceName } from '../../../../model/ir.ts';
import type { Ledger } from '../../../../model/report.ts';

/** The account of pods that name none. */
const unnamed = 'default';

/** Tells that a service has no account of its own, so that a policy for it is one for all pods of its namespace without one. */
export function noteUnnamedAccount(
  { name, namespace }: ServiceName,
  account: string,
  isLetIn: boolean,
  ledger: Ledger,
): void {
  if (account !== unnamed) return;
  const others = isLetIn ? 'let in' : 'kept out';
  ledger.note(
    'assumed',
    `The pods of "${name}" run as ServiceAccount "${unnamed}" of "${namespace}", as all pods there that name none: these are ${others} like "${name}" until it has an account of its own.`,
    isLetIn ? 'security' : 'availability',
  );
}
