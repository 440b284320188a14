/** What a report says of the number of retries, which is the same in every mesh: most are written, some are likely only. */

import type { Origin, Retries } from '../../../../model/ir.ts';
import type { Ledger } from '../../../../model/report.ts';

/** Gives the leaves that ask for a number of retries their fate; without any nothing is said. */
export function settleAttempts(
  ledger: Ledger,
  { attempts, isGuess }: Pick<Retries, 'attempts' | 'isGuess'>,
  from: readonly Origin[] | undefined,
  place: string,
): void {
  if (!from) return;
  if (!isGuess) {
    ledger.exact(from, place);
    return;
  }
  const reason = `Nothing but a budget limits retries in the source; ${attempts} for each request is a guess.`;
  ledger.changed(from, place, 'retry-count', reason, 'availability');
}
