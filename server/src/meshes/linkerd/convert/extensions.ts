/** Code of the user's own: Linkerd's proxy takes none. */

import type { Asked, ProxyExtension } from '../../../model/ir.ts';
import type { Draft } from './draft.ts';

/** Says of each that it is lost; what may decide who gets in is a loss of security. */
export function refuseExtensions(items: readonly Asked<ProxyExtension>[], { ledger }: Draft): void {
  for (const asked of items)
    ledger.lost(
      asked,
      'no-equivalent',
      'Linkerd’s proxy runs no code of others: do it in the application, or in a gateway in front of it.',
      asked.value.guards ? 'security' : 'behaviour',
    );
}
