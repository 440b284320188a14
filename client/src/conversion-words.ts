/** What is said of a conversion in a line. */

import * as vscode from 'vscode';
import type { ConvertAnswer } from '../../server/src/lsp/protocol-convert.ts';

/** Why a conversion has given nothing to write. */
export function nothingText({ refused, meshName, counts }: ConvertAnswer): string {
  const [first] = refused;
  if (first) return vscode.l10n.t('{0} cannot be converted: {1}', first.resource, first.reason);
  return counts.lost > 0
    ? vscode.l10n.t('{0} has nothing to take the place of these resources.', meshName)
    : vscode.l10n.t('There is nothing to convert here.');
}
