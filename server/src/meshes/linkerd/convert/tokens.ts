/** Tokens of requests, which Linkerd does not look at. */

import type { Concepts } from '../../../model/ir.ts';
import type { Draft } from './draft.ts';

/** Reports what is lost with checks of tokens: rules that ask for one are left out, but bad tokens go through elsewhere. */
export function loseTokens(requirements: Concepts['jwt'], { ledger }: Draft): void {
  for (const asked of requirements) {
    if (asked.value.refusesBad)
      ledger.lost(
        asked,
        'no-jwt',
        'Linkerd checks no tokens: keep the check in the application, or where requests enter the cluster.',
        'security',
      );
    else if (asked.value.targets.length === 0)
      ledger.lost(asked, 'unused-in-source', 'No intention asks for its tokens, so nothing checks them.', 'none');
    else
      ledger.lost(
        asked,
        'no-jwt',
        'Linkerd checks no tokens; what needs one is refused until the application checks it.',
        'availability',
      );
  }
}
